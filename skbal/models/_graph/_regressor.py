"""GraphRegressor: numbers from few labels, on the graph of a pool."""

import warnings

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array

from skbal._utils.labels import check_answers
from skbal._utils.validation import check_numbers
from skbal._utils.weights import check_row_weights
from skbal.exceptions import NumericalWarning
from skbal.models._graph._base import GraphField, check_rows_of


class GraphRegressor(RegressorMixin, GraphField):
    """Learns numbers from few labels by a Gaussian field on the graph of a pool.

    The function is a sum of the eigenfunctions of the graph, with smooth functions more
    likely than rough ones [1]_. Its posterior is exact and joint. The scale of the
    prior is that of largest evidence, in closed form.

    Parameters
    ----------
    graph : PoolGraph, optional
        The graph of the pool, fitted. ``clone`` neither copies nor refits it. ``None``,
        or a graph that is not fitted, builds one of the rows passed to `fit`.
    tau : float or "evidence", optional
        One minus the eigenvalue at which the prior variance has fallen to
        ``2**-alpha``. A smaller value makes the field smoother. ``None`` takes the
        first eigenfunction behind the graph's ``n_clusters_``, so that the field varies
        between clusters and little within one. "evidence" finds it from the labels at
        each fit. That is better for a smooth function, from about eight labels on.
    alpha : float, default=2.0
        How fast the prior variance of an eigenfunction falls with its eigenvalue, as in
        `GraphClassifier`.
    noise_variance : float, default=0.02
        Variance of a label around the field, over the mean prior variance of the field.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default.
    random_state : None, int or numpy.random.RandomState, default=None
        Not used by `fit`. It exists so that a learner can seed all models alike.

    Attributes
    ----------
    graph_ : PoolGraph
        The graph.
    tau_ : float
        As given, or as found from the graph or the labels.
    prior_variances_ : ndarray of shape (n_components,)
        Prior variance of the weight of each eigenfunction, in units of
        ``output_covariance_``.
    noise_variance_ : float
        As given; in units of ``output_covariance_``.
    output_covariance_ : ndarray of shape (n_outputs, n_outputs)
        Diagonal matrix of the mean prior variances, in squared units of y.
    n_features_in_ : int
        Number of features of a row, if rows have a second axis.
    feature_names_in_ : ndarray of str
        Column names, if the pool was a data frame.

    See Also
    --------
    GraphClassifier : The same for classes; its notes explain the noise of a label.
    skbal.query.ExpectedVarianceReduction : Asks for the labels that tell most.

    Notes
    -----
    With ``tau="evidence"``, `fit` compares about thirty values of tau. It takes the
    most probable one, given the density of the labels under the prior, in closed form
    [2]_, and a broad prior of log(tau) around the value of the graph, with standard
    deviation 2. `partial_fit` finds tau again from all labels so far, so it equals a
    `fit` on all of them, and takes tens of milliseconds. If all labels are equal, they
    say nothing about tau, and it is that of the graph.

    The covariance then depends on the labels through tau, so the order of the queries
    by ``ExpectedVarianceReduction`` is no longer known in advance.

    References
    ----------
    .. [1] X. Zhu, J. Lafferty and Z. Ghahramani (2003), Combining Active Learning and
       Semi-Supervised Learning Using Gaussian Fields and Harmonic Functions.
    .. [2] C. E. Rasmussen and C. K. I. Williams (2006), Gaussian Processes for Machine
       Learning, section 5.4.1.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.features import PoolGraph
    >>> from skbal.models import GraphRegressor
    >>> X = np.linspace(0, 1, 200)[:, np.newaxis]
    >>> y = np.sin(6 * X[:, 0])
    >>> graph = PoolGraph(n_components=20, random_state=0).fit(X)
    >>> model = GraphRegressor(graph).fit(X[::25], y[::25])
    >>> bool(model.score(X, y) > 0.98)
    True
    >>> model.predict_samples(X, n_draws=20, random_state=0).shape
    (200, 20, 1)

    A line has no clusters, and labels tell more of the smoothness than the graph:

    >>> asked = GraphRegressor(graph, tau="evidence").fit(X[::25], y[::25])
    >>> asked.score(X, y) > model.score(X, y)
    True
    """

    def __init__(
        self,
        graph=None,
        *,
        tau=None,
        alpha=2.0,
        noise_variance=0.02,
        n_draws=100,
        random_state=None,
    ):
        self.graph = graph
        self.tau = tau
        self.alpha = alpha
        self.noise_variance = noise_variance
        self.n_draws = n_draws
        self.random_state = random_state

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Find the posterior of the field.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The labelled rows, of the pool or others of the same form.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows. A row of weight 2 counts as two equal labels.

        Returns
        -------
        self : GraphRegressor
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.
        NotFittedError
            If a parameter of the graph was changed after it was fitted.

        Warns
        -----
        NumericalWarning
            If all targets of an output are equal, so that they have no scale.
        """
        return self._learn(X, y, sample_weight, None)

    def partial_fit(self, X, y, sample_weight=None):
        """Add labels to those learned so far.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The labelled rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        self : GraphRegressor
            The same as after `fit` on all labels so far.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. Also if the number of outputs changed.
        """
        return self._learn(X, y, sample_weight, getattr(self, "_known", None))

    def _learn(self, X, y, sample_weight, known):
        y, targets = self._check_targets(X, y)
        first = known is None
        prior = self._begin(X, sample_weight) if first else self._begun()
        if not first:
            self._check_n_outputs(targets.shape[1])
        # Sums of squares far from 0 would lose small differences to rounding.
        origin = self._first_of(targets, X, sample_weight) if first else self._origin
        told = self._told_by(prior, X, targets - origin, sample_weight)
        if not first:
            told = known + told
        prior, evidence = self._settled(prior, told)
        middle = _middle(evidence)
        posterior = evidence.posterior(middle, type(self).__name__)
        scale = self._learned_scale(evidence, middle, posterior)
        self._finish(prior, told, posterior, origin + middle)
        self._origin, self._scale, self._y_ndim = origin, scale, y.ndim
        return self

    def _first_of(self, targets, X, sample_weight):
        weights = check_row_weights(sample_weight, X, type(self).__name__)
        return targets[np.flatnonzero(weights)[0]]

    def _log_evidence(self, evidence):
        middle = _middle(evidence)
        posterior = evidence.posterior(middle, type(self).__name__)
        scale, is_known = _misfit(evidence, middle, posterior)
        if not is_known.any():
            return None
        scale = np.where(is_known, scale, 1.0)
        return evidence.log_likelihood(middle, posterior, scale)[is_known].sum()

    def _learned_scale(self, evidence, middle, posterior):
        found, is_known = _misfit(evidence, middle, posterior)
        if not is_known.all():
            warnings.warn(
                f"All targets given to {type(self).__name__} are equal, so the scale "
                "of the function is not known. It is taken to be 1.",
                NumericalWarning,
                stacklevel=4,
            )
        return np.where(is_known, found, 1.0)

    def _check_targets(self, X, y):
        owner = type(self).__name__
        check_rows_of(X, y, owner)
        y = check_array(y, ensure_2d=False, dtype=None, input_name="y")
        check_answers(y, owner, numbers=True)
        return y, check_numbers(y.reshape(len(y), -1), owner)

    def _check_n_outputs(self, n_outputs):
        known = self._posterior.mean.shape[1]
        if n_outputs != known:
            raise ValueError(
                f"y given to partial_fit of {type(self).__name__} must have {known} "
                f"outputs as before, got {n_outputs}."
            )

    def _scales(self):
        return self._scale

    # ---------------------------------------------------------------- predicting

    def predict(self, X, return_std=False):
        """Return the mean of the predictive distribution, and its spread if wanted.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        return_std : bool, default=False
            Whether to return standard deviations as well.

        Returns
        -------
        mean : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The mean, in the units of y.
        std : ndarray of the shape of ``mean``
            Standard deviations of labels, noise included. Only with ``return_std``.
        """
        mean, variance, noise = self._moments(X)
        std = np.sqrt((variance + noise)[:, np.newaxis] * self._scale)
        if self._y_ndim == 1:
            mean, std = mean[:, 0], std[:, 0]
        return (mean, std) if return_std else mean

    def _draw_chunks(self, X, n_draws, seed):
        for rows, values, _ in self._value_chunks(X, n_draws, seed):
            yield rows, values

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _middle(evidence):
    """Return the prior mean of the field: the mean of the targets, (n_outputs,)."""
    return evidence.squares[1] / evidence.squares[0]


def _misfit(evidence, middle, posterior):
    """Return the scale of each output, and whether its targets have one."""
    found = evidence.misfit(middle, posterior)
    # What rounding leaves of targets that are all equal is no scale.
    return found, found > 1e-12 * evidence.squares[2] / evidence.n_rows
