"""Draws of the parameters of one question, and what they say about rows."""

from typing import NamedTuple

import numpy as np

from skbal.models._vote_mixture._layout import joined
from skbal.models._vote_regression._count_likelihoods import log_softmax
from skbal.models._vote_regression._posterior import solved


class Components(NamedTuple):
    """The components that rows may be of, for some draws.

    Attributes
    ----------
    weights : ndarray of shape (n_samples, n_draws, n_components)
        Probability of each component.
    shares : ndarray of shape (n_samples, n_draws, n_components, n_answers)
        Mean shares of the answers in each component.
    concentration : ndarray of shape (n_draws, n_components)
        Sum of the parameters of its Dirichlet distribution.
    """

    weights: np.ndarray
    shares: np.ndarray
    concentration: np.ndarray

    def mean_shares(self):
        """Return the mean shares, (n_samples, n_draws, n_answers)."""
        means = np.einsum("nsk,nska->nsa", self.weights, self.shares)
        return np.minimum(means, 1.0, out=means)  # rounding may exceed it

    def alike_concentration(self):
        """Return the concentration of one Dirichlet of equal means and total variance.

        The variance of a share around its mean, summed over answers, is
        ``sum_a p_a (1 - p_a) / (c + 1)`` for a Dirichlet distribution. For the mixture
        it is the mean within the components plus the variance of their means, here
        averaged over the draws.

        Returns
        -------
        concentration : ndarray of shape (n_samples,)
        """
        means, squares = self.mean_shares(), np.square(self.shares).sum(axis=3)
        within = (1.0 - squares) / (self.concentration + 1.0)
        square_of_mean = np.square(means).sum(axis=2)
        variance = (self.weights * (within + squares)).sum(axis=2) - square_of_mean
        largest = (1.0 - square_of_mean).mean(axis=1)
        variance = np.maximum(variance.mean(axis=1), np.finfo(float).tiny)
        # Shares that are 0 or 1 to all digits have no variance, whatever c is.
        return np.maximum(largest / variance - 1.0, np.finfo(np.float32).eps)


class MixturePosterior:
    """Draws of the mixture of one question, for any rows.

    Directions that are orthogonal to all rows of ``fit`` have the prior.

    Parameters
    ----------
    span : RowSpan
        The span of the rows. Only its mean and directions are kept.
    mode : Mode
        The posterior in the directions of the span.
    """

    def __init__(self, span, mode):
        self._mean_row, self._directions = span.mean, span.directions
        self._layout, self._vector = mode.layout, mode.vector
        self._factor = mode.factor
        self.parts = self._layout.parts(self._vector)

    @property
    def n_normal(self):
        """How many normal numbers a draw needs."""
        return self._in_space.size

    @property
    def _in_space(self):
        return self._layout._replace(n_directions=len(self._directions))

    def draws(self, normal):
        """Return draws of the parameters, with weights of features.

        Parameters
        ----------
        normal : ndarray of shape (n_draws, n_normal)
            Standard normal numbers.

        Returns
        -------
        parts : Parts
        """
        given = self._in_space.split(normal)
        seen = given._replace(
            gate_weights=given.gate_weights @ self._directions,
            weights=given.weights @ self._directions,
        )
        flat = joined(seen, (len(normal),))
        # If L L' is the precision, the covariance of L'^-1 z is its inverse.
        moved = solved(self._factor, flat.T, trans="T").T
        parts = self._layout.parts(self._vector + moved)
        return parts._replace(
            gate_weights=self._of_features(
                parts.gate_weights, given.gate_weights, seen.gate_weights
            ),
            weights=self._of_features(parts.weights, given.weights, seen.weights),
        )

    def _of_features(self, weights, normal, seen):
        """Return weights of features: as drawn in the span, the prior outside."""
        outside = normal - seen @ self._directions.T
        root = np.sqrt(self._layout.prior_variance)
        return weights @ self._directions.T + root * outside

    def components(self, X, parts, dtype):
        """Return the `Components` of rows for drawn parameters.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features), dtype=float64
            The rows.
        parts : Parts
            Result of `draws`.
        dtype : dtype
            The precision of the shares, which are never closer to 0 than it.

        Returns
        -------
        components : Components
        """
        rows = X - self._mean_row
        gate = np.einsum("nf,skf->nsk", rows, parts.gate_weights, optimize=True)
        moved = np.einsum("nf,saf->nsa", rows, parts.weights, optimize=True)
        logits = parts.levels + moved[:, :, np.newaxis]
        shares = np.maximum(np.exp(log_softmax(logits)), np.finfo(dtype).eps / 2)
        shares /= shares.sum(axis=3, keepdims=True)
        weights = np.exp(log_softmax(gate + parts.gate_levels))
        return Components(weights, shares, np.exp(parts.log_concentration))
