"""The table of the labels that are enough to know the error of a model.

``python -m benchmarks.studies.active_test.report [RUNS.jsonl]`` prints a Markdown
table. Without RUNS it reads the runs that are kept here.

The labels of a way divided by the random labels with the same mean squared error: the
squared errors are averaged over splits and selections, each in units of the variance of
the loss in its split. The error of the mean of n random rows of N is known,
(1 / n - 1 / N) times the variance, so no random selections are needed for the ratio.
"""

import argparse

import numpy as np

from .._runs import read
from .run import LOSSES, N_LABELS, RUNS, SETS, WAYS


def numbers_of(records):
    """Return ratio, coverage and bias for each number of labels.

    Parameters
    ----------
    records : list of dict
        Those of one set, loss and way, one per split.

    Returns
    -------
    ratio : ndarray of shape (n_numbers,)
        Labels divided by random labels with the same squared error.
    coverage : ndarray of shape (n_numbers,)
        Share of the intervals that contain the true risk.
    bias : ndarray of shape (n_numbers,)
        Mean error divided by its standard error.
    """
    errors, covered, pools = [], [], []
    for record in records:
        found = np.array(record["estimates"])  # (n_selections, n_numbers, 3)
        scale = np.sqrt(record["variance"])
        errors.append((found[..., 0] - record["risk"]) / scale)
        inside = found[..., 1] <= record["risk"] + 1e-5
        covered.append(inside & (record["risk"] - 1e-5 <= found[..., 2]))
        pools.append(record["n_pool"])
    errors, covered = np.concatenate(errors), np.concatenate(covered)
    squared = np.mean(errors**2, axis=0)
    random_labels = 1 / (squared + np.mean(1 / np.array(pools)))
    bias = errors.mean(axis=0) / errors.std(axis=0) * np.sqrt(len(errors))
    return np.array(N_LABELS) / random_labels, covered.mean(axis=0), bias


def table_of(records):
    """Return the lines of the table."""
    labels = [f"{n} labels" for n in N_LABELS]
    lines = [
        "| set | loss | way | " + " | ".join(labels) + " | intervals hold |",
        "| --- " * (4 + len(labels)) + "|",
    ]
    for name in SETS:
        for loss in LOSSES:
            for way in WAYS:
                some = [
                    r
                    for r in records
                    if (r["set"], r["loss"], r["way"]) == (name, loss, way)
                ]
                if some:
                    ratio, coverage, _ = numbers_of(some)
                    cells = [f"{value:.2f}" for value in ratio]
                    holds = " ".join(f"{value:.0%}" for value in coverage)
                    row = [name, loss, way, *cells, holds]
                    lines.append("| " + " | ".join(row) + " |")
    return lines


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="?", default=RUNS, help="file of the runs")
    print("\n".join(table_of(read(parser.parse_args().runs))))


if __name__ == "__main__":
    main()
