"""What is explained: a number per row, computed from its draws, and its derivative.

With draws p_k, k = 1, ..., K, and their mean p, the derivative of

- the mean of output c is 1 / K at output c of each draw;
- the entropy H(p) is -(log p + 1) / K;
- the mutual information H(p) - mean_k H(p_k) is (log p_k - log p) / K;
- the variance, mean_k |p_k - p|^2, is 2 (p_k - p) / K.

Constants that are the same for all classes are left out: probabilities sum to one.
"""

import numpy as np

from skbal.information import (
    mutual_information,
    predictive_entropy,
    predictive_variance,
)

_TINY = 1e-300  # its logarithm is finite; a draw of exactly 0 has no gradient


class MeanOutput:
    """The mean over the draws of one output per row, such as a class probability.

    Parameters
    ----------
    outputs : ndarray of shape (n_samples,), dtype=intp
        The number of the output of each row.
    """

    def __init__(self, outputs):
        self.outputs = outputs

    def value(self, draws, rows):
        """Return the number per row.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_outputs)
            The draws.
        rows : ndarray of shape (n_rows,)
            Which rows of X these are.

        Returns
        -------
        value : ndarray of shape (n_rows,), dtype=float64
        """
        mean = draws.mean(axis=1, dtype=np.float64)
        return mean[np.arange(len(rows)), self.outputs[rows]]

    def slopes(self, draws, rows):
        """Return the derivative of the value, times the number of draws.

        Parameters
        ----------
        draws : torch.Tensor of shape (n_draws, n_rows, n_outputs), dtype=float64
            The draws. The draws are the first axis.
        rows : ndarray of shape (n_rows,)
            Which rows of X these are.

        Returns
        -------
        slopes : torch.Tensor of the shape of ``draws``
        """
        slopes = draws.new_zeros(draws.shape)
        slopes[:, np.arange(len(rows)), self.outputs[rows]] = 1.0
        return slopes


class Entropy:
    """The entropy of the mean probabilities, in nats; methods as in `MeanOutput`."""

    def value(self, draws, rows):
        return predictive_entropy(draws)

    def slopes(self, draws, rows):
        return -_log(draws.mean(dim=0)).expand(draws.shape)


class MutualInformation:
    """What the draws disagree about, in nats; methods as in `MeanOutput`."""

    def value(self, draws, rows):
        return mutual_information(draws)

    def slopes(self, draws, rows):
        return _log(draws) - _log(draws.mean(dim=0))


class Variance:
    """The variance over draws, summed over outputs; methods as in `MeanOutput`."""

    def value(self, draws, rows):
        return predictive_variance(draws)

    def slopes(self, draws, rows):
        return 2.0 * (draws - draws.mean(dim=0))


def _log(p):
    return p.clamp_min(_TINY).log()


UNCERTAINTIES = {
    "mutual_information": MutualInformation,
    "entropy": Entropy,
    "variance": Variance,
}
