"""How well scores of anomalies find planted oddities: areas under the curve.

``python -m benchmarks.studies.audit_anomalies.run [FOLDER] [--seeds 5]``. FOLDER holds
``mnist.npz`` (``X_train``, ``y_train``), ``fashion_mnist_h_6k.npz`` and
``gz1_small.npz`` (``X``, ``y``). Without it, the digits of scikit-learn are the only
set. A forest is fitted to 400 rows, and 1,000 others are scored of which 50 are odd: of
a class that was never labelled, two images in one, upside down, or galaxies that people
could not classify (class 4) and mergers (class 5).
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from skbal.audit import anomaly_scores

METHODS = ("combined", "epistemic", "disagreement", "distance")
N_LABELLED, N_USUAL, N_ODD = 400, 950, 50


def new_class(X, y, rng):
    """Return labelled rows, their labels, usual and odd rows: of one class."""
    label = rng.choice(np.unique(y))
    return parted(X[y != label], y[y != label], X[y == label])


def double(X, y, rng):
    """Return the parts with the brighter pixels of two images as odd rows."""
    first, second = X[-2 * N_ODD : -N_ODD], X[-N_ODD:]
    return parted(X[: -2 * N_ODD], y[: -2 * N_ODD], np.maximum(first, second))


def upside_down(X, y, rng):
    """Return the parts with images upside down as odd rows."""
    return parted(X[:-N_ODD], y[:-N_ODD], X[-N_ODD:, ::-1])


def parted(X, y, odd):
    """Return labelled rows, their labels, usual and odd rows."""
    usual = X[N_LABELLED : N_LABELLED + N_USUAL]
    return X[:N_LABELLED], y[:N_LABELLED], usual, odd[:N_ODD]


def of_class(number):
    """Return a function that takes one class as odd, and leaves 4 and 5 out."""

    def galaxies(X, y, rng):
        return parted(X[y < 4], y[y < 4], X[y == number])

    return galaxies


def areas(labelled, y, usual, odd, seed):
    """Return the area under the curve of each score."""
    flat = [part.reshape(len(part), -1) for part in (labelled, usual, odd)]
    labelled, rows = flat[0], np.concatenate(flat[1:])
    is_odd = np.arange(len(rows)) >= len(usual)
    forest = RandomForestClassifier(100, random_state=seed).fit(labelled, y)
    scores = {
        method: anomaly_scores(
            forest, rows, labelled, method=method, random_state=seed
        ).scores
        for method in METHODS
    }
    isolation = IsolationForest(random_state=seed).fit(labelled)
    scores["IsolationForest"] = -isolation.score_samples(rows)
    outlier = LocalOutlierFactor(novelty=True).fit(labelled)
    scores["LocalOutlierFactor"] = -outlier.score_samples(rows)
    return {name: roc_auc_score(is_odd, score) for name, score in scores.items()}


def tasks(folder):
    """Yield the name of a task, images, labels and the function that parts them."""
    if folder is None:
        digits = load_digits()
        sets = {"digits": (digits.images, digits.target)}
    else:
        mnist = np.load(folder / "mnist.npz")
        fashion = np.load(folder / "fashion_mnist_h_6k.npz")
        sets = {
            "MNIST": (mnist["X_train"][:10_000], mnist["y_train"][:10_000]),
            "Fashion": (fashion["X"], fashion["y"]),
        }
    for name, (X, y) in sets.items():
        for part in (new_class, double, upside_down):
            yield f"{name}, {part.__name__.replace('_', ' ')}", X, y, part
    if folder is not None:
        galaxies = np.load(folder / "gz1_small.npz")
        for name, number in (("don't know", 4), ("merger", 5)):
            X, y = galaxies["X"], galaxies["y"]
            yield f"galaxies, {name}", X, y, of_class(number)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args(arguments)
    for name, X, y, part in tasks(options.folder):
        found = []
        for seed in range(options.seeds):
            rng = np.random.default_rng(seed)
            order = rng.permutation(len(X))
            found.append(areas(*part(X[order], y[order], rng), seed))
        means = {key: np.mean([run[key] for run in found]) for key in found[0]}
        print(name, " ".join(f"{k} {v:.3f}" for k, v in means.items()), flush=True)


if __name__ == "__main__":
    main()
