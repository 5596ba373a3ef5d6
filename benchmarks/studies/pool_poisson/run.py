"""Is Poisson learning better than the Gaussian field where labels are fewest?

``python -m benchmarks.studies.pool_poisson.run --mnist mnist.npz`` prints a table: the
accuracy on a pool of 10,000 training digits, mean and worst of 20 random choices of
labels, and for the rows of `ClusterSeed`.

Poisson learning [1]_ solves ``L u = sum_i (y_i - mean y) delta_i`` on the same graph,
with L its Laplacian. "reweighted" divides the function of each class by the share of
the labels that are of this class, since the shares of the pool are not known.

References
----------
.. [1] J. Calder, B. Cook, M. Thorpe and D. Slepcev (2020), Poisson Learning: Graph
   Based Semi-Supervised Learning At Very Low Label Rates, section 2.
"""

import argparse
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import cg
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist
from skbal.features import GradientHistograms, PoolGraph
from skbal.models import GraphClassifier
from skbal.seeding import ClusterSeed

N_POOL, N_CLASSES, N_REPEATS = 10_000, 10, 20
RANDOM, SEEDED = (10, 20, 50, 100), (12, 20, 30)


class Poisson:
    """Poisson learning on a graph.

    Parameters
    ----------
    affinity : sparse matrix of shape (n_nodes, n_nodes)
        The weights of the edges.
    """

    def __init__(self, affinity):
        self.degrees = np.asarray(affinity.sum(axis=1)).ravel()
        self.laplacian = (sp.diags(self.degrees) - affinity).tocsr()
        self.inverse = sp.diags(1 / self.degrees)

    def guesses(self, rows, y):
        """Return the classes of all nodes, plain and reweighted."""
        one_hot = np.eye(N_CLASSES)[y]
        shares = one_hot.mean(axis=0)
        values = np.full((len(self.degrees), N_CLASSES), -np.inf)
        for label in np.flatnonzero(shares):
            source = np.zeros(len(values))
            source[rows] = one_hot[:, label] - shares[label]
            u, _ = cg(self.laplacian, source, rtol=1e-6, maxiter=1000, M=self.inverse)
            values[:, label] = u - np.average(u, weights=self.degrees)
        weighted = values / np.maximum(shares, 1e-9)
        return values.argmax(axis=1), weighted.argmax(axis=1)


def accuracies(rows, poisson, graph, points, y):
    """Return the accuracies of Poisson learning, its reweighting, and the field."""
    model = GraphClassifier(graph, random_state=0).fit(points[rows], y[rows])
    nodes = graph.node_of_row_
    guesses = [guess[nodes] for guess in poisson.guesses(nodes[rows], y[rows])]
    guesses.append(model.predict(points))
    return [(guess == y).mean() for guess in guesses]


def run(path):
    if not Path(path).exists():
        print(f"Skipped: there is no file {path} with MNIST.")
        return
    X, y = fetch_mnist(data_home=path, subset="train", return_X_y=True)
    pool = np.sort(stream(0, "pool").permutation(len(y))[:N_POOL])
    X, y = X[pool], y[pool]
    strokes = GradientHistograms(n_orientations=12, image_shape=(28, 28))
    points = make_pipeline(strokes, PCA(60, random_state=0)).fit_transform(X)
    graph = PoolGraph(pca_components=None, random_state=0).fit(points)
    poisson = Poisson(graph.affinity_)
    print("| labels | Poisson | reweighted | field |\n|---|---|---|---|")
    choices = {
        f"{n} random": [
            stream(k, "labels", n).permutation(N_POOL)[:n] for k in range(N_REPEATS)
        ]
        for n in RANDOM
    } | {
        f"{n} of ClusterSeed": [ClusterSeed(n, graph, random_state=0).select(points)]
        for n in SEEDED
    }
    for name, every in choices.items():
        found = [accuracies(rows, poisson, graph, points, y) for rows in every]
        mean, worst = 100 * np.mean(found, axis=0), 100 * np.min(found, axis=0)
        cells = (f"{m:.1f} (worst {w:.1f})" for m, w in zip(mean, worst))
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", required=True, help="file of the packed digits")
    run(parser.parse_args().mnist)


if __name__ == "__main__":
    main()
