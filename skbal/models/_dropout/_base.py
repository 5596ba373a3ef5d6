"""Monte-Carlo dropout: a network whose dropout masks are draws of its weights.

Gal and Ghahramani (2016), "Dropout as a Bayesian approximation": a network trained with
dropout and an L2 penalty is an approximate posterior over its weights, and each
forward pass with a fresh mask is a draw from it. `_draws` makes the draws and
`_masks` the masks; the skorch net that is trained is in `_networks._training`.
"""

from abc import abstractmethod
from copy import deepcopy

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from skbal._utils.torch_random import seeded_torch
from skbal._utils.validation import check_count, check_real
from skbal.base import PosteriorSamplerMixin
from skbal.models._dropout._drawing import DrawingMixin
from skbal.models._dropout._features import FeaturesMixin
from skbal.models._networks._parameters import NetworkParametersMixin
from skbal.models._networks._rows import NetworkRowsMixin

_LARGEST_SEED = 2**32 - 1


class MCDropout(
    DrawingMixin,
    FeaturesMixin,
    NetworkParametersMixin,
    NetworkRowsMixin,
    PosteriorSamplerMixin,
    BaseEstimator,
):
    """What classifier and regressor share; a subclass says what y and outputs are."""

    def __init__(
        self,
        module="auto",
        *,
        image_shape=None,
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
        warm_start=False,
        random_state=None,
        verbose=0,
        **kwargs,
    ):
        self.module = module
        self.image_shape = image_shape
        self.n_draws = n_draws
        self.deterministic = deterministic
        self.prior_length_scale = prior_length_scale
        self.max_epochs = max_epochs
        self.max_steps = max_steps
        self.lr = lr
        self.batch_size = batch_size
        self.optimizer = optimizer
        self.criterion = criterion
        self.augment = augment
        self.train_split = train_split
        self.callbacks = callbacks
        self.device = device
        self.warm_start = warm_start
        self.random_state = random_state
        self.verbose = verbose
        vars(self).update(kwargs)

    # ------------------------------------------------------------------ learning

    def fit(self, X, y):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples,), or of a regressor (n_samples, n_targets)
            What to predict.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        NoDropoutError
            If the module has no dropout and ``deterministic`` is False.
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which.
        """
        self._check_parameters()
        is_first = not (self.warm_start and hasattr(self, "net_"))
        fitted_shape = None if is_first else self._network_shape()
        X, y = self._check_fit_rows(X, y)
        self._check_same_shape(fitted_shape)
        y = self._learn_targets(y)
        X = self._as_network_rows(X)
        seeds = check_random_state(self.random_state).randint(
            _LARGEST_SEED, size=2, dtype=np.uint32
        )
        with seeded_torch(int(seeds[0]), self.device):
            self._train(X, y)
        if self.net_.interrupted_:
            raise KeyboardInterrupt
        self.draw_seed_ = int(seeds[1])
        self.n_steps_ = sum(len(epoch["batches"]) for epoch in self.net_.history)
        return self

    def _train(self, X, y):
        if self.warm_start and hasattr(self, "net_"):
            self.net_.set_params(**self._amount_of_training(len(X)))
            self.net_.partial_fit(X, y)
            return
        net = self._build_net(X.shape[1:], len(X)).initialize()
        self._probe(net, X)
        # The probe tells logits from probabilities, which the loss depends on.
        net.set_params(criterion=self._criterion_class())
        self.net_ = net.partial_fit(X, y)

    def _probe(self, net, X):
        from skbal.models._dropout._probe import probe_network
        from skbal.models._networks._training import first_rows, output_kind

        outputs = probe_network(
            net.module_,
            first_rows(X, self.device),
            n_outputs=self._n_network_outputs(),
            columns=self._columns(),
            deterministic=self.deterministic,
            owner=type(self).__name__,
        )
        self.output_kind_ = output_kind(outputs)

    def _build_net(self, row_shape, n_samples):
        from skbal.models._networks._training import resolve_optimizer

        module, module_parameters = self._module_and_parameters(row_shape)
        parameters = {
            "criterion": self._criterion_class(),
            "optimizer": resolve_optimizer(self.optimizer, type(self).__name__),
            "lr": self.lr,
            **self._amount_of_training(n_samples),
            "train_split": self.train_split,
            "callbacks": self._all_callbacks(),
            "callbacks__print_log": None,
            "device": self.device,
            "augment": self.augment,
            "iterator_train__shuffle": True,
            # Our own progress bar and errors say what skorch would print.
            "verbose": 0,
            **self._loss_parameters(n_samples),
            **module_parameters,
        }
        return self._net_class()(module, **parameters)

    def _amount_of_training(self, n_samples):
        from skbal.models._networks._training import epochs_for, even_batch_size

        size = even_batch_size(n_samples, self.batch_size)
        n_epochs = self.max_epochs
        if self.max_steps is not None:
            n_epochs = epochs_for(self.max_steps, n_samples, size)
        # Also for a warm start, whose net has its callbacks already.
        return {
            "max_epochs": n_epochs,
            "batch_size": size,
            "callbacks__stop_after__n_steps": self.max_steps,
        }

    def _all_callbacks(self):
        from skbal.models._networks._training import EpochBar, StopAfter

        callbacks = [*(self.callbacks or []), ("stop_after", StopAfter())]
        if self.verbose:
            callbacks.append(("epoch_bar", EpochBar()))
        return callbacks

    def _module_and_parameters(self, row_shape):
        from skbal.models._networks._architectures import DropoutMLP

        own = self._network_parameters()
        if not isinstance(self.module, str):
            # A copy of an instance: each fit begins with the weights it was given.
            is_class = isinstance(self.module, type)
            return self.module if is_class else deepcopy(self.module), own
        sizes = {"module__n_outputs": self._n_network_outputs()}
        if len(row_shape) == 1:
            return DropoutMLP, {**sizes, "module__n_features": row_shape[0], **own}
        return self._image_network(), {
            **sizes,
            "module__image_shape": row_shape,
            **own,
        }

    def _image_network(self):
        from skbal.models._networks._architectures import GalCNN

        return GalCNN

    def _loss_parameters(self, n_samples):
        """Return skorch's parameters for the loss and for the prior."""
        from skbal.models._networks._training import weight_decay_parameters

        if self.prior_length_scale is None:
            return {}
        return weight_decay_parameters(self.prior_length_scale, n_samples)

    # ----------------------------------------------------------------- checking

    def _check_same_shape(self, fitted_shape):
        if fitted_shape is not None and self._network_shape() != fitted_shape:
            raise ValueError(
                f"X given to {type(self).__name__} with warm_start=True has rows that "
                f"enter the network as {self._network_shape()}, but the first fit had "
                f"{fitted_shape}: set warm_start=False to begin anew."
            )

    def _check_parameters(self):
        owner = type(self).__name__
        self._check_network_parameters()
        for name in ("n_draws", "max_epochs", "batch_size"):
            check_count(getattr(self, name), name, owner)
        if self.max_steps is not None:
            check_count(self.max_steps, "max_steps", owner)
        check_real(self.lr, "lr", owner, low=0)
        self._check_module(owner)
        self._check_criterion(owner)
        self._check_device(owner)
        self._check_prior(owner)

    def _check_device(self, owner):
        import torch

        try:
            device = torch.device(self.device)
        except (RuntimeError, TypeError) as error:
            raise ValueError(
                f"device of {owner} must be one that torch knows, such as 'cpu' or "
                f"'cuda', got {self.device!r}: {error}"
            ) from error
        if device.type == "cuda" and not torch.cuda.is_available():
            raise ValueError(
                f"device of {owner} is {self.device!r}, but torch finds no CUDA here: "
                "set device='cpu', or install a build of torch with CUDA."
            )

    def _check_module(self, owner):
        is_text = isinstance(self.module, str)
        if self.module == "auto" if is_text else callable(self.module):
            return
        raise (ValueError if is_text else TypeError)(
            f"module of {owner} must be 'auto', a torch.nn.Module class or an "
            f"instance of one, got {self.module!r}."
        )

    def _check_criterion(self, owner):
        if isinstance(self.criterion, str) and self.criterion != "auto":
            raise ValueError(
                f"criterion of {owner} must be 'auto' or a torch loss class, got "
                f"{self.criterion!r}."
            )

    def _check_prior(self, owner):
        if self.prior_length_scale is None:
            return
        check_real(self.prior_length_scale, "prior_length_scale", owner, low=0)
        if hasattr(self, "optimizer__weight_decay"):
            raise ValueError(
                f"{owner} got both prior_length_scale={self.prior_length_scale} and "
                f"optimizer__weight_decay={self.optimizer__weight_decay}, which set "
                "the same weight decay: give one of them."
            )

    # -------------------------------------------------- what a subclass says

    _multi_output = False

    @abstractmethod
    def _net_class(self):
        """Return the skorch net's class."""

    @abstractmethod
    def _criterion_class(self):
        """Return the loss's class."""

    @abstractmethod
    def _learn_targets(self, y):
        """Learn what y is; return it as the loss takes it."""

    @abstractmethod
    def _n_outputs(self):
        """Return the number of outputs of a draw."""

    def _n_network_outputs(self):
        """Return the number of outputs of the network."""
        return self._n_outputs()

    def _columns(self):
        """Return what these are, for messages."""
        return "one column a class or target"

    @abstractmethod
    def _from_outputs(self, outputs):
        """Return the network's outputs as draws."""
