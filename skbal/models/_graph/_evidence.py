"""What labels tell about a field: sums over the labelled rows, which can be added."""

from dataclasses import dataclass

import numpy as np

from skbal.models._linear._posterior import CholeskyPosterior


@dataclass
class Evidence:
    """Sums over labelled rows, in units of the prior of the field.

    Each label counts by one over its variance.

    Attributes
    ----------
    gram : ndarray of shape (n_components, n_components)
        Sum of ``row row'``.
    level : ndarray of shape (n_components,)
        Sum of the rows: what a label of 1 at each of them would tell.
    cross : ndarray of shape (n_components, n_outputs)
        Sum of ``row target``.
    squares : ndarray of shape (3, n_outputs)
        Sums of 1, of the targets, and of their squares.
    n_rows : float
        Number of rows.
    log_noise : float
        Sum of the logarithms of the variances of the labels.
    """

    gram: np.ndarray
    level: np.ndarray
    cross: np.ndarray
    squares: np.ndarray
    n_rows: float
    log_noise: float

    @classmethod
    def of(cls, rows, targets, variances, weights):
        """Return what some labelled rows tell.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_components)
            As `Field.rows` gives them.
        targets : ndarray of shape (n_rows, n_outputs)
            The labels as numbers.
        variances : ndarray of shape (n_rows,)
            Variance of each label.
        weights : ndarray of shape (n_rows,)
            How many rows each of them counts for.
        """
        rows = rows.astype(np.float64)
        precision = weights / variances
        weighted = rows.T * precision
        powers = np.stack([np.ones_like(targets), targets, targets**2])
        return cls(
            weighted @ rows,
            weighted.sum(axis=1),
            weighted @ targets,
            np.einsum("n,pno->po", precision, powers),
            weights.sum(),
            weights @ np.log(variances),
        )

    def __add__(self, other):
        """Return what the labels of both tell."""
        return Evidence(
            self.gram + other.gram,
            self.level + other.level,
            self.cross + other.cross,
            self.squares + other.squares,
            self.n_rows + other.n_rows,
            self.log_noise + other.log_noise,
        )

    def with_outputs(self, places, n_outputs):
        """Return the same with more outputs, whose targets were all 0 so far.

        Parameters
        ----------
        places : ndarray of shape (n_outputs_now,)
            The new place of each output.
        n_outputs : int
            The number of outputs afterwards.
        """
        cross = np.zeros((len(self.cross), n_outputs))
        cross[:, places] = self.cross
        squares = np.zeros((3, n_outputs))
        squares[0] = self.squares[0, 0]
        squares[1:, places] = self.squares[1:]
        others = self.n_rows, self.log_noise
        return Evidence(self.gram, self.level, cross, squares, *others)

    def posterior(self, middle, owner):
        """Return the posterior of the weights over their prior standard deviations.

        Parameters
        ----------
        middle : float or ndarray of shape (n_outputs,)
            Prior mean of the field.
        owner : str
            Name of the estimator, for messages.
        """
        cross = self.cross - self.level[:, np.newaxis] * middle
        return CholeskyPosterior(self.gram, cross, 1.0, 1.0, owner)

    def misfit(self, middle, posterior):
        """Return the squared targets per row, in units of what the prior expects.

        It is ``r' (K + N)^-1 r / n`` for the targets ``r`` minus their prior mean, with
        their prior covariance ``K + N``: the scale of largest evidence for the prior.

        Returns
        -------
        misfit : ndarray of shape (n_outputs,)
        """
        cross = self.cross - self.level[:, np.newaxis] * middle
        ones, sums, squares = self.squares
        total = squares - 2 * middle * sums + middle**2 * ones
        explained = (cross * posterior.mean).sum(axis=0)
        return np.maximum(total - explained, 0) / self.n_rows

    def log_likelihood(self, middle, posterior, scale):
        """Return the log density of the targets of each output before they are known.

        They are normal with mean ``middle`` and covariance ``scale * (K + N)``.

        Parameters
        ----------
        middle : float or ndarray of shape (n_outputs,)
            Prior mean of the field.
        posterior : CholeskyPosterior
            As `posterior` returns it.
        scale : float or ndarray of shape (n_outputs,)
            Mean prior variance of the field.

        Returns
        -------
        log_likelihood : ndarray of shape (n_outputs,)
        """
        log_det = self.log_noise + posterior.log_det_ratio
        squares = self.misfit(middle, posterior) / scale
        per_row = np.log(2 * np.pi * scale) + squares
        return -(self.n_rows * per_row + log_det) / 2
