"""Pairs of rows that are nearer to each other than to all others."""

from dataclasses import dataclass

import numpy as np

from skbal.audit._leakage._gaps import gap_p_values

MOST_COPIES = 3  # of one row that are looked for
LARGEST_P = 0.01  # pairs above it are not kept
SHARE_NEAREST = 0.1  # number of pairs as a share of the rows, where p does not count


@dataclass(frozen=True)
class Pairs:
    """Pairs of different rows that may be copies of each other, each pair once.

    Attributes
    ----------
    first, second : ndarray of shape (n_pairs,), dtype=intp
        The rows. What ``how`` says was done to ``first``.
    p_value : ndarray of shape (n_pairs,)
        How improbable the gaps between this distance and those of the other neighbours
        of the two rows are, the larger of two p values, ascending.
    closeness : ndarray of shape (n_pairs,)
        Distance, divided by that of the farthest neighbour looked at.
    how : ndarray of str of shape (n_pairs,)
        What was done to the first row before it was compared.
    """

    first: np.ndarray
    second: np.ndarray
    p_value: np.ndarray
    closeness: np.ndarray
    how: np.ndarray

    def __len__(self):
        return len(self.first)

    def head(self, n):
        """Return the n most exceptional pairs."""
        return Pairs(*(column[:n] for column in self._columns()))

    def up_to(self, p_value):
        """Return the pairs with at most this p value."""
        return self.head(np.searchsorted(self.p_value, p_value, side="right"))

    def among(self, others):
        """Return the pairs that are in another list, too."""
        named = {frozenset(pair) for pair in zip(others.first, others.second)}
        both = zip(self.first, self.second)
        kept = np.array([frozenset(pair) in named for pair in both], dtype=bool)
        return Pairs(*(column[kept] for column in self._columns()))

    def _columns(self):
        return self.first, self.second, self.p_value, self.closeness, self.how


NO_PAIRS = Pairs(
    *(np.zeros(0, dtype=np.intp) for _ in range(2)),
    *(np.zeros(0) for _ in range(2)),
    np.zeros(0, dtype=str),
)


def close_pairs(neighbours):
    """Return the pairs of rows with a gap behind them.

    Parameters
    ----------
    neighbours : Neighbours
        The nearest rows of each row.

    Returns
    -------
    pairs : Pairs
        The pairs in which each row is in front of the gap of the other, and both gaps
        have a p value of at most ``LARGEST_P``.
    """
    p_values, n_copies = gap_p_values(neighbours.distances, MOST_COPIES)
    place = np.arange(MOST_COPIES)
    is_copy = place < n_copies[:, np.newaxis]  # (n_rows, MOST_COPIES)
    nearest = neighbours.rows[:, :MOST_COPIES]
    is_copy &= _is_mutual(nearest, is_copy)
    row, place = np.nonzero(is_copy)
    other = nearest[row, place]
    # Copies have the same neighbours, so the gaps of both are large. Of two rows that
    # are alike by chance, often only one has a large gap.
    p_value = np.maximum(p_values[row], p_values[other])
    kept = p_value <= LARGEST_P
    row, place, other, p_value = row[kept], place[kept], other[kept], p_value[kept]
    closeness = neighbours.distances[row, place] / neighbours.distances[row, -1]
    how = np.full(len(row), neighbours.how)
    return _each_once(row, other, p_value, closeness, how)


def nearest_pairs(neighbours):
    """Return pairs of rows that are the nearest ones of each other, the nearest first.

    Where rows lie on a grid, other rows are never nearer than a step of it, and a copy
    is, although in few dimensions the gap behind it is not improbable.

    Parameters
    ----------
    neighbours : Neighbours
        The nearest rows of each row.

    Returns
    -------
    pairs : Pairs
        The ``SHARE_NEAREST`` of the rows with the smallest distances, not by p value.
    """
    p_values, _ = gap_p_values(neighbours.distances, MOST_COPIES)
    nearest, distance = neighbours.rows[:, 0], neighbours.distances[:, 0]
    own = np.arange(len(nearest))
    row = np.flatnonzero((nearest[nearest] == own) & (own < nearest))
    row = row[np.argsort(distance[row], kind="stable")]
    row = row[: int(SHARE_NEAREST * len(nearest))]
    other = nearest[row]
    p_value = np.maximum(p_values[row], p_values[other])
    closeness = distance[row] / neighbours.distances[row, -1]
    return Pairs(row, other, p_value, closeness, np.full(len(row), neighbours.how))


def joined(all_pairs):
    """Return the pairs that are in any of several lists, each once.

    Parameters
    ----------
    all_pairs : list of Pairs
        One list or more.

    Returns
    -------
    pairs : Pairs
    """
    columns = zip(*(pairs._columns() for pairs in all_pairs))
    return _each_once(*(np.concatenate(column) for column in columns))


def _is_mutual(nearest, is_copy):
    """Return which neighbours have the row among their own copies, too.

    A row that is far from all others may be the nearest one of many, but it is not a
    copy of them.
    """
    back = nearest[nearest]  # (n_rows, MOST_COPIES, MOST_COPIES)
    own = np.arange(len(nearest)).reshape(-1, 1, 1)
    return ((back == own) & is_copy[nearest]).any(axis=2)


def _each_once(first, second, p_value, closeness, how):
    """Return each unordered pair where it is closest, with its smallest p value."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((closeness, high, low))
    low, high = low[order], high[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    starts = np.flatnonzero(is_new)
    if len(starts):
        p_value = np.minimum.reduceat(p_value[order], starts)
    kept = order[starts]
    # The smallest p values first; among equal ones, as 0 may be, the closest.
    rank = np.lexsort((closeness[kept], p_value))
    kept = kept[rank]
    return Pairs(first[kept], second[kept], p_value[rank], closeness[kept], how[kept])
