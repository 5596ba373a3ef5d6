"""The normal distribution that SWAG fits to the weights that gradient descent visits.

Maddox et al. (2019), "A simple baseline for Bayesian uncertainty in deep learning",
section 3.3. The snapshots are vectors of all weights. Their mean and variance, and how
the last of them deviate from the mean, are all that a draw needs. Nothing here knows of
torch.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from skbal._utils.random import stream


@dataclass(frozen=True)
class WeightMoments:
    """A normal distribution of weights: a diagonal plus a matrix of low rank.

    Its covariance is

        1/2 diag(variance) + 1 / (2 (K - 1)) D' D,

    where the K rows of D are the deviations.

    Attributes
    ----------
    mean : ndarray of shape (n_weights,), dtype=float64
        Mean of the snapshots.
    variance : ndarray of shape (n_weights,), dtype=float64
        Their variance, without the correction for small samples, as in the paper.
    deviations : ndarray of shape (n_deviations, n_weights), dtype=float32
        How far the last snapshots lie from the mean of all up to them.
    """

    mean: np.ndarray
    variance: np.ndarray
    deviations: np.ndarray

    def draw(self, number, seed):
        """Return the weights of a draw.

        They are mean + variance^(1/2) z1 / 2^(1/2) + D' z2 / (2 (K - 1))^(1/2), with
        standard normal z1 and z2 (eq. 1 of the paper, which has D').

        Parameters
        ----------
        number : int
            The number of the draw. Draws do not depend on how many are made.
        seed : int
            The seed of the draws.

        Returns
        -------
        weights : ndarray of shape (n_weights,), dtype=float64
        """
        rng = stream(seed, "swag", number)
        n_deviations, n_weights = self.deviations.shape
        # The few numbers first, so that they do not depend on the size of the network.
        common = rng.standard_normal(n_deviations, dtype=np.float32)
        own = rng.standard_normal(n_weights, dtype=np.float32)
        low_rank = common @ self.deviations / np.sqrt(2 * (n_deviations - 1))
        return self.mean + np.sqrt(self.variance / 2) * own + low_rank


class Snapshots:
    """Collects the moments of weights, one vector at a time (algorithm 1).

    Parameters
    ----------
    rank : int
        Largest number of deviations that are kept.
    """

    def __init__(self, rank):
        self.n_snapshots = 0
        self._mean = self._scatter = 0.0
        self._deviations = deque(maxlen=rank)

    def add(self, weights):
        """Take one more snapshot into account.

        Parameters
        ----------
        weights : ndarray of shape (n_weights,)
            The weights.
        """
        weights = weights.astype(np.float64)
        self.n_snapshots += 1
        # Welford's update: the paper's mean of squares would cancel in float32.
        change = weights - self._mean
        self._mean = self._mean + change / self.n_snapshots
        deviation = weights - self._mean
        self._scatter = self._scatter + change * deviation
        self._deviations.append(deviation.astype(np.float32))

    def moments(self):
        """Return the `WeightMoments` of two or more snapshots."""
        variance = self._scatter / self.n_snapshots
        return WeightMoments(self._mean, variance, np.stack(self._deviations))
