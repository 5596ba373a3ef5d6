"""Which images should 40 volunteers label, so that the shares of others are known?

``python -m benchmarks.studies.vote_labels.run RUNS.jsonl --data FOLDER`` adds a line
for each set and repeat. A study that was stopped goes on when the command is given
again. ``report.py`` makes the table. FOLDER holds any of the files of real images; the
simulated galaxies need none.

In each repeat a random half of a set is the pool and the other half the test set. A
label is the shares of answers of 40 volunteers. They are drawn without replacement from
the real votes, or by `make_galaxies` for "bar?". The galaxies of Galaxy Zoo 1 have no
votes here, so a label is the class that most volunteers chose, as share 1. The model is
`GraphRegressor` on the graph of the pool, with default parameters everywhere. "random"
labels random images. "variance" begins with 12 images of `ClusterSeed` and goes on with
`ExpectedVarianceReduction`. The score is the root mean squared error of the shares of
the test images, cut to be shares. Features are `GradientHistograms` in 60 principal
components. For "photographs, patches" they are those of `PatchFeatures` with
``mirror=True``.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skbal._utils.random import stream
from skbal.datasets import make_galaxies
from skbal.exceptions import NumericalWarning
from skbal.features import GradientHistograms, PatchFeatures, PoolGraph
from skbal.models import GraphRegressor
from skbal.query import ExpectedVarianceReduction
from skbal.seeding import ClusterSeed

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
FILES = {
    "clothes": "fashion_mnist_h_6k.npz",
    "photographs": "cifar10h_2k.npz",
    "photographs, patches": "cifar10h_2k.npz",
    "galaxies": "gz1_small.npz",
}
SETS = (*FILES, "bars")
N_FIRST, N_VOTES, N_BARS = 12, 40, 3000
SCORED = (12, 14, 16, 18, *range(20, 100, 5), *range(100, 201, 10))


def load(folder, name):
    """Return images, true shares, and a function that gives labels of rows."""
    if name == "bars":
        galaxies = make_galaxies(N_BARS, 48, n_votes=N_VOTES, random_state=0)
        k, n = galaxies.votes[:, 1].T
        labels = (k / n)[:, np.newaxis]
        return galaxies.images, galaxies.rho[:, [1]], lambda rows, rng: labels[rows]
    with np.load(Path(folder, FILES[name])) as file:
        X, votes = (
            file["X"],
            file["votes"].astype(np.int64) if "votes" in file else None,
        )
        classes = file["y"]
    if X.ndim == 4:  # channels first
        X = X.transpose(0, 3, 1, 2)
    if votes is None:
        shares = np.eye(classes.max() + 1)[classes]
        return X, shares, lambda rows, rng: shares[rows]
    shares = votes / votes.sum(axis=1, keepdims=True)
    return X, shares, lambda rows, rng: _drawn(votes[rows], rng)


def _drawn(votes, rng):
    return (
        np.stack([rng.multivariate_hypergeometric(v, N_VOTES) for v in votes]) / N_VOTES
    )


def as_shares(values):
    """Return predictions that are shares: cut, and of several answers with sum 1."""
    values = np.clip(values, 1e-6, 1).reshape(len(values), -1)
    return values if values.shape[1] == 1 else values / values.sum(1, keepdims=True)


def record_of(name, repeat, X, shares, labels_of):
    """Return the record of one repeat."""
    order = stream(repeat, "pool").permutation(len(X))
    pool, test = (np.sort(part) for part in np.array_split(order, 2))
    images = GradientHistograms()
    if name.endswith("patches"):
        images = PatchFeatures(mirror=True, random_state=repeat)
    features = make_pipeline(images, PCA(60, random_state=0))
    points, points_test = features.fit_transform(X[pool]), features.transform(X[test])
    labels = labels_of(pool, stream(repeat, "votes"))
    graph = PoolGraph(pca_components=None, random_state=repeat).fit(points)
    model = GraphRegressor(graph, random_state=repeat)
    first = ClusterSeed(N_FIRST, graph, random_state=repeat).select(points)
    left = np.setdiff1d(np.arange(len(pool)), first)
    # The order does not depend on the answers.
    strategy = ExpectedVarianceReduction(random_state=repeat)
    model.fit(points[first], labels[first])
    more = strategy(model, points[left], n_instances=SCORED[-1] - N_FIRST)
    orders = {
        "random": stream(repeat, "labels").permutation(len(pool)),
        "variance": np.concatenate([first, left[more]]),
    }
    errors = {}
    for way, chosen in orders.items():
        errors[way] = {}
        for n in SCORED:
            rows = chosen[:n]
            guesses = as_shares(
                model.fit(points[rows], labels[rows]).predict(points_test)
            )
            error = np.sqrt(np.mean((guesses - shares[test]) ** 2))
            errors[way][n] = round(float(error), 5)
    return {"set": name, "repeat": repeat, "n_pool": len(pool), "errors": errors}


def run(options):
    done = {(r["set"], r["repeat"]) for r in read(options.runs)}
    for name in options.sets:
        if name in FILES and not Path(options.data or "", FILES[name]).exists():
            print(f"Skipped: there is no file {FILES[name]}.")
            continue
        loaded = load(options.data, name)
        for repeat in range(options.repeats):
            if (name, repeat) not in done:
                with warnings.catch_warnings():
                    # Few random labels may all be of one class.
                    warnings.simplefilter("ignore", NumericalWarning)
                    append(options.runs, record_of(name, repeat, *loaded))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--data", help="folder of the packed sets")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--repeats", type=int, default=10)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
