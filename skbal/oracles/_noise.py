"""How answers go wrong: pure functions of true labels and a seed.

What happens to a row depends on the seed, its place and its label, never on what else
is asked.
"""

import numpy as np

from skbal._utils.random import stream


def uniform_noise(codes, n_classes, noise, seed):
    """Return classes of which some became another one, each as likely.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        The true classes, in [0, n_classes).
    n_classes : int
        2 or more.
    noise : float
        The chance of each to change.
    seed : int
        The same rows change with less noise as with more, as far as they do.

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> uniform_noise(np.array([0, 1, 1]), 2, noise=1.0, seed=0)
    array([1, 0, 0])
    """
    steps = stream(seed, "step").integers(1, n_classes, len(codes))
    return np.where(_is_wrong(codes, noise, seed), (codes + steps) % n_classes, codes)


def pair_noise(codes, n_classes, noise, seed):
    """Return classes of which some became the next one, the last one the first.

    Parameters
    ----------
    codes, n_classes, noise, seed
        As `uniform_noise` takes them.

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> pair_noise(np.array([0, 1, 2]), 3, noise=1.0, seed=0)
    array([1, 2, 0])
    """
    return np.where(_is_wrong(codes, noise, seed), (codes + 1) % n_classes, codes)


def confusion_noise(codes, confusion, seed):
    """Return classes drawn from the row of a confusion matrix.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        The true classes.
    confusion : ndarray of shape (n_classes, n_classes)
        Row c is the distribution of what class c becomes.
    seed : int

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> confusion_noise(np.array([0, 1, 1]), np.array([[1.0, 0.0], [1.0, 0.0]]), 0)
    array([0, 0, 0])
    """
    chances = np.cumsum(confusion, axis=1)
    chances /= chances[:, -1:]  # a last chance of 0 stays one
    drawn = stream(seed, "confusion").random(len(codes))
    answers = np.empty(len(codes), dtype=np.intp)
    for code in np.unique(codes):
        rows = codes == code
        answers[rows] = np.searchsorted(chances[code], drawn[rows], side="right")
    return answers


def normal_noise(y, std, seed):
    """Return numbers with a normal error.

    Parameters
    ----------
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Numbers; float32 stays float32.
    std : float
        The standard deviation of the error, in units of y.
    seed : int

    Returns
    -------
    y : ndarray of the same shape
        Floats; y itself where ``std`` is 0.
    """
    y = y.astype(np.result_type(y.dtype, np.float32), copy=False)
    return y + (std * stream(seed, "normal").standard_normal(y.shape)).astype(y.dtype)


def _is_wrong(codes, noise, seed):
    return stream(seed, "wrong").random(len(codes)) < noise
