"""The posterior of the weights of one question with several answers."""

import numpy as np

from skbal.models._vote_regression._count_likelihoods import log_softmax
from skbal.models._vote_regression._posterior import solved


class CountPosterior:
    """A Gaussian in the directions of the rows, and the prior in all others.

    The logits of a row x are ``level + (x - span.mean) @ weights``, one per answer.
    They sum to zero over the answers.

    Parameters
    ----------
    span : RowSpan
        The span of the rows. Only its mean and directions are kept.
    centre : ndarray of shape (rank,)
        The point at which the logits are the intercepts.
    solution : Solution
        The Gaussian, of the contrasts of the answers.
    has_intercept : bool
        Whether the first weight of a contrast is its intercept.
    basis : ndarray of shape (n_answers, n_answers - 1)
        The contrasts.

    Attributes
    ----------
    n_logits : int
        Number of contrasts.
    coef_mean : ndarray of shape (n_features, n_answers)
        The means of the weights.
    intercept_mean : ndarray of shape (n_answers,)
        The means of the logits at x = 0.
    """

    def __init__(self, span, centre, solution, has_intercept, basis):
        self._mean_row, self._directions = span.mean, span.directions
        self._centre, self._basis = centre, basis
        self._factor, self._scale = solution.posterior.factor, solution.scale
        self._mean = solution.scale * solution.posterior.mean
        self._first = int(has_intercept)
        self._root_prior = np.sqrt(solution.prior_variance)
        self.n_logits = basis.shape[1]
        level, weights = self._in_space(self._mean[np.newaxis])
        self.coef_mean = weights[0].T @ basis.T
        self.intercept_mean = basis @ level[0] - span.mean @ self.coef_mean

    def draws(self, normal):
        """Return draws of the levels and the weights of the answers.

        Parameters
        ----------
        normal : ndarray of shape (n_draws, n_logits, n_features + 1)
            Standard normal numbers.

        Returns
        -------
        levels : ndarray of shape (n_draws, n_answers)
        weights : ndarray of shape (n_features, n_draws, n_answers)
        """
        rest = normal[..., 1:]  # (n_draws, n_logits, n_features)
        inside = rest @ self._directions
        seen = np.concatenate([normal[..., : self._first], inside], axis=2)
        # If L L' is the precision, the covariance of L'^-1 z is its inverse.
        flat = solved(self._factor, seen.reshape(len(seen), -1).T, trans="T").T
        levels, weights = self._in_space(self._mean + self._scale * flat)
        # Orthogonal to all rows the posterior is the prior.
        weights += self._root_prior * (rest - inside @ self._directions.T)
        return levels @ self._basis.T, (self._basis @ weights).transpose(2, 0, 1)

    def probabilities(self, X, levels, weights, dtype):
        """Return the shares of the answers for drawn levels and weights.

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
        shares : ndarray of shape (n_samples, n_draws, n_answers)
            Never closer to 0 than the precision of ``dtype``.
        """
        flat = (X - self._mean_row) @ weights.reshape(len(weights), -1)
        logits = flat.reshape(-1, *levels.shape) + levels
        smallest = np.finfo(dtype).eps / 2
        shares = np.maximum(np.exp(log_softmax(logits)), smallest)
        return (shares / shares.sum(axis=2, keepdims=True)).astype(dtype)

    def _in_space(self, flat):
        """Return levels and weights of all features, from weights of directions.

        ``flat`` has the shape (n_draws, n_weights). The levels have the shape (n_draws,
        n_logits) and the weights the shape (n_draws, n_logits, n_features).
        """
        weights = flat.reshape(len(flat), self.n_logits, -1)
        inside = weights[..., self._first :]
        levels = weights[..., : self._first].sum(axis=2) - inside @ self._centre
        return levels, inside @ self._directions.T
