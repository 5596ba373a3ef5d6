"""The table and the figure of the runs of VoteBALD.

``python -m benchmarks.studies.vote_active.report [RUNS.jsonl] [--table TABLE.md]
[--figure PNG]``. Without RUNS it reads the runs that are kept here.

"Labels saved" compares at the last score of random: 1 - (labels that VoteBALD needs for
it) / (labels that random needs). Curves are means over the repeats, made monotone and
linear between steps. Intervals are percentiles over resampled repeats. The repeats are
few, so take the intervals as rough.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from sklearn.isotonic import IsotonicRegression

from skbal.experiments import Comparison
from skbal.loop import History

from .._runs import read
from .run import MODELS, QUESTIONS, RUNS


def comparisons(path):
    """Yield question, model and the comparison of their runs."""
    runs = sorted(read(path), key=lambda r: r["repeat"])
    for question, model in product(QUESTIONS, MODELS):
        of = [r for r in runs if (r["question"], r["model"]) == (question, model)]
        if of:
            histories = {
                name: [History.from_records(r[name]) for r in of]
                for name in ("VoteBALD", "Random")
            }
            yield question, model, Comparison(histories)


def monotone(labels, scores):
    """Return a curve that never falls, the nearest to the mean over repeats."""
    return IsotonicRegression().fit_transform(labels, np.mean(scores, axis=0))


def labels_saved(comparison, repeats):
    """Return the share of labels saved, of some repeats; minus infinity for never."""
    histories = comparison.histories
    labels = histories["Random"][0].n_labels
    active, random = (
        monotone(labels, [histories[name][r].scores for r in repeats])
        for name in ("VoteBALD", "Random")
    )
    target = random[-1]
    if active[-1] < target:
        return -np.inf
    return 1 - first_at(labels, active, target) / first_at(labels, random, target)


def first_at(labels, curve, target):
    """Return the number of labels at which an ascending curve first has a value."""
    place = int(np.argmax(curve >= target))
    if place == 0:
        return labels[0]
    low, high = curve[place - 1 : place + 1]
    part = (target - low) / (high - low)
    return labels[place - 1] + part * (labels[place] - labels[place - 1])


def interval(comparison, n_resamples=2000):
    """Return the 2.5 and 97.5 percentiles of the labels saved."""
    rng, n = np.random.default_rng(0), comparison.n_repeats
    found = [
        labels_saved(comparison, rng.integers(n, size=n)) for _ in range(n_resamples)
    ]
    return np.quantile(found, [0.025, 0.975], method="nearest")


def report(results, table, figure):
    """Print the table, and save it and the figure where they are asked for."""
    lines = [
        "| question | model | labels | VoteBALD | random | area, difference | saved |",
        "|---|---|---|---|---|---|---|",
    ]
    found = list(comparisons(results))
    lines += [row(*one) for one in found]
    print("\n".join(lines))
    if table:
        Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if figure:
        draw(found, figure)


def row(question, model, comparison):
    """Return a line of the table."""
    low, high = comparison.label_range
    last = [
        np.mean([history.scores[-1] for history in comparison.histories[name]])
        for name in ("VoteBALD", "Random")
    ]
    difference = comparison.differences["VoteBALD"]
    saved = percent(labels_saved(comparison, range(comparison.n_repeats)))
    ends = [percent(end) for end in interval(comparison)]
    if set(ends) != {saved}:
        saved += f" ({' to '.join(ends)})"
    return (
        f"| {question}? | {model} | {low}-{high} | {last[0]:.4f} | {last[1]:.4f} | "
        f"{difference.mean:+.4f} ({difference.low:+.4f} to {difference.high:+.4f}) | "
        f"{saved} |"
    )


def percent(share):
    """Return a share in words."""
    return "never" if np.isneginf(share) else f"{100 * share:.0f} %"


def draw(found, path):
    """Draw the learning curves, a panel for each question and model."""
    n_rows = -(-len(found) // 2)
    figure = Figure(figsize=(8, 2.3 * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, 2, squeeze=False).ravel()
    for ax, (question, model, comparison) in zip(axes, found):
        for name, colour in (("VoteBALD", "#0072B2"), ("Random", "#D55E00")):
            runs = comparison.histories[name]
            scores = np.array([history.scores for history in runs])
            labels, mean = runs[0].n_labels, scores.mean(axis=0)
            error = scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
            ax.plot(labels, mean, color=colour, label=name)
            ax.fill_between(labels, mean - error, mean + error, color=colour, alpha=0.2)
        ax.set(title=f"{question}?, {model}")
    figure.supxlabel("Labels")
    figure.supylabel("Log-likelihood of a vote (nats)")
    axes[-1].legend(loc="lower right")
    figure.savefig(path, dpi=130)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--table", help="Markdown file")
    parser.add_argument("--figure", help="PNG file")
    options = parser.parse_args()
    report(options.runs, options.table, options.figure)


if __name__ == "__main__":
    main()
