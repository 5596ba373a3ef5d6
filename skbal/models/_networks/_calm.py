"""Passes in evaluation mode, where no dropout acts whatever a module says."""

import torch
from torch.nn.parameter import is_lazy

from skbal.models._networks._modes import in_mode
from skbal.models._networks._noise import Calm, Noise


class CalmNetwork:
    """A network in evaluation mode without any dropout.

    A dropout function that is called without ``training=self.training`` acts in
    evaluation mode, too. Here it does not.

    Parameters
    ----------
    twin : torch.nn.Module
        A copy of the network, see `evaluation_twin`.
    example : torch.Tensor of shape (n_rows, ...)
        A row, to see whether the network is random.

    Raises
    ------
    RandomnessError
        If the network draws random numbers in evaluation mode that are no dropout.
    """

    def __init__(self, twin, example):
        self._twin = twin
        if any(map(is_lazy, self._twin.parameters())):
            # The first pass of a lazy layer draws its weights, which is no dropout.
            with torch.no_grad():
                self._twin(example.clone())
        self._is_random = self._calm_pass(example.clone())[1].n_met > 0

    def __call__(self, x):
        """Return what the network gives for rows, which it may change in place."""
        if self._is_random:
            return self._calm_pass(x)[0]
        with torch.inference_mode():
            return self._twin(x)

    def _calm_pass(self, x):
        source = Calm()
        # Not in inference mode, in which torch would not let `Noise` see all.
        with torch.inference_mode(False), torch.no_grad():
            x = x.clone() if x.is_inference() else x
            return in_mode(Noise(source), self._twin, x), source
