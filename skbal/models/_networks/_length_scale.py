"""The length scale of a Gaussian prior on weights, which becomes a weight decay."""

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import real

_training = lazy_module("skbal.models._networks._training")


class LengthScaleMixin:
    """Gives a network the parameter ``prior_length_scale``."""

    _parameter_rules = {"prior_length_scale": real(0, none=True)}

    def _check_parameters(self):
        super()._check_parameters()
        is_decay_given = hasattr(self, "optimizer__weight_decay")
        if self.prior_length_scale is not None and is_decay_given:
            raise ValueError(
                f"{type(self).__name__} got both "
                f"prior_length_scale={self.prior_length_scale} and "
                f"optimizer__weight_decay={self.optimizer__weight_decay}, which set "
                "the same weight decay: give one of them."
            )

    def _loss_parameters(self, n_samples):
        parameters = super()._loss_parameters(n_samples)
        if self.prior_length_scale is None:
            return parameters
        decay = _training.weight_decay_parameters(self.prior_length_scale, n_samples)
        return {**parameters, **decay}
