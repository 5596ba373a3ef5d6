"""Noise on labels, as functions of the true labels and a seed.

The noise of a row depends on the seed, on its position and on its label, and not on
which other rows are asked about.
"""

import numpy as np

from skbal._utils.random import stream


def uniform_noise(codes, n_classes, noise, seed):
    """Return classes of which some are replaced by another class, each equally likely.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        The true classes, in [0, n_classes).
    n_classes : int
        2 or more.
    noise : float
        Probability that a class is replaced.
    seed : int
        With one seed, rows that are wrong with little noise are wrong with more noise,
        too.

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
    """Return classes of which some are replaced by the next, the last by the first.

    Parameters
    ----------
    codes, n_classes, noise, seed
        As for `uniform_noise`.

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
        Row c holds the probability of each answer if class c is true.
    seed : int
        Decides the answers.

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> confusion_noise(np.array([0, 1, 1]), np.array([[1.0, 0.0], [1.0, 0.0]]), 0)
    array([0, 0, 0])
    """
    cumulative = np.cumsum(confusion, axis=1)
    cumulative /= cumulative[:, -1:]  # a class with probability 0 at the end stays 0
    drawn = stream(seed, "confusion").random(len(codes))
    answers = np.empty(len(codes), dtype=np.intp)
    for code in np.unique(codes):
        rows = codes == code
        answers[rows] = np.searchsorted(cumulative[code], drawn[rows], side="right")
    return answers


def normal_noise(y, std, seed):
    """Return numbers with Gaussian noise.

    Parameters
    ----------
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        The numbers. float32 stays float32.
    std : float
        Standard deviation of the noise, in the units of y.
    seed : int
        Decides the noise.

    Returns
    -------
    y : ndarray of the same shape
        The noisy numbers, as floats. Equal to y if ``std`` is 0.
    """
    y = y.astype(np.result_type(y.dtype, np.float32), copy=False)
    return y + (std * stream(seed, "normal").standard_normal(y.shape)).astype(y.dtype)


def _is_wrong(codes, noise, seed):
    return stream(seed, "wrong").random(len(codes)) < noise
