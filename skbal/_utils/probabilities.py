"""What ``predict_proba`` returns, once it is known to be probabilities."""

import numpy as np

from skbal.exceptions import NoDrawsError

_TOLERANCE = 1e-3  # for the sum of a row, enough for probabilities in float16


def one_draw(mean, n_samples, name):
    """Return what ``predict_proba`` returned as a single draw.

    Parameters
    ----------
    mean : array-like of shape (n_samples, n_classes)
        What it returned.
    n_samples : int
        Number of rows that it was given.
    name : str
        Name of the classifier, for messages.

    Returns
    -------
    draws : ndarray of shape (n_samples, 1, n_classes)
        May hold NaN and negative numbers.

    Raises
    ------
    NoDrawsError
        If it has another shape, or a row does not sum to one.
    """
    if not isinstance(mean, list):
        mean = np.asarray(mean)
        if mean.shape[:1] == (n_samples,) and mean.ndim == 2 and not _is_off(mean):
            return mean[:, np.newaxis]
    raise NoDrawsError(
        f"predict_proba of {name} must return an array of shape (n_samples, n_classes) "
        "whose rows sum to one. A classifier of several yes/no labels per row has a "
        "list of arrays as classes_, one for each label."
    )


def _is_off(mean):
    sums = mean.sum(axis=1)
    return bool((np.abs(sums - 1) > _TOLERANCE).any())  # false for NaN, refused later


def checked_mean(mean, n_samples, name, owner):
    """Return what ``predict_proba`` returned, once it is known to be probabilities.

    Parameters
    ----------
    mean : array-like of shape (n_samples, n_classes)
        What it returned.
    n_samples : int
        Number of rows that it was given.
    name : str
        Name of the classifier, for messages.
    owner : str
        Name of what uses the probabilities, for messages.

    Returns
    -------
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64

    Raises
    ------
    NoDrawsError
        As for `one_draw`.
    ValueError
        If a number is NaN, infinite or negative.

    Examples
    --------
    >>> checked_mean(np.array([[0.2, 0.8], [1.0, 0.0]]), 2, "Mine", "BAIT").shape
    (2, 2)
    >>> checked_mean(np.array([[1.5, -0.5]]), 1, "Mine", "BAIT")
    Traceback (most recent call last):
        ...
    ValueError: predict_proba of Mine given to BAIT must be class probabilities, got the
    negative -0.5.
    """
    probabilities = one_draw(mean, n_samples, name)[:, 0].astype(np.float64)
    given = f"predict_proba of {name} given to {owner}"
    if not np.isfinite(probabilities).all():
        raise ValueError(f"{given} must be finite, got NaN or infinity.")
    if probabilities.size and probabilities.min() < 0:
        raise ValueError(
            f"{given} must be class probabilities, got the negative "
            f"{probabilities.min():.6g}."
        )
    return probabilities
