"""Do more copies lie across the division into training and test than by chance?

If the rows were divided at random, every other division of the same rows was as
probable as this one. Which rows are close to each other does not depend on the
division. So the number of test rows that have a copy in the training set is compared
with that of random divisions, and the p value is exact, whatever the data are.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

_BATCH = 64  # divisions at once


@dataclass(frozen=True)
class Division:
    """What random divisions of the same rows give.

    Attributes
    ----------
    p_values : ndarray of shape (n_thresholds,)
        Probability of a random division with a count as exceptional as that of this
        one, at whichever threshold. The smallest is the p value of the test.
    expected : ndarray of shape (n_thresholds,)
        Mean number of test rows with a copy among the training rows.
    """

    p_values: np.ndarray
    expected: np.ndarray


def compare_divisions(group, edges, n_train, n_test, n_permutations, rng):
    """Compare this division of rows with random ones.

    Parameters
    ----------
    group : ndarray of shape (n_train + n_test,), dtype=intp
        Equal numbers for equal rows, the training rows first.
    edges : list of (ndarray, ndarray)
        For each threshold, the groups that are near copies of each other.
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
    for first, second in edges:
        touched[first] = touched[second] = True
    involved = np.flatnonzero(touched[group])
    _, place = np.unique(group[involved], return_inverse=True)
    number = np.cumsum(touched) - 1  # of a group among those touched
    n_groups = int(touched.sum())
    member = csr_array(
        (np.ones(len(place)), (place, np.arange(len(place)))),
        shape=(n_groups, len(place)),
    )
    links = [_links(number[a], number[b], n_groups) for a, b in edges]
    counts = np.empty((n_permutations + 1, len(edges)))
    is_test = (involved >= n_train)[:, np.newaxis].astype(np.float64)
    counts[0] = _n_reached(is_test, member, links)[:, 0]
    for start in range(0, n_permutations, _BATCH):
        size = min(_BATCH, n_permutations - start)
        labels = _random_labels(len(involved), n_train, n_test, size, rng)
        rows = slice(1 + start, 1 + start + size)
        counts[rows] = _n_reached(labels, member, links).T
    return _most_exceptional(counts)


def _links(first, second, n_groups):
    """Return the matrix of pairs, and of each group with itself."""
    own = np.arange(n_groups)
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
    """Return the number of test rows with a copy in training, (n_thresholds, size)."""
    n_tests = member @ is_test  # of each group, (n_groups, size)
    has_train = (member @ (1 - is_test) > 0).astype(np.float64)
    return np.array([(n_tests * (link @ has_train > 0)).sum(axis=0) for link in links])


def _most_exceptional(counts):
    """Return the result from counts of (1 + n_permutations, n_thresholds)."""
    spread = counts.std(axis=0)
    excess = counts - counts.mean(axis=0)
    excess = np.divide(excess, spread, out=np.zeros_like(counts), where=spread > 0)
    largest = excess[1:].max(axis=1)
    n_as_large = np.count_nonzero(largest[:, np.newaxis] >= excess[0] - 1e-9, axis=0)
    return Division((1 + n_as_large) / len(counts), counts[1:].mean(axis=0))
