"""The kinds of network that an estimator may be given, and how each is trained."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, clone
from sklearn.frozen import FrozenEstimator

from skbal._utils.lazy import lazy_module
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.torch_random import seeded_torch
from skbal.models._networks._estimator import NetworkEstimator

torch = lazy_module("torch")
skorch = lazy_module("skorch")

WORDS = (
    "a network of skbal such as MCDropoutClassifier(), a skorch net, a torch.nn.Module "
    "instance, or one of these in a FrozenEstimator"
)


def kind_of(network, owner):
    """Return the wrapper that knows how to train and use a network.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module
        The given network, also in a ``FrozenEstimator``, or the fitted ``network_``.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    kind : Kind

    Raises
    ------
    TypeError
        If it is none of these.
    """
    if isinstance(network, FrozenEstimator):
        kind = kind_of(network.estimator, owner)
        kind.is_trainable = False
        return kind
    for base, kind in (
        (NetworkEstimator, SkbalNetwork),
        (skorch.NeuralNet, SkorchNetwork),
        (torch.nn.Module, PlainModule),
    ):
        if isinstance(network, base):
            return kind(network)
    raise TypeError(f"network of {owner} must be {WORDS}, got {network!r}.")


def check_network(value, name, owner):
    """Raise a TypeError unless ``value`` is a network."""
    kind_of(value, owner)


class Kind(ABC):
    """A network of one kind.

    Parameters
    ----------
    network : object
        The network, which is not changed.
    """

    is_trainable = True

    def __init__(self, network):
        self.network = network

    @abstractmethod
    def is_fitted(self):
        """Return whether the network has weights, trained or loaded."""

    @abstractmethod
    def modules(self):
        """Return a list of the torch modules, one per member of an ensemble."""

    @abstractmethod
    def trained(self, estimator, X, y, seed):
        """Return a trained clone.

        Parameters
        ----------
        estimator : estimator
            The estimator that has the network.
        X : ndarray of shape (n_samples, ...)
            The training rows.
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels of a classifier, or targets.
        seed : int
            Seeds the training.
        """

    def as_network_rows(self, X):
        """Return checked rows in the shape that the network takes."""
        return X

    def as_network_tensor(self, x):
        """Return the same for a tensor in float64, which gradients pass through."""
        return x

    def check_purpose(self, estimator):
        """Refuse to train a regression network for a classifier, and the reverse."""
        wrong = RegressorMixin if is_classifier(estimator) else ClassifierMixin
        if isinstance(self.network, wrong):
            wanted = "classifier" if is_classifier(estimator) else "regressor"
            raise TypeError(
                f"network of {type(estimator).__name__} must be a {wanted} to be "
                f"trained, got {type(self.network).__name__}."
            )


class SkbalNetwork(Kind):
    """A network of skbal, which may be an ensemble."""

    def is_fitted(self):
        return bool(self.network._nets())

    def modules(self):
        return self.network._modules()

    def as_network_rows(self, X):
        return self.network._as_network_rows(X)

    def as_network_tensor(self, x):
        return self.network._as_network_tensor(x)

    def trained(self, estimator, X, y, seed):
        network = clone(self.network)
        if estimator.random_state is not None:
            fill_random_states(network, seed, every=True, in_order=True)
        return network.fit(X, y)


class SkorchNetwork(Kind):
    """A net of skorch."""

    def is_fitted(self):
        return hasattr(self.network, "module_")

    def modules(self):
        return [self.network.module_]

    def trained(self, estimator, X, y, seed):
        targets = self._targets(estimator, y)
        network = clone(self.network)
        with seeded_torch(seed, network.device or "cpu"):
            return network.fit(X, targets)

    def _targets(self, estimator, y):
        """Return y as the losses of torch take it."""
        if not is_classifier(estimator):
            return y.reshape(len(y), -1).astype(np.float32)
        is_binary = isinstance(self.network, skorch.NeuralNetBinaryClassifier)
        codes = np.searchsorted(np.unique(y), y)
        return codes.astype(np.float32 if is_binary else np.int64)


class PlainModule(Kind):
    """A torch module, which is used as it is."""

    is_trainable = False

    def is_fitted(self):
        return True  # there is no way to know

    def modules(self):
        return [self.network]

    def trained(self, estimator, X, y, seed):
        raise NotImplementedError("A torch.nn.Module is never trained.")


def is_classifier(estimator):
    """Return whether an estimator is one of scikit-learn's classifiers."""
    return isinstance(estimator, ClassifierMixin)
