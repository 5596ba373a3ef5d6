"""Does a graph of the pool save labels on other sets than digits?

``python -m benchmarks.studies.pool_sets.run RUNS.jsonl --data FOLDER`` adds a line for
each set, way and repeat. A study that was stopped goes on when the command is given
again. ``report.py`` makes the tables. FOLDER holds any of the files that `_sets.py`
names; a set whose file is missing is left out.

In each repeat a random half of a set is the pool and the other half the test set. Of
the digits, 3,000 training images are the pool and 3,000 of the standard test set the
test set. Up to 100 labels are asked for, or as many as half of a smaller pool.

The features of all images are `GradientHistograms` and of all tables a
`StandardScaler`; graph, model and strategies have their default parameters everywhere.
"photographs, patches" are the same photographs with `PatchFeatures` instead, which have
``mirror=True``.
Ways "random", "variance" and "doubt" have the same model, `GraphClassifier`. "random"
labels random rows. The others begin with 12 rows of `ClusterSeed` and go on with
`ExpectedVarianceReduction`, where "doubt" gives each row the weight of the probability
that its prediction is wrong. "spreading" is `LabelSpreading` on the features, "forest"
a random forest on pixels or columns, "forest on features" on the features of images,
each with the labels of "random". "network" is the default network with BatchBALD, ten
labels at a time after 20 random ones, and has fewer repeats, because it is slow.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.semi_supervised import LabelSpreading

from skbal._utils.random import stream
from skbal.features import PoolGraph
from skbal.models import GraphClassifier, MCDropoutClassifier
from skbal.query import BatchBALD, ExpectedVarianceReduction
from skbal.seeding import ClusterSeed

from .._runs import append, read
from ._sets import IMAGES, load, names_in

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
N_FIRST = 12
SCORED = (*range(N_FIRST, 20, 2), *range(20, 50, 5), *range(50, 101, 10))
SCORED_COARSE = (20, 40, 60, 80, 100)
N_FIRST_NETWORK, N_BATCH, N_CANDIDATES = 20, 10, 1000
STRATEGIES = {
    "variance": {},
    "doubt": {"target_weights": "uncertain"},
}
GRAPH = ("random", *STRATEGIES)
SLOW = ("network",)
WAYS = (*GRAPH, "forest", "forest on features", "spreading", *SLOW)


def scores_of(guesses, halves):
    """Return accuracy, and its mean over the classes of the test set."""
    right = guesses == halves.y_test
    sizes = np.bincount(halves.y_test, minlength=halves.n_classes)
    of_class = np.bincount(halves.y_test, right, halves.n_classes)[sizes > 0]
    return [
        round(float(right.mean()), 4),
        round(float((of_class / sizes[sizes > 0]).mean()), 4),
    ]


def random_order(halves, repeat):
    """Return the random rows that are labelled, in order."""
    return stream(repeat, "labels").permutation(len(halves.y))[: halves.n_labels]


def numbers(halves, scored):
    """Return at how many labels there is a score: the last one always has one."""
    return [n for n in scored if n < halves.n_labels] + [halves.n_labels]


def on_graph(way, halves, repeat):
    """Return the scores of the field on the graph."""
    graph = PoolGraph(pca_components=None, random_state=repeat).fit(halves.points)
    model = GraphClassifier(graph, random_state=repeat)
    if way == "random":
        order = random_order(halves, repeat)
    else:
        strategy = ExpectedVarianceReduction(**STRATEGIES[way], random_state=repeat)
        order = asked(model, strategy, halves, repeat)
    return with_labels(model, order, halves, halves.points, halves.points_test, SCORED)


def asked(model, strategy, halves, repeat):
    """Return the rows that a strategy asks for, one at a time, in order."""
    points, y = halves.points, halves.y
    chosen = list(ClusterSeed(N_FIRST, model.graph, random_state=repeat).select(points))
    left = np.setdiff1d(np.arange(len(y)), chosen)
    while len(chosen) < halves.n_labels:
        model.fit(points[chosen], y[chosen])
        chosen.append(int(left[strategy(model, points[left])[0]]))
        left = left[left != chosen[-1]]
    return np.array(chosen)


def with_labels(model, order, halves, X, X_test, scored):
    """Return the scores of a model that is fitted on the first rows of an order."""
    scores = {}
    for n in numbers(halves, scored):
        model.fit(X[order[:n]], halves.y[order[:n]])
        scores[n] = scores_of(model.predict(X_test), halves)
    return scores


def of_forest(way, halves, repeat):
    """Return the scores of a random forest with random labels."""
    X, X_test = halves.points, halves.points_test
    if way == "forest":
        X, X_test = (Z.reshape(len(Z), -1) for Z in (halves.X, halves.X_test))
    model, order = (
        RandomForestClassifier(random_state=repeat),
        random_order(halves, repeat),
    )
    return with_labels(model, order, halves, X, X_test, SCORED_COARSE)


def of_spreading(way, halves, repeat):
    """Return the scores of scikit-learn's label spreading with random labels."""
    order, scores = random_order(halves, repeat), {}
    for n in numbers(halves, SCORED_COARSE):
        y = np.full(len(halves.y), -1)
        y[order[:n]] = halves.y[order[:n]]
        model = LabelSpreading(kernel="knn", n_neighbors=10)
        with warnings.catch_warnings():
            # Rows that no label reaches are divided by 0, and it may stop early.
            warnings.simplefilter("ignore")
            model.fit(halves.points, y)
            scores[n] = scores_of(model.predict(halves.points_test), halves)
    return scores


def of_network(way, halves, repeat):
    """Return the scores of the default network with BatchBALD."""
    X, X_test = (_for_network(Z) for Z in (halves.X, halves.X_test))
    rng, chosen = stream(repeat, "candidates"), random_order(halves, repeat)
    chosen, scores = chosen[:N_FIRST_NETWORK], {}
    while True:
        n, seed = len(chosen), 1000 * repeat + len(chosen)
        model = MCDropoutClassifier(random_state=seed).fit(X[chosen], halves.y[chosen])
        scores[n] = scores_of(model.predict(X_test), halves)
        n_more = min(N_BATCH, halves.n_labels - n)
        if n_more <= 0:
            return scores
        left = rng.permutation(np.setdiff1d(np.arange(len(X)), chosen))[:N_CANDIDATES]
        more = BatchBALD(random_state=seed)(model, X[left], n_instances=n_more)
        chosen = np.concatenate([chosen, left[more]])


def _for_network(X):
    """Return rows as the default networks take them."""
    X = X.astype(np.float32)
    if X.ndim == 3:
        X = X[:, np.newaxis]
    return X / 255 if X.ndim == 4 else X


FUNCTIONS = {
    **dict.fromkeys(GRAPH, on_graph),
    "forest": of_forest,
    "forest on features": of_forest,
    "spreading": of_spreading,
    "network": of_network,
}


def record_of(name, way, repeat, halves):
    """Return the record of one run."""
    start = time.perf_counter()
    scores = FUNCTIONS[way](way, halves, repeat)
    return {
        "set": name,
        "way": way,
        "repeat": repeat,
        "n_pool": len(halves.y),
        "n_classes": halves.n_classes,
        "scores": scores,
        "seconds": round(time.perf_counter() - start, 1),
    }


def run(options):
    names = options.sets or names_in(options.data)
    if not names:
        print(f"Skipped: there are no files of this study in {options.data}.")
        return
    done = {(r["set"], r["way"], r["repeat"]) for r in read(options.runs)}
    for name in names:
        halves_of = load(options.data, name)
        ways = [w for w in options.ways if name in IMAGES or w != "forest on features"]
        for repeat in range(options.repeats):
            missing = [way for way in ways if (name, way, repeat) not in done]
            if not missing:
                continue
            halves = halves_of(repeat)
            for way in missing:
                if way not in SLOW or repeat < options.repeats_slow:
                    append(options.runs, record_of(name, way, repeat, halves))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--data", required=True, help="folder of the packed sets")
    parser.add_argument("--sets", nargs="+", help="all whose files are there")
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=WAYS)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--repeats-slow", type=int, default=3, help="of networks")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
