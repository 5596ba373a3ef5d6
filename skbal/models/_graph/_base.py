"""What a classifier and a regressor on a graph share."""

import copy
from abc import abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count_in_memory,
    either,
    option,
    own,
    positive,
    seed,
)
from skbal._utils.pools import n_rows, take
from skbal._utils.random import check_seed, stream
from skbal._utils.tags import tags_of
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.weights import check_row_weights
from skbal.features import PoolGraph
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._graph._evidence import Evidence
from skbal.models._graph._labelled import LabelledRows
from skbal.models._graph._weight_space import WeightSpace

EVIDENCE = "evidence"  # the value of tau that asks the labels


def check_graph(value, name, owner):
    """Raise a TypeError unless a value is a graph."""
    if not isinstance(value, PoolGraph):
        raise TypeError(
            f"{name} of {owner} must be a PoolGraph, such as PoolGraph().fit(X_pool), "
            f"or None, got an object of type {type(value).__name__}."
        )


class GraphField(KnowsItsParameters, ChunkedDrawsMixin, BaseEstimator):
    """A Gaussian field on the graph of a pool; subclasses say what labels are.

    The field is computed in units of its prior: its mean variance over the nodes is 1.
    ``_scales`` has the variance in units of the labels, one for each output.
    """

    _parameter_rules = {
        "graph": own(check_graph, "a PoolGraph or None", "near", none=True),
        "tau": either(positive(none=True), option(EVIDENCE)),
        "alpha": positive(),
        "noise_variance": positive(),
        "n_draws": count_in_memory(),
        "random_state": seed(),
    }

    def _new_graph(self, X, weights):
        """Return the graph that is learned on: the user's, or one of the rows."""
        if self.observes_pool:
            return self._graph_of(take(X, np.flatnonzero(weights)))
        self.graph.check_up_to_date("graph", type(self).__name__)
        return self.graph

    def _graph_of(self, X):
        """Return a graph of rows, with the parameters that the user gave."""
        if self.graph is not None:
            return clone(self.graph).fit(X)
        owner = type(self).__name__
        graph = PoolGraph(random_state=check_seed(self.random_state, owner))
        remedy = f"graph=PoolGraph(features={ONE_HOT})"
        with text_explained(f"X given to {owner}", remedy):
            return graph.fit(X)

    @property
    def observes_pool(self):
        """Whether `observe_pool` builds a graph: none is given that is fitted."""
        return self.graph is None or not self.graph.__sklearn_is_fitted__()

    def observe_pool(self, X_pool):
        """Build the graph of a pool, and set the parameter ``graph`` to it.

        A loop, a run and a comparison call this before they ask their first question.
        A graph that is fitted already stays.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The pool. Labels are not needed.

        Returns
        -------
        self : object
            The estimator. `fit` uses the graph.

        Raises
        ------
        ValueError, TypeError
            If X_pool or a parameter is invalid. The message says which.
        """
        check_parameters(self)
        if self.observes_pool:
            self.graph = self._graph_of(X_pool)
        return self

    def _begin(self, X, sample_weight):
        """Check the parameters; return the graph, the prior of the field, the noise."""
        check_parameters(self)
        weights = check_row_weights(sample_weight, X, type(self).__name__)
        graph = self._new_graph(X, weights)
        finds_tau = isinstance(self.tau, str)
        field = graph.field(None if finds_tau else self.tau, self.alpha)
        return graph, field, float(self.noise_variance), finds_tau

    def _begun(self):
        """Return what `_begin` returned, for labels that are added."""
        finds_tau = isinstance(self._known, LabelledRows)
        return self.graph_, self._field, self.noise_variance_, finds_tau

    def _told_by(self, prior, X, targets, sample_weight):
        """Return what labels tell: sums, or the rows themselves if they tell of tau."""
        owner, (graph, field, noise_variance, finds_tau) = type(self).__name__, prior
        places = graph.locate(X)
        weights = check_row_weights(sample_weight, X, owner)
        if finds_tau:
            return LabelledRows.of(field, places, targets, weights)
        noise = noise_variance + field.roughness(places)
        return Evidence.of(field.rows(places), targets, noise, weights)

    def _settled(self, prior, known):
        """Return the prior and the sums over labels, with tau found if it is to be."""
        graph, field, noise_variance, finds_tau = prior
        if not finds_tau:
            return prior, known
        first = graph.field(None, field.alpha)
        tau = known.best_tau(first, noise_variance, self._log_evidence)
        field = graph.field(tau, field.alpha)
        evidence = known.evidence(field.variances, noise_variance)
        return (graph, field, noise_variance, finds_tau), evidence

    @abstractmethod
    def _log_evidence(self, evidence):
        """Return the log density of the labels, or None if they tell nothing of tau."""

    def _finish(self, prior, known, posterior, middle):
        graph, field, noise_variance, _ = prior
        # A copy, which keeps what was learned if the user fits the graph to other rows.
        self.graph_, self._field, self._known = copy.copy(graph), field, known
        self._posterior, self._middle = posterior, middle
        self.prior_variances_, self.tau_ = field.variances, field.tau
        self.noise_variance_ = noise_variance
        if hasattr(graph, "n_features_in_"):
            self.n_features_in_ = graph.n_features_in_
        if hasattr(graph, "feature_names_in_"):
            self.feature_names_in_ = graph.feature_names_in_

    # ---------------------------------------------------------------- predicting

    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the field at rows.

        With F the result, the covariance of the noise-free field between output d of
        row i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_components)
        """
        functions = self._located(X).means(self._field.functions)
        return functions @ self._root().astype(functions.dtype)

    def label_variance(self, X):
        """Return the variance of a label around the field at each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        variance : ndarray of shape (n_samples,)
            In units of ``output_covariance_``, as ``noise_variance_`` is. It is larger
            than that between clusters, where a label tells little of its neighbours.
        """
        return self._noise(self._located(X))

    def weight_space(self, X):
        """Return the field at rows as functions of the rows times weights.

        It is what ``covariance_factor`` and ``label_variance`` say, for many rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        space : WeightSpace
            ``functions(rows)`` of shape (n_taken, n_components) gives the functions of
            some rows, and ``root`` the root of the covariance of the weights, so that
            ``functions(rows) @ root`` is the ``covariance_factor`` of these rows.
            ``noise`` of shape (n_samples,) is the ``label_variance``, and ``gram()``
            the sum over all rows of ``phi phi'`` for the functions phi of a row.
        """
        places = self._located(X)
        return WeightSpace(self._field, places, self._noise(places), self._root())

    def _root(self):
        """Return a root of the posterior covariance of the weights."""
        return self._posterior.factor(np.diag(np.sqrt(self._field.variances)))

    def _noise(self, places):
        """Return the variance of a label at rows: noise, and change to neighbours."""
        return self.noise_variance_ + self._field.roughness(places)

    def _located(self, X):
        check_is_fitted(self)
        return self.graph_.locate(X)

    def _moments(self, X):
        """Return means, and variances of the field and of labels, of all rows.

        The means have shape (n_rows, n_outputs), in units of the labels. The variances
        have shape (n_rows,), in units of ``output_covariance_``.
        """
        places = self._located(X)
        noise, (n_components, n_outputs) = (
            self._noise(places),
            self._posterior.mean.shape,
        )
        mean, variance = np.empty((len(places), n_outputs)), np.empty(len(places))
        for part in chunks(len(places), rows_within(24 * n_components)):
            some = self._field.rows(places[part]).astype(np.float64)
            mean[part] = some @ self._posterior.mean + self._middle
            variance[part] = np.square(self._posterior.factor(some)).sum(axis=1)
        return mean, variance, noise

    def _value_chunks(self, X, n_draws, seed):
        """Yield rows, draws of the field (n_rows, n_draws, n_outputs), label noise."""
        places = self._located(X)
        noise = self._noise(places)
        n_components, n_outputs = self._posterior.mean.shape
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, n_components, n_outputs)
        normal = stream(seed, "weights").standard_normal(shape)
        normal *= np.sqrt(self._scales())
        normal = normal.swapaxes(0, 1).reshape(n_components, -1)
        weights = self._posterior.deviations(normal)
        weights += np.tile(self._posterior.mean, n_draws)
        size = rows_within(32 * weights.shape[1] + 24 * n_components)
        for part in chunks(len(places), size):
            values = self._field.rows(places[part]).astype(np.float64) @ weights
            values = values.reshape(-1, n_draws, n_outputs) + self._middle
            yield part, values, noise[part]

    @property
    def output_covariance_(self):
        """The prior covariance between outputs, in squared units of the labels."""
        return np.diag(self._scales())

    @abstractmethod
    def _scales(self):
        """Return the mean prior variance of each output, (n_outputs,)."""

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_posterior")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        of_graph = tags_of(self.graph)
        tags.input_tags.allow_nan = bool(of_graph and of_graph.input_tags.allow_nan)
        return tags


def check_rows_of(X, y, owner):
    """Raise a ValueError unless there are labels, as many as there are rows."""
    if y is None:
        raise ValueError(
            f"{owner} requires y to be passed, but the target y is None. It learns on "
            "the graph of a pool, but from labels."
        )
    if n_rows(X, f"X given to {owner}") != n_rows(y, f"y given to {owner}"):
        raise ValueError(
            f"X and y given to {owner} must have equally many rows, got "
            f"{n_rows(X)} and {len(y)}: inconsistent numbers of samples."
        )
