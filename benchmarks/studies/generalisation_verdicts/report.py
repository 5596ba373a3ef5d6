"""The table of what generalisation_report says of models whose truth is known.

``python -m benchmarks.studies.generalisation_verdicts.report [CELLS.jsonl]``. Without
CELLS it reads the cells that are kept here.
"""

import argparse

from .._runs import read
from .run import CELLS


def report(records):
    """Print for each kind of model and number of rows the words in percent."""
    for record in records:
        shares = record["truly overfit, overspecialised"]
        true = " and ".join(f"{100 * share:.0f}" for share in shares)
        print(f"{record['kind']} ({true} % truly overfit and overspecialised)")
        for size, words in record["said"].items():
            said = ", ".join(f"{100 * n:.0f} {word}" for word, n in words.items())
            wrong = " and ".join(f"{100 * n:.1f}" for n in record["wrongly"][size])
            print(f"  {size:>5} rows: {said}; wrong claims of each: {wrong}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cells", nargs="?", default=CELLS)
    report(read(parser.parse_args().cells))


if __name__ == "__main__":
    main()
