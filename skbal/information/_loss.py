"""The expected loss of predictions, and how far the label of a row lowers it.

A loss here is a function of the probabilities that are predicted. What it becomes once
the label y of a row is known is a function of one matrix product: of the ratios
p_k(y) / p(y) of the draws k of the row, and of columns made of the draws of a target.
"""

import numpy as np

from skbal._utils.costs import check_loss
from skbal._utils.draws import NUMBERS_IN_CACHE, check_probabilities, chunks_in_cache
from skbal.information._epig import check_both, expected_predictive_information_gain
from skbal.information._probabilities import (
    finite_logs,
    normalised,
    sum_p_log_p,
    without_rounding,
)
from skbal.information._targets import TARGET_COLUMNS


def expected_loss(draws, loss="log"):
    """Return the expected loss of the best prediction for each row.

    The label has the mean probabilities p of the draws. The best prediction is p itself
    for the log loss and the Brier score, and otherwise the decision of least expected
    cost.

    Parameters
    ----------
    draws : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities. Each draw sums to one.
    loss : {"log", "brier", "zero-one"} or array-like of shape \
(n_classes, n_decisions), default="log"
        "log" is minus the logarithm of the probability of the label; its expectation is
        `predictive_entropy`, in nats. "brier" is the squared distance between the
        probabilities and the one-hot label. "zero-one" is 1 if another class is
        predicted. A matrix holds the cost of each decision in its columns, for each
        class in its rows: ``1 - numpy.eye(n_classes)`` is the same as "zero-one".

    Returns
    -------
    expected : ndarray of shape (n_samples,), dtype=float64
        In nats for "log", else in the units of the loss.

    Raises
    ------
    ValueError
        If ``loss`` is no such name, or a matrix of another shape, or the numbers are
        not probabilities.

    See Also
    --------
    expected_loss_reduction : How far the label of another row lowers it.

    Examples
    --------
    The mean is (3/4, 1/4):

    >>> draws = [[[1.0, 0.0], [0.5, 0.5]]]
    >>> expected_loss(draws, "zero-one"), expected_loss(draws, "brier")
    (array([0.25]), array([0.375]))

    To miss the second class costs 10, so the second decision is taken. It costs 1 in
    three of four cases:

    >>> expected_loss(draws, [[0.0, 1.0], [10.0, 0.0]])
    array([0.75])
    """
    owner = "expected_loss"
    draws = check_probabilities(draws, owner)
    kind = _loss_of(loss, draws.shape[2], owner)
    expected = np.empty(len(draws))
    for rows, chunk, _ in chunks_in_cache(draws):
        expected[rows] = kind.expected(normalised(chunk, owner).mean(axis=1))
    return expected


def expected_loss_reduction(draws_pool, draws_target, loss="log", *, per_target=False):
    """Return how far the label of a row is expected to lower the loss at targets.

    Once the label y of a row is known, draw k has the weight p_k(y), and the loss at a
    target is that of the mean probabilities with these weights. The result is the mean
    over the possible labels, weighted by their probabilities. So Bayes' rule takes the
    place of fitting the model again for each row and label [1]_.

    Parameters
    ----------
    draws_pool : array-like of shape (n_samples, n_draws, n_classes)
        Class probabilities of the pool.
    draws_target : array-like of shape (n_targets, n_draws, n_target_classes)
        Class probabilities of the targets. Draw k must use the same weights as draw k
        of the pool. The number of classes may differ.
    loss : {"log", "brier", "zero-one"} or array-like of shape \
(n_target_classes, n_decisions), default="log"
        As in `expected_loss`.
    per_target : bool, default=False
        Whether to return the reduction at each target instead of the mean over targets.

    Returns
    -------
    reduction : ndarray of shape (n_samples,) or (n_samples, n_targets), dtype=float64
        Not negative. Values below the rounding error (near 1e-13 for float64 draws,
        1e-7 for float32 draws) are set to 0.

    Raises
    ------
    ValueError
        If the numbers of draws differ, there are no targets, the numbers are not
        probabilities, or ``loss`` is no such name or a matrix of another shape.

    See Also
    --------
    expected_predictive_information_gain : The same for the log loss.

    Notes
    -----
    For "log" the reduction is the information of the label about the label of the
    target, which is EPIG. For "brier" it is the reduction of the variance of the
    probabilities of the target, summed over classes. With "zero-one" or a matrix it is
    the value of the label for the decisions [2]_: many rows have a value of 0, because
    no single label of theirs would change a decision. The mean over targets for "log"
    and "brier" is the score of BEMPS [3]_.

    A pool of n rows and m targets takes n * m * n_classes * n_target_classes * n_draws
    multiplications, in matrix products of a few megabytes each.

    References
    ----------
    .. [1] N. Roy and A. McCallum (2001), Toward Optimal Active Learning through
       Sampling Estimation of Error Reduction, section 2. There the model is fitted
       again.
    .. [2] A. Kapoor, E. Horvitz and S. Basu (2007), Selective Supervision: Guiding
       Supervised Learning with Decision-Theoretic Active Learning.
    .. [3] W. Tan, L. Du and W. Buntine (2021), Diversity Enhanced Active Learning with
       Strictly Proper Scoring Rules, section 3.

    Examples
    --------
    The draws disagree about both rows of the pool, but only the first row changes
    together with the target, whose label it gives away:

    >>> target = [[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]]
    >>> other = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    >>> expected_loss_reduction([target[0], other], target, "zero-one")
    array([0.5, 0. ])
    """
    owner = "expected_loss_reduction"
    pool, target = check_both(draws_pool, draws_target, owner)
    kind = _loss_of(loss, target.shape[2], owner)
    if isinstance(kind, LogLoss) and not per_target:
        return expected_predictive_information_gain(pool, target)
    dtype = np.result_type(pool, target)
    shape = (len(pool), len(target)) if per_target else (len(pool),)
    reduction = np.zeros(shape)
    for places, chunk, _ in chunks_in_cache(target, TARGET_COLUMNS * target.shape[1]):
        values = kind.about(normalised(chunk, owner, name="draws_target"), dtype)
        step = NUMBERS_IN_CACHE // max(values.columns.shape[1], pool.shape[1])
        for rows, part, _ in chunks_in_cache(pool, step * pool.shape[1]):
            falls = _falls(normalised(part, owner, name="draws_pool"), values)
            if per_target:
                reduction[rows, places] = falls
            else:
                reduction[rows] += falls.sum(axis=1) / len(target)
    return without_rounding(reduction, kind.largest, dtype)


def _falls(probabilities, values):
    """Return the expected fall at each target, (n_rows, n_targets), float64."""
    mean = probabilities.mean(axis=1)
    n_rows, n_draws, n_classes = probabilities.shape
    probabilities /= np.where(mean == 0, 1, mean)[:, np.newaxis] * n_draws
    # (n_rows * n_classes, n_draws)
    ratios = probabilities.transpose(0, 2, 1).reshape(n_rows * n_classes, n_draws)
    product = ratios.astype(values.columns.dtype, copy=False) @ values.columns
    falls = values.falls(product.reshape(n_rows * n_classes, values.n_columns, -1))
    falls = falls.reshape(n_rows, n_classes, -1).astype(np.float64, copy=False)
    return np.einsum("ny,nyt->nt", mean, falls)


# ------------------------------------------------------------------------- the losses


class LogLoss:
    """Minus the logarithm of the probability of the label, in nats."""

    largest = 1.0

    def expected(self, mean):
        return -sum_p_log_p(mean)

    def about(self, target, dtype):
        return LogLossAbout(target, dtype)


class LogLossAbout:
    """For each label, the Kullback-Leibler divergence of new from old probabilities.

    Its mean over labels is the expected fall of the loss, without a difference of
    entropies, which would lose digits.
    """

    def __init__(self, target, dtype):
        mean = target.mean(axis=1)  # (n_targets, n_classes)
        target /= np.where(mean == 0, 1, mean)[:, np.newaxis]
        self.columns, self.n_columns = _columns(target, dtype)
        self.weights = mean.T.astype(dtype)  # (n_classes, n_targets)

    def falls(self, product):
        logs = finite_logs(product)
        logs -= 1
        logs *= product  # R log R - R + 1 is never negative
        logs += 1
        logs *= self.weights
        return logs.sum(axis=1)


class BrierScore:
    """The squared distance between the probabilities and the one-hot label."""

    largest = 2.0

    def expected(self, mean):
        return 1 - np.vecdot(mean, mean)

    def about(self, target, dtype):
        return BrierScoreAbout(target, dtype)


class BrierScoreAbout:
    """For each label, the squared distance of new from old probabilities."""

    def __init__(self, target, dtype):
        target -= target.mean(axis=1, keepdims=True)
        self.columns, self.n_columns = _columns(target, dtype)

    def falls(self, product):
        np.square(product, out=product)
        return product.sum(axis=1)


class Cost:
    """The cost of the decision with the least expected cost.

    Parameters
    ----------
    matrix : ndarray of shape (n_classes, n_decisions)
        Costs.
    """

    def __init__(self, matrix):
        self.matrix = matrix
        self.largest = float(np.abs(matrix).max())

    def expected(self, mean):
        return (mean @ self.matrix).min(axis=1)

    def about(self, target, dtype):
        return CostAbout(target @ self.matrix, dtype)


class CostAbout:
    """For each label, how far the old decision is from the best one then.

    Parameters
    ----------
    costs : ndarray of shape (n_targets, n_draws, n_decisions)
        Expected cost of each decision under each draw.
    """

    def __init__(self, costs, dtype):
        mean = costs.mean(axis=1)
        old = mean.argmin(axis=1)[:, np.newaxis, np.newaxis]
        # What a decision costs more than the old one, of which the fall is minus the
        # least. The column of the old decision is exactly 0.
        costs = costs - np.take_along_axis(costs, old, axis=2)
        self.columns, self.n_columns = _columns(costs, dtype)

    def falls(self, product):
        return -product.min(axis=1)


def _columns(values, dtype):
    """Return (n_draws, n_columns * n_targets), and n_columns.

    Targets come last, so that sums over the columns of a target run along memory.
    """
    n_draws, n_columns = values.shape[1:]
    columns = values.transpose(1, 2, 0).reshape(n_draws, -1)
    return columns.astype(dtype, copy=False), n_columns


def _loss_of(loss, n_classes, owner):
    """Return the loss behind a name or a matrix of costs."""
    check_loss(loss, "loss", owner, n_classes)
    if not isinstance(loss, str):
        return Cost(np.asarray(loss))
    if loss == "zero-one":
        return Cost(1 - np.eye(n_classes))
    return LogLoss() if loss == "log" else BrierScore()
