"""A running selection of the best rows so far, with their draws."""

import numpy as np


class Selection:
    """Keeps the draws of the rows with the highest scores.

    The result does not depend on the order in which rows are added. Among equal scores,
    the row with the smaller index is better.

    Parameters
    ----------
    n_keep : int
        Number of rows to keep.

    Attributes
    ----------
    threshold : float
        Lowest score that is kept, or -inf while there are fewer than ``n_keep`` rows. A
        row with a lower score will not be kept.
    """

    def __init__(self, n_keep):
        self.n_keep = n_keep
        self.threshold = -np.inf
        self._n_held = 0
        # Only memory that is written to takes room.
        self._rows = np.empty(n_keep, dtype=np.intp)
        self._scores = np.empty(n_keep)
        self._draws = None

    def add(self, rows, scores, draws):
        """Add rows, and keep those that are among the best.

        Parameters
        ----------
        rows : ndarray of int of shape (n,)
            Indices of the rows, none added before.
        scores : ndarray of shape (n,)
            Higher is better. NaN counts as the lowest score.
        draws : ndarray of shape (n, n_draws, n_outputs)
            Copied.
        """
        if not len(rows):
            return
        self._check(draws)
        scores = lowest_for_nan(scores)
        n_free = min(self.n_keep - self._n_held, len(rows))
        places = np.arange(self._n_held, self._n_held + n_free)
        self._put(places, rows[:n_free], scores[:n_free], draws[:n_free])
        self._n_held += n_free
        if n_free < len(rows):
            self._exchange(rows[n_free:], scores[n_free:], draws[n_free:])
        if self._n_held == self.n_keep:
            self.threshold = self._scores.min()

    def _exchange(self, rows, scores, draws):
        # The draws of a new row replace those of a row that is dropped.
        all_rows = np.concatenate((self._rows, rows))
        all_scores = np.concatenate((self._scores, scores))
        stays = np.zeros(len(all_rows), dtype=bool)
        stays[best(all_scores, all_rows, self.n_keep)] = True
        new = np.flatnonzero(stays[self.n_keep :])
        places = np.flatnonzero(~stays[: self.n_keep])
        self._put(places, rows[new], scores[new], draws[new])

    def _put(self, places, rows, scores, draws):
        self._rows[places], self._scores[places] = rows, scores
        self._draws[places] = draws

    def result(self):
        """Return the rows that are kept, and their draws.

        Returns
        -------
        rows : ndarray of shape (n_kept,), dtype=intp
            In ascending order.
        draws : ndarray of shape (n_kept, n_draws, n_outputs)
            Not a copy, so no rows may be added afterwards.
        """
        rows, draws = self._rows[: self._n_held], self._draws[: self._n_held]
        order = np.argsort(rows)
        _reorder(draws, order)
        return rows[order], draws

    def _check(self, draws):
        if self._draws is None:
            self._draws = np.empty((self.n_keep, *draws.shape[1:]), dtype=draws.dtype)
        if draws.shape[1:] != self._draws.shape[1:]:
            raise ValueError(
                f"Draws differ in shape between chunks of the rows: "
                f"{self._draws.shape[1:]} for some, {draws.shape[1:]} for others."
            )


def best(scores, rows, n_best):
    """Return the positions of the largest scores, in any order.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Without NaN.
    rows : ndarray of int of shape (n,)
        Indices of the rows. Among equal scores, the smallest are taken.
    n_best : int
        Number of positions. All are returned if there are fewer.

    Returns
    -------
    positions : ndarray of shape (min(n, n_best),), dtype=intp

    Examples
    --------
    >>> sorted(best(np.array([1.0, 3.0, 1.0]), np.array([7, 2, 5]), 2).tolist())
    [1, 2]
    """
    if n_best >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - n_best)[len(scores) - n_best]
    above, level = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
    first = np.argsort(rows[level])[: n_best - len(above)]
    return np.concatenate((above, level[first]))


def lowest_for_nan(scores):
    """Return scores in which NaN is -inf.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Not changed.

    Returns
    -------
    scores : ndarray of shape (n,)
    """
    return np.where(np.isnan(scores), -np.inf, scores)


def _reorder(draws, order):
    """Replace the draws by draws[order], with temporary memory for one row only."""
    moved = np.zeros(len(order), dtype=bool)
    for start in np.flatnonzero(order != np.arange(len(order))):
        if moved[start]:
            continue
        first, place = draws[start].copy(), start
        while order[place] != start:
            draws[place] = draws[order[place]]
            moved[place] = True
            place = order[place]
        draws[place], moved[place] = first, True
