"""``import skbal`` against scikit-learn's own base and validation modules.

Run by asv, or as ``python -m benchmarks.speed.bench_import``.
"""

import statistics
import subprocess
import sys

from ._timing import command_line, seconds

OURS = "import skbal"
THEIRS = "import sklearn.base, sklearn.utils.validation"


def run(statement):
    subprocess.run([sys.executable, "-c", statement], check=True)


class Import:
    """asv: whole processes, since an import happens once in each."""

    def time_import_skbal(self):
        seconds(run, OURS)

    def track_seconds_beyond_scikit_learn(self):
        return statistics.median(
            seconds(run, OURS) - seconds(run, THEIRS) for _ in range(5)
        )


def main():
    command_line(__doc__).parse_args()
    for statement in (OURS, "from skbal import predict_samples", "import skbal.models"):
        pairs = [(seconds(run, statement), seconds(run, THEIRS)) for _ in range(5)]
        ours, theirs = (statistics.median(column) for column in zip(*pairs))
        print(f"{statement}: {ours:.2f} s, scikit-learn alone {theirs:.2f} s")


if __name__ == "__main__":
    main()
