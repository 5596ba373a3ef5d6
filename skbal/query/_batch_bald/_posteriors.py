"""What a row's label adds, given configurations of labels that came before it.

A configuration u of labels has a probability (its weight) and a posterior r_u over the
draws. Under it the label of row x has the probabilities a_u = sum_k r_uk p_k(. | x),
and tells about the draws

    I(y_x; w | u) = H[a_u] - sum_k r_uk H[p_k(. | x)]

nats. Its mean over configurations is what the label adds to the labels before [1]_. It
is never negative, and the second term, taken with the same configurations as the first,
removes most of the chance in the first where configurations are sampled.

All a_u of a block of rows are one matrix product, (rows * classes, draws) by (draws,
configurations). It is made in float32, tile by tile, so that the logarithms find it in
the cache; rows that come close to the best are compared in float64.

References
----------
.. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and Diverse
   Batch Acquisition for Deep Bayesian Active Learning, section 3.
"""

from math import prod

import numpy as np
from scipy.sparse import csr_array
from scipy.special import entr

from skbal._utils.chunks import chunks
from skbal._utils.draws import NUMBERS_IN_CACHE
from skbal.information._probabilities import sum_p_log_p

_TILE = 2048  # configurations in one matrix product
SMALLEST = 1e-30  # below it float32 goes on with numbers that make products slow
_FLOOR = 1e-4  # of a group's posterior, shared by the draws: its logarithm is finite


class Posteriors:
    """Weighted posteriors over the draws, one for each configuration of labels.

    Parameters
    ----------
    rows : ndarray of shape (n_configurations, n_draws)
        Each sums to one.
    weights : ndarray of shape (n_configurations,)
        Probabilities of the configurations; they sum to one.
    """

    def __init__(self, rows, weights):
        self.rows, self.weights = rows, weights
        self.mean = weights @ rows
        # Weights are folded into the rows, so that no product needs another pass:
        # sum_u w_u a log a = (1/n) sum_u (n w_u a) log(n w_u a) - sum_u w_u log(n w_u).
        shares = len(rows) * weights
        self._offset = float(sum_p_log_p(shares[:, np.newaxis]).mean())
        self._scaled = np.multiply(
            rows, shares[:, np.newaxis], dtype=np.float32, casting="same_kind"
        )
        self._scaled[self._scaled < SMALLEST] = 0.0

    def __len__(self):
        return len(self.rows)

    def gains(self, draws):
        """Return what each row's label adds, in nats, to some 1e-6.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_classes, n_draws), dtype=float32
            Class probabilities, contiguous; mind the order of the axes.

        Returns
        -------
        gains : ndarray of shape (n_rows,), dtype=float64
        """
        n_rows, n_classes, n_draws = draws.shape
        widest = n_classes * max(min(len(self), _TILE), n_draws)
        step = max(min(NUMBERS_IN_CACHE // widest, n_rows), 1)
        scratch = np.empty((2, step * widest), np.float32)
        gains = np.empty(n_rows)
        for rows in chunks(n_rows, step):
            block = draws[rows]
            gains[rows] = self._entropy(block, scratch)
            gains[rows] -= _expected_entropy(block, self.mean, scratch)
        return gains

    def _entropy(self, block, scratch):
        # H[a_u], mean over configurations.
        n_rows, n_classes, n_draws = block.shape
        block = block.reshape(-1, n_draws)
        negentropy = np.zeros(len(block))
        for tile in chunks(len(self), _TILE):
            scaled = self._scaled[tile]
            joint, logs = _views(scratch, (len(block), len(scaled)))
            np.matmul(block, scaled.T, out=joint)
            negentropy += sum_p_log_p(joint, logs=logs)
        negentropy = negentropy.reshape(n_rows, n_classes).sum(axis=1)
        return self._offset - negentropy / len(self)

    def entropy(self):
        """Return what is left to tell about the draws, in nats, in float64.

        No label, and no number of labels, can add more.

        Returns
        -------
        entropy : float
            Mean over configurations of the entropy of their posterior.
        """
        return float(self.weights @ entr(self.rows).sum(axis=1))

    def exact_gain(self, draws):
        """Return what one row's label adds, and how that varies, in float64.

        Parameters
        ----------
        draws : ndarray of shape (n_classes, n_draws)
            Class probabilities of one row.

        Returns
        -------
        gain : float
            In nats.
        deviation : float
            Standard deviation over configurations of what it adds to each.
        """
        draws = draws.astype(np.float64, copy=False)
        expected = entr(draws).sum(axis=0)
        each = entr(self.rows @ draws.T).sum(axis=1) - self.rows @ expected
        gain = max(float(self.weights @ each), 0.0)
        return gain, float(np.sqrt(self.weights @ (each - gain) ** 2))

    def merged(self, n_groups, rng):
        """Return the posteriors given only the group a configuration is in.

        Less is known, so a label adds at least as much: gains can only be larger, for
        every row. Groups keep together what has nearly the same posterior: each
        configuration goes to that of the random centres from which it diverges least.

        Parameters
        ----------
        n_groups : int
            Fewer than there are configurations.
        rng : numpy.random.Generator
            Chooses the centres.

        Returns
        -------
        posteriors : Posteriors
            With at most ``n_groups`` rows.
        """
        centres = rng.choice(len(self), n_groups, replace=False, p=self.weights)
        n_draws = self.rows.shape[1]
        logs = np.log(self.rows[centres] + _FLOOR / n_draws).astype(np.float32)
        group = np.empty(len(self), dtype=np.intp)
        for tile in chunks(len(self), max(NUMBERS_IN_CACHE // n_groups, 1)):
            group[tile] = np.argmax(self._scaled[tile] @ logs.T, axis=1)
        entries = (self.weights, (group, np.arange(len(self))))
        sums = csr_array(entries, shape=(n_groups, len(self))) @ self.rows
        weights = sums.sum(axis=1)
        sums, weights = sums[weights > 0], weights[weights > 0]
        return Posteriors(sums / weights[:, np.newaxis], weights)


def _expected_entropy(block, mean, scratch):
    # sum_k r_k H[p_k], r the mean posterior.
    logs, _ = _views(scratch, block.shape)
    np.add(block, np.finfo(np.float32).tiny, out=logs)
    np.log(logs, out=logs)
    np.multiply(block, logs, out=logs)
    return -logs.sum(axis=1, dtype=np.float32) @ mean


def _views(scratch, shape):
    return scratch[:, : prod(shape)].reshape(2, *shape)
