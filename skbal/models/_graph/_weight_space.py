"""A Gaussian field at many rows: functions of each row, and weights shared by all."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class WeightSpace:
    """The covariance of a field at rows, without factors of its own for each row.

    The field at a row is ``phi @ w``, where phi are the functions of the row and the
    weights w have the covariance ``root @ root.T`` [1]_. What a query needs of a large
    pool is found from few numbers: only ``root`` changes with the labels.

    Attributes
    ----------
    field : Field
        The prior.
    places : Places
        Where the rows are.
    noise : ndarray of shape (n_rows,)
        Variance of a label around the field at each row.
    root : ndarray of shape (n_components, n_components), dtype=float64
        Root of the covariance of the weights.

    References
    ----------
    .. [1] C. E. Rasmussen and C. K. I. Williams (2006), Gaussian Processes for Machine
       Learning, section 2.1, the weight-space view.
    """

    field: object
    places: object
    noise: np.ndarray
    root: np.ndarray

    def __len__(self):
        return len(self.places)

    def functions(self, rows):
        """Return the functions of some rows.

        Parameters
        ----------
        rows : slice or ndarray of int
            The rows.

        Returns
        -------
        functions : ndarray of shape (n_taken, n_components)
        """
        return self.places[rows].means(self.field.functions)

    def gram(self):
        """Return the sum of ``phi phi'`` over all rows, in float64.

        Returns
        -------
        gram : ndarray of shape (n_components, n_components)
        """
        return self.field.sums.gram(self.places)
