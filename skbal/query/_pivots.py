"""Bounds of the cosines between all rows and chosen ones, by a few pivots.

A pivot is a chosen row that all rows were compared with. The directions of the pivots
span a space. Of a row x, a_x are the coordinates of its direction in that space, and
r_x is the length of what is left outside of it. Then by the inequality of Cauchy and
Schwarz

    |cos(x, y) - a_x . a_y| <= r_x r_y

So m products of all rows bound the similarities to any later row. The bounds are tight
if that row is like the pivots, which is so where a penalty rewards likeness.
"""

import numpy as np

_MOST = 16  # pivots: with more, the bounds themselves take time
_FEATURES_EACH = 8  # features for each pivot, so that pivots take little memory
_SMALL = 0.05  # what is left of a row that gains nothing as a pivot
_ERRORS = 8  # twice the square root of 16: many wrong coordinates make one bound wrong


class Pivots:
    """Bounds of the cosines of all rows with any row.

    Parameters
    ----------
    similarity : Cosines
        Of dense rows.

    Attributes
    ----------
    error : float
        Bound of the error of `cosines`.
    rows : list of int
        The pivots.
    """

    def __init__(self, similarity):
        self.error = _ERRORS * similarity.error
        self._similarity = similarity
        n_rows, width = len(similarity.lengths), similarity.width
        self._most = min(_MOST, width // _FEATURES_EACH)
        self._basis = np.empty((self._most, width))  # orthonormal, float64
        dtype = similarity.features.dtype
        self._coordinates = np.empty((n_rows, self._most), dtype=dtype)
        self.rows = []
        self._left = np.ones(n_rows)  # squared lengths of what is outside
        self._outside = np.ones(n_rows)

    @staticmethod
    def pay_for(similarity):
        """Return whether rows of dense features have enough of them for a pivot."""
        return similarity.width >= _FEATURES_EACH

    def cosines(self, row, add=False):
        """Return bounds of the cosines with a row.

        Parameters
        ----------
        row : int
            Row number.
        add : bool, default=False
            Whether the row may become a pivot. It does if there are not too many yet,
            and the others do not span its direction already.

        Returns
        -------
        middle, distance : ndarray of shape (n_rows,)
            The cosine differs from the middle by no more than the distance. The
            distance is just the error if the row is a pivot.
        """
        direction = self._similarity.direction(row)
        coordinates, rest = self._parts(direction)
        length = np.sqrt(rest @ rest)
        if add and len(self.rows) < self._most and length > _SMALL:
            self._add(row, rest / length)
            coordinates, length = np.append(coordinates, length), 0.0
        known = self._coordinates[:, : len(self.rows)]
        middle = known @ coordinates.astype(known.dtype)
        return middle, self._outside * length + self.error

    def _parts(self, direction):
        basis = self._basis[: len(self.rows)]
        coordinates = basis @ direction
        rest = direction - coordinates @ basis
        again = basis @ rest  # once more, for a rest at right angles up to rounding
        return coordinates + again, rest - again @ basis

    def _add(self, row, direction):
        n, along = len(self.rows), self._similarity.along(direction)
        self._basis[n], self._coordinates[:, n] = direction, along
        self._left -= along.astype(np.float64) ** 2
        # Rounding may hide what is left: its square is wrong by up to the error.
        self._outside = np.sqrt(np.maximum(self._left, 0.0) + self.error)
        self.rows.append(row)
