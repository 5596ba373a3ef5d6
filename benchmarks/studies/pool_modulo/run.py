"""How many labels tell digits modulo 3 apart, where a class is several clusters?

``python -m benchmarks.studies.pool_modulo.run RUNS.jsonl --mnist mnist.npz`` adds a
line for each repeat. A study that was stopped goes on when the command is given again.
``report.py`` makes the table.

The class of an image is its digit modulo 3: the classes are 0369, 147 and 258, and
nothing is told of digits. In each repeat the pool is a random half of the 60,000
training images. `ClusterSeed` asks for the first 12 labels and
`ExpectedVarianceReduction` for the others, one at a time. Features, model and
strategies are those of ``skbal reproduce fewlabels``, for images that were not made
upright. There is a score for every number of labels from 3, on the 10,000 test images,
which are in no graph. Random labels with the same model are beside it, with a score for
every tenth.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist
from skbal.experiments._catalogue._fewlabels import features_of
from skbal.features import PoolGraph
from skbal.models import GraphClassifier
from skbal.query import ExpectedVarianceReduction
from skbal.seeding import ClusterSeed

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
N_CLASSES, N_FIRST, N_LABELS = 3, 12, 20
SCORED_RANDOM = range(10, 101, 10)


def asked(model, points, y, repeat):
    """Return the rows that are asked for, in order."""
    chosen = list(ClusterSeed(N_FIRST, model.graph, random_state=repeat).select(points))
    left = np.setdiff1d(np.arange(len(y)), chosen)
    model.fit(points[chosen], y[chosen])
    # The order of questions does not depend on the answers.
    strategy = ExpectedVarianceReduction(random_state=repeat)
    more = strategy(model, points[left], n_instances=N_LABELS - N_FIRST)
    return [*chosen, *left[more]]


def accuracies(model, order, scored, points, y, test, y_test):
    """Return the accuracy with each number of labels."""
    found = {}
    for n in scored:
        model.fit(points[order[:n]], y[order[:n]])
        found[n] = round(float(model.score(test, y_test)), 4)
    return found


def record_of(repeat, X, y, X_test, y_test):
    """Return the record of one run on a pool."""
    start = time.perf_counter()
    features = features_of(upright=False)
    points, test = features.fit_transform(X), features.transform(X_test)
    graph = PoolGraph(pca_components=None, random_state=repeat).fit(points)
    model = GraphClassifier(graph, random_state=repeat)
    data = points, y, test, y_test
    order = asked(model, points, y, repeat)
    at_random = stream(repeat, "labels").permutation(len(y))
    return {
        "repeat": repeat,
        "n_pool": len(y),
        "n_clusters": graph.n_clusters_,
        "rows": [int(row) for row in order],
        "asked": accuracies(model, order, range(3, N_LABELS + 1), *data),
        "random": accuracies(model, at_random, SCORED_RANDOM, *data),
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
    (X, y), (X_test, y_test) = parts["train"], parts["test"]
    done = {r["repeat"] for r in read(options.runs)}
    for repeat in range(options.repeats):
        if repeat not in done:
            pool = np.sort(stream(repeat, "pool").permutation(len(y))[: len(y) // 2])
            classes = y[pool] % N_CLASSES, X_test, y_test % N_CLASSES
            append(options.runs, record_of(repeat, X[pool], *classes))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--mnist", required=True, help="file of the packed digits")
    parser.add_argument("--repeats", type=int, default=20)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
