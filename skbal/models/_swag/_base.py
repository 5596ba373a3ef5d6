"""SWAG: a normal distribution over all weights, fitted to the path of the training.

Maddox, Garipov, Izmailov, Vetrov and Wilson (2019), "A simple baseline for Bayesian
uncertainty in deep learning". After an ordinary training, stochastic gradient descent
goes on at a constant rate. Its weights then wander around the solution, and the mean
and covariance of snapshots of them are those of the posterior's approximation.
"""

import numpy as np
from sklearn.utils import check_random_state

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import count, count_in_memory, positive
from skbal._utils.random import LARGEST_SEED, stream
from skbal._utils.torch_random import seeded_torch
from skbal._utils.validation import check_n_draws
from skbal.models._networks import _plain_data
from skbal.models._networks._estimator import NetworkEstimator
from skbal.models._networks._length_scale import LengthScaleMixin
from skbal.models._swag._moments import WeightMoments

torch = lazy_module("torch")
_collecting = lazy_module("skbal.models._swag._collecting")
_flat = lazy_module("skbal.models._swag._flat")
_norms = lazy_module("skbal.models._swag._norms")
_samplers = lazy_module("skbal.models._networks._samplers")
_training = lazy_module("skbal.models._networks._training")
_twins = lazy_module("skbal.models._networks._twin")

MOST_NORM_ROWS = 2048  # from which the statistics of batch normalisation are renewed
_TENSORS = ("weight_mean_", "weight_variance_", "weight_deviations_")


class SWAG(LengthScaleMixin, NetworkEstimator):
    """One network with a normal distribution of its weights; a subclass has y."""

    _parameter_rules = {
        "n_draws": count_in_memory(),
        "n_snapshots": count(2),
        "steps_per_snapshot": count(),
        "swag_lr": positive(),
        "rank": count(2),
    }

    def __init__(
        self,
        module="auto",
        *,
        image_shape=None,
        standardize="auto",
        n_draws=100,
        n_snapshots=40,
        steps_per_snapshot=10,
        swag_lr=0.01,
        rank=20,
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
        self.n_snapshots = n_snapshots
        self.steps_per_snapshot = steps_per_snapshot
        self.swag_lr = swag_lr
        self.rank = rank
        self.prior_length_scale = prior_length_scale

    # ------------------------------------------------------------------ learning

    def _train(self, X, y, weights):
        seeds = check_random_state(self.random_state).randint(
            LARGEST_SEED, size=3, dtype=np.uint32
        )
        net = self.net_ if self._continues() else None
        net = self._trained_net(net, X, y, weights, int(seeds[0]))
        moments = self._collect(net, X, y, weights, int(seeds[2]))
        self._norm_rows = None
        if _norms.renewable_norms(net.module_):
            rng = stream(int(seeds[2]), "rows of normalisation")
            self._norm_rows = _norms.some_rows(X, MOST_NORM_ROWS, rng)
        self._set_moments(moments)
        net.module_ = self._with_weights(net.module_, moments.mean)
        self._set_nets([net])
        self.draw_seed_ = int(seeds[1])
        self.n_steps_ = _training.steps_of(net)

    def _collect(self, net, X, y, weights, seed):
        """Return the moments of the snapshots; the net goes on from its weights."""
        example = _training.first_rows(X, self.device)
        with seeded_torch(seed, self.device), self._threads(net, example)():
            moments = _collecting.collect_snapshots(
                net,
                X,
                y,
                weights,
                lr=self.swag_lr,
                n_snapshots=self.n_snapshots,
                every=self.steps_per_snapshot,
                rank=self.rank,
                show=bool(self.verbose),
            )
            _twins.forget_passes(net.module_)
        if not np.isfinite(moments.variance).all():
            raise ValueError(
                f"The snapshots of {type(self).__name__} diverged: the weights are no "
                f"longer finite. Try a smaller swag_lr than {self.swag_lr}, or scale "
                f"{self._to_scale} to unit variance."
            )
        return moments

    def _nets(self):
        return [self.net_] if hasattr(self, "net_") else []

    def _set_nets(self, nets):
        (self.net_,) = nets

    # --------------------------------------------------------------------- draws

    def _moments(self):
        return WeightMoments(*(getattr(self, name) for name in _TENSORS))

    def _set_moments(self, moments):
        self.weight_mean_ = moments.mean
        self.weight_variance_ = moments.variance
        self.weight_deviations_ = moments.deviations

    def _check_n_draws(self, n_draws):
        n_draws = self.n_draws if n_draws is None else n_draws
        return check_n_draws(n_draws, type(self).__name__)

    def _make_sampler(self, example, n_draws, seed):
        moments, module = self._moments(), self.net_.module_
        draws = (moments.draw(number, seed) for number in range(n_draws))
        modules = [self._with_weights(module, weights) for weights in draws]
        return _samplers.EvaluationSampler(modules, example)

    def _with_weights(self, module, weights):
        """Return a copy of a module with other weights, and statistics that fit."""
        copied = _twins.copy_of(module).eval()
        _flat.set_flat_weights(copied, weights)
        if self._norm_rows is not None:
            rows = torch.from_numpy(self._norm_rows).to(self.device)
            _norms.renew_norms(copied, rows)
        return copied

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

    _posterior_names = _TENSORS

    def _posterior_tensors(self):
        if self._norm_rows is not None:
            raise TypeError(
                f"module of {type(self).__name__} must have no batch normalisation to "
                "be saved: each draw renews its statistics over training rows, which "
                "the file does not hold. Use joblib instead."
            )
        return {name: torch.from_numpy(getattr(self, name)) for name in _TENSORS}

    def _set_posterior_tensors(self, tensors, nets):
        n_weights = len(_flat.flat_weights(nets[0].module_))
        self._set_moments(WeightMoments(*_checked(tensors, n_weights)))
        self._norm_rows = None


def _checked(tensors, n_weights):
    """Return the arrays of moments from the tensors of a file."""
    float64, float32 = torch.float64, torch.float32
    mean, variance, deviations = (tensors[name] for name in _TENSORS)
    for name, tensor, dtype in zip(
        _TENSORS, (mean, variance, deviations), (float64, float64, float32)
    ):
        is_right = tensor.dtype == dtype and tensor.shape[-1:] == (n_weights,)
        if not is_right or tensor.ndim != 1 + (name == _TENSORS[-1]):
            raise _plain_data.WrongData(f"its tensor {name!r} is not that of a network")
        if not tensor.isfinite().all():
            raise _plain_data.WrongData(f"its tensor {name!r} must be finite")
    if len(deviations) < 2 or (variance < 0).any():
        raise _plain_data.WrongData("its moments are not those of a distribution")
    return [tensor.numpy() for tensor in (mean, variance, deviations)]
