"""How many labels tell the error of a model, if they are chosen?

``python -m benchmarks.studies.active_test.run RUNS.jsonl --data FOLDER`` adds a line
for each set, split, loss and way. A study that was stopped goes on when the command is
given again. ``report.py`` makes the table. FOLDER holds ``mnist.npz`` and
``fashion_mnist_h_6k.npz``; a set whose file is missing is left out. "small digits" are
those of scikit-learn.

In each of 10 splits, random rows train a model and 2,000 others are the test pool,
whose mean loss is wanted: the share of wrong labels, or minus the log-probability of
the true ones. The model is a logistic regression on pixels from 250 labels, 100 of the
small digits. The surrogate has the same labels. It is `GraphClassifier` with a graph of
all rows, on `GradientHistograms` of the larger images. For the clothes, where the graph
errs too often, it is the mean of the graph and of two random forests, on pixels and on
histograms. In each split, labels are chosen 20 times:

- "random": random rows, and the plain mean of their losses;
- "default": `ActiveTest` as it is, with the expected loss as acquisition and LURE;
- "with expected losses": `ActiveTest` with the root of the expected squared loss as
  acquisition, and ``use_expected``.

Parameters were chosen on other splits, those of seeds from 1000.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal._utils.random import stream
from skbal.audit import ActiveTest, unbiased_risk
from skbal.datasets import fetch_mnist
from skbal.features import GradientHistograms, PoolGraph
from skbal.models import GraphClassifier

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
FILES = {"digits": "mnist.npz", "clothes": "fashion_mnist_h_6k.npz"}
SETS = (*FILES, "small digits")
N_TRAIN = {"digits": 250, "clothes": 250, "small digits": 100}
N_POOL = 2000
N_SPLITS, N_SELECTIONS = 10, 20
N_LABELS = (50, 100, 200)
LOSSES = ("zero-one", "log")
WAYS = {
    "random": None,
    "default": {},
    "with expected losses": {"acquisition": "root-mean-square", "use_expected": True},
}


class Known:
    """A classifier whose predictions for the rows of a pool are known."""

    def __init__(self, probabilities, classes):
        self.probabilities = probabilities
        self.classes_ = classes

    def predict_proba(self, X):
        """Return the probabilities of rows, which are given by their numbers."""
        return self.probabilities[X[:, 0]]

    def predict(self, X):
        """Return the most probable labels."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def load(name, folder):
    """Return all rows of a set as images, and their labels; None without its file."""
    if name == "small digits":
        digits = load_digits()
        return digits.images / 16, digits.target
    if folder is None or not (Path(folder) / FILES[name]).exists():
        return None
    path = Path(folder) / FILES[name]
    if name == "digits":
        digits = fetch_mnist(data_home=path)
        return digits.images[-10_000:, 0], digits.target[-10_000:]  # the test set
    with np.load(path, allow_pickle=False) as data:
        return data["X"].astype(np.float32) / 255, data["y"].astype(int)


def known_models(X, y, n_train, seed, with_forests):
    """Return a model and a surrogate from the first rows, for the others."""
    flat = X.reshape(len(X), -1)
    model = LogisticRegression(C=0.1, max_iter=500).fit(flat[:n_train], y[:n_train])
    points = flat
    if X.shape[1] > 8:
        points = GradientHistograms().fit_transform(X)
    graph = PoolGraph(random_state=seed).fit(points)
    surrogates = [(GraphClassifier(graph, random_state=seed), points)]
    if with_forests:
        surrogates += [
            (RandomForestClassifier(300, random_state=seed), rows)
            for rows in (flat, points)
        ]
    beliefs = [
        fitted.fit(rows[:n_train], y[:n_train]).predict_proba(rows[n_train:])
        for fitted, rows in surrogates
    ]
    classes = model.classes_
    return (
        Known(model.predict_proba(flat[n_train:]), classes),
        Known(np.mean(beliefs, axis=0), classes),
    )


def estimates(way, model, surrogate, y, loss, seed):
    """Return [risk, lower, upper] for each number of labels."""
    rows = np.arange(len(y))[:, np.newaxis]
    test = ActiveTest(
        model, surrogate, loss=loss, random_state=seed, **(WAYS[way] or {})
    )
    if way == "random":
        test.set_params(uniform_share=1.0, use_expected=False)
    test.observe_pool(rows)
    found = []
    for n in np.diff((0, *N_LABELS)):
        picked = test.query(int(n))
        test.teach(picked, y[picked])
        found.append([test.risk_.risk, *test.risk_.interval])
    return np.round(found, 5).tolist()


def true_risk(model, y, loss):
    """Return mean and variance of the loss on the whole pool."""
    rows = np.arange(len(y))[:, np.newaxis]
    test = ActiveTest(model, loss=loss, uniform_share=1.0, use_expected=False)
    test.observe_pool(rows)
    test.teach(test.query(len(y)), y[test.indices_])
    return unbiased_risk(test.losses_, test.probabilities_, len(y)).risk, float(
        test.losses_.var(ddof=1)
    )


def run_split(name, images, labels, split, n_pool, n_selections):
    """Yield a record for each loss and way of one split."""
    n_train = N_TRAIN[name]
    rows = stream(split, "split", name).permutation(len(labels))[: n_train + n_pool]
    model, surrogate = known_models(
        images[rows], labels[rows], n_train, split, name == "clothes"
    )
    y = labels[rows[n_train:]]
    for loss in LOSSES:
        risk, variance = true_risk(model, y, loss)
        for way in WAYS:
            found = [
                estimates(way, model, surrogate, y, loss, 1000 * split + selection)
                for selection in range(n_selections)
            ]
            yield {
                "set": name,
                "split": split,
                "loss": loss,
                "way": way,
                "n_pool": len(y),
                "risk": risk,
                "variance": variance,
                "surrogate_error": float(np.mean(surrogate.predict(_all(y)) != y)),
                "estimates": found,
            }


def _all(y):
    return np.arange(len(y))[:, np.newaxis]


def run(
    path, folder, *, splits=range(N_SPLITS), n_pool=N_POOL, n_selections=N_SELECTIONS
):
    """Add the records that are missing in a file."""
    done = {(r["set"], r["split"]) for r in read(path)}
    for name in SETS:
        loaded = load(name, folder)
        if loaded is None:
            print(f"{name}: {FILES[name]} is missing, left out")
            continue
        for split in splits:
            if (name, split) in done:
                continue
            for record in list(run_split(name, *loaded, split, n_pool, n_selections)):
                append(path, record)
            print(name, split, flush=True)


def main():
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="?", default=RUNS, help="file of the runs")
    parser.add_argument("--data", help="folder with mnist.npz and other files")
    given = parser.parse_args()
    run(given.runs, given.data)


if __name__ == "__main__":
    main()
