"""Neighbours that are closer than chance, whatever the dimension of the data.

Where the density of rows is locally uniform, the distances d_1 < ... < d_k of a row to
its neighbours obey a law that no dimension enters. With D the (unknown) local
dimension, D * log(d_k / d_j) are the order statistics of k - 1 unit exponentials, so
the spacings

    s_j = j * (log d_{j+1} - log d_j),    j = 1, ..., k - 1

are independent, each exponential with mean 1 / D [1]_. The ratio of the first two
distances is used to estimate the dimension in [2]_. Here each spacing is compared with
the n = k - 1 - j later ones, whose sum is r_j, and with what is known about D from all
rows. If D has a gamma distribution with shape a and rate b over the rows, then

    P(s_j > t | r_j) = (1 + t / (b + r_j))^-(a + n).

Without the prior, this is an F test. With it, the gaps of 40 neighbours find more
copies. Its shape comes from the spread of log r_1 over the rows, as that of variances
does in [3]_: where the dimension varies, a is small, and each row is on its own.

One copy of a row makes s_1 large, two copies make s_2 large, and so on.

References
----------
.. [1] A. Renyi (1953), On the theory of order statistics, Acta Mathematica 4.
.. [2] E. Facco, M. d'Errico, A. Rodriguez and A. Laio (2017), Estimating the intrinsic
   dimension of datasets by a minimal neighborhood information, Scientific Reports 7.
.. [3] G. K. Smyth (2004), Linear models and empirical Bayes methods for assessing
   differential expression in microarray experiments, Statistical Applications in
   Genetics and Molecular Biology 3, section 6.2.
"""

import numpy as np
from scipy.special import polygamma

_SMALLEST = 1e-6  # of the farthest neighbour: below it, distances are rounding errors
_FEWEST_FOR_PRIOR = 30  # rows


def gap_p_values(distances, max_copies):
    """Return how improbable the gap behind the first neighbours of each row is.

    Parameters
    ----------
    distances : ndarray of shape (n_samples, n_neighbors)
        Distances to the nearest other rows, ascending.
    max_copies : int
        Largest number of copies of a row that is looked for, below ``n_neighbors - 2``.

    Returns
    -------
    p_values : ndarray of shape (n_samples,)
        Probability of a gap as large as the most improbable one behind the neighbours
        1, ..., ``max_copies``, times ``max_copies``. It is 1 where equal distances
        leave nothing to compare with.
    n_copies : ndarray of shape (n_samples,), dtype=intp
        Number of neighbours in front of that gap.

    Examples
    --------
    Seven neighbours at distances like these are common, but not a hundredth of that:

    >>> usual = np.array([[1.0, 1.1, 1.15, 1.2, 1.3, 1.35, 1.4]])
    >>> gap_p_values(usual, 2)[0].round(2)
    array([1.])
    >>> usual[0, 0] = 0.01
    >>> p_values, n_copies = gap_p_values(usual, 2)
    >>> bool(p_values[0] < 0.001), n_copies
    (True, array([1]))
    """
    n_neighbors = distances.shape[1]
    farthest = distances[:, -1:]
    floor = np.where(farthest > 0, _SMALLEST * farthest, 1)
    logs = np.log(np.maximum(distances, floor))
    spacings = np.diff(logs, axis=1) * np.arange(1, n_neighbors)  # (n_samples, k - 1)
    # rest[:, j] is the sum of the spacings behind number j
    rest = np.cumsum(spacings[:, ::-1], axis=1)[:, ::-1] - spacings
    rest, spacings = rest[:, :max_copies], spacings[:, :max_copies]
    known = rest > 1e-12
    n_rest = n_neighbors - 2 - np.arange(max_copies)
    shape, rate = dimension_prior(rest[known[:, 0], 0], n_rest[0])
    ratio = np.divide(spacings, rest + rate, out=np.zeros_like(rest), where=known)
    p_values = (1 + ratio) ** -(n_rest + shape)
    best = p_values.argmin(axis=1)
    smallest = p_values[np.arange(len(best)), best]
    return np.minimum(1, max_copies * smallest), best + 1


def dimension_prior(sums, n_spacings):
    """Return the gamma distribution of the dimension over the rows.

    Parameters
    ----------
    sums : ndarray of shape (n_samples,)
        Sum of the spacings of each row, above 0.
    n_spacings : int
        Number of spacings in each sum.

    Returns
    -------
    shape, rate : float
        At most ``n_spacings`` is the shape, so that a row has at least as much to say
        about itself as the others have. Both are 0 with few rows.
    """
    if len(sums) < _FEWEST_FOR_PRIOR:
        return 0.0, 0.0
    low, middle, high = np.quantile(np.log(sums / n_spacings), [0.1, 0.5, 0.9])
    # Of a normal distribution, 80% are within 1.28 standard deviations. Quantiles,
    # since sums that hold a gap themselves are far outside.
    variance = ((high - low) / 2 / 1.2816) ** 2 - polygamma(1, n_spacings)
    # polygamma(1, shape), the variance of the log of a gamma variable, is near
    # 1 / shape + 1 / (2 shape^2).
    variance = max(variance, 1 / n_spacings)
    shape = min((1 + np.sqrt(1 + 2 * variance)) / (2 * variance), n_spacings)
    return shape, shape * np.exp(middle)
