"""The gain of a row's label, given the configurations of earlier labels.

A configuration u of labels has a probability (its weight) and a posterior r_u over the
draws. Given u, the label of row x has the probabilities a_u = sum_k r_uk p_k(. | x).
Its information about the draws is

    I(y_x; w | u) = H[a_u] - sum_k r_uk H[p_k(. | x)]

nats. The gain of the label is the mean over configurations [1]_. It is non-negative.
If configurations are sampled, the second term, computed from the same samples, removes
most of the sampling error of the first.

All a_u of a block of rows are one matrix product of shapes (n_rows * n_classes,
n_draws) and (n_draws, n_configurations). It is computed in float32, tile by tile, so
that a tile stays in the cache for the logarithms. Rows whose gains are close to the
best are compared in float64.

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
SMALLEST = 1e-30  # smaller numbers make subnormal products, which are slow
_FLOOR = 1e-4  # added to a group's posterior, so that its logarithm is finite


class Posteriors:
    """Weighted posteriors over the draws, one per configuration of labels.

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
        """Return the gain of each row's label in nats, with an error of about 1e-6.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_classes, n_draws), dtype=float32
            Class probabilities, contiguous. Note the order of the axes.

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
        # The mean of H[a_u] over configurations.
        n_rows, n_classes, n_draws = block.shape
        block = block.reshape(-1, n_draws)  # (n_rows * n_classes, n_draws)
        negentropy = np.zeros(len(block))
        for tile in chunks(len(self), _TILE):
            scaled = self._scaled[tile]
            joint, logs = _views(scratch, (len(block), len(scaled)))
            np.matmul(block, scaled.T, out=joint)
            negentropy += sum_p_log_p(joint, logs=logs)
        negentropy = negentropy.reshape(n_rows, n_classes).sum(axis=1)
        return self._offset - negentropy / len(self)

    def entropy(self):
        """Return the remaining information about the draws, in nats, in float64.

        No number of labels can add more.

        Returns
        -------
        entropy : float
            Mean over configurations of the entropy of their posterior.
        """
        return float(self.weights @ entr(self.rows).sum(axis=1))

    def exact_gain(self, draws):
        """Return the gain of one row's label and its standard deviation, in float64.

        Parameters
        ----------
        draws : ndarray of shape (n_classes, n_draws)
            Class probabilities of one row.

        Returns
        -------
        gain : float
            In nats.
        deviation : float
            Standard deviation of the gain over configurations.
        """
        draws = draws.astype(np.float64, copy=False)
        expected = entr(draws).sum(axis=0)
        each = entr(self.rows @ draws.T).sum(axis=1) - self.rows @ expected
        gain = max(float(self.weights @ each), 0.0)
        return gain, float(np.sqrt(self.weights @ (each - gain) ** 2))

    def merged(self, n_groups, rng):
        """Return the posteriors given only the group of a configuration.

        Less is known, so the gain of every row is at least as large. A group consists
        of configurations with similar posteriors: each goes to the random centre with
        the smallest divergence from it.

        Parameters
        ----------
        n_groups : int
            Less than the number of configurations.
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
    # sum_k r_k H[p_k] with the mean posterior r; block (n_rows, n_classes, n_draws).
    logs, _ = _views(scratch, block.shape)
    np.add(block, np.finfo(np.float32).tiny, out=logs)
    np.log(logs, out=logs)
    np.multiply(block, logs, out=logs)
    return -logs.sum(axis=1, dtype=np.float32) @ mean


def _views(scratch, shape):
    return scratch[:, : prod(shape)].reshape(2, *shape)
