"""The table of features of images.

``python -m benchmarks.studies.image_features.report [RUNS.jsonl]`` prints, for each set
and way, the accuracy in percent on the test half: the mean over repeats, with the
lowest and the highest, for each model and number of labels. "seconds" is the median
processor time for the features of all images.
"""

import argparse

import numpy as np

from .._runs import read
from .run import FEATURES, FILES, ON_GRAPH, REGRESSION, RUNS


def cell(values):
    """Return the cell of some runs."""
    values = 100 * np.asarray(values)
    return f"{values.mean():.1f} ({values.min():.1f} to {values.max():.1f})"


def lines(records):
    heads = [f"graph, {n}" for n in ON_GRAPH]
    heads += [f"regression, {n or 'all'}" for n in REGRESSION]
    heads = ["set", "features", *heads, "seconds", "runs"]
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for name in FILES:
        for way in FEATURES:
            runs = [r for r in records if (r["set"], r["way"]) == (name, way)]
            if not runs:
                continue
            cells = [name, way]
            for model in ("graph", "regression"):
                cells += [cell(column) for column in zip(*(r[model] for r in runs))]
            seconds = np.median([r["seconds"] for r in runs])
            cells += [f"{seconds:.0f}", str(len(runs))]
            yield "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = read(parser.parse_args().runs)
    print("\n".join(lines(records)) if records else "There are no runs yet.")


if __name__ == "__main__":
    main()
