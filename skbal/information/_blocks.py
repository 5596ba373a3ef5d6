"""Checked arrays of draws, walked over in blocks of rows that fit into cache."""

import numpy as np
from sklearn.utils import check_array

BLOCK_NUMBERS = 2**19  # of a block and of its scratch: 2 MB each in float32


def check_draws(draws, owner, *, name="draws", n_outputs=1):
    """Return draws as a floating-point array of three axes, not copied if it is one.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_outputs)
        float32 and float64 stay, other numbers become float64.
    owner : str
        The function they were given to.
    name : str, default="draws"
        What that function calls them.
    n_outputs : int, default=1
        The fewest outputs allowed.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)

    Raises
    ------
    TypeError, ValueError
        If they are not numbers, not of three axes, or hold no draw or too few outputs.
    """
    draws = check_array(
        draws,
        dtype=[np.float64, np.float32],
        ensure_2d=False,
        allow_nd=True,
        ensure_all_finite=False,  # found block by block, while the block is in cache
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
    """Return draws of two classes or more, as `check_draws` does.

    That they are probabilities is checked by `mean_probability`, block by block.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities.
    owner : str
        The function they were given to.
    name : str, default="draws"
        What that function calls them.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_classes)
    """
    return check_draws(draws, owner, name=name, n_outputs=2)


def blocks(draws, numbers=None):
    """Yield the rows of each block, the block, and a scratch array of its shape.

    Parameters
    ----------
    draws : ndarray of shape (n_samples, ...)
        Never written to.
    numbers : int, optional
        How many numbers a block holds at most, if that is one row's or more; None
        takes what fits into cache.

    Yields
    ------
    rows : slice
        The place of the block in the draws.
    block : ndarray of shape (n_rows, ...)
        Contiguous; a view where the draws are.
    scratch : ndarray of shape (n_rows, ...)
        Free to write to; the memory is the same for every block, since fresh pages
        would cost as much as the arithmetic.
    """
    numbers = BLOCK_NUMBERS if numbers is None else numbers
    n_samples = len(draws)
    step = max(numbers // max(draws[:1].size, 1), 1)
    scratch = np.empty((min(step, n_samples), *draws.shape[1:]), draws.dtype)
    for start in range(0, n_samples, step):
        block = np.ascontiguousarray(draws[start : start + step])
        yield slice(start, start + len(block)), block, scratch[: len(block)]
