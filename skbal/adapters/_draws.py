"""Draws in the order of axes of other packages: functions of one array.

Ours are (n_samples, n_draws, n_classes) probabilities. baal has (n_samples, n_classes,
n_draws). batchbald_redux has our order, and logarithms.
"""

import numpy as np
from scipy.special import softmax

from skbal._utils.draws import check_draws
from skbal._utils.validation import as_numbers


def from_baal(predictions, *, logits=False):
    """Return draws from the predictions of baal.

    Parameters
    ----------
    predictions : array-like of shape (n_samples, n_outputs, n_draws)
        What ``ModelWrapper.predict_on_dataset`` returns with several iterations: baal
        has the draws on the last axis.
    logits : bool, default=False
        Whether these are the numbers before the softmax, as a network without one
        returns them. baal guesses this from the numbers.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)
        A view, or probabilities if these were logits.

    Raises
    ------
    ValueError
        If there are not three axes, or no draw.

    Examples
    --------
    Two draws of one row and three classes:

    >>> from skbal.adapters import from_baal
    >>> from_baal([[[0.5, 0.1], [0.3, 0.1], [0.2, 0.8]]]).tolist()
    [[[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]]
    """
    predictions = as_numbers(
        predictions, "predictions given to from_baal must be numbers"
    )
    if predictions.ndim != 3 or not predictions.shape[2]:
        raise ValueError(
            "predictions given to from_baal must have shape (n_samples, n_outputs, "
            f"n_draws) with at least one draw, got {predictions.shape}."
        )
    draws = np.swapaxes(predictions, 1, 2)
    return softmax(draws, axis=2) if logits else draws


def to_baal(draws):
    """Return draws with the draws on the last axis, as heuristics of baal take them.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_outputs)
        As `skbal.predict_samples` returns them.

    Returns
    -------
    predictions : ndarray of shape (n_samples, n_outputs, n_draws)
        A view.

    Raises
    ------
    ValueError
        If there are not three axes, or no draw.

    Examples
    --------
    >>> from skbal.adapters import to_baal
    >>> to_baal([[[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]]).shape
    (1, 3, 2)
    """
    return np.swapaxes(check_draws(draws, "to_baal"), 1, 2)


def from_batchbald_redux(log_probabilities):
    """Return draws from the logarithms of probabilities of batchbald_redux.

    Parameters
    ----------
    log_probabilities : array-like of shape (n_samples, n_draws, n_classes)
        ``log_probs_N_K_C``, in nats.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_classes)

    Raises
    ------
    ValueError
        If there are not three axes, no draw, or a logarithm above 0.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.adapters import from_batchbald_redux
    >>> from_batchbald_redux(np.log([[[0.5, 0.5], [0.9, 0.1]]])).round(6).tolist()
    [[[0.5, 0.5], [0.9, 0.1]]]
    """
    owner = "from_batchbald_redux"
    logs = check_draws(log_probabilities, owner, name="log_probabilities")
    largest = logs.max(initial=0)
    if not largest <= 1e-3:  # as far as a draw may be off in half precision
        raise ValueError(
            f"log_probabilities given to {owner} must be logarithms of probabilities, "
            f"0 or less, got {largest:.6g}."
        )
    return np.exp(logs)


def to_batchbald_redux(draws):
    """Return logarithms of class probabilities, as batchbald_redux takes them.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.

    Returns
    -------
    log_probabilities : ndarray of shape (n_samples, n_draws, n_classes)
        For ``torch.from_numpy``. For a probability of 0 it is the logarithm of the
        smallest normal number, because batchbald_redux computes ``exp(l) * l``.

    Raises
    ------
    ValueError
        If there are not three axes, no draw, or a negative number.

    Examples
    --------
    >>> from skbal.adapters import to_batchbald_redux
    >>> to_batchbald_redux([[[1.0, 0.0], [0.5, 0.5]]]).round(1).tolist()
    [[[0.0, -708.4], [-0.7, -0.7]]]
    """
    owner = "to_batchbald_redux"
    draws = check_draws(draws, owner)
    smallest = draws.min(initial=0)
    if not smallest >= 0:
        raise ValueError(
            f"draws given to {owner} must be class probabilities, got {smallest:.6g}."
        )
    return np.log(np.maximum(draws, np.finfo(draws.dtype).tiny))
