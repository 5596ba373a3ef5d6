"""Moments and draws of a linear map whose posterior is known."""

import numpy as np
from sklearn.utils import gen_batches
from sklearn.utils.validation import check_is_fitted, validate_data

from skbal._utils.chunks import rows_within
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_not_both
from skbal.base import PosteriorSamplerMixin

DTYPES = (np.float64, np.float32)


class LinearPredictions(PosteriorSamplerMixin):
    """Predicts for an estimator that has found the posterior of its weights.

    Rows go through in chunks, in float64; results have the precision of X.
    """

    def predict(self, X, return_std=False, return_cov=False):
        """Return the mean of the predictive distribution, and how far y may be from it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows.
        return_std : bool, default=False
            Whether to return standard deviations too.
        return_cov : bool, default=False
            Whether to return covariances between outputs too.

        Returns
        -------
        mean : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            In the units of y, of the shape that ``fit`` saw.
        std : ndarray of the shape of ``mean``
            Only with ``return_std``. Noise included.
        covariance : ndarray of shape (n_samples, n_outputs, n_outputs)
            Only with ``return_cov``. For each row the covariance between outputs, noise
            included.

        Raises
        ------
        ValueError
            If both ``return_std`` and ``return_cov`` are asked for, or X is not as it
            must be.
        """
        check_not_both(return_std, return_cov, type(self).__name__)
        X = self._check_rows(X)
        mean = self._shaped(self._mean(X))
        if not (return_std or return_cov):
            return mean
        variance = self._row_variance(X)
        output = self.output_covariance_
        if return_cov:
            return mean, (variance[:, np.newaxis, np.newaxis] * output).astype(X.dtype)
        std = np.sqrt(variance[:, np.newaxis] * output.diagonal())
        return mean, self._shaped(std.astype(X.dtype))

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint draws of the noise-free function, one matrix of weights a draw.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows.
        n_draws : int, optional
            How many draws; None takes the parameter ``n_draws``.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, None fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            In the units of y.

        Raises
        ------
        ValueError, TypeError
            If X, ``n_draws`` or ``random_state`` is not as it must be.
        """
        X = self._check_rows(X)
        owner = type(self).__name__
        n_draws = check_count(
            self.n_draws if n_draws is None else n_draws, "n_draws", owner
        )
        seed = check_seed(random_state, f"predict_samples of {owner}")
        level, weights = self._weight_draws(n_draws, stream(seed, "weights"))
        draws = np.empty((len(X), *level.shape), dtype=X.dtype)
        n_columns = X.shape[1] + 2 * level.size
        for rows in gen_batches(len(X), rows_within(8 * n_columns)):
            values = self._centred(X[rows]) @ weights
            draws[rows] = values.reshape(-1, *level.shape) + level
        return draws

    def _weight_draws(self, n_draws, rng):
        """Return values at the mean row (n_draws, n_outputs) and weights, flattened.

        The weights have shape (n_features, n_draws * n_outputs).
        """
        n_features, n_outputs = self.coef_mean_.shape
        # Draw by draw, so that the first of many are those of a few.
        normal = rng.standard_normal((n_draws, n_features + 1, n_outputs))
        normal = normal @ self._variances.output.root
        level = self._statistics.mean_y + self._level_std() * normal[:, 0]
        normal = normal[:, 1:].swapaxes(0, 1).reshape(n_features, -1)
        weights = self._posterior.deviations(normal)
        return level, weights + np.tile(self.coef_mean_, n_draws)

    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        With F the result, the noise-free function's covariance between output d of row
        i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_factors)
        """
        X = self._check_rows(X)
        factor = np.empty((len(X), self.n_features_in_ + 1), dtype=X.dtype)
        for rows in gen_batches(len(X), rows_within(24 * X.shape[1])):
            factor[rows, 1:] = self._posterior.factor(self._centred(X[rows]))
        factor[:, 0] = self._level_std()
        return factor

    def _row_variance(self, X):
        """Return the row variance of the predictive distribution, (n_samples,)."""
        variance = np.full(len(X), self.noise_variance_ + self._level_std() ** 2)
        for rows in gen_batches(len(X), rows_within(24 * X.shape[1])):
            factor = self._posterior.factor(self._centred(X[rows]))
            variance[rows] += np.einsum("ij,ij->i", factor, factor)
        return variance

    def _mean(self, X):
        mean = np.empty((len(X), self.coef_mean_.shape[1]), dtype=X.dtype)
        for rows in gen_batches(len(X), rows_within(16 * X.shape[1])):
            mean[rows] = self._centred(X[rows]) @ self.coef_mean_
            mean[rows] += self._statistics.mean_y
        return mean

    def _centred(self, X):
        return X.astype(np.float64) - self._statistics.mean_phi

    def _level_std(self):
        """Return the standard deviation of the intercept at the mean row."""
        if not self.fit_intercept:
            return 0.0
        return np.sqrt(self.noise_variance_ / self._statistics.weight)

    def _shaped(self, values):
        return values.ravel() if self._y_ndim == 1 else values

    def _check_rows(self, X):
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype=DTYPES)
