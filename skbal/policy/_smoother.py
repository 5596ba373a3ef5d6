"""A Gaussian process for one-hot labels: a second opinion that costs little.

Its kernel is that of `_geometry.Geometry`, with variance 1. See C. E. Rasmussen and
C. K. I. Williams (2006), Gaussian Processes for Machine Learning, equations 2.23, 2.24
and 5.12.
"""

import numpy as np
from scipy.linalg import solve_triangular

NOISE = 0.1  # variance of a label's noise, relative to that of the function
_LEAST = 1e-9  # a share that is not zero


class Smoother:
    """The posterior of a Gaussian process with mean 1 / n_classes before any label.

    Parameters
    ----------
    similarity : ndarray of shape (n_labels, n_labels)
        Kernel between the labelled rows.
    codes : ndarray of int of shape (n_labels,)
        Their classes, from 0.
    n_classes : int
        Number of classes.

    Attributes
    ----------
    left_out : ndarray of shape (n_labels, n_classes)
        Mean at each labelled row, had it no label.
    """

    def __init__(self, similarity, codes, n_classes):
        kernel = similarity + NOISE * np.eye(len(codes))
        one_hot = np.eye(n_classes)[codes]
        self._cholesky = np.linalg.cholesky(kernel)
        self._targets = self._solve(one_hot - 1 / n_classes)
        self._n_classes = n_classes
        inverse = self._solve(np.eye(len(codes)))
        inverse = inverse.T @ inverse
        off = inverse @ (one_hot - 1 / n_classes) / np.diag(inverse)[:, np.newaxis]
        self.left_out = one_hot - off

    def factors(self, similarity):
        """Return the rows' part that labels explain: ``A @ A.T`` of the covariance.

        Parameters
        ----------
        similarity : ndarray of shape (n_rows, n_labels)
            Kernel between some rows and the labelled ones.

        Returns
        -------
        factors : ndarray of shape (n_rows, n_labels)
        """
        return self._solve(similarity.T).T

    def shares(self, factors):
        """Return the mean at some rows as probabilities, shape (n_rows, n_classes)."""
        mean = 1 / self._n_classes + factors @ self._targets
        mean = np.maximum(mean, _LEAST)
        return mean / mean.sum(axis=1, keepdims=True)

    def _solve(self, right):
        return solve_triangular(self._cholesky, right, lower=True, check_finite=False)
