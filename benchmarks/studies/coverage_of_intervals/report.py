"""The table of how often intervals of a comparison cover the true mean difference.

``python -m benchmarks.studies.coverage_of_intervals.report [CELLS.jsonl]``. Without
CELLS it reads the cells that are kept here.
"""

import argparse

from .._runs import read
from .run import CELLS, METHODS


def report(records):
    """Print the coverage and the two kinds of misses, in percent."""
    print("values       n ", *(f"{method:>26}" for method in METHODS))
    for record in records:
        if "together" in record:
            continue
        cells = []
        for method in METHODS:
            found = record[method]
            better, worse = 100 * found["better"], 100 * found["worse"]
            held = 100 - better - worse
            cells.append(
                f"{held:5.1f} (+{better:4.1f} -{worse:4.1f} w {found['width']:4.2f})"
            )
        print(f"{record['values']:11} {record['n']:2} ", *(f"{c:>26}" for c in cells))
    print("held (false better, false worse, width), in percent")
    for record in records:
        if "together" in record:
            words = [
                f"{100 * record[k]:.1f} {k}" for k in ("together", "each for itself")
            ]
            print(f"{record['values']}, n = {record['n']}, any false word:", *words)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="?", default=CELLS)
    report(read(parser.parse_args().cells))


if __name__ == "__main__":
    main()
