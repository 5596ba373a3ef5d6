"""The posterior of the weights of one question: moments and draws."""

import numpy as np
from scipy import linalg
from scipy.special import expit


def logistic(logits, dtype):
    """Return rho for logits, never closer to 0 or 1 than the precision of ``dtype``.

    No model is certain. With a rho of 1, a single vote against it would have the
    probability 0.

    Parameters
    ----------
    logits : ndarray, dtype=float64
        The logits.
    dtype : dtype
        The dtype of the result.

    Returns
    -------
    rho : ndarray of the same shape

    Examples
    --------
    >>> bool(logistic(np.array(50.0), np.float64) < 1.0)
    True
    """
    smallest = np.finfo(dtype).eps / 2
    return np.clip(expit(logits), smallest, 1 - smallest).astype(dtype)


def solved(factor, columns, trans="N"):
    """Return L^-1 times columns, or L'^-1 with ``trans="T"``.

    Parameters
    ----------
    factor : ndarray of shape (n_weights, n_weights)
        A lower Cholesky factor L.
    columns : ndarray of shape (n_weights, n_columns)
        The right-hand sides.
    trans : {"N", "T"}, default="N"
        Whether L is transposed.

    Returns
    -------
    solved : ndarray of the same shape
    """
    return linalg.solve_triangular(
        factor, columns, lower=True, trans=trans, check_finite=False
    )


class WeightPosterior:
    """A Gaussian in the directions of the rows, and the prior in all others.

    The logit of a row x is ``level + (x - span.mean) @ weights``.

    Parameters
    ----------
    span : RowSpan
        The span of the rows. Only its mean and directions are kept.
    centre : ndarray of shape (rank,)
        The point at which the logit is the intercept.
    solution : Solution
        The Gaussian.
    has_intercept : bool
        Whether the first weight is the intercept.

    Attributes
    ----------
    n_logits : int
        1, the number of logits of a row.
    coef_mean : ndarray of shape (n_features,)
        The mean of the weights.
    level_mean : float
        The mean of the logit at the mean row.
    intercept_mean : float
        The mean of the logit at x = 0.
    """

    n_logits = 1

    def __init__(self, span, centre, solution, has_intercept):
        self._mean_row, self._directions = span.mean, span.directions
        self._centre = centre
        self._scale, self._factor = solution.scale, solution.posterior.factor
        self._first = int(has_intercept)
        self._root_prior = np.sqrt(solution.prior_variance)
        mean = self._scale * solution.posterior.mean
        self.coef_mean = self._directions @ mean[self._first :]
        self.level_mean = mean[: self._first].sum() - centre @ mean[self._first :]
        self.intercept_mean = self.level_mean - span.mean @ self.coef_mean

    def draws(self, normal):
        """Return draws of the level and the weights.

        Parameters
        ----------
        normal : ndarray of shape (n_draws, 1, n_features + 1)
            Standard normal numbers.

        Returns
        -------
        levels : ndarray of shape (n_draws,)
        weights : ndarray of shape (n_features, n_draws)
        """
        normal = normal[:, 0]
        rest = normal[:, 1:]  # (n_draws, n_features)
        inside = rest @ self._directions  # (n_draws, rank)
        seen = np.hstack([normal[:, : self._first], inside])
        # If L L' is the precision, the covariance of L'^-1 z is its inverse.
        seen = self._scale * solved(self._factor, seen.T, trans="T").T
        # Orthogonal to all rows the posterior is the prior.
        outside = self._root_prior * (rest - inside @ self._directions.T)
        seen_weights = seen[:, self._first :]
        weights = outside + seen_weights @ self._directions.T
        levels = seen[:, : self._first].sum(axis=1) - seen_weights @ self._centre
        return levels + self.level_mean, weights.T + self.coef_mean[:, np.newaxis]

    def probabilities(self, X, levels, weights, dtype):
        """Return rho of rows for drawn levels and weights.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features), dtype=float64
            The rows.
        levels, weights : ndarray
            The result of `draws`.
        dtype : dtype
            The dtype of the result.

        Returns
        -------
        rho : ndarray of shape (n_samples, n_draws, 1)
        """
        logits = (X - self._mean_row) @ weights + levels
        return logistic(logits, dtype)[:, :, np.newaxis]

    def logit_moments(self, X):
        """Return the means and variances of the logits of rows.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features), dtype=float64
            The rows.

        Returns
        -------
        mean, variance : ndarray of shape (n_samples,)
        """
        rows = X - self._mean_row
        mean = rows @ self.coef_mean + self.level_mean
        places = rows @ self._directions
        outside = rows - places @ self._directions.T
        ones = np.ones((len(rows), self._first))
        seen = self._scale * np.hstack([ones, places - self._centre])
        factor = solved(self._factor, seen.T)
        variance = np.einsum("ij,ij->j", factor, factor)
        variance += self._root_prior**2 * np.einsum("ij,ij->i", outside, outside)
        return mean, variance

    def covariance(self):
        """Return the covariance of the weights, (n_features, n_features)."""
        inverse = linalg.cho_solve((self._factor, True), np.eye(len(self._factor)))
        inverse *= np.outer(self._scale, self._scale)  # of the seen weights
        prior = self._root_prior**2
        change = inverse[self._first :, self._first :]
        change[np.diag_indices_from(change)] -= prior
        covariance = self._directions @ change @ self._directions.T
        covariance[np.diag_indices_from(covariance)] += prior
        return covariance
