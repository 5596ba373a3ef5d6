"""Do more copies lie across the division into training and test than by chance?

If the rows were divided at random, every other division of the same rows was as
probable as this one. Which rows are close to each other does not depend on the
division. So the number of test rows that have a copy in the training set is compared
with that of random divisions, and the p value is exact, whatever the data are.

There are several sets of pairs to count in. Each count is measured by how improbable it
were if each of the test rows that it could reach had the same chance, the tail of a
binomial distribution. That brings few and many pairs to one scale. It need not be true:
the largest of these numbers is compared with that of the random divisions.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.special import betainc

_BATCH = 64  # divisions at once


@dataclass(frozen=True)
class Division:
    """What random divisions of the same rows give.

    Attributes
    ----------
    p_values : ndarray of shape (n_sets,)
        Probability of a random division with a count as exceptional as that of this
        one, in whichever set. The smallest is the p value of the test.
    expected : ndarray of shape (n_sets,)
        Mean number of test rows with a copy among the training rows.
    """

    p_values: np.ndarray
    expected: np.ndarray


def compare_divisions(group, sets, n_train, n_test, n_permutations, rng):
    """Compare this division of rows with random ones.

    Parameters
    ----------
    group : ndarray of shape (n_train + n_test,), dtype=intp
        Equal numbers for equal rows, the training rows first.
    sets : list of PairSet
        Pairs of groups that are near copies of each other.
    n_train, n_test : int
        Numbers of rows.
    n_permutations : int
        Number of random divisions.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    division : Division
    """
    touched = np.bincount(group) > 1
    for one in sets:
        touched[one.pairs.first] = touched[one.pairs.second] = True
    involved = np.flatnonzero(touched[group])
    _, place = np.unique(group[involved], return_inverse=True)
    number = np.cumsum(touched) - 1  # of a group among those touched
    n_groups = int(touched.sum())
    member = csr_array(
        (np.ones(len(place)), (place, np.arange(len(place)))),
        shape=(n_groups, len(place)),
    )
    links = [_links(one, number, n_groups) for one in sets]
    counts = np.empty((n_permutations + 1, len(sets)))
    is_test = (involved >= n_train)[:, np.newaxis].astype(np.float64)
    counts[0] = _n_reached(is_test, member, links)[:, 0]
    for start in range(0, n_permutations, _BATCH):
        size = min(_BATCH, n_permutations - start)
        labels = _random_labels(len(involved), n_train, n_test, size, rng)
        rows = slice(1 + start, 1 + start + size)
        counts[rows] = _n_reached(labels, member, links).T
    sizes = np.bincount(place, minlength=n_groups)
    most = np.array([_most_reached(link, sizes) for link in links])
    return _most_exceptional(counts, most)


def _links(one, number, n_groups):
    """Return the matrix of pairs, and of each group with itself if that counts."""
    first, second = number[one.pairs.first], number[one.pairs.second]
    own = np.arange(n_groups if one.with_exact else 0)
    rows = np.concatenate([first, second, own])
    columns = np.concatenate([second, first, own])
    shape = (n_groups, n_groups)
    return csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


def _random_labels(n_involved, n_train, n_test, size, rng):
    """Return which of the involved rows are test rows, (n_involved, size)."""
    if not n_involved:
        return np.zeros((0, size))
    rest = n_train + n_test - n_involved
    n_tests = n_test - (rng.hypergeometric(n_test, n_train, rest, size) if rest else 0)
    ranks = rng.random((n_involved, size)).argsort(axis=0).argsort(axis=0)
    return (ranks < n_tests).astype(np.float64)


def _n_reached(is_test, member, links):
    """Return the number of test rows with a copy in training, (n_sets, size)."""
    n_tests = member @ is_test  # of each group, (n_groups, size)
    has_train = (member @ (1 - is_test) > 0).astype(np.float64)
    return np.array([(n_tests * (link @ has_train > 0)).sum(axis=0) for link in links])


def _most_reached(link, sizes):
    """Return how many test rows could have a copy in training, at most.

    Of rows that are joined by copies, one at least must be in training.
    """
    n_parts, part = connected_components(link, directed=False)
    linked = np.diff(link.indptr) > 0
    n_rows = np.bincount(part[linked], sizes[linked], minlength=n_parts)
    return np.maximum(n_rows - 1, 0).sum()


def _most_exceptional(counts, most):
    """Return the result from counts of (1 + n_permutations, n_sets)."""
    mean = counts.mean(axis=0)
    share = np.divide(mean, most, out=np.zeros(len(most)), where=most > 0)
    # The upper tail of the binomial distribution, P(count or more).
    tail = betainc(np.maximum(counts, 1), most - np.maximum(counts, 1) + 1, share)
    tail = np.where((counts > 0) & (share < 1), tail, 1)
    excess = -np.log(np.maximum(tail, 1e-300))
    largest = excess[1:].max(axis=1)
    n_as_large = np.count_nonzero(largest[:, np.newaxis] >= excess[0] - 1e-9, axis=0)
    return Division((1 + n_as_large) / len(counts), counts[1:].mean(axis=0))
