"""The tables of field, student and CNN on MNIST with few labels.

``python -m benchmarks.studies.pool_student.report [RUNS.jsonl]`` prints two Markdown
tables. Without RUNS it reads the runs that are kept here.
"""

import argparse

import numpy as np

from .._runs import read
from .run import LABELS, RUNS

MODELS = ("field", "student", "CNN")
VARIANCES = {"field": "of the field", "probabilities": "of the class probabilities"}


def scores(records):
    """Yield the lines of the table of scores."""
    yield "| labels | model | accuracy, % (worst) | NLL | ECE | runs |"
    yield "|---|---|---|---|---|---|"
    for n in LABELS:
        of = [r["scores"] for r in records if r["n_labels"] == n]
        for model in MODELS:
            accuracy, nll, ece = (
                np.array([run[model][what] for run in of])
                for what in ("accuracy", "nll", "ece")
            )
            yield (
                f"| {n} | {model} | {100 * accuracy.mean():.1f} "
                f"({100 * accuracy.min():.1f}) | {nll.mean():.3f} | {ece.mean():.3f} "
                f"| {len(of)} |"
            )


def errors(records):
    """Yield the lines of the table of the field's error by its variance."""
    yield "| labels | variance | error in fifths of the test rows, %, low to high |"
    yield "|---|---|---|"
    for n in LABELS:
        of = [r["error_by_variance"] for r in records if r["n_labels"] == n]
        for name, words in VARIANCES.items():
            means = 100 * np.mean([run[name] for run in of], axis=0)
            yield f"| {n} | {words} | {', '.join(f'{mean:.1f}' for mean in means)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = read(parser.parse_args().runs)
    print("\n".join([*scores(records), "", *errors(records)]))


if __name__ == "__main__":
    main()
