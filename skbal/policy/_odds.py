"""The probabilities of rows at one place of a batch, from what strategies advise.

A strategy advises one row, the first of its list that is not drawn yet. `Random`
advises every row alike, and `ANY` stands for that.
"""

from dataclasses import dataclass

import numpy as np

from skbal.policy._exp4p import with_floor

ANY = -1


@dataclass(frozen=True, eq=False)
class Odds:
    """The probability of each row that is left.

    Parameters
    ----------
    heads : ndarray of int of shape (n_strategies,)
        The row that each strategy advises, or `ANY`.
    arms : ndarray of int of shape (n_arms,)
        The different ones among them.
    of_arms : ndarray of shape (n_arms,)
        Probability of each arm.
    bounds : ndarray of shape (n_strategies,)
        Bound of the variance of each strategy's gain, for `updated`.
    n_left : int
        Number of rows that are left.
    """

    heads: np.ndarray
    arms: np.ndarray
    of_arms: np.ndarray
    bounds: np.ndarray
    n_left: int

    @property
    def of_any(self):
        """Return the probability that is shared by all rows."""
        return float(self.of_arms[self.arms == ANY].sum())

    def of(self, row):
        """Return the probability of a row."""
        return float(self.of_arms[self.arms == row].sum() + self.of_any / self.n_left)

    def advice(self, row):
        """Return the probability with which each strategy alone would draw a row."""
        return np.where(self.heads == ANY, 1 / self.n_left, 1.0 * (self.heads == row))

    def draw(self, n_pool, drawn, rng):
        """Return a row that is not among those drawn."""
        arm = self.arms[rng.choice(len(self.arms), p=self.of_arms)]
        while arm == ANY or arm in drawn:
            arm = rng.integers(n_pool)
        return int(arm)


def odds_of_strategies(heads, weights, floor, n_left):
    """Return the odds of ALBL: every strategy is drawn with at least the floor.

    Parameters
    ----------
    heads : ndarray of int of shape (n_strategies,)
        The row that each strategy advises, or `ANY`.
    weights : ndarray of shape (n_strategies,)
        Their weights; they sum to 1.
    floor : float
        At most 1 / n_strategies.
    n_left : int
        Number of rows that are left.

    Returns
    -------
    odds : Odds
        Its bounds are 1 / p of each strategy, as strategies are the arms.

    Examples
    --------
    >>> odds = odds_of_strategies(np.array([4, 4]), np.array([0.5, 0.5]), 0.1, 9)
    >>> odds.of(4), odds.bounds.tolist()
    (1.0, [2.0, 2.0])
    """
    probabilities = with_floor(weights, floor)
    arms, places = np.unique(heads, return_inverse=True)
    of_arms = np.bincount(places, probabilities)
    return Odds(heads, arms, of_arms / of_arms.sum(), 1 / probabilities, n_left)


def odds_of_rows(heads, weights, floor, n_left):
    """Return the odds of EXP4.P: every row that is advised has at least the floor.

    Parameters
    ----------
    heads, weights, floor, n_left
        As in `odds_of_strategies`.

    Returns
    -------
    odds : Odds
        All rows together are one arm, if a strategy advises any row.

    Notes
    -----
    The bound of the paper, the sum of advice / q over arms, is 1 / q for a strategy
    that advises one row. For one that advises any of n rows the variance is at most the
    sum of 1 / (n² q), which is at most 1 over the probability that they share.

    Examples
    --------
    >>> odds = odds_of_rows(np.array([4, 4, 7]), np.full(3, 1 / 3), 0.1, 9)
    >>> round(odds.of(4), 4), round(odds.of(7), 4)
    (0.6333, 0.3667)
    """
    arms, places = np.unique(heads, return_inverse=True)
    of_arms = with_floor(np.bincount(places, weights), floor)
    odds = Odds(heads, arms, of_arms / of_arms.sum(), np.empty(0), n_left)
    shares = [odds.of_any if head == ANY else odds.of(head) for head in heads]
    return Odds(heads, arms, odds.of_arms, 1 / np.array(shares), n_left)
