"""The table of the runs of strategies that know the targets.

``python -m benchmarks.studies.vote_targets.report [RUNS.jsonl] [--table TABLE.md]``.
Without RUNS it reads the runs that are kept here.

The area is the mean score under the learning curve, minus that of random rows of the
same repeat; in the last column, VoteEPIG minus VoteBALD. Intervals are those of paired
differences, of the three strategies at once.
"""

import argparse
from itertools import product
from pathlib import Path

from skbal.experiments import Comparison
from skbal.loop import History

from .._runs import read
from .run import N_REPEATS, QUESTIONS, RUNS

STRATEGIES = ("VoteBALD", "VoteEPIG", "ExpectedVarianceReduction")


def comparisons(path):
    """Yield question, model and the comparison of their runs."""
    runs = sorted(read(path), key=lambda r: r["repeat"])
    for question, model in product(QUESTIONS, N_REPEATS):
        of = [r for r in runs if (r["question"], r["model"]) == (question, model)]
        if of:
            histories = {
                name: [History.from_records(r[name]) for r in of]
                for name in (*STRATEGIES, "Random")
            }
            yield question, model, Comparison(histories)


def row(question, model, comparison):
    """Return a line of the table."""
    cells = [f"{question}?", model, str(comparison.n_repeats)]
    cells += [in_words(comparison.differences[name]) for name in STRATEGIES]
    two = {name: comparison.histories[name] for name in ("VoteBALD", "VoteEPIG")}
    paired = Comparison(two, reference="VoteBALD").differences["VoteEPIG"]
    return f"| {' | '.join([*cells, in_words(paired)])} |"


def in_words(difference):
    """Return a difference and its interval, NaN if there is a single repeat."""
    low, high = difference.low, difference.high
    return f"{difference.mean:+.4f} ({low:+.4f} to {high:+.4f})"


def report(results, table):
    """Print the table, and save it where it is asked for."""
    names = ("question", "model", "pairs", *STRATEGIES, "EPIG over BALD")
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    lines += [row(*one) for one in comparisons(results)]
    print("\n".join(lines))
    if table:
        Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--table", help="Markdown file")
    options = parser.parse_args()
    report(options.runs, options.table)


if __name__ == "__main__":
    main()
