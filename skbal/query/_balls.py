"""Greedy choice of balls that cover many rows.

The ball of a row contains the rows nearer than a radius. Its gain is the number of rows
in it that no ball chosen before contains. This function of a set is submodular, so the
greedy choice covers at least 1 - 1/e of what the best one covers, and an earlier gain
of a row is an upper bound of the present one [1]_. A row is counted again only if its
bound is the largest one.

No list of neighbours is kept: rows are compared chunk by chunk, and only counted.
Memory does not depend on the radius.

References
----------
.. [1] M. Minoux (1978), Accelerated greedy algorithms for maximizing submodular set
   functions.
"""

import heapq

import numpy as np

from skbal._utils.chunks import chunks
from skbal.query._far_apart import Points, inner_products

_CHUNK = 512  # rows that are compared with as many others at once
_COUNTED = 64  # rows that are counted again at once


class Balls:
    """Balls of one radius around rows.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows, in float32 or float64.
    radius : float
        Larger than 0, in the units of the features. May be infinity.
    """

    def __init__(self, features, radius):
        points = Points(features)
        self.features, self.squares = features, points.squared_norms
        # Also after rounding, rows at a distance equal to the radius are outside, and
        # equal rows inside.
        self.limit = max(float(radius) ** 2 - points.rounding, points.rounding)

    def counts(self, rows, others):
        """Return how many of other rows each ball contains.

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            Row numbers.

        Returns
        -------
        counts : ndarray of shape (n,), dtype=int
        """
        counts = np.zeros(len(rows), dtype=int)
        for there in chunks(len(others), _CHUNK):
            for here in chunks(len(rows), _CHUNK):
                inside = self._inside(rows[here], others[there])
                counts[here] += np.count_nonzero(inside, axis=1)
        return counts

    def contain(self, rows, others):
        """Return which of other rows are inside of at least one of some balls.

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            Row numbers.

        Returns
        -------
        contained : ndarray of shape (n_others,), dtype=bool
        """
        contained = np.zeros(len(others), dtype=bool)
        for there in chunks(len(others), _CHUNK):
            for here in chunks(len(rows), _CHUNK):
                inside = self._inside(rows[here], others[there])
                contained[there] |= inside.any(axis=0)
        return contained

    def _inside(self, rows, others):
        # |x - y|^2 < limit, as x'y - |y|^2 / 2 > (|x|^2 - limit) / 2
        products = inner_products(self.features[rows], self.features[others])
        products -= self.squares[others] / 2
        return products > ((self.squares[rows] - self.limit) / 2)[:, np.newaxis]


def greedy_cover(balls, bare, counts, n_picks, priority):
    """Return rows whose balls cover as many bare rows as possible.

    Parameters
    ----------
    balls : Balls
        The balls of all rows.
    bare : ndarray of int
        Numbers of the rows that are not covered yet.
    counts : ndarray of shape (n_candidates,)
        How many of these are in the ball of each of the first rows, which may be
        chosen.
    n_picks : int
        Number of rows to choose.
    priority : ndarray of shape (n_candidates,)
        Among equal gains, the row with the smallest priority comes first.

    Returns
    -------
    rows : ndarray of shape (n_picks,), dtype=intp
        In the order chosen, without repetition.
    gains : ndarray of shape (n_picks,), dtype=int
        Number of rows that each covers and those before do not; non-increasing.
    """
    # Each entry is minus the bound, the priority, the row, and when it was counted.
    columns = (-counts).tolist(), priority.tolist(), range(len(counts))
    waiting = [(*entry, 0) for entry in zip(*columns)]
    heapq.heapify(waiting)
    rows, gains = [], []
    for now in range(n_picks):
        while _is_old(waiting[0], now):
            old = [heapq.heappop(waiting)]
            while waiting and len(old) < _COUNTED and _is_old(waiting[0], now):
                old.append(heapq.heappop(waiting))
            found = balls.counts(np.array([entry[2] for entry in old]), bare)
            for count, (_, rank, row, _) in zip(found.tolist(), old):
                heapq.heappush(waiting, (-count, rank, row, now))
        gain, _, row, _ = heapq.heappop(waiting)
        rows.append(row)
        gains.append(-gain)
        if gain:
            bare = bare[~balls.contain(np.array([row]), bare)]
    return np.array(rows, dtype=np.intp), np.array(gains)


def _is_old(entry, now):
    # A bound of 0 stays 0.
    return entry[3] < now and entry[0] != 0
