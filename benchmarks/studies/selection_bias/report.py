"""Level and power of the test of a selection.

``python -m benchmarks.studies.selection_bias.report [RUNS.jsonl]`` prints a Markdown
table. Without RUNS it reads the runs that are kept here.
"""

import argparse

import numpy as np

from .._runs import read
from .run import N_RUNS, RUNS


def table_of(records, level=0.05):
    """Return the lines of the table: how often p was at most the level."""
    lines = [
        "| selection | tests | significant | a feature named | median AUC |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in N_RUNS:
        some = [r for r in records if r["kind"] == kind]
        if some:
            share = np.mean([r["p_value"] <= level for r in some])
            named = np.mean([r["n_features"] > 0 for r in some])
            auc = np.median([r["auc"] for r in some])
            cells = [kind, len(some), f"{share:.1%}", f"{named:.1%}", f"{auc:.2f}"]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="?", default=RUNS, help="file of the runs")
    print("\n".join(table_of(read(parser.parse_args().runs))))


if __name__ == "__main__":
    main()
