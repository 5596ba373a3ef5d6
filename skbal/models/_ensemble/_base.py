"""Deep ensembles: several networks from different first weights, one draw each.

Lakshminarayanan, Pritzel and Blundell (2017), "Simple and scalable predictive
uncertainty estimation using deep ensembles". The members differ in their first weights
and in the order of the rows of each epoch, and see the same training rows.
"""

import numpy as np
from sklearn.utils import check_random_state

from skbal._utils.lazy import lazy_module
from skbal._utils.members import choose_members, number_of_draws
from skbal._utils.parameters import count, jobs
from skbal._utils.random import LARGEST_SEED, next_seed, stream
from skbal._utils.validation import check_n_draws
from skbal._utils.workers import call_all
from skbal.models._ensemble._members import train_member, without_members
from skbal.models._networks import _plain_data
from skbal.models._networks._estimator import NetworkEstimator

_resetting = lazy_module("skbal.models._ensemble._resetting")
_samplers = lazy_module("skbal.models._networks._samplers")
_training = lazy_module("skbal.models._networks._training")


class DeepEnsemble(NetworkEstimator):
    """Several networks, each of which is a draw; a subclass says what y is."""

    _parameter_rules = {"n_members": count(), "n_jobs": jobs()}

    def __init__(
        self,
        module="auto",
        *,
        n_members=5,
        image_shape=None,
        standardize="auto",
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
        n_jobs=None,
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
        self.n_members = n_members
        self.n_jobs = n_jobs

    # ------------------------------------------------------------------ learning

    def _train(self, X, y, weights):
        seed = check_random_state(self.random_state).randint(
            LARGEST_SEED, dtype=np.uint32
        )
        members = self.members_ if self._continues() else []
        self._check_not_fewer(len(members))
        members = [*members, *[None] * (self.n_members - len(members))]
        blank = without_members(self)
        calls = [
            # A member's seed does not depend on how many others there are.
            (blank, member, X, y, weights, next_seed(stream(int(seed), "member", k)))
            for k, member in enumerate(members)
        ]
        for number, member in call_all(train_member, calls, self.n_jobs):
            members[number] = member
        self._set_nets(members)
        self.n_steps_ = np.array([_training.steps_of(net) for net in members])

    def _check_not_fewer(self, n_trained):
        if self.n_members < n_trained:
            raise ValueError(
                f"n_members of {type(self).__name__} is {self.n_members}, but the "
                f"previous fit trained {n_trained} members, which warm_start=True "
                f"continues: set n_members to {n_trained} or more, or "
                "warm_start=False to start again."
            )

    def _nets(self):
        return getattr(self, "members_", [])

    def _set_nets(self, nets):
        self.members_ = nets

    def _from_instance(self, module):
        """Return a copy with new first weights, so that members differ."""
        return _resetting.with_new_weights(module, type(self).__name__)

    # --------------------------------------------------------------------- draws

    def _check_n_draws(self, n_draws):
        if n_draws is not None:
            n_draws = check_n_draws(n_draws, type(self).__name__)
        return number_of_draws(n_draws, self.members_, self)

    def _make_sampler(self, example, n_draws, seed):
        modules = choose_members(self._modules(), n_draws, seed)
        return _samplers.EvaluationSampler(modules, example)

    def _fitted_seed(self):
        return 0  # all members are taken, so nothing is drawn

    # -------------------------------------------------------------- saved weights

    def _prefixes(self, n_nets):
        return [f"members.{number}." for number in range(n_nets)]

    def _net_state(self):
        return {"n_members": len(self.members_), "n_steps": self.n_steps_.tolist()}

    def _set_net_state(self, state):
        n_members = _plain_data.integer(state, "n_members")
        if n_members != self.n_members:
            raise _plain_data.WrongData(
                f"it holds {n_members} members, but n_members is {self.n_members}"
            )
        steps = _plain_data.integers(state, "n_steps", smallest=0)
        if len(steps) != n_members:
            raise _plain_data.WrongData("n_steps must have one entry per member")
        self.n_steps_ = np.array(steps)
        return n_members
