"""Copies of estimators that have forgotten what they learned."""

import numpy as np
from sklearn.base import clone

from skbal._utils.copying import deep_copy
from skbal._utils.lazy import lazy_module
from skbal._utils.random import stream
from skbal._utils.unwrap import unwrap
from skbal.audit._saliency._networks import is_skorch

torch = lazy_module("torch")


def layers_of(estimator):
    """Return the names of the layers with weights, the last layer first.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted, with a network inside.

    Returns
    -------
    names : list of str
        Names in ``module.named_modules()``.
    """
    module = _modules(estimator)[0]
    return [
        name
        for name, layer in reversed(list(module.named_modules()))
        if any(weight.numel() > 1 for weight in layer.parameters(recurse=False))
    ]


def with_shuffled_weights(estimator, layers, seed):
    """Return a copy of a fitted estimator, with weights of some layers in random order.

    Each tensor of weights keeps its values, so that the outputs keep their scale, and
    nothing is drawn from a stream of torch.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted, with a network inside. It is not changed.
    layers : list of str
        Names of layers, see `layers_of`.
    seed : int
        Seed of the orders.

    Returns
    -------
    copied : estimator or learner
    """
    copied = deep_copy(estimator)
    for number, module in enumerate(_modules(copied)):
        of_name = dict(module.named_modules())
        for name in layers:
            weights = of_name[name].named_parameters(recurse=False)
            for key, weight in weights:
                _shuffle(weight, stream(seed, "shuffle", number, name, key))
    return copied


def with_permuted_labels(estimator, X, y, rng):
    """Return a clone that was fitted on rows with the labels of other rows.

    Parameters
    ----------
    estimator : estimator
        What is cloned.
    X, y : array-like
        The rows and their labels.
    rng : numpy.random.Generator or None
        Gives the order of the labels. None keeps them as they are.

    Returns
    -------
    fitted : estimator
    """
    y = np.asarray(y)
    order = np.arange(len(y)) if rng is None else rng.permutation(len(y))
    return clone(estimator).fit(X, y[order])


def _modules(estimator):
    model = unwrap(estimator)[1]
    return [model.module_] if is_skorch(model) else model._modules()


def _shuffle(weight, rng):
    order = torch.from_numpy(rng.permutation(weight.numel())).to(weight.device)
    # Not in place: an estimator in inference mode may hold the tensor elsewhere.
    weight.data = weight.data.reshape(-1)[order].reshape(weight.shape)
