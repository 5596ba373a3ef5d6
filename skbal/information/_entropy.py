"""Entropies of class probabilities, and other measures of how uncertain a label is."""

import numpy as np

from skbal._utils.draws import check_probabilities, chunks_in_cache
from skbal.information._probabilities import (
    mean_negentropy,
    mean_probability,
    sum_p_log_p,
    without_rounding,
)


def predictive_entropy(draws):
    """Return the entropy of the mean probabilities, in nats.

    H[y | x] = -sum_c p_c log p_c, where p is the mean over draws. This is the whole
    uncertainty about the label, whether the draws agree or not [1]_.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.

    Returns
    -------
    entropy : ndarray of shape (n_samples,), dtype=float64
        In [0, log(n_classes)].

    Raises
    ------
    ValueError
        If there are fewer than two classes or no draws, or if the numbers are not
        probabilities.

    References
    ----------
    .. [1] Y. Gal, R. Islam and Z. Ghahramani (2017), Deep Bayesian Active Learning with
       Image Data, section 4.

    Examples
    --------
    >>> predictive_entropy([[[1.0, 0.0], [0.0, 1.0]]]).round(4)
    array([0.6931])
    """
    owner = "predictive_entropy"
    draws = check_probabilities(draws, owner)
    entropy = np.empty(len(draws))
    for rows, chunk, _ in chunks_in_cache(draws):
        mean, _ = mean_probability(chunk, owner)
        entropy[rows] = _entropy(mean)
    return entropy


def expected_entropy(draws):
    """Return the mean over draws of the entropy of each draw, in nats.

    E_w H[y | x, w] is the uncertainty that would remain if the weights were known.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.

    Returns
    -------
    entropy : ndarray of shape (n_samples,), dtype=float64
        In [0, log(n_classes)], and never more than `predictive_entropy`.

    Raises
    ------
    ValueError
        If there are fewer than two classes or no draws, or if the numbers are not
        probabilities.

    Examples
    --------
    >>> expected_entropy([[[1.0, 0.0], [0.5, 0.5]]]).round(4)
    array([0.3466])
    """
    owner = "expected_entropy"
    draws = check_probabilities(draws, owner)
    entropy = np.empty(len(draws))
    for rows, chunk, scratch in chunks_in_cache(draws):
        _, smallest = mean_probability(chunk, owner)
        entropy[rows] = _expected_entropy(chunk, scratch, smallest)
    return entropy


def mutual_information(draws):
    """Return the information between label and weights (BALD), in nats.

    I[y; w | x] = H[y | x] - E_w H[y | x, w] [1]_. It is large if each draw is certain
    of a label but the draws disagree, and 0 if all draws agree.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.

    Returns
    -------
    information : ndarray of shape (n_samples,), dtype=float64
        In [0, log(n_classes)]. Values below the rounding error of the two entropies
        (near 1e-13 for float64 draws, 1e-7 for float32 draws) are set to 0.

    Raises
    ------
    ValueError
        If there are fewer than two classes or no draws, or if the numbers are not
        probabilities.

    References
    ----------
    .. [1] N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel (2011), Bayesian Active
       Learning for Classification and Preference Learning, equation (2).

    Examples
    --------
    In the first row the draws disagree. In the second row they agree that the label is
    uncertain:

    >>> draws = [[[1.0, 0.0], [0.0, 1.0]], [[0.5, 0.5], [0.5, 0.5]]]
    >>> mutual_information(draws).round(4)
    array([0.6931, 0.    ])
    """
    owner = "mutual_information"
    draws = check_probabilities(draws, owner)
    information = np.empty(len(draws))
    for rows, chunk, scratch in chunks_in_cache(draws):
        mean, smallest = mean_probability(chunk, owner)
        entropy = _entropy(mean)
        difference = entropy - _expected_entropy(chunk, scratch, smallest)
        information[rows] = without_rounding(difference, entropy, draws.dtype)
    return information


def variation_ratio(draws):
    """Return one minus the largest mean probability, a number in [0, 1).

    1 - max_c p(y = c | x), as Gal et al. use it for the draws of a network [1]_. It is
    the probability that the most probable label is wrong.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.

    Returns
    -------
    ratio : ndarray of shape (n_samples,), dtype=float64
        In [0, 1 - 1 / n_classes].

    Raises
    ------
    ValueError
        If there are fewer than two classes or no draws, or if the numbers are not
        probabilities.

    References
    ----------
    .. [1] Y. Gal, R. Islam and Z. Ghahramani (2017), Deep Bayesian Active Learning with
       Image Data, section 4.

    Examples
    --------
    >>> variation_ratio([[[1.0, 0.0], [0.5, 0.5]]])
    array([0.25])
    """
    owner = "variation_ratio"
    draws = check_probabilities(draws, owner)
    ratio = np.empty(len(draws))
    for rows, chunk, _ in chunks_in_cache(draws):
        mean, _ = mean_probability(chunk, owner)
        # Rounding may lift the largest probability a little above one.
        ratio[rows] = np.maximum(1 - mean.max(axis=1), 0)
    return ratio


def margin(draws):
    """Return the difference between the two largest mean probabilities.

    A row with a small margin lies near the border between two classes [1]_.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.

    Returns
    -------
    margin : ndarray of shape (n_samples,), dtype=float64
        In [0, 1]. Lower is less certain, unlike in the other functions.

    Raises
    ------
    ValueError
        If there are fewer than two classes or no draws, or if the numbers are not
        probabilities.

    References
    ----------
    .. [1] T. Scheffer, C. Decomain and S. Wrobel (2001), Active Hidden Markov Models
       for Information Extraction, section 4.

    Examples
    --------
    >>> margin([[[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]])
    array([0.25])
    """
    owner = "margin"
    draws = check_probabilities(draws, owner)
    difference = np.empty(len(draws))
    for rows, chunk, _ in chunks_in_cache(draws):
        mean, _ = mean_probability(chunk, owner)
        largest = np.partition(mean, -2, axis=1)[:, -2:]
        # Rounding may lift the largest probability a little above one.
        difference[rows] = np.minimum(largest[:, 1] - largest[:, 0], 1)
    return difference


def _entropy(mean):
    # Rounding may lift a probability above one, and its entropy below zero.
    return np.maximum(-sum_p_log_p(mean), 0)


def _expected_entropy(chunk, scratch, smallest):
    return np.maximum(-mean_negentropy(chunk, scratch, smallest), 0)
