"""The skorch net of an estimator: what it is built of."""

from copy import deepcopy
from functools import partial
from numbers import Real

from skbal._utils.lazy import lazy_module
from skbal._utils.torch_random import seeded_torch
from skbal.models._networks._explained import (
    missing_argument_explained,
    missing_validation_explained,
)

_architectures = lazy_module("skbal.models._networks._architectures")
_batches = lazy_module("skbal.models._networks._batches")
_probing = lazy_module("skbal.models._networks._probe")
_twins = lazy_module("skbal.models._networks._twin")
_splitting = lazy_module("skbal.models._networks._splitting")
_training = lazy_module("skbal.models._networks._training")
_work = lazy_module("skbal.models._networks._work")


class NetBuildingMixin:
    """Builds and trains the skorch net that the parameters of an estimator describe."""

    _has_classes = False
    _to_scale = "X"

    def _trained_net(self, net, X, y, weights, seed):
        """Return a net trained on the rows.

        Parameters
        ----------
        net : skorch.NeuralNet or None
            The net that continues its training, which is not changed. None builds one.
        X, y : ndarray
            The rows in the shape in which they enter the network, and their targets.
        weights : ndarray of shape (n_samples,) or None
            The weights of the rows.
        seed : int
            Seeds first weights, order of rows, dropout and augmentation.

        Returns
        -------
        net : skorch.NeuralNet

        Raises
        ------
        KeyboardInterrupt
            If the user stopped the training.
        ValueError
            If the training diverged.
        """
        with seeded_torch(seed, self.device):
            if net is None:
                net = self._new_net(X)
            else:
                net = deepcopy(net).set_params(**self._amount_of_training(len(X)))
            if isinstance(self.train_split, Real):
                split = _splitting.RandomSplit(
                    self.train_split, seed, self._has_classes, type(self).__name__
                )
                net.set_params(train_split=split)
            threads = self._threads(net, _training.first_rows(X, self.device))
            with threads(), missing_validation_explained(self):
                net.train(X, y, weights)
            _twins.forget_passes(net.module_)
        self._check_trained(net, _training.first_rows(X, self.device))
        return net

    def _check_trained(self, net, example):
        weights_are_finite = all(
            weight.isfinite().all() for weight in net.module_.parameters()
        )
        if weights_are_finite and self._few_outputs(net, example).isfinite().all():
            return
        raise ValueError(
            f"The training of {type(self).__name__} diverged: the weights or the "
            f"outputs of its network are no longer finite after {len(net.history)} "
            f"epochs. Try a smaller lr than {self.lr}, or scale {self._to_scale} to "
            "unit variance."
        )

    def _threads(self, net, example):
        """Return a function that makes a context for passes: on one thread, or on all.

        A few rows are needed if the weights of the net were loaded.
        """
        n_products = getattr(net, "n_products_", None)
        if n_products is None:
            n_products = _work.products_per_row(net.module_, example)
        return partial(_work.threads_for, n_products, self.device)

    def _new_net(self, X):
        """Return a net with its first weights, tried on a few of the training rows."""
        net = self._build_net(X.shape[1:], len(X))
        with missing_argument_explained(self):
            net.initialize()
        example = _training.first_rows(X, self.device)
        outputs = self._probe(net, example)
        # The probe tells logits from probabilities, which the loss depends on.
        net.output_kind_ = _training.output_kind(outputs)
        net.n_products_ = _work.products_per_row(net.module_, example)
        net.set_params(criterion=self._criterion_class(net.output_kind_))
        return net

    def _probe(self, net, example):
        """Return the outputs of a new net for a few rows, with their shape checked."""
        return self._few_outputs(net, example)

    def _few_outputs(self, net, example):
        return _probing.probe_network(
            net.module_,
            example,
            n_outputs=self._n_network_outputs(),
            columns=self._columns(),
            owner=type(self).__name__,
        )

    def _given_split(self):
        if not callable(self.train_split):
            return None  # a share is split when the seed is known
        return _splitting.CheckedSplit(self.train_split, type(self).__name__)

    def _build_net(self, row_shape, n_samples):
        module, module_parameters = self._module_and_parameters(row_shape)
        given = self._network_parameters()
        optimizer = _training.resolve_optimizer(self.optimizer)
        parameters = {
            "criterion": self._criterion_class("logits"),
            "optimizer": optimizer,
            "lr": self.lr,
            **self._amount_of_training(n_samples),
            "train_split": self._given_split(),
            "callbacks": self._all_callbacks(),
            "callbacks__print_log": None,
            "device": self.device,
            "precision": self.precision,
            "augment": self.augment,
            "iterator_train__shuffle": True,
            # Our own progress bar and errors say what skorch would print.
            "verbose": 0,
            **_batches.batch_parameters(given),
            **_training.quick_steps(optimizer, given),
            **self._loss_parameters(n_samples),
            **module_parameters,
        }
        return self._net_class()(module, **parameters)

    def _amount_of_training(self, n_samples):
        size = _training.even_batch_size(n_samples, self.batch_size)
        n_epochs = self.max_epochs
        if self.max_steps is not None:
            n_epochs = _training.epochs_for(self.max_steps, n_samples, size)
        # A warm start needs the last one, too: its net already has its callbacks.
        return {
            "max_epochs": n_epochs,
            "batch_size": size,
            "callbacks__stop_after__n_steps": self.max_steps,
        }

    def _all_callbacks(self):
        callbacks = [*(self.callbacks or []), ("stop_after", _training.StopAfter())]
        if self.verbose:
            callbacks.append(("epoch_bar", _training.EpochBar()))
        return callbacks

    def _module_and_parameters(self, row_shape):
        """Return a module class or instance, and skorch's ``module__*`` parameters."""
        given = self._network_parameters()
        if isinstance(self.module, str):
            return self._auto_network(row_shape), {
                **self._auto_sizes(row_shape),
                **given,
            }
        if isinstance(self.module, type):
            return self.module, given
        return self._from_instance(self.module), given

    def _from_instance(self, module):
        """Return a copy, so that each fit begins with the weights that were given."""
        return _twins.copy_of(module)

    def _auto_network(self, row_shape):
        if len(row_shape) == 1:
            return _architectures.DropoutMLP
        return self._image_network()

    def _auto_sizes(self, row_shape):
        sizes = {"module__n_outputs": self._n_network_outputs()}
        if len(row_shape) == 1:
            return {**sizes, "module__n_features": row_shape[0]}
        return {**sizes, "module__image_shape": row_shape}

    def _image_network(self):
        """Return the default network for images."""
        return _architectures.GalCNN

    def _loss_parameters(self, n_samples):
        """Return skorch's parameters for the loss and the prior."""
        return {}
