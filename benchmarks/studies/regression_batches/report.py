"""The table of regression batches.

``python -m benchmarks.studies.regression_batches.report [RUNS.jsonl]`` prints the root
mean squared error of each strategy with 250 labels, as a fraction of that of random
labels in the same run: the mean over the seeds and, after ±, its standard error.
"curve" is the same for the mean of the errors with 150, 200 and 250 labels. Without
RUNS it reads the runs that are kept here.
"""

import argparse

import numpy as np

from .._runs import read
from .run import RUNS


def at_the_end(errors):
    return errors[-1]


def curve(errors):
    return float(np.mean(errors[1:]))


def ratios(records, strategy, measure):
    """Return errors as fractions of those of random labels, {(table, seed): ratio}."""
    found = {
        (r["table"], r["seed"], r["strategy"]): measure(r["rmse"]) for r in records
    }
    return {
        (table, seed): error / found[table, seed, "random"]
        for (table, seed, name), error in found.items()
        if name == strategy and (table, seed, "random") in found
    }


def over_tables(fractions, tables):
    """Return the mean over tables for each seed, so that seeds are what varies."""
    seeds = sorted({seed for _, seed in fractions})
    rows = [[fractions.get((table, seed)) for table in tables] for seed in seeds]
    return [np.mean(row) for row in rows if None not in row]


def cell(values):
    if len(values) < 2:
        return ""
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return f"{np.mean(values):.3f} ± {error:.3f}"


def row(records, name, tables):
    own = [r for r in records if r["strategy"] == name]
    seconds = f"{np.mean([r['seconds_querying'] for r in own]):.1f}"
    if name == "random":
        errors = [[r["rmse"][-1] for r in own if r["table"] == t] for t in tables]
        cells = [f"RMSE {np.mean(values):.3f}" for values in errors]
        return [name, *cells, "1", "1", seconds]
    end = ratios(records, name, at_the_end)
    cells = [cell([v for (t, _), v in end.items() if t == table]) for table in tables]
    cells += [
        cell(over_tables(ratios(records, name, measure), tables))
        for measure in (at_the_end, curve)
    ]
    return [name, *cells, seconds]


def lines(records):
    tables = list(dict.fromkeys(r["table"] for r in records))
    names = list(dict.fromkeys(r["strategy"] for r in records))
    head = ["labels", *tables, "all", "all, curve", "s of querying"]
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for name in names:
        yield "| " + " | ".join(row(records, name, tables)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = read(parser.parse_args().runs)
    print("\n".join(lines(records)) if records else "There are no runs yet.")


if __name__ == "__main__":
    main()
