"""Checked arrays of draws, and chunks of their rows that fit into the cache."""

import numpy as np
from sklearn.utils import check_array

from skbal._utils.chunks import chunks

NUMBERS_IN_CACHE = 2**19  # a chunk and its scratch are 2 MB each in float32


def check_draws(draws, owner, *, name="draws", n_outputs=1):
    """Return draws as a floating-point array of three axes.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_outputs)
        float32 and float64 are not copied. Other numbers become float64.
    owner : str
        Name of the caller, for messages.
    name : str, default="draws"
        Name of the argument.
    n_outputs : int, default=1
        Smallest number of outputs allowed.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)

    Raises
    ------
    TypeError, ValueError
        If the draws are not numbers, do not have three axes, or have no draw or too few
        outputs.
    """
    draws = check_array(
        draws,
        dtype=[np.float64, np.float32],
        ensure_2d=False,
        allow_nd=True,
        ensure_all_finite=False,  # checked chunk by chunk, while a chunk is in cache
        ensure_min_samples=0,
        estimator=owner,
        input_name=name,
    )
    if draws.ndim != 3 or draws.shape[1] < 1 or draws.shape[2] < n_outputs:
        columns = "one output" if n_outputs == 1 else "two classes"
        raise ValueError(
            f"{name} given to {owner} must have shape (n_samples, n_draws, n_outputs) "
            f"with at least one draw and {columns}, got shape {draws.shape}."
        )
    return draws


def check_probabilities(draws, owner, *, name="draws"):
    """Return draws of at least two classes as a floating-point array of three axes.

    Whether each draw sums to one is checked chunk by chunk, by `mean_probability`.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities.
    owner : str
        Name of the caller, for messages.
    name : str, default="draws"
        Name of the argument.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_classes)
    """
    return check_draws(draws, owner, name=name, n_outputs=2)


def chunks_in_cache(draws, numbers=None):
    """Yield chunks of the rows that fit into the processor's cache.

    Parameters
    ----------
    draws : ndarray of shape (n_samples, ...)
        Never written to.
    numbers : int, optional
        Largest number of numbers in a chunk, unless a single row has more. ``None`` is
        what fits into the cache.

    Yields
    ------
    rows : slice
        Rows of the chunk.
    chunk : ndarray of shape (n_rows, ...)
        Contiguous. A view where the draws are contiguous.
    scratch : ndarray of shape (n_rows, ...)
        Free to write to. The memory is the same for every chunk, since fresh memory
        would cost as much as the arithmetic.
    """
    numbers = NUMBERS_IN_CACHE if numbers is None else numbers
    step = max(numbers // max(draws[:1].size, 1), 1)
    scratch = np.empty((min(step, len(draws)), *draws.shape[1:]), draws.dtype)
    for rows in chunks(len(draws), step):
        chunk = np.ascontiguousarray(draws[rows])
        yield rows, chunk, scratch[: len(chunk)]
