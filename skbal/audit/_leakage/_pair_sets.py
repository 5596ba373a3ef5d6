"""Sets of pairs whose number across the division into training and test is tested.

A few copies among many pairs that are alike by chance are not seen in their total
number. So the most exceptional 8, 16, 32, ... pairs are tested. Of images, these are
those of each way of comparing them, and of all ways together; of rows of a table, those
with the largest gaps, and those with the smallest distances.
"""

from dataclasses import dataclass

from skbal.audit._leakage._pairs import Pairs

_FEWEST_PAIRS = 8  # of fewer pairs, all across are still no exception


@dataclass(frozen=True)
class PairSet:
    """A set of pairs of groups of equal rows.

    Attributes
    ----------
    pairs : Pairs
        The pairs of near copies.
    with_exact : bool
        Whether rows of the same group count as copies of each other, too.
    """

    pairs: Pairs
    with_exact: bool


def pair_sets(together, families, strict):
    """Return the sets of pairs to be tested.

    Parameters
    ----------
    together : Pairs
        Pairs of all ways of comparing rows.
    families : list of Pairs
        Orders of pairs, the most exceptional first.
    strict : float
        Pairs with at most this p value are near copies beyond doubt.

    Returns
    -------
    sets : list of PairSet
        First the exact copies, second these and the near copies beyond doubt.
    """
    sets = [PairSet(together.head(0), True), PairSet(together.up_to(strict), True)]
    for pairs in families:
        n = _FEWEST_PAIRS
        while n < 2 * len(pairs):
            sets.append(PairSet(pairs.head(n), False))
            n *= 2
    return sets
