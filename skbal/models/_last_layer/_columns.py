"""Columns for a head from a transformer, or from the graph of a pool."""

import copy

from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from skbal._utils.seeds_of import fill_random_states
from skbal.features import PoolGraph
from skbal.models._networks._estimator import NetworkEstimator


def is_transformer(features):
    """Return whether features are those of a transformer, and not of a network.

    Parameters
    ----------
    features : object
        The parameter, also in a ``FrozenEstimator``.

    Returns
    -------
    is_transformer : bool
    """
    while isinstance(features, FrozenEstimator):
        features = features.estimator
    if isinstance(features, (type, NetworkEstimator)):
        return False
    return hasattr(features, "fit") and hasattr(features, "transform")


def fitted_columns(features, X, y, *, seed, tau, alpha, owner):
    """Fit a transformer and return what gives its columns.

    Parameters
    ----------
    features : transformer
        Cloned, which leaves a fitted `PoolGraph` and a ``FrozenEstimator`` as they are.
    X : array-like of shape (n_samples, ...)
        The training rows, of any kind that the transformer takes.
    y : array-like of shape (n_samples, ...)
        Their votes, which are passed on to the transformer, as a ``Pipeline`` does.
    seed : int or None
        Seeds the transformer. ``None`` leaves its own.
    tau, alpha : float
        The prior of a graph.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    columns : TransformerColumns or GraphColumns
    """
    if isinstance(features, PoolGraph) and features.__sklearn_is_fitted__():
        features.check_up_to_date("features", owner)
        # A copy, which keeps what was learned if the user fits the graph to other rows.
        return GraphColumns(copy.copy(features), tau, alpha)
    transformer = clone(features)
    if seed is not None:
        fill_random_states(transformer, seed, every=True, in_order=True)
    transformer = transformer.fit(X, y)
    if isinstance(transformer, PoolGraph):
        return GraphColumns(transformer, tau, alpha)
    return TransformerColumns(transformer)


class TransformerColumns:
    """The columns of a fitted transformer, as they are.

    Parameters
    ----------
    transformer : transformer
        Fitted.
    """

    def __init__(self, transformer):
        self.transformer = transformer

    def __call__(self, X):
        """Return the columns at rows, (n_samples, n_columns)."""
        return self.transformer.transform(X)


class GraphColumns:
    """The eigenfunctions of a graph, times their prior standard deviations.

    If all weights of these columns have a prior variance of 1, their sum is the
    Gaussian field of the graph, whose mean variance over the nodes is 1.

    Parameters
    ----------
    graph : PoolGraph
        Fitted.
    tau, alpha : float
        As `GraphClassifier` takes them.
    """

    def __init__(self, graph, tau, alpha):
        self.transformer = graph
        self.field = graph.field(tau, alpha)

    def __call__(self, X):
        """Return the columns at rows, (n_samples, n_components)."""
        return self.field.rows(self.transformer.locate(X))
