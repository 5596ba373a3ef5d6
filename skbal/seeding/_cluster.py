"""First labels from the graph of a pool: one for each cluster, more for large ones."""

import numpy as np
from sklearn.base import clone
from sklearn.metrics import pairwise_distances_argmin

from skbal._utils.parameters import count, having, positive
from skbal._utils.pools import n_rows
from skbal._utils.random import next_seed
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.threads import one_thread
from skbal.base import best_first
from skbal.features import PoolGraph
from skbal.seeding._centres import centres_of
from skbal.seeding._seed import Seed

_KEPT = 0.999  # share of the prior variance that clusters are found in


class ClusterSeed(Seed):
    """Selects the most telling row of each cluster of the pool, without labels.

    Clusters are found on the eigenfunctions of the graph of the pool, weighted as in
    the prior of `skbal.models.GraphClassifier`, so that the first labels name its
    clusters. Their number is the ``n_clusters_`` of `skbal.features.PoolGraph`. A small
    cluster that is far from all others counts, too. In each cluster, the row whose
    label tells most about the other rows is selected, which is a typical row. If you
    want more labels than there are clusters, each further label goes to the cluster
    with most rows per label, which may hold two classes.

    Parameters
    ----------
    n_instances : int, default=12
        Number of rows.
    features : PoolGraph, transformer or None, default=None
        The graph of the pool, fitted or not. A fitted graph is used as it is.
        Otherwise a graph is built of the rows passed to `select`, on the features of
        the transformer, or on the rows themselves for ``None``.
    n_clusters : int, optional
        Number of clusters. ``None`` finds it from the eigenvalues, at most
        ``n_instances``.
    tau : float, optional
        As in `skbal.models.GraphClassifier`, but for "evidence", which needs labels.
    alpha : float, default=3.0
        As in `skbal.models.GraphClassifier`.
    noise_variance : float, default=0.05
        As in `skbal.models.GraphClassifier`.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the clusters. An integer gives the same rows every time.

    See Also
    --------
    KMeansSeed : Clusters in the features themselves, without a graph.
    skbal.query.ExpectedVarianceReduction : The rule for the labels after the first.

    Notes
    -----
    Rows of large clusters come first. A class that is not a cluster of its own, or a
    rare one among the others, can be missed.

    A cluster of hardly more rows than ``n_neighbors`` of the graph may show in none of
    the leading eigenfunctions. If it is far from all others, it is found by another
    rule: its rows are neighbours of each other, but of no other row, and a step of the
    random walk leaves it with a probability below 0.1. It then counts as a cluster. It
    needs 5 different rows: isolated rows are no clusters. At most half of
    ``n_instances`` are rows of such clusters, those of the largest ones. With fewer
    than 8 neighbours, fringes of large clusters may be such clusters, too.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import make_blobs
    >>> from skbal.seeding import ClusterSeed
    >>> X, y = make_blobs(300, centers=4, cluster_std=0.5, random_state=0)
    >>> rows = ClusterSeed(n_instances=4, random_state=0).select(X)
    >>> sorted(y[rows].tolist())
    [0, 1, 2, 3]
    """

    _parameter_rules = {
        "n_instances": count(1),
        "features": having(
            "fit", "transform", example="PoolGraph().fit(X_pool)", none=True
        ),
        "n_clusters": count(1, none=True),
        "tau": positive(none=True),
        "alpha": positive(),
        "noise_variance": positive(),
    }

    def __init__(
        self,
        n_instances=12,
        features=None,
        *,
        n_clusters=None,
        tau=None,
        alpha=3.0,
        noise_variance=0.05,
        random_state=None,
    ):
        self.n_instances = n_instances
        self.features = features
        self.n_clusters = n_clusters
        self.tau = tau
        self.alpha = alpha
        self.noise_variance = noise_variance
        self.random_state = random_state

    def select_rows(self, X, y, rng):
        self._check_n_instances(X)
        if n_rows(X) == 1:
            return [0]
        graph = self._graph(X, rng)
        field, places = graph.field(self.tau, self.alpha), graph.locate(X)
        rows, noise = field.rows(places), self.noise_variance + field.roughness(places)
        islands, leaves = _largest(*graph.islands(places), self.n_instances // 2)
        n_others = self._n_clusters(graph, leaves)
        smooth = graph.field(self._tau_of_clusters(graph), self.alpha)
        leading = rows if smooth is field else smooth.rows(places)
        clusters = _clusters(leading, smooth.variances, islands, n_others, rng)
        members = _by_size(clusters, rng)
        turns = _turns([len(each) for each in members], self.n_instances)
        return _most_telling(members, turns, rows, noise)

    def _graph(self, X, rng):
        graph = self.features
        if graph is None:
            what = f"X given to {type(self).__name__}"
            with text_explained(what, f"features={ONE_HOT}"):
                return PoolGraph(random_state=next_seed(rng)).fit(X)
        if not isinstance(graph, PoolGraph):
            graph = PoolGraph(graph, random_state=next_seed(rng))
        if not graph.__sklearn_is_fitted__():
            return clone(graph).fit(X)
        graph.check_up_to_date("features", type(self).__name__)
        return graph

    def _tau_of_clusters(self, graph):
        """Return the smoothness that suits as many clusters as there are labels for.

        The default of the field suits all clusters of the graph. If they are more than
        the labels, it tells apart what is then one cluster, and which of them are
        joined is chance.
        """
        if self.tau is not None or self.n_clusters is not None:
            return self.tau
        found = graph.count_clusters(self.n_instances)
        return graph.tau_behind(found) if found < graph.n_clusters_ else None

    def _n_clusters(self, graph, leaves):
        """Return the number of clusters besides the islands."""
        most, n_islands = self.n_instances, len(leaves)
        if self.n_clusters is not None:
            return max(min(self.n_clusters, most) - n_islands, 1)
        found = graph.count_clusters(most)
        # The function of an island varies less than the walk leaves it. So those that
        # vary less than the first function behind the clusters are among the clusters.
        slowness = 1 - graph.eigenvalues_
        behind = slowness[found] if found < len(slowness) else np.inf
        found -= np.count_nonzero(leaves < behind)
        return max(min(found, most - n_islands), 1)


class Telling:
    """How much a label at each row would tell of the field at all rows.

    Labels change the covariance of the weights by one rank each, so that another one
    takes two products of the rows with vectors.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_components)
        Factors: products of them are covariances of the field.
    noise : ndarray of shape (n_rows,)
        Variance of a label around the field.

    Attributes
    ----------
    variances : ndarray of shape (n_rows,)
        Variance of the field at each row.
    squares : ndarray of shape (n_rows,)
        Sum over all rows of their squared covariances with each row.
    """

    def __init__(self, rows, noise):
        gram = rows.T @ rows
        self._rows, self._noise = rows, noise
        self._gram, self._covariance = gram.astype(np.float64), np.eye(len(gram))
        self.variances = np.einsum("nk,nk->n", rows, rows).astype(np.float64)
        self.squares = np.einsum("nk,nk->n", rows @ gram, rows).astype(np.float64)

    def falls(self):
        """Return by how much a label at each row lowers the sum of all variances."""
        return self.squares / (self.variances + self._noise)

    def label(self, row):
        """Take into account that a row has a label.

        With covariance S of the weights and c = S r for the factor r of the row, S
        becomes ``S - c c' / d``, and each r' S G S r changes with it.
        """
        factor = self._rows[row].astype(np.float64)
        c = self._covariance @ factor
        d = factor @ c + self._noise[row]
        h = self._covariance @ (self._gram @ c)
        both = np.stack([c, h], axis=1).astype(self._rows.dtype)
        to_c, to_h = (self._rows @ both).T.astype(np.float64)
        self.variances -= to_c**2 / d
        self.squares += to_c * (to_c * (c @ self._gram @ c) / d - 2 * to_h) / d
        self._covariance -= np.outer(c, c) / d


def _largest(islands, leaves, most):
    """Return the islands of the rows, but only those with most rows, and their leaves.

    They are numbered anew, from 0.
    """
    sizes = np.bincount(islands[islands >= 0], minlength=len(leaves))
    kept = np.argsort(-sizes, kind="stable")[: min(most, np.count_nonzero(sizes))]
    number = np.full(len(leaves) + 1, -1)  # the last one is of rows in no island
    number[kept] = np.arange(len(kept))
    return number[islands], leaves[kept]


def _clusters(rows, variances, islands, n_others, rng):
    """Return the cluster of each row: its island, or one of the other clusters."""
    clusters, others = islands.copy(), np.flatnonzero(islands < 0)
    if others.size:
        found = _among(rows[others], variances, min(n_others, len(others)), rng)
        clusters[others] = islands.max() + 1 + found
    return clusters


def _among(rows, variances, n_clusters, rng):
    """Return the cluster of each row, found among directions of the leading columns."""
    seed = next_seed(rng)
    n_columns = 1 + np.searchsorted(np.cumsum(variances), _KEPT * variances.sum())
    leading = rows[:, :n_columns]
    sizes = np.linalg.norm(leading, axis=1, keepdims=True)
    directions = leading / np.maximum(sizes, np.finfo(np.float32).tiny)
    with one_thread():
        centres, _ = centres_of(directions, n_clusters, seed)
        return pairwise_distances_argmin(directions, centres)


def _by_size(clusters, rng):
    """Return the rows of each cluster that has any, the largest first."""
    sizes = np.bincount(clusters)
    order = best_first(sizes, (sizes > 0).sum(), rng)
    return [np.flatnonzero(clusters == cluster) for cluster in order]


def _turns(sizes, n_labels):
    """Return the cluster of each label: one for all, then more for the largest.

    Parameters
    ----------
    sizes : list of int
        Number of rows of each cluster. Not more clusters than labels.
    n_labels : int
        Number of labels, at most that of all rows.

    Returns
    -------
    turns : list of int
        Numbers of clusters. Each cluster gets one label, in this order. Each further
        label goes to the cluster with most rows per label.

    Examples
    --------
    >>> _turns([60, 30, 10], 6)
    [0, 1, 2, 0, 0, 1]
    """
    sizes, n_given = np.asarray(sizes), np.ones(len(sizes))
    turns = list(range(len(sizes)))
    while len(turns) < n_labels:
        turns.append(int((sizes / n_given).argmax()))
        n_given[turns[-1]] += 1
    return turns


def _most_telling(clusters, turns, rows, noise):
    """Return the rows that tell most about their clusters, in the order of turns."""
    n_labels = np.bincount(turns)
    found = [
        iter(members[_in_one(rows[members], noise[members], n)])
        for members, n in zip(clusters, n_labels)
    ]
    return [next(found[cluster]) for cluster in turns]


def _in_one(rows, noise, n_labels):
    """Return the rows of a cluster that tell most, one after the other."""
    telling = Telling(rows, noise)
    chosen = [int(telling.falls().argmax())]
    while len(chosen) < n_labels:
        telling.label(chosen[-1])
        falls = telling.falls()
        falls[chosen] = -np.inf
        chosen.append(int(falls.argmax()))
    return chosen
