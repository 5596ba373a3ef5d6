"""Monte-Carlo dropout: a network whose dropout masks are draws of its weights.

Gal and Ghahramani (2016), "Dropout as a Bayesian approximation": a network trained with
dropout and an L2 penalty is an approximate posterior over its weights, and each forward
pass with a fresh mask is a draw from it. `_draws` makes the draws and `_masks` the
masks; training is in `_networks`.
"""

import numpy as np
from sklearn.utils import check_random_state

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import count_in_memory, flag
from skbal._utils.random import LARGEST_SEED
from skbal._utils.validation import check_n_draws
from skbal.models._networks import _plain_data
from skbal.models._networks._estimator import NetworkEstimator
from skbal.models._networks._length_scale import LengthScaleMixin

_draws = lazy_module("skbal.models._dropout._draws")
_plans = lazy_module("skbal.models._dropout._plan")
_samplers = lazy_module("skbal.models._networks._samplers")
_training = lazy_module("skbal.models._networks._training")


class MCDropout(LengthScaleMixin, NetworkEstimator):
    """One network whose draws are dropout masks; a subclass says what y is."""

    _parameter_rules = {
        "n_draws": count_in_memory(),
        "deterministic": flag(),
    }

    def __init__(
        self,
        module="auto",
        *,
        image_shape=None,
        standardize="auto",
        n_draws=100,
        deterministic=False,
        prior_length_scale=None,
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
        self.deterministic = deterministic
        self.prior_length_scale = prior_length_scale

    # ------------------------------------------------------------------ learning

    def _train(self, X, y, weights):
        seeds = check_random_state(self.random_state).randint(
            LARGEST_SEED, size=2, dtype=np.uint32
        )
        net = self.net_ if self._continues() else None
        net = self._trained_net(net, X, y, weights, int(seeds[0]))
        self._set_nets([net])
        self.draw_seed_ = int(seeds[1])
        self.n_steps_ = _training.steps_of(net)

    def _nets(self):
        return [self.net_] if hasattr(self, "net_") else []

    def _set_nets(self, nets):
        (self.net_,) = nets

    def _probe(self, net, example):
        outputs = super()._probe(net, example)
        if not self.deterministic:
            net.draw_plan_ = _plans.plan_of(net.module_, example, type(self).__name__)
        return outputs

    # --------------------------------------------------------------------- draws

    def _check_n_draws(self, n_draws):
        owner = type(self).__name__
        if self.deterministic:
            if n_draws not in (None, 1):
                raise ValueError(
                    f"n_draws of {owner} must be None or 1 with deterministic=True, "
                    f"which has one prediction and no draws, got {n_draws!r}."
                )
            return 1
        if n_draws is None:
            n_draws = self.n_draws
        return check_n_draws(n_draws, owner)

    def _make_sampler(self, example, n_draws, seed):
        if self.deterministic:
            return _samplers.EvaluationSampler(self._modules(), example)
        # Loaded weights come without a plan.
        plan = getattr(self.net_, "draw_plan_", None)
        return _draws.DropoutSampler(self.net_.module_, example, n_draws, seed, plan)

    def _fitted_seed(self):
        return self.draw_seed_

    # -------------------------------------------------------------- saved weights

    def _prefixes(self, n_nets):
        return [""]

    def _net_state(self):
        return {"draw_seed": self.draw_seed_, "n_steps": self.n_steps_}

    def _set_net_state(self, state):
        self.draw_seed_ = _plain_data.integer(state, "draw_seed", largest=LARGEST_SEED)
        self.n_steps_ = _plain_data.integer(state, "n_steps")
        return 1
