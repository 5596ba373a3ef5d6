"""The kinds of network that an estimator may be given, and how each is trained."""

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin, clone
from sklearn.frozen import FrozenEstimator

from skbal._utils.seeds_of import fill_random_states
from skbal._utils.torch_random import seeded_torch
from skbal.models._networks._estimator import NetworkEstimator


def kind_of(network, owner):
    """Return the wrapper that knows how a network is trained and entered.

    Parameters
    ----------
    network : estimator, skorch.NeuralNet or torch.nn.Module
        What a user gave (also in a ``FrozenEstimator``), or the fitted ``network_``.
    owner : str
        The estimator's name, for the message.

    Returns
    -------
    kind : Kind

    Raises
    ------
    TypeError
        If it is none of these.
    """
    import torch
    from skorch import NeuralNet

    if isinstance(network, FrozenEstimator):
        kind = kind_of(network.estimator, owner)
        kind.is_trainable = False
        return kind
    for base, kind in (
        (NetworkEstimator, SkbalNetwork),
        (NeuralNet, SkorchNetwork),
        (torch.nn.Module, PlainModule),
    ):
        if isinstance(network, base):
            return kind(network)
    raise TypeError(
        f"network of {owner} must be a network of skbal such as MCDropoutClassifier(), "
        "a skorch net, a torch.nn.Module instance, or one of these in a "
        f"FrozenEstimator, got {network!r}."
    )


class Kind:
    """A network of one kind; a subclass says what differs.

    Parameters
    ----------
    network : object
        The network; it is not changed.
    """

    is_trainable = True

    def __init__(self, network):
        self.network = network

    def as_network_rows(self, X):
        """Return checked rows in the shape in which they enter the network."""
        return X

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
    """skbal's own estimators, which may be ensembles."""

    def is_fitted(self):
        """Return whether there are trained weights."""
        return bool(self.network._nets())

    def modules(self):
        """Return the torch modules, one per member of an ensemble."""
        return self.network._modules()

    def as_network_rows(self, X):
        return self.network._as_network_rows(X)

    def trained(self, estimator, X, y, seed):
        """Return a trained clone."""
        network = clone(self.network)
        if estimator.random_state is not None:
            fill_random_states(network, seed, every=True, in_order=True)
        return network.fit(X, y)


class SkorchNetwork(Kind):
    """A net of skorch."""

    def is_fitted(self):
        """Return whether there are weights, trained or loaded."""
        return hasattr(self.network, "module_")

    def modules(self):
        """Return the torch module in a list."""
        return [self.network.module_]

    def trained(self, estimator, X, y, seed):
        """Return a trained clone."""
        targets = self._targets(estimator, y)
        network = clone(self.network)
        with seeded_torch(seed, network.device or "cpu"):
            return network.fit(X, targets)

    def _targets(self, estimator, y):
        from skorch import NeuralNetBinaryClassifier

        if not is_classifier(estimator):
            return y.reshape(len(y), -1).astype(np.float32)
        is_binary = isinstance(self.network, NeuralNetBinaryClassifier)
        codes = np.searchsorted(np.unique(y), y)
        return codes.astype(np.float32 if is_binary else np.int64)


class PlainModule(Kind):
    """A torch module, taken as trained."""

    is_trainable = False

    def is_fitted(self):
        """Return True: nobody can tell."""
        return True

    def modules(self):
        """Return the torch module in a list."""
        return [self.network]


def is_classifier(estimator):
    """Return whether an estimator is one of scikit-learn's classifiers."""
    return isinstance(estimator, ClassifierMixin)
