"""Probabilities at a temperature, and the temperature that fits labels best.

Equations are those of Guo et al. (2017), On calibration of modern neural networks,
ICML: the logits z of a row become z / T, where T is the same for all rows and classes.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

_TINY = 1e-12  # added to probabilities, as scikit-learn does, for the logarithm of 0
LARGEST = 20.0  # temperature; the smallest is its inverse


def at_temperature(probabilities, temperature):
    """Return softmax(log(p) / T).

    Parameters
    ----------
    probabilities : ndarray of shape (..., n_classes)
        Class probabilities.
    temperature : float
        Above 1 they come closer to each other, below 1 they come closer to 0 and 1.

    Returns
    -------
    scaled : ndarray of shape (..., n_classes)
        In the same precision. The order of the classes stays.

    Examples
    --------
    >>> at_temperature(np.array([0.8, 0.2]), 2.0).round(3)
    array([0.667, 0.333])
    """
    logits = _logits(probabilities) / temperature
    return softmax(logits, axis=-1).astype(probabilities.dtype, copy=False)


def _logits(probabilities):
    return np.log(probabilities.astype(np.float64) + _TINY)


def moved_to_mean(draws, temperature):
    """Return draws whose mean is that of the given draws at a temperature, exactly.

    What a class has too much of in the mean is taken from it in each draw, as the same
    part of what the draw gives it. It goes to the classes that have too little in the
    mean, in equal parts of what they lack. So a row of draws that agree agrees
    afterwards, and the draws stay class probabilities of one set of weights each: the
    label is as if misread with known probabilities.

    Parameters
    ----------
    draws : ndarray of shape (n_samples, n_draws, n_classes)
        Draws of class probabilities.
    temperature : float
        See `at_temperature`.

    Returns
    -------
    moved : ndarray of shape (n_samples, n_draws, n_classes)
        In the same precision.

    Examples
    --------
    Two draws with the mean (0.8, 0.2), which becomes (2/3, 1/3):

    >>> draws = np.array([[[1.0, 0.0], [0.6, 0.4]]])
    >>> moved_to_mean(draws, 2.0).round(3)
    array([[[0.833, 0.167],
            [0.5  , 0.5  ]]])
    """
    mean = draws.mean(axis=1, dtype=np.float64, keepdims=True)
    wanted = at_temperature(mean, temperature)
    lacking = np.maximum(wanted - mean, 0)  # (n_samples, 1, n_classes)
    lacking /= np.maximum(lacking.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    kept = np.where(wanted < mean, wanted / np.maximum(mean, _TINY), 1.0)
    taken = (draws * (1 - kept)).sum(axis=-1, keepdims=True)
    moved = draws * kept + taken * lacking
    return moved.astype(draws.dtype, copy=False)


def best_temperature(draws, codes, weights):
    """Return the temperature with the smallest log loss of held-out labels.

    Parameters
    ----------
    draws : ndarray of shape (n_samples, n_draws, n_classes)
        Draws for rows that the model was not fitted on. The prediction is the mean over
        draws of `at_temperature`, so a single draw is scaled itself.
    codes : ndarray of shape (n_samples,)
        Column of the true class of each row.
    weights : ndarray of shape (n_samples,)
        Weights of the rows, not all zero.

    Returns
    -------
    temperature : float
        Between 1 / `LARGEST` and `LARGEST`.
    """
    logits = _logits(draws)
    column = np.broadcast_to(codes[:, np.newaxis, np.newaxis], (*draws.shape[:2], 1))

    def loss(log_temperature):
        logs = log_softmax(logits * np.exp(-log_temperature), axis=-1)
        of_truth = np.take_along_axis(logs, column, axis=-1)[..., 0]
        largest = of_truth.max(axis=1)
        mean = np.exp(of_truth - largest[:, np.newaxis]).mean(axis=1)
        return -np.average(largest + np.log(mean), weights=weights)

    bound = np.log(LARGEST)
    found = minimize_scalar(
        loss, bounds=(-bound, bound), method="bounded", options={"xatol": 1e-9}
    )
    return float(np.exp(found.x))


def at_a_bound(temperature):
    """Return whether a temperature is as small or as large as it may be.

    Parameters
    ----------
    temperature : float
        As `best_temperature` returns it.

    Returns
    -------
    at_bound : bool
    """
    return bool(abs(np.log(temperature)) > np.log(LARGEST) - 1e-3)
