"""Classifiers and single columns that tell two samples apart, for many permutations.

All statistics are linear in the labels up to a ranking, so those of all permutations
are products of a few matrices.
"""

import numpy as np
from scipy.spatial.distance import pdist, squareform
from scipy.special import expit
from scipy.stats import rankdata

# Widths of the kernels, as multiples of the median squared distance, and the ridge as
# a multiple of the mean eigenvalue. Chosen on rows that BALD picked from other digits
# than those of the study; power hardly depends on them.
_WIDTHS = (0.2, 0.5, 1.0)
_RIDGE = 10.0


def permuted_labels(n_labelled, n_samples, n_permutations, rng):
    """Return the labels of two samples, and random permutations of them.

    Parameters
    ----------
    n_labelled, n_samples : int
        Number of rows of the first sample, which come first, and of both.
    n_permutations : int
        Number of permutations.
    rng : numpy.random.Generator
        The stream that they are drawn from.

    Returns
    -------
    labels : ndarray of shape (n_samples, 1 + n_permutations), dtype=float64
        1 for rows of the first sample. The first column has them as they are.
    """
    labels = np.zeros((n_samples, 1 + n_permutations))
    labels[:n_labelled, 0] = 1
    for column in range(1, 1 + n_permutations):
        labels[rng.permutation(n_samples)[:n_labelled], column] = 1
    return labels


def kernel_of(values, same_units):
    """Return the similarity of rows, the mean of three Gaussian kernels.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_columns)
        The rows.
    same_units : bool
        Whether columns are compared as they are, or scaled to the same variance.

    Returns
    -------
    kernel : ndarray of shape (n_samples, n_samples)
        Between 0 and 1, all ones if the rows are equal.
    """
    centred = values - values.mean(axis=0)
    if not same_units:
        spread = centred.std(axis=0)
        centred = centred[:, spread > 0] / spread[spread > 0]
    squares = squareform(pdist(centred, "sqeuclidean")) if centred.size else None
    if squares is None or not squares.any():
        return np.ones((len(values), len(values)))
    middle = np.median(squares[squares > 0])
    return sum(np.exp(-squares / (width * middle)) for width in _WIDTHS) / len(_WIDTHS)


def left_out_operator(kernel):
    """Return the matrix that makes left-out scores out of centred labels.

    It is kernel ridge regression of the labels. If H makes its predictions, the
    prediction for row i of the regression without row i is
    ((H y)_i - H_ii y_i) / (1 - H_ii).

    Parameters
    ----------
    kernel : ndarray of shape (n_samples, n_samples)
        Similarities.

    Returns
    -------
    operator : ndarray of shape (n_samples, n_samples)
        With zeros on the diagonal.
    """
    n = len(kernel)
    means = kernel.mean(axis=0)
    centred = kernel - means - means[:, np.newaxis] + means.mean()
    ridge = _RIDGE * max(np.trace(centred) / n, np.finfo(float).eps)
    # H = K (K + ridge)^-1 = 1 - ridge (K + ridge)^-1
    inverse = np.linalg.inv(centred + ridge * np.eye(n))
    hat = -ridge * inverse
    diagonal = 1 + np.diag(hat)
    np.fill_diagonal(hat, 0.0)
    return hat / (1 - diagonal)[:, np.newaxis]


def areas_under_curve(scores, labels):
    """Return the probability that a row of the first sample has the higher score.

    Parameters
    ----------
    scores : ndarray of shape (n_samples, n_permutations)
        Higher for rows that seem to be of the first sample.
    labels : ndarray of shape (n_samples, n_permutations)
        1 for rows of the first sample.

    Returns
    -------
    areas : ndarray of shape (n_permutations,)
        Ties count half.

    Examples
    --------
    >>> areas_under_curve(np.array([[2.0], [1.0], [1.0]]), np.array([[1], [1], [0]]))
    array([0.75])
    """
    n_first = labels[:, 0].sum()
    # Rounding must not order rows that are equal but for their place.
    ranks = rankdata(np.round(scores, 12), axis=0)
    sums = np.sum(ranks * labels, axis=0) - n_first * (n_first + 1) / 2
    return sums / (n_first * (len(labels) - n_first))


def rank_statistics(values, labels):
    """Return how far each column of the first sample is up, or out, per permutation.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_columns)
        The rows.
    labels : ndarray of shape (n_samples, n_permutations)
        1 for rows of the first sample.

    Returns
    -------
    location : ndarray of shape (n_columns, n_permutations)
        Wilcoxon's statistic as a z value: positive if the first sample is higher.
    spread : ndarray of shape (n_columns, n_permutations)
        The same of the distance of the ranks from the middle, as in the test of Ansari
        and Bradley: positive if the first sample is more extreme.
    """
    ranks = rankdata(values, axis=0)
    ranks -= ranks.mean(axis=0)
    return _z_values(ranks, labels), _z_values(np.abs(ranks), labels)


def _z_values(scores, labels):
    """Return the sums over the first sample, by their exact mean and variance."""
    n, n_first = len(labels), labels[:, 0].sum()
    scores = scores - scores.mean(axis=0)
    variances = np.sum(scores**2, axis=0) * n_first * (n - n_first) / (n * (n - 1))
    is_constant = variances <= 1e-12 * n**2
    scales = np.sqrt(np.where(is_constant, np.inf, variances))
    return (scores.T @ labels) / scales[:, np.newaxis]


def p_values(statistics):
    """Return the p value of each permutation among all of them, by its statistic.

    Parameters
    ----------
    statistics : ndarray of shape (n_permutations,)
        Larger is more extreme.

    Returns
    -------
    p_values : ndarray of shape (n_permutations,)
        Share of the permutations whose statistic is as large or larger.

    Examples
    --------
    >>> p_values(np.array([3.0, 1.0, 2.0, 1.0]))
    array([0.25, 1.  , 0.5 , 1.  ])
    """
    rounded = np.round(statistics, 10)
    return rankdata(-rounded, method="max") / len(rounded)


def importance_weights(scores, is_labelled):
    """Return weights with which labelled rows stand for the pool.

    A logistic regression on the left-out score gives the odds that a row is unlabelled.

    Parameters
    ----------
    scores : ndarray of shape (n_samples,)
        Left-out scores.
    is_labelled : ndarray of bool of shape (n_samples,)
        Which rows are labelled.

    Returns
    -------
    weights : ndarray of shape (n_labelled,)
        Of mean 1.
    """
    spread = scores.std()
    score = (scores - scores.mean()) / (spread if spread > 0 else 1.0)
    design = np.column_stack([np.ones_like(score), score])
    weights = np.zeros(2)
    for _ in range(50):  # Newton's steps, with a weak ridge for separable rows
        probability = expit(design @ weights)
        gradient = design.T @ (is_labelled - probability) - 1e-2 * weights
        curvature = (design.T * (probability * (1 - probability))) @ design
        step = np.linalg.solve(curvature + 1e-2 * np.eye(2), gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    odds = np.exp(-(design @ weights)[is_labelled])
    return odds / odds.mean()
