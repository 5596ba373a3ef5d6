"""Data sets with noisy copies of each row, for which batches of top scores fail."""

import numpy as np
from sklearn.utils import check_array, check_consistent_length

from skbal._utils.arrays import as_array
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import MOST_IN_MEMORY, check_count, check_real

_OWNER = "make_repeated"


def make_repeated(
    X, y, n_repeats=3, noise=0.1, random_state=None, *, return_index=False
):
    """Return several copies of every row, each with Gaussian noise of its own.

    Repeated MNIST [1]_ is made in this way. Copies of an image have nearly the same
    score, so a strategy that scores one row at a time fills its batches with copies.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Rows of any shape, such as features or images.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Labels or targets of the rows. They are copied without noise.
    n_repeats : int, default=3
        Number of copies of each row. All of them are noisy, also the first.
    noise : float, default=0.1
        Standard deviation of the noise, in the units of X. The published value 0.1 is
        for images scaled to mean 0 and variance 1. For MNIST, subtract 0.1307 from
        pixels in [0, 1] and divide by 0.3081. 0 gives exact copies. Values are not
        clipped to a range.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same noise at every call. Copy k of the rows does not
        depend on ``n_repeats``.
    return_index : bool, default=False
        Whether to return ``index``, too.

    Returns
    -------
    X_repeated : ndarray of shape (n_repeats * n_samples, ...)
        All rows in their order, then all of them again, and so on: row i is a copy of
        row ``i % n_samples``. float32 stays float32, any other dtype becomes float64.
    y_repeated : ndarray of shape (n_repeats * n_samples,) or \
(n_repeats * n_samples, n_outputs)
        Labels or targets in the same order.
    index : ndarray of shape (n_repeats * n_samples,), dtype=intp
        For each row, the row of X that it is a copy of. Only with ``return_index``.

    Raises
    ------
    TypeError
        If a parameter has a wrong type, or X is sparse.
    ValueError
        If ``n_repeats`` is below 1, ``noise`` is negative, X is empty or contains NaN
        or infinity, or X and y differ in length.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 4.1.

    Examples
    --------
    >>> from skbal.datasets import make_repeated
    >>> X, y, index = make_repeated(
    ...     [[0.0], [10.0]], ["low", "high"], random_state=0, return_index=True
    ... )
    >>> y.tolist()
    ['low', 'high', 'low', 'high', 'low', 'high']
    >>> index
    array([0, 1, 0, 1, 0, 1])
    >>> X.round().ravel() + 0.0
    array([ 0., 10.,  0., 10.,  0., 10.])
    """
    n_repeats = check_count(n_repeats, "n_repeats", _OWNER, most=MOST_IN_MEMORY)
    noise = check_real(noise, "noise", _OWNER, low=0)
    seed = check_seed(random_state, _OWNER)
    X = check_array(
        X,
        dtype=(np.float64, np.float32),
        allow_nd=True,
        estimator=_OWNER,
        input_name="X",
    )
    y = as_array(y, f"y of {_OWNER}")
    check_consistent_length(X, y)
    index = np.tile(np.arange(len(X)), n_repeats)
    repeated = _noisy_copies(X, n_repeats, noise, seed), y[index]
    return (*repeated, index) if return_index else repeated


def _noisy_copies(X, n_repeats, noise, seed):
    # The noise is drawn into the result, so nothing else of its size is in memory.
    copies = np.empty((n_repeats, *X.shape), dtype=X.dtype)
    for number, copy in enumerate(copies):
        rng = stream(seed, _OWNER, number)
        rng.standard_normal(out=copy, dtype=copy.dtype)
        copy *= noise
        copy += X
    # (n_repeats, n_samples, ...) -> (n_repeats * n_samples, ...)
    return copies.reshape(-1, *X.shape[1:])
