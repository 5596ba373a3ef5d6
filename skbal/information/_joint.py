"""Joint entropy and information of the labels of a batch, summed over configurations.

The probabilities of all configurations of labels are one matrix product. Each half of
the rows gives a matrix of shape (n_draws, configurations of that half). The product of
the two over draws, divided by n_draws, has one number per configuration.
"""

import numpy as np
from sklearn.utils import gen_batches

from skbal._utils.draws import NUMBERS_IN_CACHE, check_probabilities
from skbal.information._probabilities import (
    normalised,
    sum_p_log_p,
    without_rounding,
)

_LARGEST = 10_000_000  # configurations of labels


def joint_entropy(draws_of_a_batch):
    """Return the joint entropy of all labels of a batch, in nats.

    H[y_1, ..., y_b], where the joint probability of the labels is the mean over draws
    of the product of the probabilities of the rows. It is exact: the sum is over all
    configurations of the labels.

    Parameters
    ----------
    draws_of_a_batch : array-like of shape (batch_size, n_draws, n_classes)
        Joint draws of class probabilities. Draw k is one set of weights for all rows.

    Returns
    -------
    entropy : float
        In [0, batch_size * log(n_classes)].

    Raises
    ------
    ValueError
        If there are more than ten million configurations, no row, fewer than two
        classes or no draws, or if the numbers are not probabilities.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 3.1.

    Examples
    --------
    The draws disagree about a row. Two copies of it tell no more than one:

    >>> row = [[1.0, 0.0], [0.0, 1.0]]
    >>> round(joint_entropy([row]), 4), round(joint_entropy([row, row]), 4)
    (0.6931, 0.6931)
    """
    return _joint_entropy(_check_batch(draws_of_a_batch, "joint_entropy"))


def joint_mutual_information(draws_of_a_batch):
    """Return the information between all labels of a batch and the weights, in nats.

    I[y_1, ..., y_b; w] = H[y_1, ..., y_b] - sum_i E_w H[y_i | w], the score of a batch
    in BatchBALD [1]_. It is exact.

    Parameters
    ----------
    draws_of_a_batch : array-like of shape (batch_size, n_draws, n_classes)
        Joint draws of class probabilities. Draw k is one set of weights for all rows.

    Returns
    -------
    information : float
        Not negative. At most the sum of the `mutual_information` of the rows, and at
        most the logarithm of the number of draws.

    Raises
    ------
    ValueError
        If there are more than ten million configurations, no row, fewer than two
        classes or no draws, or if the numbers are not probabilities.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 3.

    Examples
    --------
    >>> row = [[1.0, 0.0], [0.0, 1.0]]
    >>> round(joint_mutual_information([row, row]), 4)
    0.6931
    """
    batch = _check_batch(draws_of_a_batch, "joint_mutual_information")
    entropy = _joint_entropy(batch)
    expected = -sum_p_log_p(batch).sum() / batch.shape[1]
    return float(without_rounding(np.array(entropy - expected), entropy))


def _check_batch(draws, owner):
    name = "draws_of_a_batch"
    draws = check_probabilities(draws, owner, name=name)
    n_rows, _, n_classes = draws.shape
    if n_rows == 0:
        raise ValueError(f"{name} given to {owner} must hold at least one row, got 0.")
    if n_classes**n_rows > _LARGEST:
        raise ValueError(
            f"{name} given to {owner} must have at most {_LARGEST:,} configurations of "
            f"labels, got {n_rows} rows of {n_classes} classes: {n_classes}**{n_rows}."
        )
    return normalised(np.ascontiguousarray(draws), owner, name=name)


def _joint_entropy(batch):
    half = (len(batch) + 1) // 2
    left, right = _configurations(batch[:half]), _configurations(batch[half:])
    right /= batch.shape[1]
    step = max(NUMBERS_IN_CACHE // right.shape[1], 1)
    entropy = -sum(
        sum_p_log_p(left[:, columns].T @ right).sum()
        for columns in gen_batches(left.shape[1], step)
    )
    return max(float(entropy), 0.0)


def _configurations(batch):
    # (n_draws, 1) without rows. Each row multiplies the columns by its classes:
    # (n_draws, n, 1) * (n_draws, 1, n_classes) -> (n_draws, n * n_classes).
    products = np.ones((batch.shape[1], 1))
    for row in batch:
        products = products[:, :, np.newaxis] * row[:, np.newaxis, :]
        products = products.reshape(len(row), -1)
    return products
