"""The information between an answer on a row and answers on target rows."""

import numpy as np

from skbal.information._probabilities import finite_logs

TARGET_COLUMNS = 2048  # answers of targets in one matrix product
_SMALLEST = 1e-15  # smaller ratios could make subnormal products, which are slow


class Targets:
    """Information of rows about the answers on some targets.

    An answer is a label or a number of votes. Given the draw, answers are independent.
    With the ratio R = p(y, y*) / (p(y) p(y*)) the information is the mean of R log R
    over independent answers. R is a mean over draws, so all ratios are one matrix
    product. A difference of entropies would lose digits in float32.

    Parameters
    ----------
    probabilities : ndarray of shape (n_targets, n_draws, n_target_answers), \
dtype=float64
        Probabilities of the answers, which sum to one. Overwritten.
    dtype : dtype, default=float64
        Precision of the products.
    """

    def __init__(self, probabilities, dtype=np.float64):
        n_draws = probabilities.shape[1]
        ratios, mean = _ratios(probabilities, dtype)
        # (n_draws, n_targets * n_target_answers)
        self.ratios = ratios.transpose(1, 0, 2).reshape(n_draws, -1)
        self.ratios /= n_draws
        self.weights = mean.ravel()
        # The mean of R - 1 is 0, but for the rounding of the ratios of each array,
        # which this takes out of the result.
        self.sums = self.ratios @ self.weights
        self.smallest = self.ratios.min()
        self._scratch = np.empty((2, 0, len(self.weights)), dtype)

    def information(self, probabilities):
        """Return the information summed over the targets.

        Parameters
        ----------
        probabilities : ndarray of shape (n_rows, n_draws, n_answers), dtype=float64
            Probabilities of the answers on rows, which sum to one. Overwritten.

        Returns
        -------
        information : ndarray of shape (n_rows,)
            In nats, with rounding errors of either sign.
        """
        ratios, mean = _ratios(probabilities, self.ratios.dtype)
        # (n_rows * n_answers, n_draws)
        ratios = ratios.transpose(0, 2, 1).reshape(mean.size, -1)
        joint, logs = self._room(len(ratios))
        np.matmul(ratios, self.ratios, out=joint)
        finite_logs(joint, out=logs, smallest=min(ratios.min(), self.smallest))
        logs *= joint
        information = logs @ self.weights.astype(logs.dtype)
        information -= ratios @ self.sums - self.weights.sum()
        return np.vecdot(information.reshape(mean.shape), mean)

    def _room(self, n_rows):
        # The same memory for every chunk: fresh memory costs half of the arithmetic.
        if self._scratch.shape[1] < n_rows:
            self._scratch = np.empty((2, n_rows, len(self.weights)), self.ratios.dtype)
        return self._scratch[:, :n_rows]


def _ratios(probabilities, dtype):
    """Return p / mean(p) over the draws, and the mean in float64."""
    mean, ratios = probabilities.mean(axis=1), probabilities
    ratios /= np.where(mean == 0, 1, mean)[:, np.newaxis]
    ratios[ratios < _SMALLEST] = 0
    return ratios.astype(dtype, copy=False), mean
