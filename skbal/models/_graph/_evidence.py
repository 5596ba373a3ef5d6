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
    """

    gram: np.ndarray
    level: np.ndarray
    cross: np.ndarray
    squares: np.ndarray
    n_rows: float

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
        )

    def __add__(self, other):
        """Return what the labels of both tell."""
        return Evidence(
            self.gram + other.gram,
            self.level + other.level,
            self.cross + other.cross,
            self.squares + other.squares,
            self.n_rows + other.n_rows,
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
        return Evidence(self.gram, self.level, cross, squares, self.n_rows)

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
