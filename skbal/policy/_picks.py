"""What a bandit remembers of the rows that it drew, and the reward of their labels."""

from dataclasses import dataclass, fields

import numpy as np

from skbal._utils.row_keys import row_keys


@dataclass(frozen=True, eq=False)
class Picks:
    """Rows that were drawn, in the order drawn.

    Parameters
    ----------
    keys : tuple of str of length n_picks
        The key of each row, equal for equal rows.
    probabilities : ndarray of shape (n_picks,)
        The probability of each pick, among the rows that were left.
    advice : ndarray of shape (n_picks, n_strategies)
        The probability with which each strategy alone would have drawn it.
    bounds : ndarray of shape (n_picks, n_strategies)
        The bounds of `Odds` at that time.
    n_left : ndarray of int of shape (n_picks,)
        Number of rows that were left, the pick included.
    n_pool : ndarray of int of shape (n_picks,)
        Number of rows of the pool that was given to the call.
    n_taught : ndarray of int of shape (n_picks,)
        Number of rows that the learner had been taught.
    rewarded : ndarray of bool of shape (n_picks,)
        Whether the weights have learned from its label.
    """

    keys: tuple
    probabilities: np.ndarray
    advice: np.ndarray
    bounds: np.ndarray
    n_left: np.ndarray
    n_pool: np.ndarray
    n_taught: np.ndarray
    rewarded: np.ndarray

    def __len__(self):
        return len(self.keys)

    @classmethod
    def none(cls, n_strategies):
        """Return no picks."""
        numbers, counts = np.empty(0), np.empty(0, dtype=np.int64)
        by_strategy = np.empty((0, n_strategies))
        return cls(
            (),
            numbers,
            by_strategy,
            by_strategy,
            counts,
            counts,
            counts,
            np.empty(0, dtype=bool),
        )

    def only(self, kept):
        """Return some of the picks, given by a mask."""
        keys = tuple(key for key, keep in zip(self.keys, kept) if keep)
        return Picks(keys, *(column[kept] for column in self._columns()))

    def with_more(self, more):
        """Return these picks and, after them, others."""
        columns = zip(self._columns(), more._columns())
        both = (np.concatenate([mine, others]) for mine, others in columns)
        return Picks(self.keys + more.keys, *both)

    def places(self, keys):
        """Return where in a record each pick was taught, -1 where it was not.

        Parameters
        ----------
        keys : sequence of str
            The keys of all rows that the learner was taught, in order.

        Returns
        -------
        places : ndarray of int of shape (n_picks,)
            A pick was taught if an equal row came after those that were known when it
            was drawn. No two picks have the same place.
        """
        free = {}
        for place, key in enumerate(keys):
            free.setdefault(key, []).append(place)
        places = np.full(len(self), -1)
        for pick in reversed(range(len(self))):
            left = free.get(self.keys[pick], [])
            if left and left[-1] >= self.n_taught[pick]:
                places[pick] = left.pop()
        return places

    def wait(self, n_pool, n_taught):
        """Return which picks may still be answered.

        Parameters
        ----------
        n_pool, n_taught : int
            Number of rows in the pool, and that the learner has been taught, now.

        Returns
        -------
        wait : ndarray of bool of shape (n_picks,)
            If the learner was taught something since, what it was not taught is given
            up. If nothing was taught and the pool is as large as it was, the same
            question is asked again, and the new picks replace these.
        """
        return (self.n_taught == n_taught) & (self.n_pool != n_pool)

    def _columns(self):
        return [getattr(self, part.name) for part in fields(self)[1:]]


def picks_of(drawn, rows, n_pool, n_taught):
    """Return the picks of a call.

    Parameters
    ----------
    drawn : dict of int to Odds
        The rows in the order drawn, with the odds that they were drawn with.
    rows : array-like of shape (n_picks, ...)
        These rows.
    n_pool, n_taught : int
        Number of rows in the pool, and that the learner had been taught.

    Returns
    -------
    picks : Picks
    """
    n_picks, odds = len(drawn), drawn.values()
    return Picks(
        keys=tuple(keys_of(rows) or [""] * n_picks),
        probabilities=np.array([o.of(row) for row, o in drawn.items()]),
        advice=np.stack([o.advice(row) for row, o in drawn.items()]),
        bounds=np.stack([o.bounds for o in odds]),
        n_left=np.array([o.n_left for o in odds]),
        n_pool=np.full(n_picks, n_pool),
        n_taught=np.full(n_picks, n_taught),
        rewarded=np.zeros(n_picks, dtype=bool),
    )


def keys_of(rows):
    """Return a string for each row, equal for equal rows, or None.

    Parameters
    ----------
    rows : array-like of shape (n_samples, ...)
        The rows.

    Returns
    -------
    keys : list of str or None
        None for rows that cannot be compared.
    """
    keys = row_keys(rows)
    if keys is None:
        return None
    return [key.hex() if isinstance(key, bytes) else str(key) for key in keys]


def weighted_accuracy(is_right, picks, n_queries):
    """Return the reward of ALBL: the accuracy on the picks, weighted by importance.

    Parameters
    ----------
    is_right : ndarray of bool of shape (n_picks,)
        Whether the model predicts the label of each pick.
    picks : Picks
        Those that were taught, in the order drawn.
    n_queries : int
        Number T of labels that will be asked for.

    Returns
    -------
    reward : float
        (1 / T) sum_i (z_i / q_i + sum_{m < i} z_m) / (n_i + i - 1), at most 1, where z
        says whether a pick is right, q_i is its probability and n_i the number of rows
        that were left.

    Notes
    -----
    Each term estimates the accuracy on the rows left and those picked before, without
    bias if every row could have been drawn. Hsu and Lin also draw rows that are known
    already, and have z_i / (n q_i); here known rows count without being drawn.
    """
    right = np.asarray(is_right, dtype=np.float64)
    before = np.cumsum(right) - right
    n_known = np.arange(len(right))
    terms = (right / picks.probabilities + before) / (picks.n_left + n_known)
    return float(min(terms.sum() / n_queries, 1.0))
