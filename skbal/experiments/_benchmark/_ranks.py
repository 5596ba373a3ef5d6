"""Ranks of strategies on many tables, and tests of whether they differ.

Demšar [1]_ recommends them for comparing methods on many data sets: Friedman's test for
whether there is any difference, Nemenyi's critical difference between all pairs, and
Wilcoxon's signed-rank test with Holm's correction against one method. In an array of
scores, a row is a table and a column a strategy, and higher is better.

References
----------
.. [1] J. Demšar (2006), Statistical Comparisons of Classifiers over Multiple Data Sets,
   Journal of Machine Learning Research 7.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import stats


class Friedman(NamedTuple):
    """Friedman's test in the form of Iman and Davenport.

    Attributes
    ----------
    chi_squared : float
        Friedman's statistic, with allowance for ties.
    f : float
        That of Iman and Davenport, of which the p value is.
    p_value : float
        Probability of ranks that differ as much if the strategies are equally good.
    """

    chi_squared: float
    f: float
    p_value: float


def ranks_of(scores):
    """Return the rank of each strategy on each table: 1 is best, ties share the mean.

    Parameters
    ----------
    scores : array-like of shape (n_tables, n_strategies)
        Higher is better.

    Returns
    -------
    ranks : ndarray of shape (n_tables, n_strategies)

    Examples
    --------
    >>> ranks_of([[0.9, 0.7, 0.9]])
    array([[1.5, 3. , 1.5]])
    """
    return stats.rankdata(-np.asarray(scores, dtype=np.float64), axis=1)


def friedman_test(scores):
    """Return Friedman's test of whether the strategies differ at all.

    Parameters
    ----------
    scores : array-like of shape (n_tables, n_strategies)
        Of two tables and two strategies or more.

    Returns
    -------
    test : Friedman
        NaN if it cannot be told: there are fewer, or all are equal on all tables.
    """
    ranks = ranks_of(scores)
    n, k = ranks.shape
    ties = sum(_ties(row) for row in ranks) / (n * k * (k * k - 1)) if k > 1 else 1.0
    if n < 2 or ties >= 1.0:
        return Friedman(np.nan, np.nan, np.nan)
    spread = np.square(ranks.mean(axis=0) - (k + 1) / 2).sum()
    chi_squared = 12 * n / (k * (k + 1)) * spread / (1 - ties)
    rest = n * (k - 1) - chi_squared
    if rest <= 1e-9 * n:  # all tables have the same order
        return Friedman(float(chi_squared), np.inf, 0.0)
    f = (n - 1) * chi_squared / rest
    p_value = stats.f.sf(f, k - 1, (k - 1) * (n - 1))
    return Friedman(float(chi_squared), float(f), float(p_value))


def _ties(ranks):
    _, sizes = np.unique(ranks, return_counts=True)
    return float((sizes**3 - sizes).sum())


def critical_difference(n_strategies, n_tables, confidence=0.95):
    """Return Nemenyi's critical difference of mean ranks.

    Two strategies whose mean ranks differ by less cannot be told apart. It allows for
    comparing all pairs.

    Parameters
    ----------
    n_strategies, n_tables : int
        Their numbers.
    confidence : float, default=0.95
        Confidence that no pair of equally good strategies is told apart.

    Returns
    -------
    difference : float
        NaN for fewer than two strategies.

    Examples
    --------
    >>> round(critical_difference(4, 14), 2)  # Demšar's section 3.2.2
    1.25
    """
    if n_strategies < 2:
        return np.nan
    quantile = stats.studentized_range.ppf(confidence, n_strategies, np.inf)
    error = math.sqrt(n_strategies * (n_strategies + 1) / (6 * n_tables))
    return float(quantile / math.sqrt(2) * error)


def against(scores, column):
    """Return tests of all strategies against one, corrected by Holm's method.

    Parameters
    ----------
    scores : array-like of shape (n_tables, n_strategies)
        Higher is better.
    column : int
        The strategy that the others are compared with.

    Returns
    -------
    p_values : ndarray of shape (n_strategies,)
        Of Wilcoxon's signed-rank test over tables, two-sided. 1 for the strategy
        itself.
    signs : ndarray of shape (n_strategies,)
        1 if the ranks of the tables on which it is better have the larger sum, -1 if
        the smaller, and 0 for the strategy itself.
    """
    scores = np.asarray(scores, dtype=np.float64)
    differences = scores - scores[:, [column]]
    others = np.delete(np.arange(scores.shape[1]), column)
    p_values = np.ones(scores.shape[1])
    p_values[others] = holm([_signed_rank_p(differences[:, k]) for k in others])
    ranks = stats.rankdata(np.abs(differences), axis=0)
    return p_values, np.sign((np.sign(differences) * ranks).sum(axis=0))


def _signed_rank_p(differences):
    if not differences.any():
        return 1.0
    return float(stats.wilcoxon(differences, zero_method="zsplit").pvalue)


def holm(p_values):
    """Return p values that hold together, by Holm's step-down method.

    Parameters
    ----------
    p_values : array-like of shape (n,)
        Each for itself.

    Returns
    -------
    corrected : ndarray of shape (n,)

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p_values)
    steps = p_values[order] * np.arange(len(p_values), 0, -1)
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected
