"""The tables of how often intervals of calibration errors hold, and tests find.

``python -m benchmarks.studies.calibration_intervals.report [CELLS.jsonl]``. Without
CELLS it reads the cells that are kept here.
"""

import argparse

from .._runs import read
from .run import CELLS


def report(records):
    """Print both tables, in percent and in points of percent."""
    print("held (error below it, above it), width; errors: true, plain, without chance")
    for record in records:
        kind, name, n_rows, other = record["key"]
        if kind != "interval":
            continue
        below, above = 100 * record["too high"], 100 * record["too low"]
        errors = [100 * record[of] for of in ("true", "plain", "debiased")]
        print(
            f"{name:20} {n_rows:5} {other:8} {100 - below - above:5.1f} "
            f"({below:4.1f} {above:4.1f}) {100 * record['width']:5.1f};",
            *(f"{error:5.1f}" for error in errors),
        )
    print("p <= .05, and the verdicts: concern, none, cannot be told")
    for record in records:
        kind, name, n_rows, other = record["key"]
        if kind == "test":
            words = ("p", "concern", "no concern", "cannot be told")
            shares = [f"{100 * record[word]:5.1f}" for word in words]
            print(f"{name:21} {n_rows:5} rows {other:3} classes", *shares)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="?", default=CELLS)
    report(read(parser.parse_args().cells))


if __name__ == "__main__":
    main()
