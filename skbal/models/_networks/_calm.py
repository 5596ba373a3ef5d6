"""Passes in evaluation mode, where no dropout acts whatever a module says.

A dropout function that is called without ``training=self.training`` acts in evaluation
mode, too. Here it does not.
"""

import torch
from torch.nn.parameter import is_lazy

from skbal.models._networks._modes import in_mode, no_grad
from skbal.models._networks._noise import Calm, Noise


def drops_in_evaluation(twin, example):
    """Return whether a network in evaluation mode asks for dropout.

    Parameters
    ----------
    twin : torch.nn.Module
        A copy of the network, see `evaluation_twin`.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows. They are not changed.

    Returns
    -------
    is_random : bool

    Raises
    ------
    RandomnessError
        If it draws random numbers that are no dropout.
    """
    if any(map(is_lazy, twin.parameters())):
        # The first pass of a lazy layer draws its weights, which is no dropout.
        with no_grad():
            twin(example.clone())
    source = Calm()
    _calm_pass(twin, example.clone(), source)
    return source.n_met > 0


class CalmNetwork:
    """A network in evaluation mode without any dropout.

    Parameters
    ----------
    twin : torch.nn.Module
        A copy of the network, see `evaluation_twin`.
    is_random : bool
        Whether it asks for dropout all the same, see `drops_in_evaluation`.
    """

    def __init__(self, twin, is_random):
        self._twin = twin
        self._is_random = is_random

    def __call__(self, x):
        """Return what the network gives for rows, which it may change in place."""
        if self._is_random:
            return _calm_pass(self._twin, x, Calm())
        with torch.inference_mode():
            return self._twin(x)

    def with_gradients(self, x):
        """Return the same for rows that gradients pass through."""
        if self._is_random:
            return in_mode(Noise(Calm()), self._twin, x)
        return self._twin(x)


def _calm_pass(twin, x, source):
    # Not in inference mode, in which torch would not let `Noise` see all.
    with torch.inference_mode(False), no_grad():
        x = x.clone() if x.is_inference() else x
        return in_mode(Noise(source), twin, x)
