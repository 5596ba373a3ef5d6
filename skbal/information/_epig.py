"""The information of the label of a pool row about the labels of target rows."""

import numpy as np

from skbal._utils.draws import NUMBERS_IN_CACHE, check_probabilities, chunks_in_cache
from skbal.information._probabilities import finite_logs, normalised, without_rounding

_OWNER = "expected_predictive_information_gain"
_TARGET_COLUMNS = 2048  # classes of targets in one matrix product
_SMALLEST = 1e-15  # smaller ratios could make subnormal products, which are slow


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
    pool, target = _check_both(draws_pool, draws_target)
    dtype = np.result_type(pool, target)
    n_draws, n_columns = pool.shape[1], target.shape[0] * target.shape[2]
    n_columns = min(_TARGET_COLUMNS, n_columns)
    # The products and their logarithms are in the cache together.
    numbers = NUMBERS_IN_CACHE * min(n_draws, n_columns) // (2 * n_columns)
    gain = np.zeros(len(pool))
    for _, chunk, _ in chunks_in_cache(target, _TARGET_COLUMNS * n_draws):
        targets = _Targets(chunk, dtype)
        for rows, chunk, _ in chunks_in_cache(pool, numbers):
            gain[rows] += targets.information(chunk)
    gain /= len(target)
    return without_rounding(gain, 0.0, dtype)


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


class _Targets:
    """Information of rows about the labels of some targets.

    With the ratio R = p(y, y*) / (p(y) p(y*)) it is the mean of R log R over
    independent labels. R is a mean over draws, so all ratios are one matrix product. A
    difference of entropies would lose digits in float32.

    Parameters
    ----------
    chunk : ndarray of shape (n_targets, n_draws, n_target_classes)
        Class probabilities of the targets, contiguous.
    dtype : dtype
        Precision of the products.
    """

    def __init__(self, chunk, dtype):
        ratios, mean = _ratios(chunk, dtype, "draws_target")
        # (n_draws, n_targets * n_target_classes)
        self.ratios = ratios.transpose(1, 0, 2).reshape(chunk.shape[1], -1)
        self.ratios /= chunk.shape[1]
        self.weights = mean.ravel()
        # The mean of R - 1 is 0, but for the rounding of the ratios of each array,
        # which this takes out of the result.
        self.sums = self.ratios @ self.weights
        self.smallest = self.ratios.min()
        self._scratch = np.empty((2, 0, len(self.weights)), dtype)

    def information(self, chunk):
        """Return the information summed over the targets, for a chunk of the pool."""
        ratios, mean = _ratios(chunk, self.ratios.dtype, "draws_pool")
        # (n_rows * n_classes, n_draws)
        ratios = ratios.transpose(0, 2, 1).reshape(mean.size, -1)
        joint, logs = self._room(len(ratios))
        np.matmul(ratios, self.ratios, out=joint)
        finite_logs(joint, out=logs, smallest=min(ratios.min(), self.smallest))
        logs *= joint
        information = logs @ self.weights.astype(logs.dtype)
        information -= ratios @ self.sums - self.weights.sum()
        return np.vecdot(information.reshape(mean.shape), mean)

    def _room(self, n_rows):
        # The same memory for every chunk: fresh memory costs half of the arithmetic.
        if self._scratch.shape[1] < n_rows:
            self._scratch = np.empty((2, n_rows, len(self.weights)), self.ratios.dtype)
        return self._scratch[:, :n_rows]


def _ratios(chunk, dtype, name):
    """Return p / mean(p) over the draws, and the mean in float64."""
    ratios = normalised(chunk, _OWNER, name=name)
    mean = ratios.mean(axis=1)
    ratios /= np.where(mean == 0, 1, mean)[:, np.newaxis]
    ratios[ratios < _SMALLEST] = 0
    return ratios.astype(dtype, copy=False), mean
