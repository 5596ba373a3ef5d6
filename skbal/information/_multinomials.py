"""Multinomial and Dirichlet-multinomial probabilities of all counts, in log-space.

The counts k of n votes on one question with A answers are a vector that sums to n.
There are (n + A - 1 choose A - 1) of them, and all rows with the same n share them.
With the shares p of a draw, the probability of a vector is

    n! / (k_1! ... k_A!) prod_a p_a^k_a,

so that the logarithms of all vectors are one matrix product for all rows and draws. The
Dirichlet-multinomial is Polya's urn with A colours: with u = 1 / concentration,

    n! / (k_1! ... k_A!) prod_a prod_{i<k_a} (p_a + i u) / prod_{m<n} (1 + m u),

which needs a table of n + 1 numbers per answer and draw.
"""

from math import comb

import numpy as np
from scipy.special import gammaln

from skbal._utils.chunks import chunks
from skbal.information._binomials import NEVER, log_products
from skbal.information._probabilities import sum_p_log_p, without_rounding

NUMBERS = 2**17  # held at once for the probabilities of some vectors, 1 MB in float64


def n_outcomes(n, n_answers):
    """Return how many count vectors of n votes there are.

    Parameters
    ----------
    n, n_answers : int
        Numbers of votes and of answers.

    Returns
    -------
    n_outcomes : int

    Examples
    --------
    >>> n_outcomes(10, 3)
    66
    """
    return comb(n + n_answers - 1, n_answers - 1)


def count_vectors(n, n_answers):
    """Return all vectors of counts that sum to n.

    Parameters
    ----------
    n, n_answers : int
        Numbers of votes and of answers.

    Returns
    -------
    vectors : ndarray of int of shape (n_outcomes, n_answers)

    Examples
    --------
    >>> count_vectors(1, 3).tolist()
    [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    """
    columns, left = [], np.array([n])
    for _ in range(n_answers - 1):
        # Each vector so far goes on with 0, 1, ..., left votes for the next answer.
        sizes = left + 1
        next_count = np.arange(sizes.sum()) - np.repeat(sizes.cumsum() - sizes, sizes)
        columns = [np.repeat(column, sizes) for column in columns] + [next_count]
        left = np.repeat(left, sizes) - next_count
    return np.stack([*columns, left], axis=1)


def log_orders(counts):
    """Return log n! / (k_1! ... k_A!), the logarithm of the number of orders of votes.

    Parameters
    ----------
    counts : ndarray of int of shape (n_vectors, n_answers)
        Counts of each answer.

    Returns
    -------
    logs : ndarray of shape (n_vectors,)
    """
    return gammaln(counts.sum(axis=1) + 1) - gammaln(counts + 1).sum(axis=1)


def finite_log(shares):
    """Return log p, and a very large negative number where p is 0.

    Parameters
    ----------
    shares : ndarray
        Not negative.

    Returns
    -------
    logs : ndarray of the same shape
    """
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(shares), NEVER)


def enumerated_information(shares, vectors, inverse):
    """Return the entropy of the mixture minus the mean entropy of its parts, in nats.

    Parameters
    ----------
    shares : ndarray of shape (n_rows, n_draws, n_answers), dtype=float64
        Draws of the shares. Each draw sums to one.
    vectors : ndarray of int of shape (n_outcomes, n_answers)
        Result of `count_vectors`.
    inverse : ndarray of shape (n_rows,)
        One over the concentration. 0 is the multinomial.

    Returns
    -------
    information : ndarray of shape (n_rows,)
        Exactly 0 if all draws agree.
    """
    of_kind = _dirichlet_information if inverse.any() else _multinomial_information
    information = of_kind(shares, vectors, inverse)
    information[(shares == shares[:, :1]).all(axis=(1, 2))] = 0.0
    return information


def rows_at_once(n_draws, vectors, is_dirichlet):
    """Return for how many rows `enumerated_information` needs about 1 MB.

    Parameters
    ----------
    n_draws : int
        Number of draws.
    vectors : ndarray of shape (n_outcomes, n_answers)
        Result of `count_vectors`.
    is_dirichlet : bool
        Whether a concentration is finite.

    Returns
    -------
    n_rows : int
        At least 1. For a single row, the vectors are cut into blocks.
    """
    held = n_draws * len(vectors)
    if is_dirichlet:
        held = 2 * held + n_draws * vectors.shape[1] * (vectors[0].sum() + 1)
    return int(max(NUMBERS // held, 1))


def _multinomial_information(shares, vectors, _):
    n_rows, n_draws, n_answers = shares.shape
    logs, n, orders = finite_log(shares), vectors[0].sum(), log_orders(vectors)
    # A last column of ones adds the number of orders within the matrix product.
    logs_and_one = np.concatenate([logs, np.ones((n_rows, n_draws, 1))], axis=2)
    logs_and_one = logs_and_one.reshape(-1, n_answers + 1)
    design = np.concatenate([vectors, orders[:, np.newaxis]], axis=1).T
    # The mean of k_a is n p_a. So the mean entropy of the parts is n_entropy minus the
    # mean of the orders, and no logarithm of a part is needed.
    n_entropy = -n * np.vecdot(shares, logs).mean(axis=1)
    information, mean = np.zeros(n_rows), np.full(n_draws, 1 / n_draws)
    for block in _blocks(vectors, n_rows * n_draws):
        parts = logs_and_one @ np.ascontiguousarray(design[:, block])
        np.exp(parts, out=parts)
        mixture = mean @ parts.reshape(n_rows, n_draws, -1)
        logs = np.log(mixture + np.finfo(np.float64).tiny)
        logs += n_entropy[:, np.newaxis] - orders[block]
        information -= np.vecdot(mixture, logs)
    return without_rounding(information, n_entropy)


def _dirichlet_information(shares, vectors, inverse):
    n_rows, n_draws, n_answers = shares.shape
    tables, common = _dirichlet_tables(shares, vectors, inverse)
    entropy, expected = np.zeros((2, n_rows))
    for block in _blocks(vectors, 2 * n_rows * n_draws):
        logs = np.take(tables[0], vectors[block, 0], axis=2)
        for answer in range(1, n_answers):
            logs += np.take(tables[answer], vectors[block, answer], axis=2)
        logs += common[:, np.newaxis, block]
        parts = np.exp(logs)
        entropy -= sum_p_log_p(parts.mean(axis=1))
        expected -= np.vecdot(parts, logs).mean(axis=1)
    return without_rounding(entropy - expected, entropy)


def _dirichlet_tables(shares, vectors, inverse):
    """Return tables of the logs of rising products, and what all draws share.

    The tables have the shape (n_rows, n_draws, n + 1), one per answer. The common terms
    have the shape (n_rows, n_outcomes).
    """
    n = vectors[0].sum()
    steps = inverse[:, np.newaxis] * np.arange(n)  # (n_rows, n)
    tables = [log_products(p, steps) for p in np.moveaxis(shares, 2, 0)]
    norms = np.zeros((len(shares), n + 1))
    np.cumsum(np.log1p(steps), axis=1, out=norms[:, 1:])
    common = log_orders(vectors) - norms[:, -1:]
    for counts in vectors.T:
        common += norms[:, counts]
    return tables, common


def _blocks(vectors, n_columns):
    return chunks(len(vectors), max(NUMBERS // n_columns, 1))
