"""What ``import skbal`` costs beyond scikit-learn's own base and validation modules."""

import statistics
import subprocess
import sys
import time

OURS = "import skbal"
THEIRS = "import sklearn.base, sklearn.utils.validation"


def seconds(statement):
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


class Import:
    """asv: whole processes, since an import happens once in each."""

    def time_import_skbal(self):
        seconds(OURS)

    def track_seconds_beyond_scikit_learn(self):
        return statistics.median(seconds(OURS) - seconds(THEIRS) for _ in range(5))


def main():
    for statement in (OURS, "from skbal import predict_samples", "import skbal.models"):
        pairs = [(seconds(statement), seconds(THEIRS)) for _ in range(5)]
        ours, theirs = (statistics.median(column) for column in zip(*pairs))
        print(f"{statement}: {ours:.2f} s, scikit-learn alone {theirs:.2f} s")


if __name__ == "__main__":
    main()
