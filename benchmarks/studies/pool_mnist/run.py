"""How few labels are enough for MNIST, if the model has looked at the pool?

``python -m benchmarks.studies.pool_mnist.run RUNS.jsonl --mnist mnist.npz`` adds a line
for each repeat and kind of features. A run that was stopped goes on when the command is
given again. ``report.py`` makes the table.

In each repeat the pool is a random half of the 60,000 training images, or with
``--whole`` all of them. `ClusterSeed` asks for the first 12 labels and
`ExpectedVarianceReduction` for the others, one at a time, up to 60. The model is
`GraphClassifier` with its default parameters, tested on the 10,000 test images, which
are in no graph. "deslanted" images have been sheared upright before, which is knowledge
about handwriting; "plain" ones have not. No class shares and no balanced labels are
used.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist
from skbal.features import Deslant, GradientHistograms, PoolGraph
from skbal.models import GraphClassifier
from skbal.query import ExpectedVarianceReduction
from skbal.seeding import ClusterSeed

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
IMAGES = {"image_shape": (28, 28)}
N_FIRST, N_LABELS, EVERY = 12, 60, 2
N_BINS = 15  # of the calibration error


def features_of(kind):
    """Return the features of a kind, in 60 coordinates."""
    steps = [GradientHistograms(n_orientations=12, **IMAGES), PCA(60, random_state=0)]
    return make_pipeline(*([Deslant(**IMAGES)] if kind == "deslanted" else []), *steps)


def calibration_error(probabilities, y):
    """Return the expected calibration error of the largest probabilities."""
    confidence, right = probabilities.max(1), probabilities.argmax(1) == y
    bins = np.minimum((N_BINS * confidence).astype(int), N_BINS - 1)
    gaps = np.bincount(bins, right - confidence, minlength=N_BINS)
    return np.abs(gaps).sum() / len(y)


def scores_of(model, points, y):
    """Return accuracy, log loss and calibration error."""
    probabilities = np.zeros((len(y), 10))
    probabilities[:, model.classes_] = model.predict_proba(points)
    of_truth = np.maximum(probabilities[np.arange(len(y)), y], 1e-6)
    return {
        "accuracy": float((probabilities.argmax(1) == y).mean()),
        "nll": float(-np.log(of_truth).mean()),
        "ece": float(calibration_error(probabilities, y)),
    }


def curve(kind, repeat, X, y, X_test, y_test):
    """Return the record of one run on a pool."""
    start = time.perf_counter()
    features = features_of(kind)
    points = features.fit_transform(X)
    graph = PoolGraph(pca_components=None, random_state=repeat).fit(points)
    seconds_graph = time.perf_counter() - start
    chosen = list(ClusterSeed(N_FIRST, graph, random_state=repeat).select(points))
    strategy = ExpectedVarianceReduction(random_state=repeat)
    model, test, scores = GraphClassifier(graph, random_state=repeat), None, {}
    test = features.transform(X_test)
    left = np.setdiff1d(np.arange(len(y)), chosen)
    while True:
        model.fit(points[chosen], y[chosen])
        if (len(chosen) - N_FIRST) % EVERY == 0:
            scores[len(chosen)] = scores_of(model, test, y_test)
        if len(chosen) == N_LABELS:
            break
        chosen.append(int(left[strategy(model, points[left])[0]]))
        left = left[left != chosen[-1]]
    return {
        "features": kind,
        "repeat": repeat,
        "n_pool": len(y),
        "n_clusters": graph.n_clusters_,
        "n_classes": len(np.unique(y[chosen[:N_FIRST]])),
        "rows": [int(row) for row in chosen],
        "scores": scores,
        "seconds_graph": round(seconds_graph, 1),
        "seconds": round(time.perf_counter() - start, 1),
    }


def run(options):
    if not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    parts = {
        subset: fetch_mnist(data_home=options.mnist, subset=subset, return_X_y=True)
        for subset in ("train", "test")
    }
    X, y = parts["train"]
    done = {(r["features"], r["repeat"], r["n_pool"]) for r in read(options.runs)}
    size = len(y) if options.whole else len(y) // 2
    for repeat in range(1 if options.whole else options.repeats):
        pool = np.sort(stream(repeat, "pool").permutation(len(y))[:size])
        for kind in options.features:
            if (kind, repeat, size) not in done:
                record = curve(kind, repeat, X[pool], y[pool], *parts["test"])
                append(options.runs, record)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--mnist", required=True, help="file of the packed digits")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--features", nargs="+", default=["plain", "deslanted"])
    parser.add_argument("--whole", action="store_true", help="all 60,000 as pool")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
