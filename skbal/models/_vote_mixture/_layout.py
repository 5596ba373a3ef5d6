"""The parameters of a mixture of regressions, as one vector.

With the row x, in the directions that the rows span, the logits of the components are
``b + x V``, and those of the answers in component k are ``levels_k + x U``: components
differ in where the shares lie and how much they scatter, and the row moves all of them
in the same way. All entries of the vector are standard normal before any vote. A
parameter is its entry times its prior standard deviation, plus its prior mean.
"""

from typing import NamedTuple

import numpy as np

# Prior mean and standard deviation of the logarithm of a concentration: between 0.2 and
# 550 with a prior probability of 95 %.
_LOG_CONCENTRATION = (np.log(10.0), 2.0)


class Parts(NamedTuple):
    """Parameters by name, with any axes of draws in front.

    Attributes
    ----------
    gate_weights : ndarray of shape (..., n_components, n_directions)
    gate_levels : ndarray of shape (..., n_components)
    weights : ndarray of shape (..., n_answers, n_directions)
    levels : ndarray of shape (..., n_components, n_answers)
    log_concentration : ndarray of shape (..., n_components)
    """

    gate_weights: np.ndarray
    gate_levels: np.ndarray
    weights: np.ndarray
    levels: np.ndarray
    log_concentration: np.ndarray


class Layout(NamedTuple):
    """Where each parameter lies in the vector.

    Attributes
    ----------
    n_components, n_answers, n_directions : int
    prior_variance, level_variance : float
        Prior variances of the weights and of the levels.
    """

    n_components: int
    n_answers: int
    n_directions: int
    prior_variance: float
    level_variance: float

    @property
    def shapes(self):
        """The shapes of the parts, in their order."""
        k, a, d = self.n_components, self.n_answers, self.n_directions
        return Parts((k, d), (k,), (a, d), (k, a), (k,))

    @property
    def size(self):
        """The length of the vector."""
        return sum(int(np.prod(shape)) for shape in self.shapes)

    @property
    def spread(self):
        """The prior standard deviations of the parts, as numbers."""
        weights, levels = np.sqrt([self.prior_variance, self.level_variance])
        return Parts(weights, levels, weights, levels, _LOG_CONCENTRATION[1])

    def split(self, vector):
        """Return the entries of vectors of shape (..., size) as `Parts`."""
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])[:-1]
        flat = np.split(vector, ends, axis=-1)
        front = vector.shape[:-1]
        return Parts(*(part.reshape(*front, *s) for part, s in zip(flat, self.shapes)))

    def parts(self, vector):
        """Return the parameters that vectors of shape (..., size) stand for."""
        pairs = zip(self.spread, self.split(vector))
        parts = Parts(*(spread * part for spread, part in pairs))
        log_concentration = parts.log_concentration + _LOG_CONCENTRATION[0]
        return parts._replace(log_concentration=log_concentration)

    def vector(self, parts):
        """Return the vector of shape (size,) that stands for parameters."""
        log_concentration = parts.log_concentration - _LOG_CONCENTRATION[0]
        parts = parts._replace(log_concentration=log_concentration)
        scaled = [part / spread for part, spread in zip(parts, self.spread)]
        return joined(scaled, ())

    def slopes(self, terms, places):
        """Return the derivatives of each row's log-likelihood by the vector.

        Parameters
        ----------
        terms : MixtureTerms
        places : ndarray of shape (n_samples, n_directions)

        Returns
        -------
        slopes : ndarray of shape (n_samples, size)
        """
        of_answers = terms.logits.sum(axis=1)
        parts = Parts(
            terms.gate[:, :, np.newaxis] * places[:, np.newaxis],
            terms.gate,
            of_answers[:, :, np.newaxis] * places[:, np.newaxis],
            terms.logits,
            terms.log_concentration,
        )
        scaled = [spread * part for part, spread in zip(parts, self.spread)]
        return joined(scaled, (len(places),))

    def slope(self, terms, places):
        """Return the sum of `slopes` over rows, in less memory."""
        parts = Parts(
            terms.gate.T @ places,
            terms.gate.sum(axis=0),
            terms.logits.sum(axis=1).T @ places,
            terms.logits.sum(axis=0),
            terms.log_concentration.sum(axis=0),
        )
        return joined([s * part for part, s in zip(parts, self.spread)], ())


def joined(parts, front):
    """Return parts as vectors of shape (*front, size)."""
    return np.concatenate([part.reshape(*front, -1) for part in parts], axis=-1)


def logits_of(parts, places):
    """Return the logits of components and of answers at some rows.

    Parameters
    ----------
    parts : Parts
        One set of parameters, without an axis of draws.
    places : ndarray of shape (n_samples, n_directions)

    Returns
    -------
    gate : ndarray of shape (n_samples, n_components)
    logits : ndarray of shape (n_samples, n_components, n_answers)
    """
    gate = places @ parts.gate_weights.T + parts.gate_levels
    moved = places @ parts.weights.T
    return gate, parts.levels + moved[:, np.newaxis]
