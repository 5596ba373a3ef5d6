"""Bayes by backprop of the last layer: training maximises an evidence lower bound.

Blundell, Cornebise, Kavukcuoglu and Wierstra (2015), "Weight uncertainty in neural
networks". The weights of the last layer have a factorised normal distribution q, those
of the other layers are numbers, and gradient descent maximises

    E_q[log p(y | X, w)] - KL(q || prior)

over all of them at once.
"""

import numpy as np
from sklearn.utils import check_random_state

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import count_in_memory, positive
from skbal._utils.random import LARGEST_SEED
from skbal._utils.validation import check_n_draws
from skbal.models._networks import _plain_data
from skbal.models._networks._estimator import NetworkEstimator

_draws = lazy_module("skbal.models._bayes_by_backprop._draws")
_layer = lazy_module("skbal.models._bayes_by_backprop._layer")
_steps = lazy_module("skbal.models._networks._training")
_variational = lazy_module("skbal.models._bayes_by_backprop._training")


class BayesByBackprop(NetworkEstimator):
    """A network with a distribution of its last weights; a subclass says what y is."""

    _parameter_rules = {"n_draws": count_in_memory(), "prior_variance": positive()}

    def __init__(
        self,
        module="auto",
        *,
        image_shape=None,
        standardize="auto",
        n_draws=100,
        prior_variance=0.1,
        max_epochs=50,
        max_steps=None,
        lr=0.001,
        batch_size=64,
        optimizer="Adam",
        criterion="auto",
        augment=None,
        train_split=None,
        callbacks=None,
        device="cpu",
        precision="float32",
        warm_start=False,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        super().__init__(
            module,
            image_shape=image_shape,
            standardize=standardize,
            max_epochs=max_epochs,
            max_steps=max_steps,
            lr=lr,
            batch_size=batch_size,
            optimizer=optimizer,
            criterion=criterion,
            augment=augment,
            train_split=train_split,
            callbacks=callbacks,
            device=device,
            precision=precision,
            warm_start=warm_start,
            random_state=random_state,
            verbose=verbose,
            **kwargs,
        )
        self.n_draws = n_draws
        self.prior_variance = prior_variance

    # ------------------------------------------------------------------ learning

    def _train(self, X, y, weights):
        seeds = check_random_state(self.random_state).randint(
            LARGEST_SEED, size=2, dtype=np.uint32
        )
        net = self.net_ if self._continues() else None
        net = self._trained_net(net, X, y, weights, int(seeds[0]))
        self._set_nets([net])
        self.draw_seed_ = int(seeds[1])
        self.n_steps_ = _steps.steps_of(net)

    def _nets(self):
        return [self.net_] if hasattr(self, "net_") else []

    def _set_nets(self, nets):
        (self.net_,) = nets
        layer = _variational.variational_layer(self.net_.module_)
        self.coef_mean_ = _array(layer.weight).T
        self.coef_variance_ = np.exp(2 * _array(layer.weight_log_std).T)
        self.intercept_mean_ = self.intercept_variance_ = None
        if layer.bias is not None:
            self.intercept_mean_ = _array(layer.bias)
            self.intercept_variance_ = np.exp(2 * _array(layer.bias_log_std))

    def _amount_of_training(self, n_samples):
        # A warm start takes the present prior, too.
        parameters = super()._amount_of_training(n_samples)
        return {**parameters, "prior_variance": self.prior_variance}

    def _loss_parameters(self, n_samples):
        parameters = super()._loss_parameters(n_samples)
        return {**parameters, "owner": type(self).__name__}

    # --------------------------------------------------------------------- draws

    def _check_n_draws(self, n_draws):
        n_draws = self.n_draws if n_draws is None else n_draws
        return check_n_draws(n_draws, type(self).__name__)

    def _make_sampler(self, example, n_draws, seed):
        owner = type(self).__name__
        return _draws.VariationalSampler(
            self.net_.module_, example, n_draws, seed, owner
        )

    def _fitted_seed(self):
        return self.draw_seed_

    # -------------------------------------------------------------- saved weights

    def _adapt_plain_module(self, module):
        has_noise = self._net_class().has_noise
        _layer.make_variational(module, type(self).__name__, has_noise)

    def _prefixes(self, n_nets):
        return [""]

    def _net_state(self):
        return {"draw_seed": self.draw_seed_, "n_steps": self.n_steps_}

    def _set_net_state(self, state):
        self.draw_seed_ = _plain_data.integer(state, "draw_seed", largest=LARGEST_SEED)
        self.n_steps_ = _plain_data.integer(state, "n_steps")
        return 1


def _array(parameter):
    """Return a copy of a tensor as an array in float64."""
    return parameter.detach().cpu().numpy().astype(np.float64)
