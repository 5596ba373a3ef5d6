"""The information of the label of a pool row about the labels of target rows."""

from math import log

import numpy as np

from skbal._utils.draws import NUMBERS_IN_CACHE, check_probabilities, chunks_in_cache
from skbal.information._probabilities import normalised, sum_p_log_p, without_rounding

_OWNER = "expected_predictive_information_gain"
_TARGET_COLUMNS = 2048  # classes of targets in one matrix product


def expected_predictive_information_gain(draws_pool, draws_target):
    """Return the information between the label of a row and those of targets, in nats.

    EPIG is the mean over target rows x* of I[y; y* | x, x*], with the joint probability
    p(y, y* | x, x*) = mean_k p_k(y | x) p_k(y* | x*) [1]_. Unlike BALD, it ignores
    information about weights that do not change the predictions for the targets.

    Parameters
    ----------
    draws_pool : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities of the pool.
    draws_target : array-like of shape (n_targets, n_draws, n_target_classes)
        Class probabilities of the targets. Draw k must use the same weights as draw k
        of the pool. The number of classes may differ.

    Returns
    -------
    gain : ndarray of shape (n_samples,), dtype=float64
        In [0, log(n_classes)], and at most `mutual_information` of the pool.

    Raises
    ------
    ValueError
        If the numbers of draws differ, there are no targets, fewer than two classes or
        no draws, or the numbers are not probabilities.

    Notes
    -----
    A pool of n rows and m targets takes n * m * n_classes * n_target_classes * n_draws
    multiplications, in matrix products of a few megabytes each.

    References
    ----------
    .. [1] F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth
       (2023), Prediction-Oriented Bayesian Active Learning.

    Examples
    --------
    The draws disagree about both rows of the pool, but only the first row changes
    together with the target:

    >>> target = [[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]]
    >>> other = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    >>> expected_predictive_information_gain([target[0], other], target).round(4)
    array([0.6931, 0.    ])
    """
    pool, target = _check_both(draws_pool, draws_target)
    n_columns = min(_TARGET_COLUMNS, target.shape[0] * target.shape[2])
    n_draws = pool.shape[1]
    numbers = NUMBERS_IN_CACHE * min(n_draws, n_columns) // n_columns
    gain = np.zeros(len(pool))
    for _, chunk, _ in chunks_in_cache(target, _TARGET_COLUMNS * n_draws):
        y_target = normalised(chunk, _OWNER, name="draws_target")
        for rows, chunk, _ in chunks_in_cache(pool, numbers):
            y_pool = normalised(chunk, _OWNER, name="draws_pool")
            gain[rows] += _information(y_pool, y_target)
    gain /= len(target)
    return without_rounding(gain, log(pool.shape[2] * target.shape[2]))


def _check_both(draws_pool, draws_target):
    pool = check_probabilities(draws_pool, _OWNER, name="draws_pool")
    target = check_probabilities(draws_target, _OWNER, name="draws_target")
    if pool.shape[1] != target.shape[1]:
        raise ValueError(
            f"draws_pool and draws_target given to {_OWNER} must hold the same draws, "
            f"got {pool.shape[1]} and {target.shape[1]} draws."
        )
    if len(target) == 0:
        raise ValueError(f"draws_target given to {_OWNER} must hold at least one row.")
    return pool, target


def _information(y_pool, y_target):
    # H[y] + H[y*] - H[y, y*], summed over the targets of this chunk. The joint
    # probabilities are (n_rows * n_classes, n_targets * n_target_classes).
    n_rows, n_draws, n_classes = y_pool.shape
    pool = y_pool.transpose(0, 2, 1).reshape(n_rows * n_classes, n_draws)
    target = y_target.transpose(1, 0, 2).reshape(n_draws, -1)
    joint = (pool @ target) / n_draws
    information = sum_p_log_p(joint.reshape(n_rows, -1))
    information -= len(y_target) * sum_p_log_p(y_pool.mean(axis=1))
    return information - sum_p_log_p(y_target.mean(axis=1)).sum()
