"""Configurations of the labels of a batch, and the posterior given each of them.

While there are few configurations, all are enumerated, except for the least probable
ones whose total probability is 1e-7. Once there are too many, configurations are
sampled from the joint distribution of the labels: first a draw k of the weights, then
the label of each row from p_k(y | x) [1]_. So each sample is an exact sample of the
labels of the whole batch, however large, and is never reweighted or resampled. A
further row adds a label to each sample.

Two measures reduce the variance and keep the mean exact. Every draw makes the same
number of samples. And the uniform random numbers behind the labels of a row are
stratified within a draw, which is a Latin hypercube over the rows of the batch.

References
----------
.. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and Diverse
   Batch Acquisition for Deep Bayesian Active Learning, section 3.3.
"""

import numpy as np

from skbal.query._batch_bald._posteriors import Posteriors

_LEFT_OUT = 1e-7  # probability of the configurations left out, for each row


class Configurations:
    """Configurations of the labels of the rows chosen so far.

    Parameters
    ----------
    n_draws : int
        Number of posterior draws, which have equal probabilities.
    n_joint_samples : int
        Largest number of configurations that are enumerated, and the number that are
        sampled if there are more.
    rng : numpy.random.Generator
        Draws the samples.

    Attributes
    ----------
    posteriors : Posteriors
        Posterior over the draws, given each configuration.
    exact : bool
        Whether the configurations are enumerated rather than sampled.
    """

    def __init__(self, n_draws, n_joint_samples, rng):
        self.posteriors = Posteriors(np.full((1, n_draws), 1 / n_draws), np.ones(1))
        self.exact = True
        self._n_joint_samples = n_joint_samples
        self._rng = rng
        self._chosen = []  # draws of the chosen rows, until labels are sampled

    def add(self, draws):
        """Add the label of one more row to the configurations.

        Parameters
        ----------
        draws : ndarray of shape (n_classes, n_draws), dtype=float64
            Class probabilities of the row; they sum to one for each draw.
        """
        if self.exact:
            self._chosen.append(draws)
            self.exact = self._enumerate(draws)
            if not self.exact:
                self._start_sampling()
        else:
            self._sample(draws)

    def error(self, deviation):
        """Return the Monte-Carlo standard error of a mean over configurations.

        Parameters
        ----------
        deviation : float
            The standard deviation over configurations.

        Returns
        -------
        error : float
            0 for enumerated configurations. The gain from stratified sampling is
            neglected, so the error is rather too large.
        """
        return 0.0 if self.exact else deviation / np.sqrt(self._n_joint_samples)

    def _enumerate(self, draws):
        rows, weights = self.posteriors.rows, self.posteriors.weights
        # (n_configurations, n_classes), flattened: each with each label of the row
        joint = (weights[:, np.newaxis] * (rows @ draws.T)).ravel()
        order = np.argsort(joint)
        n_left_out = np.searchsorted(np.cumsum(joint[order]), _LEFT_OUT)
        kept = np.sort(order[n_left_out:])
        if len(kept) > self._n_joint_samples:
            return False
        configuration, label = np.divmod(kept, len(draws))
        weights = joint[kept] / joint[kept].sum()
        self.posteriors = Posteriors(
            _updated(rows, configuration, draws, label), weights
        )
        return True

    def _start_sampling(self):
        n_draws = self.posteriors.rows.shape[1]
        # Systematic sampling of the draws. The random shift gives them equal
        # probabilities even if there are more draws than samples.
        places = np.arange(self._n_joint_samples) + self._rng.random()
        self._draw = (places * n_draws / self._n_joint_samples).astype(np.intp)
        self._configuration = np.zeros(self._n_joint_samples, dtype=np.intp)
        self.posteriors = Posteriors(np.full((1, n_draws), 1 / n_draws), np.ones(1))
        for draws in self._chosen:
            self._sample(draws)
        self._chosen = []

    def _sample(self, draws):
        # Samples with the same labels so far share one posterior.
        codes = self._configuration * len(draws) + self._labels(draws)
        codes, self._configuration, counts = np.unique(
            codes, return_inverse=True, return_counts=True
        )
        configuration, label = np.divmod(codes, len(draws))
        rows = _updated(self.posteriors.rows, configuration, draws, label)
        self.posteriors = Posteriors(rows, counts / self._n_joint_samples)

    def _labels(self, draws):
        cumulated = np.cumsum(draws, axis=0)
        places = self._spread_uniform() * cumulated[-1, self._draw]
        labels = np.zeros(self._n_joint_samples, dtype=np.intp)
        for bound in cumulated[:-1]:
            labels += places >= bound[self._draw]
        return labels

    def _spread_uniform(self):
        # For each draw: one number in each of equal parts of [0, 1), in random order.
        n_samples = self._n_joint_samples
        order = np.lexsort((self._rng.random(n_samples), self._draw))
        counts = np.bincount(self._draw)[self._draw]
        first = np.searchsorted(self._draw, self._draw)
        uniform = np.empty(n_samples)
        parts = np.arange(n_samples) - first
        uniform[order] = (parts + self._rng.random(n_samples)) / counts
        return uniform


def _updated(rows, configuration, draws, label):
    rows = rows[configuration] * draws[label]
    rows /= rows.sum(axis=1, keepdims=True)
    return rows
