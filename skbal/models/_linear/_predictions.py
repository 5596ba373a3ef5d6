"""Moments and draws of a linear map whose posterior is known."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream
from skbal._utils.validation import FLOAT_DTYPES, check_not_both
from skbal.models._chunked_draws import ChunkedDrawsMixin


class LinearPredictions(ChunkedDrawsMixin):
    """Predicts for an estimator that has found the posterior of its weights.

    Rows are predicted in chunks, in float64. The results have the precision of X.
    """

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
        check_not_both(return_std, return_cov, type(self).__name__)
        X = self._check_rows(X)
        mean = self._shaped(self._mean(X))
        if not (return_std or return_cov):
            return mean
        variance = self._row_variance(X)  # (n_samples,)
        output = self.output_covariance_
        if return_cov:
            return mean, (variance[:, np.newaxis, np.newaxis] * output).astype(X.dtype)
        std = np.sqrt(variance[:, np.newaxis] * output.diagonal())
        return mean, self._shaped(std.astype(X.dtype))

    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        With F the result, the covariance of the noise-free function between output d of
        row i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_factors)
        """
        X = self._check_rows(X)
        factor = np.empty((len(X), self.n_features_in_ + 1), dtype=X.dtype)
        for rows in chunks(len(X), rows_within(24 * X.shape[1])):
            factor[rows, 1:] = self._posterior.factor(self._centred(X[rows]))
        factor[:, 0] = self._level_std()
        return factor

    def _draw_chunks(self, X, n_draws, seed):
        X = self._check_rows(X)
        level, weights = self._weight_draws(n_draws, stream(seed, "weights"))
        n_columns = X.shape[1] + 2 * level.size
        for rows in chunks(len(X), rows_within(8 * n_columns)):
            # (n_rows, n_draws * n_outputs) -> (n_rows, n_draws, n_outputs)
            values = (self._centred(X[rows]) @ weights).reshape(-1, *level.shape)
            values += level
            yield rows, values.astype(X.dtype, copy=False)

    def _weight_draws(self, n_draws, rng):
        """Return draws of the values at the mean row and of the weights.

        The values have shape (n_draws, n_outputs), the weights
        (n_features, n_draws * n_outputs).
        """
        n_features, n_outputs = self.coef_mean_.shape
        # The draws are the first axis, so draw k does not depend on n_draws.
        normal = rng.standard_normal((n_draws, n_features + 1, n_outputs))
        normal = normal @ self._variances.output.root
        level = self._statistics.mean_y + self._level_std() * normal[:, 0]
        # (n_draws, n_features, n_outputs) -> (n_features, n_draws * n_outputs)
        normal = normal[:, 1:].swapaxes(0, 1).reshape(n_features, -1)
        weights = self._posterior.deviations(normal)
        return level, weights + np.tile(self.coef_mean_, n_draws)

    def _row_variance(self, X):
        """Return the row variance of the predictive distribution, (n_samples,).

        Bishop (2006), equation (3.59), with the variance of the intercept.
        """
        variance = np.full(len(X), self.noise_variance_ + self._level_std() ** 2)
        for rows in chunks(len(X), rows_within(24 * X.shape[1])):
            factor = self._posterior.factor(self._centred(X[rows]))
            variance[rows] += np.einsum("ij,ij->i", factor, factor)
        return variance

    def _mean(self, X):
        mean = np.empty((len(X), self.coef_mean_.shape[1]), dtype=X.dtype)
        for rows in chunks(len(X), rows_within(16 * X.shape[1])):
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
        return validate_rows(self, X, reset=False, dtype=FLOAT_DTYPES)
