"""What the forms of the Hessian over all weights have in common.

The Hessian is the generalised Gauss-Newton matrix: with the Jacobian J_n of the outputs
at row n and the Hessian L_n of the loss with respect to these outputs,

    H = sum_n J_n' L_n J_n.

It is the Hessian of the loss for the network to first order in its weights, and never
negative. For a softmax, L_n = diag(p) - p p'. For a squared error it is one over the
noise variance, which is left out: the posterior precision is then
(H + ratio I) / noise with ratio = noise / prior. For a softmax the ratio is one over
the prior variance.
"""

from abc import ABC, abstractmethod

import numpy as np


class WeightCurvature(ABC):
    """The Hessian of the loss over the weights.

    Attributes
    ----------
    n_weights : int
        The number of weights.
    """

    n_weights: int

    @abstractmethod
    def spectrum(self, weights):
        """Return the eigenvalues, and some weights along the eigenvectors.

        Parameters
        ----------
        weights : ndarray of shape (n_weights,)
            The weights.

        Returns
        -------
        values : ndarray of shape (n_values,)
            The eigenvalues. None is negative, and zeros may be left out.
        squares : ndarray of shape (n_values,)
            The squares of the weights along the eigenvectors.
        """

    @abstractmethod
    def at(self, ratio):
        """Return the normal distribution whose precision is H + ratio I.

        Parameters
        ----------
        ratio : float
            Larger than 0.

        Returns
        -------
        deviations : WeightDeviations
        """


class WeightDeviations(ABC):
    """The normal distribution of the weights minus their mean."""

    @abstractmethod
    def draw(self, seed, n_draws, dtype):
        """Return draws of the weights minus their mean.

        Parameters
        ----------
        seed : int
            The same seed gives the same draws. Draw k does not depend on ``n_draws``.
        n_draws : int
            Number of draws.
        dtype : dtype
            float32 or float64.

        Returns
        -------
        deviations : ndarray of shape (n_draws, n_weights)
        """

    @abstractmethod
    def whiten(self, jacobian):
        """Return W such that W W' is the covariance of J times the weights.

        Parameters
        ----------
        jacobian : ndarray of shape (n_rows, n_outputs, n_weights)
            The Jacobian J of some rows.

        Returns
        -------
        whitened : ndarray of shape (n_rows, n_outputs, n_weights), dtype=float64
            ``whitened[i] @ whitened[j].T`` is the covariance of the outputs of rows i
            and j.
        """


def log_det_of(values, ratio):
    """Return log |I + H / ratio| from the eigenvalues of H.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        The eigenvalues. Zeros change nothing.
    ratio : float
        Larger than 0.

    Returns
    -------
    log_det_ratio : float

    Examples
    --------
    >>> round(log_det_of(np.array([0.0, 3.0]), 1.0), 6)  # log 4
    1.386294
    """
    return float(np.sum(np.log1p(values / ratio)))
