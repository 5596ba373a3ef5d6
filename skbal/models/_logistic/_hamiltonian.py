"""Hamiltonian Monte Carlo for the posterior of a multinomial logistic regression.

Weights v over their prior standard deviations have the log density

    log p(v) = sum_n log softmax(phi_n s v)[y_n] - |v|^2 / 2 + constant.

With v = m + R z, where m is the mode and R R' the covariance of Laplace's
approximation, the posterior of z is near the standard normal one. A trajectory begins
with a standard normal momentum, follows the slope of log p for a while, and is rejected
with a probability that corrects for the finite steps. It leaves the posterior as it is.

Each draw is the end of a chain of its own, so draws are independent.

Reference: R. M. Neal (2011), MCMC using Hamiltonian dynamics, in Handbook of Markov
Chain Monte Carlo, sections 5.2.3 and 5.3.2, and 5.4.1 for R.
"""

import math
import warnings
from typing import NamedTuple

import numpy as np
from scipy import special
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream

# A quarter of a circle would forget the start if the posterior were normal.
_LENGTH = math.pi / 2
_LONGEST_STEP, _SHORTEST_STEP = 0.3, 0.005
_WANTED = 0.8  # share of trajectories that are accepted
_PILOTS, _PILOT_TRAJECTORIES = 20, 3


class State(NamedTuple):
    """Where chains are.

    Attributes
    ----------
    place : ndarray of shape (n_draws, n_weights)
        The z of the docstring, ordered class by class.
    log_p : ndarray of shape (n_draws,)
        The log density there.
    slope : ndarray of shape (n_draws, n_weights)
        Its gradient.
    """

    place: np.ndarray
    log_p: np.ndarray
    slope: np.ndarray

    def of(self, draws):
        """Return the states of some chains."""
        return State(*(part[draws] for part in self))


class HamiltonianChains:
    """Chains that end at draws of the weights.

    Parameters
    ----------
    labelled : Labelled
        The training rows.
    posterior : Gaussian
        Laplace's approximation.
    root : callable
        Multiplies places, shape (n_draws, n_weights), by R, which is symmetric.
    """

    def __init__(self, labelled, posterior, root):
        self._features = labelled.design * posterior.scale
        self._codes, self._row_weights = labelled.codes, labelled.row_weights
        self._n_classes, self._owner = labelled.n_classes, labelled.owner
        self._mean, self._root = posterior.mean.T.ravel(), root
        self._step = self._find_step()

    def run(self, place, momenta, numbers):
        """Return the ends of the chains.

        Parameters
        ----------
        place : ndarray of shape (n_draws, n_weights)
            Where they begin.
        momenta : iterable of ndarray of shape (n_draws, n_weights)
            Standard normal numbers for each trajectory.
        numbers : iterable of ndarray of shape (n_draws, 2)
            Uniform numbers in [0, 1) for each trajectory.

        Returns
        -------
        weights : ndarray of shape (n_draws, n_weights)
            The v of the docstring.
        """
        # Some arrays have a number for each row, draw and class.
        bytes_per_draw = 40 * len(self._features) * self._n_classes
        parts = list(chunks(len(place), rows_within(bytes_per_draw)))
        states = [self._state(place[part]) for part in parts]
        for momentum, uniform in zip(momenta, numbers):
            states = [
                self._moved(state, momentum[part], uniform[part], self._step)[0]
                for state, part in zip(states, parts)
            ]
        return self._mean + self._root(np.concatenate([s.place for s in states]))

    def _moved(self, state, momentum, uniform, step):
        """Return the states after a trajectory, and which were accepted."""
        energy = state.log_p - 0.5 * np.sum(momentum**2, axis=1)
        # Steps of equal length could come back to where they began.
        steps = step * (0.5 + 0.5 * uniform[:, :1])
        new, momentum = self._trajectory(state, momentum, steps, step)
        gain = new.log_p - 0.5 * np.sum(momentum**2, axis=1) - energy
        accepted = np.log1p(-uniform[:, 1]) < gain
        chosen = [
            np.where(accepted.reshape(-1, *[1] * (part.ndim - 1)), part, old)
            for part, old in zip(new, state)
        ]
        return State(*chosen), accepted

    def _trajectory(self, state, momentum, steps, step):
        """Return the states and momenta at the end of leapfrog steps."""
        n_steps = math.ceil(_LENGTH / (0.75 * step))
        momentum = momentum + 0.5 * steps * state.slope
        for number in range(n_steps):
            state = self._state(state.place + steps * momentum)
            last = number == n_steps - 1
            momentum = momentum + (0.5 if last else 1.0) * steps * state.slope
        return state, momentum

    def _state(self, place):
        weights = self._mean + self._root(place)
        n_draws = len(weights)
        by_class = weights.reshape(n_draws * self._n_classes, -1)
        logits = (self._features @ by_class.T).reshape(-1, n_draws, self._n_classes)
        logs = logits - special.logsumexp(logits, axis=2, keepdims=True)
        rows = np.arange(len(logs))
        chosen = logs[rows, :, self._codes]  # (n_samples, n_draws)
        log_p = self._row_weights @ chosen - 0.5 * np.sum(weights**2, axis=1)
        residuals = -np.exp(logs)
        residuals[rows, :, self._codes] += 1.0
        counted = self._row_weights[:, np.newaxis] * self._features
        slope = residuals.reshape(len(logs), -1).T @ counted
        return State(place, log_p, self._root(slope.reshape(n_draws, -1) - weights))

    def _find_step(self):
        """Return the longest of some step lengths with which most are accepted."""
        shape = (_PILOTS, len(self._mean))
        start = self._state(stream(0, "pilots").standard_normal(shape))
        step = _LONGEST_STEP
        while step >= _SHORTEST_STEP:
            state, shares = start, []
            for number in range(_PILOT_TRAJECTORIES):
                random = stream(0, "pilots", number)
                momentum = random.standard_normal(shape)
                uniform = random.random((_PILOTS, 2))
                state, accepted = self._moved(state, momentum, uniform, step)
                shares.append(accepted.mean())
            if np.mean(shares) >= _WANTED:
                return step
            step *= 0.7
        warnings.warn(
            f"The chains of {self._owner} accept few trajectories even with steps of "
            f"{_SHORTEST_STEP}, so its draws are near those of Laplace's "
            "approximation. Scale the columns of X, or reduce prior_variance.",
            ConvergenceWarning,
            stacklevel=2,
        )
        return _SHORTEST_STEP
