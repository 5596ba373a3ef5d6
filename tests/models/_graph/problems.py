"""A graph, labels, and the dense Gaussian process that a field on it is."""

import numpy as np
from sklearn.datasets import make_blobs

from skbal.features import PoolGraph

X, Y = make_blobs(150, centers=4, cluster_std=1.8, n_features=3, random_state=1)
NUMBERS = np.sin(X[:, 0]) + 0.1 * X[:, 1]
NEW = make_blobs(25, centers=4, cluster_std=1.8, n_features=3, random_state=1)[0]
NEW += 0.05
GRAPH = PoolGraph(n_components=40, random_state=0).fit(X)
# The labelled rows: of the pool, one of them twice, and new ones.
ROWS = np.array([0, 7, 20, 33, 33, 71, 90, 140, 5, 6, 12])
X_LABELLED = np.vstack([X[ROWS], NEW[:4]])


def prior_kernel(model, A, B):
    """Return the prior covariance Phi diag(v) Phi' between rows."""
    left, right = (model.graph_.transform(Z) for Z in (A, B))
    return (left * model.prior_variances_) @ right.T


def dense_posterior(model, A, targets, B, weights=None):
    """Return mean and covariance at rows B, given targets with prior mean 0 at A."""
    noise = model.label_variance(A) / (1 if weights is None else weights)
    K = prior_kernel(model, A, A) + np.diag(noise)
    cross = prior_kernel(model, B, A)
    mean = cross @ np.linalg.solve(K, targets)
    return mean, prior_kernel(model, B, B) - cross @ np.linalg.solve(K, cross.T)


def brute_force_roughness(graph, variances):
    """Return the mean squared change from each node to a random neighbour, by loops."""
    affinity, functions = graph.affinity_.toarray(), graph.embedding_
    found = np.zeros(len(affinity))
    for i, weights in enumerate(affinity):
        for j in np.flatnonzero(weights):
            change = (variances * (functions[i] - functions[j]) ** 2).sum()
            found[i] += weights[j] * change / weights.sum()
    return found
