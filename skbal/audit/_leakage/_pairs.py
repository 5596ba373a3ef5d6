"""Pairs of rows that are nearer to each other than to all others."""

from dataclasses import dataclass

import numpy as np

from skbal.audit._leakage._gaps import gap_p_values

MOST_COPIES = 3  # of one row that are looked for
LARGEST_P = 0.01  # pairs above it are not kept


@dataclass(frozen=True)
class Pairs:
    """Pairs of different rows that may be copies of each other, each pair once.

    Attributes
    ----------
    first, second : ndarray of shape (n_pairs,), dtype=intp
        The rows. What ``how`` says was done to ``first``.
    p_value : ndarray of shape (n_pairs,)
        How improbable the gap between this distance and those of other neighbours is.
    closeness : ndarray of shape (n_pairs,)
        Distance, divided by that of the farthest neighbour looked at.
    how : ndarray of str of shape (n_pairs,)
        What was done to the first row before it was compared.
    all_p_values : ndarray of shape (n_gaps,)
        The p values of all gaps, large or small.
    """

    first: np.ndarray
    second: np.ndarray
    p_value: np.ndarray
    closeness: np.ndarray
    how: np.ndarray
    all_p_values: np.ndarray


def close_pairs(neighbours):
    """Return the pairs of rows with a gap behind them.

    Parameters
    ----------
    neighbours : list of Neighbours
        The nearest rows of each row, in several ways.

    Returns
    -------
    pairs : Pairs
        The pairs in which each row is in front of the gap of the other, and one of the
        two gaps has a p value of at most ``LARGEST_P``.
    """
    found, all_p_values = [], [np.zeros(0)]
    for one in neighbours:
        p_values, n_copies = gap_p_values(one.distances, MOST_COPIES)
        all_p_values.append(p_values)
        place = np.arange(MOST_COPIES)
        is_copy = place < n_copies[:, np.newaxis]  # (n_rows, MOST_COPIES)
        nearest = one.rows[:, :MOST_COPIES]
        is_copy &= _is_mutual(nearest, is_copy)
        row, place = np.nonzero(is_copy & (p_values <= LARGEST_P)[:, np.newaxis])
        closeness = one.distances[row, place] / one.distances[row, -1]
        hows = np.full(len(row), one.how, dtype=object)
        found.append((row, one.rows[row, place], p_values[row], closeness, hows))
    parts = [np.concatenate(part) for part in zip(*found)] if found else [[]] * 5
    first, second = (np.asarray(part, dtype=np.intp) for part in parts[:2])
    p_value, closeness = (np.asarray(part, dtype=np.float64) for part in parts[2:4])
    kept, p_value = _each_once(first, second, p_value, closeness)
    return Pairs(
        first[kept],
        second[kept],
        p_value,
        closeness[kept],
        np.asarray(parts[4], dtype=object)[kept].astype(str),
        np.concatenate(all_p_values),
    )


def _is_mutual(nearest, is_copy):
    """Return which neighbours have the row among their own copies, too.

    A row that is far from all others may be the nearest one of many, but it is not a
    copy of them.
    """
    back = nearest[nearest]  # (n_rows, MOST_COPIES, MOST_COPIES)
    own = np.arange(len(nearest)).reshape(-1, 1, 1)
    return ((back == own) & is_copy[nearest]).any(axis=2)


def _each_once(first, second, p_value, closeness):
    """Return where each unordered pair is closest, and its smallest p value."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((closeness, high, low))
    low, high = low[order], high[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    starts = np.flatnonzero(is_new)
    if not len(starts):
        return order, p_value
    return order[starts], np.minimum.reduceat(p_value[order], starts)
