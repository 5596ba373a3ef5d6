"""Information of several yes/no labels of a row, label by label and jointly.

Given the weights, the labels of a row are independent. So the draws of one row are like
those of a batch with one row per label, and the joint information is that of BatchBALD,
with the probability of a configuration y, such as (yes, no, no), under draw k:

    p_k(y) = prod_l  p_kl if y_l = 1, else 1 - p_kl.
"""

from functools import partial

import numpy as np

from skbal._utils.chunks import chunks
from skbal._utils.draws import NUMBERS_IN_CACHE, check_draws
from skbal._utils.multilabel import no_and_yes
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count
from skbal.information._entropy import mutual_information
from skbal.information._probabilities import finite_logs, without_rounding

_OWNER = "joint_label_information"


def label_information(draws):
    """Return the information between each label of a row and the weights, in nats.

    I[y_l; w | x] for each of several yes/no labels: `mutual_information` of the label
    alone [1]_. The sum over labels counts information that two labels share twice;
    `joint_label_information` counts it once.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_labels)
        Joint draws of the probability of yes.

    Returns
    -------
    information : ndarray of shape (n_samples, n_labels), dtype=float64
        In [0, log(2)].

    Raises
    ------
    ValueError
        If the draws have another shape or are not probabilities.

    References
    ----------
    .. [1] N. Houlsby, F. Huszár, Z. Ghahramani and M. Lengyel (2011), Bayesian Active
       Learning for Classification and Preference Learning, equation (2).

    Examples
    --------
    The two draws disagree about the first label, and agree about the second:

    >>> label_information([[[0.0, 0.5], [1.0, 0.5]]]).round(4)
    array([[0.6931, 0.    ]])
    """
    draws = _check_labels(draws, "label_information")
    columns = [
        mutual_information(no_and_yes(draws[:, :, label]))
        for label in range(draws.shape[2])
    ]
    return np.stack(columns, axis=1)


def joint_label_information(draws, *, n_configurations=1024, random_state=None):
    """Return the information between all labels of a row and the weights, in nats.

    I[y_1, ..., y_L; w | x] = H[y_1, ..., y_L | x] - sum_l E_w H[y_l | x, w] for several
    yes/no labels of a row, which are independent if the weights are known. It is the
    information of a batch in BatchBALD [1]_, with the labels in place of the rows.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_labels)
        Joint draws of the probability of yes. Draw k is one set of weights for all
        labels.
    n_configurations : int, default=1024
        Largest number of configurations of the labels. If there are at most so many,
        that is if 2**n_labels is not larger, the sum is over all of them and exact.
        Otherwise this number of configurations is sampled for each row, equally many
        from each draw and at least one. The standard error is then about 1 /
        sqrt(n_configurations) nats.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the sampled configurations. All rows use the same random numbers, so
        their differences are more accurate than their values.

    Returns
    -------
    information : ndarray of shape (n_samples,), dtype=float64
        Not negative, and at most the logarithm of the number of draws. If it is exact,
        it is also at most the sum of `label_information` over labels, and at least the
        largest of them.

    Raises
    ------
    TypeError
        If ``n_configurations`` is not an integer.
    ValueError
        If the draws have another shape or are not probabilities, or if
        ``n_configurations`` is less than 1.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 3.

    Examples
    --------
    In the first row, the second label tells what the first told. In the second row, the
    four draws are told apart by both labels together:

    >>> alike = [[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]]
    >>> apart = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    >>> joint_label_information([alike, apart]).round(4)
    array([0.6931, 1.3863])
    >>> label_information([alike, apart]).sum(axis=1).round(4)
    array([1.3863, 1.3863])
    """
    draws = _check_labels(draws, _OWNER)
    most = check_count(n_configurations, "n_configurations", _OWNER)
    n_labels = draws.shape[2]
    # Not 2**n_labels, which is a huge number for a thousand labels.
    if n_labels < most.bit_length():
        function, per_row = _exact, max(2**n_labels, 8 * draws.shape[1] * n_labels)
    else:
        uniforms = _uniforms(draws, most, check_seed(random_state, _OWNER))
        function, per_row = partial(_sampled, uniforms), NUMBERS_IN_CACHE
    information = np.empty(len(draws))
    for rows in chunks(len(draws), max(NUMBERS_IN_CACHE // per_row, 1)):
        information[rows] = function(draws[rows].astype(np.float64))
    return information


def _check_labels(draws, owner):
    draws = check_draws(draws, owner)
    outside = ~((draws >= 0) & (draws <= 1))  # true for NaN, too
    if outside.any():
        raise ValueError(
            f"draws given to {owner} must be probabilities of yes, in [0, 1], got "
            f"{draws[outside][0]:.6g}."
        )
    return draws


def _exact(yes):
    """Return the information of rows, by a sum over all configurations."""
    both = no_and_yes(yes)  # (n_rows, n_draws, n_labels, 2)
    half = (yes.shape[2] + 1) // 2
    left, right = _configurations(both[:, :, :half]), _configurations(both[:, :, half:])
    # (n_rows, n_left, n_draws) @ (n_rows, n_draws, n_right) -> all configurations.
    mean = left.swapaxes(1, 2) @ (right / yes.shape[1])
    mean = mean.reshape(len(yes), -1)
    entropy = -np.vecdot(mean, finite_logs(mean))
    expected = -np.vecdot(both, finite_logs(both)).sum(axis=2).mean(axis=1)
    return without_rounding(entropy - expected, entropy)


def _configurations(both):
    # Each label multiplies the columns by its answers:
    # (n_rows, n_draws, n, 1) * (n_rows, n_draws, 1, 2) -> (n_rows, n_draws, 2 n)
    products = np.ones((*both.shape[:2], 1))
    for label in range(both.shape[2]):
        products = products[..., np.newaxis] * both[:, :, np.newaxis, label]
        products = products.reshape(*both.shape[:2], -1)
    return products


def _uniforms(draws, n_configurations, seed):
    """Return random numbers of shape (n_draws, configurations of each, n_labels)."""
    n_draws, n_labels = draws.shape[1:]
    n_each = -(-n_configurations // n_draws)
    return stream(seed, "configurations").random((n_draws, n_each, n_labels))


def _sampled(uniforms, rows):
    return np.array([_sampled_of_row(uniforms, yes) for yes in rows])


def _sampled_of_row(uniforms, yes):
    """Return the estimate of one row, whose yes has shape (n_draws, n_labels).

    A configuration y sampled from draw k has the expected log(p_k(y) / p(y)), where p
    is the mean over draws. It is 0 for each y if all draws agree.
    """
    answers = (uniforms < yes[:, np.newaxis]).astype(np.float64)
    n_draws, n_each, n_labels = answers.shape
    answers = answers.reshape(-1, n_labels)  # those of draw 0 first
    # (configurations, n_draws): the logarithm of the probability under each draw.
    of_no = finite_logs(1 - yes)
    logs = answers @ (finite_logs(yes) - of_no).T + of_no.sum(axis=1)
    own = logs[np.arange(len(logs)), np.repeat(np.arange(n_draws), n_each)]
    largest = logs.max(axis=1)  # or a product of many labels would be 0
    sums = np.exp(np.subtract(logs, largest[:, np.newaxis], out=logs), out=logs)
    difference = own - largest - np.log(sums.mean(axis=1))
    information = np.array([difference.mean()])
    return without_rounding(information, np.abs(own).max())[0]
