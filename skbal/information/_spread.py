"""The spread of the draws of a row, for probabilities and for regression."""

import numpy as np

from skbal._utils.draws import check_draws, chunks_in_cache


def mean_std(draws):
    """Return the standard deviation over draws, averaged over outputs.

    sigma_c = sqrt(E_w[p_c^2] - E_w[p_c]^2), then the mean over c [1]_. The divisor is
    the number of draws. The function is meant for class probabilities. For draws of a
    regression, the result is in the units of y.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_outputs)
        Any finite numbers.

    Returns
    -------
    std : ndarray of shape (n_samples,), dtype=float64
        Not negative. For class probabilities at most 1/2.

    Raises
    ------
    ValueError
        If the draws have another shape, or hold NaN or infinity.

    References
    ----------
    .. [1] Y. Gal, R. Islam and Z. Ghahramani (2017), Deep Bayesian Active Learning with
       Image Data, section 4 (Mean STD).

    Examples
    --------
    >>> mean_std([[[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]]])
    array([0.5, 0. ])
    """
    return _spread(draws, "mean_std", lambda sums, n: np.sqrt(sums / n).mean(axis=1))


def predictive_variance(draws):
    """Return the trace of the covariance over draws, in squared units of y.

    The sum over outputs of the variance over draws. The divisor is the number of draws.
    For draws of the noise-free function, it is the variance that more labels can
    remove.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_outputs)
        Any finite numbers.

    Returns
    -------
    variance : ndarray of shape (n_samples,), dtype=float64
        Not negative.

    Raises
    ------
    ValueError
        If the draws have another shape, or hold NaN or infinity.

    Examples
    --------
    >>> predictive_variance([[[1.0], [3.0]], [[2.0], [2.0]]])
    array([1., 0.])
    """
    return _spread(draws, "predictive_variance", lambda sums, n: sums.sum(axis=1) / n)


def _spread(draws, owner, summarise):
    draws = check_draws(draws, owner)
    spread = np.empty(len(draws))
    for rows, chunk, _ in chunks_in_cache(draws):
        sums = _sums_of_squares(chunk, owner)
        spread[rows] = summarise(sums, draws.shape[1])
    return spread


def _sums_of_squares(chunk, owner):
    # E[p^2] - E[p]^2 would lose digits. The first draw is subtracted before the mean,
    # so that draws that agree have a spread of exactly 0.
    with np.errstate(invalid="ignore", over="ignore"):
        deviations = chunk.astype(np.float64)
        deviations -= chunk[:, :1]
        mean = np.full(chunk.shape[1], 1 / chunk.shape[1]) @ deviations
    if not np.isfinite(mean).all():
        raise ValueError(f"draws given to {owner} must be finite, got NaN or infinity.")
    deviations -= mean[:, np.newaxis]
    return np.einsum("nkc,nkc->nc", deviations, deviations)
