"""The rows on which one question with several answers was asked.

Shares do not depend on a shift of the logits of all answers. The prior is the same for
all answers, so that in orthonormal coordinates the weights along this shift are
independent of all others, before and after the votes. They are left out: with the
columns of an orthonormal ``basis`` of the other directions, the logits of A answers are
``basis @ u`` with the A - 1 contrasts u.
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg

from skbal._utils.chunks import chunks, rows_within

_LARGEST = 2**29  # bytes of the Hessian


class CountQuestion(NamedTuple):
    """The rows on which one question with several answers was asked.

    Weights are a vector, ordered contrast by contrast. The methods are those of
    `Question`.

    Attributes
    ----------
    design : ndarray of shape (n_samples, n_columns), dtype=float64
        The design matrix.
    counts : ndarray of shape (n_samples, n_answers), dtype=float64
        The number of votes for each answer.
    basis : ndarray of shape (n_answers, n_answers - 1)
        Result of `contrasts`.
    owner : str
        Name of the estimator, for messages.
    """

    design: np.ndarray
    counts: np.ndarray
    basis: np.ndarray
    owner: str

    @property
    def total(self):
        """The number of votes of each row."""
        return self.counts.sum(axis=1)

    @property
    def n_weights(self):
        """The number of weights."""
        return self.design.shape[1] * self.basis.shape[1]

    def scale(self, of_columns):
        """Return the prior standard deviations of weights from those of columns."""
        return np.tile(of_columns, self.basis.shape[1])

    def terms(self, weights, likelihood):
        """Return the `Terms` of the counts at some weights."""
        weights = weights.reshape(self.basis.shape[1], -1)
        logits = self.design @ weights.T @ self.basis.T
        return likelihood.terms(logits, self.counts)

    def pull(self, slope):
        """Return the gradient by the weights from the slopes by the logits."""
        return ((slope @ self.basis).T @ self.design).ravel()

    def is_concave(self, terms):
        """Return whether the likelihood is known to be concave at all rows."""
        return terms.curvature is terms.expected

    def gram(self, curvature):
        """Return the Hessian by the weights from the curvatures by the logits."""
        n_contrasts, n_columns = self.basis.shape[1], self.design.shape[1]
        gram = np.zeros((n_contrasts, n_columns, n_contrasts, n_columns))
        bytes_per_row = 8 * (2 * n_columns + 2 * len(self.basis) ** 2)
        for rows in chunks(len(self.design), rows_within(bytes_per_row)):
            chunk = self.design[rows]
            inner = self.basis.T @ curvature[rows] @ self.basis
            for k in range(n_contrasts):
                for j in range(k + 1):
                    gram[k, :, j] += chunk.T @ (inner[:, k, j, np.newaxis] * chunk)
        for k in range(n_contrasts):
            for j in range(k):
                gram[j, :, k] = gram[k, :, j].T
        return gram.reshape(self.n_weights, self.n_weights)


def contrasts(n_answers):
    """Return an orthonormal basis of the vectors that sum to zero.

    Parameters
    ----------
    n_answers : int
        The number of answers.

    Returns
    -------
    basis : ndarray of shape (n_answers, n_answers - 1)

    Examples
    --------
    >>> contrasts(2).round(3)
    array([[ 0.707],
           [-0.707]])
    """
    return linalg.helmert(n_answers).T


def check_size(n_columns, n_answers, owner):
    """Raise an error if the Hessian would be too large.

    Parameters
    ----------
    n_columns, n_answers : int
        Numbers of columns of the design and of answers.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If it would need more than 512 MB.
    """
    n_weights = n_columns * (n_answers - 1)
    if 8 * n_weights**2 > _LARGEST:
        raise ValueError(
            f"{owner} would need a matrix of {n_weights} x {n_weights} "
            f"({8 * n_weights**2 / 2**30:.1f} GiB) for {n_columns} directions of the "
            f"rows and {n_answers} answers. Reduce the columns, for instance by PCA."
        )
