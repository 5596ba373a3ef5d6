"""Joint draws of a network whose last layer has a distribution."""

import numpy as np
import torch

from skbal._utils.chunks import rows_within
from skbal._utils.random import stream
from skbal.models._bayes_by_backprop._training import variational_layer
from skbal.models._networks._extractor import FeatureExtractor, find_last_dense
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._sizes import LIVE_TENSORS
from skbal.models._networks._twin import evaluation_twin


class VariationalSampler:
    """Draws of a network's outputs under drawn weights of its last layer.

    The layers before it run once for all draws.

    Parameters
    ----------
    module : torch.nn.Module
        The trained network. It is not changed.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows, to measure the memory of a pass.
    n_draws : int
        Number of draws.
    seed : int
        Seed of the draws.
    owner : str
        Name of the estimator, for messages.

    Attributes
    ----------
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    """

    def __init__(self, module, example, n_draws, seed, owner):
        layer = variational_layer(module)
        self._extractor = FeatureExtractor(module, None, example[:1], owner)
        self._after = find_last_dense(evaluation_twin(module)).after
        self._weights, self._biases = _layer_draws(layer, n_draws, seed)
        row_bytes = LIVE_TENSORS * self._biases.nbytes
        self.batch_size = min(self._extractor.batch_size, rows_within(row_bytes))

    def __call__(self, x):
        """Return the outputs of each draw.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows, at most ``batch_size`` to stay within the memory budget.

        Returns
        -------
        outputs : torch.Tensor of shape (n_draws, n_rows, n_outputs)
        """
        n_rows = len(x)
        x = filled_up(x, self.batch_size)
        with torch.inference_mode():
            features = self._extractor(x)
            return self._outputs(features, slice(None))[:, :n_rows]

    def with_gradients(self, x, draws):
        """Return the outputs of some draws, through which gradients pass.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.
        draws : range
            The numbers of the draws.

        Returns
        -------
        outputs : torch.Tensor of shape (len(draws), n_rows, n_outputs)
        """
        features = self._extractor.with_gradients(x)
        return self._outputs(features, slice(draws.start, draws.stop))

    def _outputs(self, features, draws):
        weights, biases = self._weights[draws], self._biases[draws]
        n_draws, n_outputs, n_features = weights.shape
        # One product for all draws, (n_rows, n_draws * n_outputs).
        values = features @ weights.reshape(-1, n_features).T + biases.reshape(-1)
        # Activations may have an axis, such as a softmax over columns.
        values = values.reshape(-1, n_outputs)
        for activation in self._after:
            values = activation(values)
        return values.reshape(len(features), n_draws, n_outputs).swapaxes(0, 1)


def _layer_draws(layer, n_draws, seed):
    """Return weights (n_draws, n_outputs, n_features), and biases without the last."""
    shape = layer.out_features, layer.in_features + 1
    noise = [
        stream(seed, "last layer", draw).standard_normal(shape, dtype=np.float32)
        for draw in range(n_draws)
    ]
    noise = torch.from_numpy(np.stack(noise)).to(layer.weight)
    weights = layer.weight + layer.weight_log_std.exp() * noise[..., :-1]
    biases = torch.zeros_like(noise[..., -1])
    if layer.bias is not None:
        biases = layer.bias + layer.bias_log_std.exp() * noise[..., -1]
    return weights.detach(), biases.detach()
