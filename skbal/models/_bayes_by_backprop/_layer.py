"""A dense layer whose weights have a normal distribution, trained by gradients.

Blundell et al. (2015), "Weight uncertainty in neural networks": each weight has a mean
and a standard deviation of its own. In training the layer draws its outputs and not its
weights, which has the same distribution and noise that is independent between rows
(Kingma, Salimans and Welling 2015, "Variational dropout and the local
reparameterization trick", eq. 6).
"""

import math

import torch
from torch import nn
from torch.nn import functional

from skbal.models._networks._extractor import find_last_dense

# Of the standard deviations: ten times smaller than the first weights of torch.
FIRST_SHARE = 0.1


class VariationalLinear(nn.Linear):
    """A dense layer with a factorised normal distribution over weights and biases.

    ``weight`` and ``bias`` are the means. In evaluation mode the layer is that of the
    means. In training mode its outputs are random.

    Parameters
    ----------
    layer : torch.nn.Linear
        The layer that has the first means, which are copied.
    has_noise : bool, default=False
        Whether the layer keeps a noise variance beside its weights, for numbers.

    Attributes
    ----------
    weight_log_std : torch.nn.Parameter of shape (n_outputs, n_features)
        Logarithms of the standard deviations of the weights.
    bias_log_std : torch.nn.Parameter of shape (n_outputs,) or None
        Those of the biases.
    noise_variance : torch.Tensor of shape ()
        The noise variance, if there is one, on the scale of standardised y. It is 1
        before training.
    """

    def __init__(self, layer, has_noise=False):
        like = {"device": layer.weight.device, "dtype": layer.weight.dtype}
        has_bias = layer.bias is not None
        super().__init__(layer.in_features, layer.out_features, has_bias, **like)
        self.load_state_dict(layer.state_dict())
        if has_noise:
            self.register_buffer("noise_variance", torch.ones((), **like))
        first = math.log(FIRST_SHARE / math.sqrt(layer.in_features))
        self.weight_log_std = nn.Parameter(torch.full_like(layer.weight, first))
        self.bias_log_std = None
        if has_bias:
            self.bias_log_std = nn.Parameter(torch.full_like(layer.bias, first))

    def forward(self, x):
        mean = super().forward(x)
        if not self.training:
            return mean
        has_bias = self.bias_log_std is not None
        of_bias = (2 * self.bias_log_std).exp() if has_bias else None
        variance = functional.linear(x**2, (2 * self.weight_log_std).exp(), of_bias)
        # A row of zeros has no variance, whose root would have no gradient.
        return mean + variance.clamp(min=1e-12).sqrt() * torch.randn_like(mean)

    def means_and_log_stds(self):
        """Return pairs of parameters: means, and logarithms of standard deviations."""
        pairs = [(self.weight, self.weight_log_std)]
        if self.bias is not None:
            pairs.append((self.bias, self.bias_log_std))
        return pairs

    def divergence(self, prior_variance):
        """Return the Kullback-Leibler divergence to the prior.

        Parameters
        ----------
        prior_variance : float
            Prior variance of each weight and bias.

        Returns
        -------
        divergence : torch.Tensor of shape ()
            In nats.
        """
        total = 0.0
        for mean, log_std in self.means_and_log_stds():
            ratio = (mean**2 + (2 * log_std).exp()) / prior_variance
            log_ratio = 2 * log_std - math.log(prior_variance)
            total = total + (ratio - 1 - log_ratio).sum() / 2
        return total


def make_variational(module, owner, has_noise):
    """Replace the last dense layer of a network by a `VariationalLinear`.

    Parameters
    ----------
    module : torch.nn.Module
        A ``Sequential``, which is changed, or a single dense layer.
    owner : str
        Name of the estimator, for messages.
    has_noise : bool
        Whether the layer keeps a noise variance.

    Returns
    -------
    module : torch.nn.Module
        The network with the new layer.

    Raises
    ------
    ValueError
        If it has no last dense layer, or one of another kind.
    """
    found = find_last_dense(module)
    if found is None or type(found.layer) is not nn.Linear:
        kind = "none" if found is None else type(found.layer).__name__
        raise ValueError(
            f"module of {owner} must be a Sequential that ends in a dense layer "
            f"(torch.nn.Linear) and activations, whose weights get a distribution. The "
            f"last dense layer of {type(module).__name__} is {kind}. SWAG and Laplace "
            'with weights="all" take any module.'
        )
    if found.layer is module:
        return VariationalLinear(module, has_noise)
    for parent in module.modules():
        for name, child in list(parent.named_children()):
            if child is found.layer:
                setattr(parent, name, VariationalLinear(child, has_noise))
    return module
