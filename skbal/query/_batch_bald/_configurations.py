"""The labels that a batch may get, and what each configuration of them teaches.

While they are few, all configurations are gone through; those that make up a last
ten-millionth of the probability are left out. Once they are too many, configurations
are sampled from the joint distribution of the labels: first a draw k of the weights,
then each row's label from p_k(y | x) [1]_. So each is an exact sample of the labels of
the whole batch, however large, and none is ever weighted or sampled again; a further
row only adds a label to each.

Two things keep the chance small and the mean exact: every draw makes the same number
of configurations, and the uniform numbers behind a row's labels are spread evenly
within those of a draw (a Latin hypercube over the rows of the batch).

References
----------
.. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and Diverse
   Batch Acquisition for Deep Bayesian Active Learning, section 3.3.
"""

import numpy as np

from skbal.query._batch_bald._posteriors import Posteriors

_LEFT_OUT = 1e-7  # of the probability of all configurations, at each further row


class Configurations:
    """What the labels of the rows chosen so far can be.

    Parameters
    ----------
    n_draws : int
        Posterior draws, equally likely.
    n_joint_samples : int
        The most configurations held. Up to it all are gone through, beyond it so many
        are sampled.
    rng : numpy.random.Generator
        Of the samples.

    Attributes
    ----------
    posteriors : Posteriors
        Over the draws, given each configuration.
    exact : bool
        Whether all configurations that matter are there.
    """

    def __init__(self, n_draws, n_joint_samples, rng):
        self.posteriors = Posteriors(np.full((1, n_draws), 1 / n_draws), np.ones(1))
        self.exact = True
        self._n_joint_samples = n_joint_samples
        self._rng = rng
        self._chosen = []  # draws of the rows, until samples of their labels are made

    def add(self, draws):
        """Go on to what the labels are together with that of one more row.

        Parameters
        ----------
        draws : ndarray of shape (n_classes, n_draws), dtype=float64
            Class probabilities of the row; those of a draw sum to one.
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
            0 if all are there. That the samples are spread evenly is not counted on.
        """
        return 0.0 if self.exact else deviation / np.sqrt(self._n_joint_samples)

    def _enumerate(self, draws):
        rows, weights = self.posteriors.rows, self.posteriors.weights
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
        # Evenly over the draws; the shift makes all equally likely also where there are
        # more draws than samples.
        places = np.arange(self._n_joint_samples) + self._rng.random()
        self._draw = (places * n_draws / self._n_joint_samples).astype(np.intp)
        self._configuration = np.zeros(self._n_joint_samples, dtype=np.intp)
        self.posteriors = Posteriors(np.full((1, n_draws), 1 / n_draws), np.ones(1))
        for draws in self._chosen:
            self._sample(draws)
        self._chosen = []

    def _sample(self, draws):
        # Samples with the same labels so far share a row of the posteriors.
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
        # Draw by draw: a number in each of the equal parts of [0, 1), in random order.
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
