"""The table and the figure of the first labels on MNIST.

``python -m benchmarks.studies.seeds_mnist.report [RUNS.jsonl] [--table TABLE.md]
[--figure PNG]``. Without RUNS it reads the runs that are kept here.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from .._runs import read
from .run import MODELS, RUNS, SEEDS


class Table:
    """Runs by seed, number of labels and repeat."""

    def __init__(self, records):
        self.records = {(r["seed"], r["n_labels"], r["repeat"]): r for r in records}
        self.n_labels = sorted({n for _, n, _ in self.records})

    def values(self, name, n_labels, what):
        """Return one number per repeat, for the repeats that all seeds have."""
        repeats = sorted({repeat for _, n, repeat in self.records if n == n_labels})
        whole = [
            repeat
            for repeat in repeats
            if all((other, n_labels, repeat) in self.records for other in SEEDS)
        ]
        return np.array([self.records[name, n_labels, r][what] for r in whole])

    def gain(self, name, n_labels, model):
        """Return the mean difference to the random seed, and its 95% interval."""
        differences = self.values(name, n_labels, model)
        differences = differences - self.values(SEEDS[name], n_labels, model)
        interval = stats.ttest_1samp(differences, 0).confidence_interval()
        return differences.mean(), interval.low, interval.high

    def lines(self, n_labels):
        yield f"| first {n_labels} labels | classes met | {' | '.join(MODELS)} |"
        yield "|---|---|" + "---|" * len(MODELS)
        for name in SEEDS:
            met = self.values(name, n_labels, "n_classes").mean()
            cells = [self.cell(name, n_labels, model) for model in MODELS]
            yield f"| {name} | {met:.1f} | {' | '.join(cells)} |"

    def cell(self, name, n_labels, model):
        mean = f"{100 * self.values(name, n_labels, model).mean():.1f}"
        if SEEDS[name] is None:
            return mean
        gain, low, high = (100 * x for x in self.gain(name, n_labels, model))
        return f"{mean}, {gain:+.1f} ({low:+.1f} to {high:+.1f})"


def report(options):
    table = Table(read(options.runs))
    n_repeats = len(table.values("random", table.n_labels[0], "network"))
    text = [
        "Test accuracy in percent after the first labels, mean of "
        f"{n_repeats} repeats on MNIST. After the comma, in points, the gain over the "
        "random seed that looks at as much (`balanced` or `random`), with its 95% "
        "interval (paired t). Made by `benchmarks/studies/seeds_mnist`.",
    ]
    for n_labels in table.n_labels:
        text += ["", *table.lines(n_labels)]
    print("\n".join(text))
    if options.table:
        Path(options.table).write_text("\n".join(text) + "\n", encoding="utf-8")
    if options.figure:
        draw(table, min(table.n_labels, key=lambda n: abs(n - 20)), options.figure)


def draw(table, n_labels, path):
    """Draw each repeat as a dot, and the mean of each seed as a line."""
    figure = Figure(figsize=(10, 3.4), layout="constrained")
    panels = figure.subplots(1, len(MODELS), sharey=True, sharex=True)
    places = np.arange(len(SEEDS))[::-1]
    for axes, model in zip(panels, MODELS):
        for place, name in zip(places, SEEDS):
            values = 100 * table.values(name, n_labels, model)
            colour = "tab:grey" if SEEDS[name] is None else "tab:blue"
            jitter = place + np.linspace(-0.2, 0.2, len(values))
            axes.plot(values, jitter, ".", color=colour, alpha=0.5)
            mean = values.mean()
            axes.plot([mean, mean], [place - 0.35, place + 0.35], color=colour, lw=2)
        axes.set_title(model)
        axes.set_xlabel(f"test accuracy (%) after {n_labels} labels")
        axes.grid(axis="x", alpha=0.3)
    panels[0].set_yticks(places, list(SEEDS))
    figure.savefig(path, dpi=120)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--table", help="Markdown file")
    parser.add_argument("--figure", help="PNG file")
    report(parser.parse_args())


if __name__ == "__main__":
    main()
