"""Greedy choice by comparing all rows with each chosen row.

Where bounds of similarities leave out too few rows, even those by pivots, one
product of all rows in the precision of their features is quicker than products in
float64 of rows picked from among them. It is a little wrong, so the rows that may be
the next one are also compared in float64. The choice is the same.
"""

import numpy as np


class NearlyAll:
    """Values of all rows, with a known error.

    Parameters
    ----------
    values : _Values
        Gives values in float64 for some rows, and holds the chosen rows. At least one
        row has been chosen.
    """

    def __init__(self, values):
        self._values, self._n_seen = values, 0
        self._error = (values.pivots or values.similarity).error
        # The maximum or the sum of the similarities to the chosen rows.
        self._seen = np.full(len(values.scores), values.nothing_seen)

    def next(self, priority):
        """Return the row to choose next, the one with the smallest priority of equals.

        Parameters
        ----------
        priority : ndarray of shape (n_rows,)
            Different for each row.
        """
        exact, nearly = self._values, self._up_to_date()
        error = 2 * abs(exact.penalty) * self._error + exact.rounding
        close = np.flatnonzero(nearly >= nearly.max() - error)
        if len(close) > 1:
            exact.compare(exact.behind(close))
            of_close = exact.bounds(close)
            close = close[of_close >= of_close.max() - exact.rounding]
        return int(close[np.argmin(priority[close])])

    def _cosines(self, row):
        """Return the cosines between all rows and a chosen one, but for the error."""
        pivots, similarity = self._values.pivots, self._values.similarity
        if pivots is not None and row in pivots.rows:
            return pivots.cosines(row)[0]
        return similarity.along(similarity.direction(row))

    def _up_to_date(self):
        values = self._values
        for row in values.chosen[self._n_seen :]:
            values.add(self._seen, self._cosines(row), out=self._seen)
        self._n_seen = len(values.chosen)
        likeness = self._seen / self._n_seen if values.mean else self._seen
        nearly = values.scores - values.penalty * likeness
        nearly[values.chosen] = -np.inf
        return nearly
