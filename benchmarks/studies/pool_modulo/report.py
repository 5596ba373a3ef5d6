"""The table of digits modulo 3.

``python -m benchmarks.studies.pool_modulo.report [RUNS.jsonl]`` prints how many labels
were needed in each run, and the accuracies. Without RUNS it reads the runs that are
kept here.
"""

import argparse

import numpy as np

from .._runs import read
from .run import RUNS

WANTED = 0.95
LABELS = (8, 10, 12, 15, 20)


def labels_to(scores, wanted):
    """Return the number of labels from which accuracy is never lower again, or None."""
    numbers = sorted(map(int, scores))
    below = [n for n in numbers if scores[str(n)] < wanted]
    stays = [n for n in numbers if not below or n > below[-1]]
    return stays[0] if stays else None


def row(records, name, labels):
    needed = [labels_to(r[name], WANTED) for r in records]
    numbers = [np.inf if n is None else n for n in needed]
    cells = [name, str(len(records)), f"{np.mean(numbers):.1f}", str(max(numbers))]
    for n in labels:
        found = 100 * np.array([r[name].get(str(n), np.nan) for r in records])
        missing = np.isnan(found).any()
        cells.append("" if missing else f"{found.mean():.1f} (worst {found.min():.1f})")
    return "| " + " | ".join(cells) + " |"


def lines(records):
    labels = (*LABELS, 40, 60, 100)
    yield (
        f"| labels | runs | to {WANTED:.0%} | most | "
        + " | ".join(f"{n} labels" for n in labels)
        + " |"
    )
    yield "|" + "---|" * (len(labels) + 4)
    for name in ("asked", "random"):
        yield row(records, name, labels)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = read(parser.parse_args().runs)
    print("\n".join(lines(records)) if records else "There are no runs yet.")


if __name__ == "__main__":
    main()
