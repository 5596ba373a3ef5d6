"""What is known of the shares of items after some votes.

The posterior of an item is a mixture of Dirichlet distributions: each type of the prior
keeps its distribution with the counts added, and its weight grows with the likelihood
of the counts.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize.elementwise import find_root
from scipy.special import betainc, ndtr, softmax

from skbal.votes._types import log_likelihoods

_ACCURACY = 1e-7  # of bounds of shares


class Posterior(NamedTuple):
    """The posterior of the shares of some items.

    Attributes
    ----------
    weights : ndarray of shape (n_items, n_all_types)
        Probability of each type.
    concentrations : ndarray of shape (n_items, n_all_types, n_answers)
        Concentrations of the shares of an item of each type, with the counts added.
    """

    weights: np.ndarray
    concentrations: np.ndarray

    @classmethod
    def of(cls, counts, log_weights, concentrations):
        """Return the posterior after some votes.

        Parameters
        ----------
        counts : ndarray of shape (n_items, n_answers)
        log_weights : ndarray of shape (n_items, n_all_types)
            Log-probability of each type before the votes.
        concentrations : ndarray of shape (n_all_types, n_answers)
        """
        likelihoods = log_likelihoods(counts, concentrations)
        weights = softmax(likelihoods + log_weights, axis=1)
        return cls(weights, concentrations + counts[:, np.newaxis])

    def shares(self):
        """Return the mean share of each answer, (n_items, n_answers)."""
        return np.einsum("nk,nka->na", self.weights, self._means())

    def intervals(self, level):
        """Return the bounds between which each share lies with a given probability.

        The share of one answer has a mixture of beta distributions. The bounds are its
        quantiles that leave equal probability on both sides.

        Parameters
        ----------
        level : float
            Probability that the share lies between the bounds, in (0, 1).

        Returns
        -------
        low, high : ndarray of shape (n_items, n_answers)
            Up to an error of 1e-7.
        """
        total = self.concentrations.sum(axis=2, keepdims=True)
        a, b = (
            np.moveaxis(part, 2, 1).reshape(-1, self.weights.shape[1])
            for part in (self.concentrations, total - self.concentrations)
        )  # (n_items * n_answers, n_all_types)
        n_answers = self.concentrations.shape[2]
        weights = np.repeat(self.weights, n_answers, axis=0)

        def above(share, row, tail):
            below = betainc(a[row], b[row], share[..., np.newaxis])
            return np.einsum("...k,...k->...", weights[row], below) - tail

        tails = np.array([(1 - level) / 2, (1 + level) / 2])[:, np.newaxis]
        found = find_root(
            above,
            (0.0, 1.0),
            args=(np.arange(len(weights)), tails),
            tolerances={"xatol": _ACCURACY, "xrtol": 0, "fatol": 0, "frtol": 0},
        )
        low, high = found.x.reshape(2, -1, n_answers)
        return low, high

    def chances_to_lead(self):
        """Return the probability that each answer has the largest share.

        In each type every answer is compared with the one that leads there, and the
        probabilities to be ahead of it are divided by their sum. The second answer is
        compared by the beta distribution of its share among both, and the others by the
        normal distribution of the difference. With two answers this is exact. In our
        tests with three and more it was wrong by up to 0.1.

        Returns
        -------
        chances : ndarray of shape (n_items, n_answers)
            They sum to one.
        """
        a, total = self.concentrations, self.concentrations.sum(axis=2, keepdims=True)
        two = np.argpartition(a, -2, axis=2)[:, :, -2:]
        order = np.argsort(np.take_along_axis(a, two, axis=2), axis=2)
        second, first = np.split(np.take_along_axis(two, order, axis=2), 2, axis=2)
        of_first = np.take_along_axis(a, first, axis=2)
        of_second = np.take_along_axis(a, second, axis=2)
        gap = (a - of_first) / total
        variance = ((a + of_first) / total - gap**2) / (total + 1)
        ahead = ndtr(gap / np.sqrt(variance))
        of_second = betainc(of_first, of_second, 0.5)
        np.put_along_axis(ahead, second, of_second, axis=2)
        np.put_along_axis(ahead, first, 1 - of_second, axis=2)
        ahead /= ahead.sum(axis=2, keepdims=True)
        chances = np.einsum("nk,nka->na", self.weights, ahead)
        return np.minimum(chances, 1.0, out=chances)  # rounding may exceed it

    def falls_of_variance(self):
        """Return by how much one more vote lowers the variance of all shares.

        With C the covariance of the shares and p their means, the mean shares after an
        answer b differ from p by ``C_b / p_b``. The variance that the vote explains is
        the mean of the squares, ``sum_ab C_ab**2 / p_b``.

        Returns
        -------
        falls : ndarray of shape (n_items,)
        """
        means, p = self._means(), self.shares()
        total = self.concentrations.sum(axis=2) + 1
        squares = self.weights * (total - 1) / total
        covariance = np.einsum("nk,nka,nkb->nab", squares, means, means, optimize=True)
        covariance -= p[:, :, np.newaxis] * p[:, np.newaxis]
        diagonal = np.einsum("nk,nka->na", self.weights / total, means)
        answers = np.arange(p.shape[1])
        covariance[:, answers, answers] += diagonal
        return np.einsum("nab,nb->n", covariance**2, 1 / p)

    def _means(self):
        return self.concentrations / self.concentrations.sum(axis=2, keepdims=True)
