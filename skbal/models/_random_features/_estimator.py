"""RandomFeatureGP: a Gaussian process whose draws are functions, by random features."""

import warnings

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count_in_memory,
    option,
    own,
    positive,
    seed,
)
from skbal._utils.random import check_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import FLOAT_DTYPES, check_numbers, check_real
from skbal._utils.weights import check_row_weights
from skbal.exceptions import NumericalWarning
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._linear._bayesian import BayesianLinearRegression
from skbal.models._random_features._fourier import (
    best_length_scale,
    fourier_features,
    frequencies,
    median_distance,
)


def _check_length_scale(value, name, owner):
    if isinstance(value, str):
        if value != "evidence":
            raise ValueError(
                f"{name} of {owner} must be 'evidence' or a number larger than 0, got "
                f"{value!r}."
            )
        return
    check_real(value, name, owner, low=0)
    if value == 0:
        raise ValueError(f"{name} of {owner} must be larger than 0, got 0.")


class RandomFeatureGP(
    KnowsItsParameters, RegressorMixin, ChunkedDrawsMixin, BaseEstimator
):
    """A Gaussian process with the Gaussian kernel, by random Fourier features.

    The kernel is approximated by the inner product of ``n_components`` cosines and
    sines with random frequencies [1]_, on which `BayesianLinearRegression` is fitted,
    exactly. So a draw is a whole function, the same for all rows, whatever their
    number: time and memory are linear in the rows, where the draws of
    ``GaussianProcessRegressor`` need the covariance of all of them.

    Parameters
    ----------
    length_scale : "evidence" or float, default="evidence"
        The kernel is ``exp(-d**2 / (2 * length_scale**2))``, where d is the distance of
        two rows. "evidence" finds the value with the largest evidence. Columns should
        have similar scales.
    n_components : int, default=300
        Number of features, two for each frequency. More of them approximate the kernel
        better: the error of a covariance falls with their square root.
    prior_variance : float, default=1.0
        Variance of the function, in squared units of y, or where its search starts.
    noise_variance : float, default=1.0
        Variance of y around the function, or where its search starts.
    optimize : {"evidence"} or None, default="evidence"
        Whether both variances are those with the largest evidence. ``None`` uses the
        given ones.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the frequencies. An integer gives the same model at every ``fit``.

    Attributes
    ----------
    length_scale_ : float
        The length scale used.
    prior_variance_, noise_variance_ : float
        The variances used.
    waves_ : ndarray of shape (n_features, n_waves)
        The frequencies, for a length scale of 1.
    head_ : BayesianLinearRegression
        Fitted on the features.
    n_features_in_ : int
        Number of columns of X.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.

    See Also
    --------
    BayesianLinearRegression : The same on features of your own.
    sklearn.gaussian_process.GaussianProcessRegressor : Exact, for a few thousand rows.

    Notes
    -----
    Far from all labels the exact process returns to its mean with the variance of the
    prior. Cosines and sines repeat, so with few features the variance far from all
    labels is too small in places. Between labels it is right.

    If rows come twice with equal y, the evidence of a function without noise has no
    bound. Then give ``noise_variance`` and ``optimize=None``.

    References
    ----------
    .. [1] A. Rahimi and B. Recht (2007), Random Features for Large-Scale Kernel
       Machines, algorithm 1; with cosines and sines as in D. J. Sutherland and
       J. Schneider (2015), On the Error of Random Fourier Features.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import RandomFeatureGP
    >>> X = np.linspace(0, 6, 40)[:, np.newaxis]
    >>> y = np.sin(X).ravel() + 0.01 * np.random.default_rng(0).normal(size=40)
    >>> model = RandomFeatureGP(random_state=0).fit(X, y)
    >>> model.predict([[2.0]]).round(1)  # sin(2) is 0.91
    array([0.9])
    >>> draws = model.predict_samples([[2.0], [20.0]], 50, random_state=0)
    >>> (draws.std(axis=1) > 0.1).ravel()  # certain between labels, not far away
    array([False,  True])
    """

    _parameter_rules = {
        "length_scale": own(
            _check_length_scale, "'evidence' or a number larger than 0", "median"
        ),
        "n_components": count_in_memory(),
        "prior_variance": positive(),
        "noise_variance": positive(),
        "optimize": option("evidence", None),
        "n_draws": count_in_memory(),
        "random_state": seed(),
    }

    def __init__(
        self,
        length_scale="evidence",
        *,
        n_components=300,
        prior_variance=1.0,
        noise_variance=1.0,
        optimize="evidence",
        n_draws=100,
        random_state=None,
    ):
        self.length_scale = length_scale
        self.n_components = n_components
        self.prior_variance = prior_variance
        self.noise_variance = noise_variance
        self.optimize = optimize
        self.n_draws = n_draws
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Find the posterior of the function.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The targets.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows. A row of weight 2 counts as two equal rows.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.

        Warns
        -----
        NumericalWarning
            If the targets are fitted exactly, or there are too few different rows to
            learn variances from.
        """
        check_parameters(self)
        with all_or_nothing(self):
            self._learn(X, y, sample_weight)
        return self

    def _learn(self, X, y, sample_weight):
        owner = type(self).__name__
        X, y = validate_rows(
            self, X, y, dtype=FLOAT_DTYPES, multi_output=True, y_numeric=True
        )
        y = check_numbers(y, owner)
        if sample_weight is not None:
            sample_weight = check_row_weights(sample_weight, X, owner)
        rng = stream(check_seed(self.random_state, owner), "frequencies")
        waves = frequencies(X.shape[1], int(self.n_components), rng)

        def fitted(length_scale, **trial):
            features = fourier_features(X, waves, length_scale)
            head = BayesianLinearRegression(
                self.prior_variance,
                self.noise_variance,
                optimize=self.optimize,
                **trial,
            )
            return head.fit(features, y, sample_weight)

        length_scale = self.length_scale
        if isinstance(length_scale, str):
            typical = median_distance(X, sample_weight, rng)
            with warnings.catch_warnings():
                # Of trials; the last fit says what is left of it.
                warnings.simplefilter("ignore", NumericalWarning)
                length_scale = best_length_scale(
                    lambda scale: fitted(scale, tol=1e-3).log_marginal_likelihood(),
                    typical,
                )
        self.head_ = fitted(length_scale)
        self.length_scale_, self.waves_ = float(length_scale), waves

    def predict(self, X, return_std=False, return_cov=False):
        """Return the mean of the predictive distribution, and its spread if wanted.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.
        return_std : bool, default=False
            Whether to return standard deviations as well.
        return_cov : bool, default=False
            Whether to return covariances between outputs as well.

        Returns
        -------
        mean : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The mean, in the units of y. It has one axis if the y of ``fit`` had one.
        std : ndarray of the shape of ``mean``
            Standard deviations of y, noise included. Only with ``return_std``.
        covariance : ndarray of shape (n_samples, n_outputs, n_outputs)
            Covariance between the outputs of each row, noise included. Only with
            ``return_cov``.

        Raises
        ------
        ValueError
            If both ``return_std`` and ``return_cov`` are set, or X is invalid.
        """
        X = self._check_rows(X)
        spread = {"return_std": return_std, "return_cov": return_cov}
        found = [self.head_.predict(part, **spread) for _, part in self._features(X)]
        if not (return_std or return_cov):
            return np.concatenate(found).astype(X.dtype, copy=False)
        return tuple(
            np.concatenate(parts).astype(X.dtype, copy=False) for parts in zip(*found)
        )

    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_factors)
            With F the result, the covariance of the noise-free function between rows i
            and j is ``F[i] @ F[j]``, for each output.
        """
        X = self._check_rows(X)
        parts = [self.head_.covariance_factor(part) for _, part in self._features(X)]
        return np.concatenate(parts).astype(X.dtype, copy=False)

    def log_marginal_likelihood(self):
        """Return the log density of the training targets, the function integrated out.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats, given the frequencies.
        """
        check_is_fitted(self)
        return self.head_.log_marginal_likelihood()

    @property
    def prior_variance_(self):
        """The variance of the function."""
        return self.head_.prior_variance_

    @property
    def noise_variance_(self):
        """The variance of y around the function."""
        return self.head_.noise_variance_

    def _draw_chunks(self, X, n_draws, seed):
        X = self._check_rows(X)
        for rows, part in self._features(X):
            draws = self.head_.predict_samples(part, n_draws, random_state=seed)
            yield rows, draws.astype(X.dtype, copy=False)

    def _features(self, X):
        for rows in chunks(len(X), rows_within(32 * 2 * self.waves_.shape[1])):
            yield rows, fourier_features(X[rows], self.waves_, self.length_scale_)

    def _check_rows(self, X):
        check_is_fitted(self)
        return validate_rows(self, X, reset=False, dtype=FLOAT_DTYPES)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "head_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
