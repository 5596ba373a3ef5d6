"""The memory of what happened, from which a network learns in random batches."""

from typing import NamedTuple

import numpy as np


class Transitions(NamedTuple):
    """Some steps of an environment.

    Parameters
    ----------
    observations, following : ndarray of shape (n, ...), dtype=float32
        What was observed before and after each step.
    actions : ndarray of shape (n,), dtype=intp
        What was done.
    rewards : ndarray of shape (n,), dtype=float32
        What it gave.
    terminated : ndarray of shape (n,), dtype=bool
        Whether nothing comes after. A truncated step is not terminated.
    """

    observations: np.ndarray
    actions: np.ndarray
    rewards: np.ndarray
    following: np.ndarray
    terminated: np.ndarray


class ReplayMemory:
    """The last steps of an environment; the oldest are forgotten.

    Parameters
    ----------
    size : int
        Largest number of steps.
    shape : tuple of int
        Shape of an observation.

    Examples
    --------
    >>> memory = ReplayMemory(2, (1,))
    >>> for reward in (1.0, 2.0, 3.0):
    ...     memory.add([0.0], 0, reward, [0.0], False)
    >>> sorted(memory.steps().rewards.tolist())
    [2.0, 3.0]
    """

    def __init__(self, size, shape):
        self.size, self.shape, self.n_added = size, shape, 0
        self._parts = Transitions(
            np.empty((size, *shape), dtype=np.float32),
            np.empty(size, dtype=np.intp),
            np.empty(size, dtype=np.float32),
            np.empty((size, *shape), dtype=np.float32),
            np.empty(size, dtype=bool),
        )

    def __len__(self):
        return min(self.n_added, self.size)

    def add(self, observation, action, reward, following, terminated):
        """Keep a step, in the place of the oldest if the memory is full."""
        step = (observation, action, reward, following, terminated)
        for part, value in zip(self._parts, step):
            part[self.n_added % self.size] = value
        self.n_added += 1

    def steps(self):
        """Return all steps that are kept, as `Transitions`."""
        return Transitions(*(part[: len(self)] for part in self._parts))

    def sample(self, n, rng):
        """Return ``n`` random steps with replacement, as `Transitions`."""
        places = rng.integers(len(self), size=n)
        return Transitions(*(part[places] for part in self._parts))
