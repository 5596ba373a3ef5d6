"""Joint draws as a function of a tensor of rows, through which gradients pass.

The draws are those of ``predict_samples`` with the same seed, up to rounding. Rows
enter in float64 and on the scale of X. A network in float32 gets them in float32, and
what is made of its outputs is in float64 again: a probability close to one then still
has a gradient.
"""

from contextlib import nullcontext

import torch

from skbal.models._networks._extractor import device_and_dtype


class TorchDraws:
    """The draws of a fitted estimator for a tensor of rows.

    Parameters
    ----------
    passes : callable
        Takes rows as they enter the network, and a range of draws. It returns outputs
        of shape (len(draws), n_rows, n_network_outputs).
    enter : callable
        Takes rows on the scale of X, and returns them as they enter the network.
    leave : callable
        Takes outputs of the network and returns draws.
    n_draws : int
        Number of draws.
    module : torch.nn.Module
        The network, or the first of several. It tells device and precision.
    threads : callable, default=contextlib.nullcontext
        Returns a context in which the network runs.

    Attributes
    ----------
    n_draws : int
        Number of draws.
    device : torch.device
        Device of the network.
    threads : callable
        See above.
    """

    def __init__(self, passes, *, enter, leave, n_draws, module, threads=nullcontext):
        self.n_draws = n_draws
        self.threads = threads
        self.device, dtype = device_and_dtype(module)
        self._dtype = torch.float64 if dtype == torch.float64 else torch.float32
        self._passes, self._enter, self._leave = passes, enter, leave

    def __call__(self, x, draws):
        """Return some of the draws.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...), dtype=float64
            Rows of X, on the device.
        draws : range
            The numbers of the draws.

        Returns
        -------
        draws : torch.Tensor of shape (len(draws), n_rows, n_outputs), dtype=float64
        """
        x = self._enter(x).to(self._dtype)
        return self._leave(self._passes(x, draws).double())


class LinearHead:
    """Draws that are linear in the features of a network; see `TorchDraws`.

    Parameters
    ----------
    extractor : FeatureExtractor or SideBySideExtractor
        Gives the features.
    weights : ndarray of shape (n_features, n_draws, n_outputs)
        The weights of each draw.
    offset : ndarray of shape (n_draws, n_outputs)
        What is added to the product of features and weights.
    """

    def __init__(self, extractor, weights, offset):
        self._extractor = extractor
        self._weights, self._offset = map(torch.as_tensor, (weights, offset))

    def __call__(self, x, draws):
        """Return the values, shape (len(draws), n_rows, n_outputs)."""
        features = self._extractor.with_gradients(x).double()
        chosen = slice(draws.start, draws.stop)
        weights, offset = (
            tensor.to(features) for tensor in (self._weights, self._offset)
        )
        values = torch.tensordot(features, weights[:, chosen], dims=1)
        return (values + offset[chosen]).swapaxes(0, 1)
