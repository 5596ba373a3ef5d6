"""Sums over chunks of class probabilities, fast enough for a whole pool.

NumPy's sums over a short last axis are slow, since they start a loop for a few numbers.
So the sums are matrix products. Groups of up to ten draws, and groups of up to 256
numbers p log p, are added in the precision of the array, and the groups in float64.
Entropies of float32 draws are accurate to a few 1e-7 nats (a test holds them to 1e-6).
"""

import numpy as np

_PART = 256  # numbers whose p log p is summed in the precision of the array
_ROUNDING = 1e-13  # error of float64 sums over thousands of draws
_TOLERANCE = 1e-3  # for the sum of a draw, enough for probabilities in float16


def mean_probability(chunk, owner, *, name="draws"):
    """Return the mean over draws and the smallest number of a chunk of probabilities.

    Parameters
    ----------
    chunk : ndarray of shape (n_rows, n_draws, n_classes)
        Contiguous, at least one row.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    mean : ndarray of shape (n_rows, n_classes), dtype=float64
    smallest : float
        Smallest number of the chunk. If it is above 0, `sum_p_log_p` is faster.

    Raises
    ------
    ValueError
        If a number is NaN, infinite or negative, or a draw does not sum to one.
    """
    n_rows, n_draws, n_classes = chunk.shape
    smallest = chunk.min()
    if not smallest >= 0:  # also true of NaN
        raise _not_probabilities(chunk, owner, name)
    size = _group_size(n_draws)
    with np.errstate(over="ignore"):
        if _is_off(chunk.reshape(-1, n_classes)):
            raise _not_probabilities(chunk, owner, name)
        groups = np.ones(size, chunk.dtype) @ chunk.reshape(n_rows, size, -1)
    groups = groups.reshape(n_rows, n_draws // size, n_classes).astype(np.float64)
    return np.full(n_draws // size, 1 / n_draws) @ groups, smallest


def mean_negentropy(chunk, scratch, smallest):
    """Return the mean over draws of the sum over classes of p log p, in float64.

    Parameters
    ----------
    chunk : ndarray of shape (n_rows, n_draws, n_classes)
        Probabilities, contiguous.
    scratch : ndarray of the same shape and dtype
        Overwritten.
    smallest : float
        Smallest number of the chunk.

    Returns
    -------
    negentropy : ndarray of shape (n_rows,), dtype=float64
    """
    n_rows, n_draws, n_classes = chunk.shape
    parts = (n_rows, _n_parts(n_draws, n_classes), -1)
    chunk, scratch = chunk.reshape(parts), scratch.reshape(parts)
    negentropy = sum_p_log_p(chunk, logs=scratch, smallest=smallest)
    return negentropy.sum(axis=1, dtype=np.float64) / n_draws


def sum_p_log_p(p, *, logs=None, smallest=0.0):
    """Return the sum of p log p over the last axis, where 0 log 0 is 0.

    Parameters
    ----------
    p : ndarray of shape (..., n)
        Not negative.
    logs : ndarray of the same shape and dtype, optional
        Array for the logarithms. It is overwritten.
    smallest : float, default=0.0
        Smallest p, if it is known.

    Returns
    -------
    negentropy : ndarray of shape (...)
    """
    return np.vecdot(p, finite_logs(p, out=logs, smallest=smallest))


def finite_logs(p, *, out=None, smallest=0.0):
    """Return log p, and a finite number where p is 0.

    Parameters
    ----------
    p : ndarray
        Not negative.
    out : ndarray of the same shape and dtype, optional
        Array for the logarithms. It is overwritten.
    smallest : float, default=0.0
        Smallest p, if it is known.

    Returns
    -------
    logs : ndarray
        As large as p.
    """
    if smallest > 0:
        return np.log(p, out=out)
    # scipy.special.entr is ten times slower. Adding the smallest normal number makes
    # the logarithm of 0 finite, and changes no other p that matters.
    out = np.add(p, np.finfo(p.dtype).tiny, out=out)
    return np.log(out, out=out)


def normalised(chunk, owner, *, name="draws"):
    """Return a chunk of probabilities in float64, where each draw sums to one exactly.

    If entropies of different arrays are subtracted, draws that sum to one only in
    float32 would leave an error of 1e-7 nats.

    Parameters
    ----------
    chunk : ndarray of shape (n_rows, n_draws, n_classes)
        Contiguous, at least one row.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    chunk : ndarray of shape (n_rows, n_draws, n_classes), dtype=float64
        A new array.

    Raises
    ------
    ValueError
        As `mean_probability`.
    """
    mean_probability(chunk, owner, name=name)
    return chunk / chunk.sum(axis=-1, dtype=np.float64, keepdims=True)


def without_rounding(information, entropy, dtype=np.float64):
    """Set information to zero, in place, if it is below the rounding of the entropies.

    Information is a difference of entropies. If all draws agree, it is 0, but rounding
    leaves small numbers of either sign, and a strategy would rank rows by them.

    Parameters
    ----------
    information : ndarray
        Differences of entropies, float64.
    entropy : ndarray or float
        The larger entropy.
    dtype : dtype, default=float64
        Precision in which the entropies were computed.

    Returns
    -------
    information : ndarray
        The same array, without negative numbers.
    """
    noise = max(2 * np.finfo(dtype).eps, _ROUNDING) * (1 + entropy)
    information[information < noise] = 0.0
    return information


def _is_off(probabilities):
    """Return whether a row does not sum to one."""
    sums = probabilities @ np.ones(probabilities.shape[-1], probabilities.dtype)
    return not np.abs(sums - 1).max() <= _TOLERANCE  # also true of NaN


def _group_size(n_draws):
    return next(size for size in range(10, 0, -1) if n_draws % size == 0)


def _n_parts(n_draws, n_classes):
    # The fewest equal parts of at most 256 numbers. A draw is never split.
    most = max(_PART // n_classes, 1)
    sizes = range(min(most, n_draws), 0, -1)
    return n_draws // next(size for size in sizes if n_draws % size == 0)


def _not_probabilities(chunk, owner, name):
    given = f"{name} given to {owner}"
    if not np.isfinite(chunk).all():
        return ValueError(f"{given} must be finite, got NaN or infinity.")
    if chunk.min() < 0:
        return ValueError(
            f"{given} must be class probabilities, got the negative {chunk.min():.6g}."
        )
    sums = chunk.sum(axis=-1, dtype=np.float64)
    return ValueError(
        f"{given} must be class probabilities that sum to one over the last axis, "
        f"got sums from {sums.min():.6g} to {sums.max():.6g}."
    )
