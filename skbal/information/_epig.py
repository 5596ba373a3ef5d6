"""The information of the label of a pool row about the labels of target rows."""

import numpy as np

from skbal._utils.draws import NUMBERS_IN_CACHE, check_probabilities, chunks_in_cache
from skbal.information._probabilities import normalised, without_rounding
from skbal.information._targets import TARGET_COLUMNS, Targets

_OWNER = "expected_predictive_information_gain"


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
        In [0, log(n_classes)], and at most `mutual_information` of the pool. Values
        below the rounding error (near 1e-13 for float64 draws, 1e-7 for float32 draws)
        are set to 0.

    Raises
    ------
    ValueError
        If the numbers of draws differ, there are no targets, fewer than two classes or
        no draws, or the numbers are not probabilities.

    Notes
    -----
    A pool of n rows and m targets takes n * m * n_classes * n_target_classes * n_draws
    multiplications, in matrix products of a few megabytes each. They have the precision
    of the draws. If both arrays are float32, the error is near 1e-8 nats.

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
    pool, target = check_both(draws_pool, draws_target, _OWNER)
    dtype = np.result_type(pool, target)
    n_draws, n_columns = pool.shape[1], target.shape[0] * target.shape[2]
    n_columns = min(TARGET_COLUMNS, n_columns)
    # The products and their logarithms are in the cache together.
    numbers = NUMBERS_IN_CACHE * min(n_draws, n_columns) // (2 * n_columns)
    gain = np.zeros(len(pool))
    for _, chunk, _ in chunks_in_cache(target, TARGET_COLUMNS * n_draws):
        targets = Targets(normalised(chunk, _OWNER, name="draws_target"), dtype)
        for rows, chunk, _ in chunks_in_cache(pool, numbers):
            gain[rows] += targets.information(
                normalised(chunk, _OWNER, name="draws_pool")
            )
    gain /= len(target)
    return without_rounding(gain, 0.0, dtype)


def check_both(draws_pool, draws_target, owner):
    """Return checked draws of a pool and of targets, which are joint."""
    pool = check_probabilities(draws_pool, owner, name="draws_pool")
    target = check_probabilities(draws_target, owner, name="draws_target")
    if pool.shape[1] != target.shape[1]:
        raise ValueError(
            f"draws_pool and draws_target given to {owner} must hold the same draws, "
            f"got {pool.shape[1]} and {target.shape[1]} draws."
        )
    if len(target) == 0:
        raise ValueError(f"draws_target given to {owner} must hold at least one row.")
    return pool, target
