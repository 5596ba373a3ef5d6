"""The pairs that are shown to the user, and the test rows in them."""

import numpy as np

from skbal.audit._leakage._pairs import joined

_BY_CHANCE = 0.1  # share of the pairs of a list


def listed_pairs(p_values, sets, together, rows, level):
    """Return the pairs to be listed.

    Near copies beyond doubt always are. If there is a concern, so are the most
    exceptional pairs, as many as are mostly copies, or, if there are no such, those of
    the most exceptional set.

    Parameters
    ----------
    p_values : ndarray of shape (n_sets,)
        P values of the numbers of pairs across the division.
    sets : list of PairSet
        From `pair_sets`.
    together : Pairs
        All pairs, from which the closeness and the kind are taken.
    rows : PooledRows
        All rows.
    level : float
        Largest p value that is a concern.

    Returns
    -------
    pairs : Pairs
    """
    beyond_doubt = sets[1].pairs
    if p_values.min() > level:
        return beyond_doubt
    is_train = np.arange(len(rows.group)) < rows.n_train
    has_train = np.bincount(rows.group[is_train], minlength=rows.group.max() + 1) > 0
    odds = 2 * rows.n_test / rows.n_train
    near = [one.pairs for one, p in zip(sets[2:], p_values[2:]) if p <= level]
    pure = [_mostly_copies(pairs, has_train, odds) for pairs in near]
    best = max(pure, key=len, default=beyond_doubt)
    if not len(best) and p_values[:2].min() > level:
        best = sets[p_values.argmin()].pairs
    return together.among(joined([beyond_doubt, best]))


def _mostly_copies(pairs, has_train, odds):
    """Return as many of the most exceptional pairs as are mostly leaked copies.

    By chance, two training rows are as close to each other as a training row and a test
    row are, and there are ``odds`` times as many of the latter.
    """
    first, second = has_train[pairs.first], has_train[pairs.second]
    n_within, n_across = np.cumsum(first & second), np.cumsum(first != second)
    is_pure = (n_across > 0) & (n_within * odds <= _BY_CHANCE * n_across)
    return pairs.head(int(np.flatnonzero(is_pure).max(initial=-1)) + 1)


def copies_across(rows, pairs):
    """Return the nearest training row of each test row that has a copy there.

    Parameters
    ----------
    rows : PooledRows
        All rows.
    pairs : Pairs
        Near copies, the most exceptional first.

    Returns
    -------
    copies : list of tuple (train row, test row, kind, closeness)
    """
    first_train = np.full(rows.group.max() + 1, -1)  # of each group
    first_train[rows.group[: rows.n_train][::-1]] = np.arange(rows.n_train)[::-1]
    near = {}  # group: (training row, kind, closeness)
    for a, b, how, closeness in zip(
        pairs.first, pairs.second, pairs.how, pairs.closeness
    ):
        for own, other in ((a, b), (b, a)):
            if first_train[other] >= 0:
                near.setdefault(own, (first_train[other], str(how), closeness))
    copies = []
    for test_row, group in enumerate(rows.group[rows.n_train :]):
        if first_train[group] >= 0:
            copies.append((first_train[group], test_row, "exact", 0.0))
        elif group in near:
            train_row, how, closeness = near[group]
            copies.append((train_row, test_row, how, closeness))
    return copies
