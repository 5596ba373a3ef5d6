"""The skorch nets that maximise the evidence lower bound."""

import torch

from skbal.models._bayes_by_backprop._layer import VariationalLinear, make_variational
from skbal.models._networks._training import ClassifierNet, RegressorNet

# The standard deviations are learned this many times faster than other weights. They
# begin far from where they end, and in logarithms the way there is long.
FASTER = 10
# Share of the last batch in the running noise variance, and the smallest variance.
SHARE, SMALLEST_NOISE = 0.1, 1e-6


def variational_layer(module):
    """Return the layer of a network that has a distribution."""
    parts = module.modules()
    return next(part for part in parts if isinstance(part, VariationalLinear))


class _VariationalMixin:
    """Gives a net the variational layer, and its divergence as part of the loss.

    Per row, the negative evidence lower bound is the mean loss of the rows plus the
    divergence over their number (Blundell et al. 2015, eq. 8, with equal weights of the
    batches).
    """

    has_noise = False

    def __init__(self, *args, prior_variance=0.1, owner="", **kwargs):
        super().__init__(*args, **kwargs)
        self.prior_variance = prior_variance
        self.owner = owner

    def initialize_module(self):
        super().initialize_module()
        self.module_ = make_variational(self.module_, self.owner, self.has_noise)
        return self

    def get_params_for_optimizer(self, prefix, named_parameters):
        args, kwargs = super().get_params_for_optimizer(prefix, named_parameters)
        pairs = variational_layer(self.module_).means_and_log_stds()
        means, log_stds = map(list, zip(*pairs))
        own = {id(parameter) for parameter in (*means, *log_stds)}
        groups = [
            {**group, "params": [p for p in group["params"] if id(p) not in own]}
            for group in args[0]
        ]
        # Their prior is in the loss, so a weight decay would be a second one.
        lr = kwargs.get("lr", self.lr)
        groups += [
            {"params": means, "weight_decay": 0.0},
            {"params": log_stds, "weight_decay": 0.0, "lr": FASTER * lr},
        ]
        return ([g for g in groups if g["params"]], *args[1:]), kwargs

    def get_split_datasets(self, X, y=None, **fit_params):
        training, validation = super().get_split_datasets(X, y, **fit_params)
        self.n_rows_ = len(training)
        return training, validation

    def get_loss(self, y_pred, y_true, X=None, training=False):
        loss = super().get_loss(y_pred, y_true, X, training)
        if not training:
            return loss
        layer = variational_layer(self.module_)
        loss = self._negative_log_likelihood(loss, y_pred, layer)
        return loss + layer.divergence(self.prior_variance) / self.n_rows_

    def _negative_log_likelihood(self, loss, y_pred, layer):
        """Return the loss of a row, in nats."""
        return loss


class VariationalClassifierNet(_VariationalMixin, ClassifierNet):
    """The net of classes, whose loss is the cross-entropy."""


class VariationalRegressorNet(_VariationalMixin, RegressorNet):
    """The net of numbers, whose loss is that of normal noise.

    Given the distribution of the weights, the noise variance that maximises the bound
    is the mean square of the residuals of draws. A running mean over batches follows
    it. A loss of the user's own is taken as it is.
    """

    has_noise = True

    def _negative_log_likelihood(self, loss, y_pred, layer):
        if self.criterion is not torch.nn.MSELoss:
            return loss
        # The loss is the mean square over rows and outputs.
        noise = layer.noise_variance
        noise.lerp_(loss.detach(), SHARE).clamp_(min=SMALLEST_NOISE)
        return y_pred[0].numel() / 2 * loss / noise.clone()
