"""The last layer of a classifying network as one column of weights a class."""

import numpy as np


def network_class_weights(layer, after, network, classes, estimator):
    """Return the weights of the given classes' logits.

    Parameters
    ----------
    layer : ndarray of shape (n_features + 1, n_outputs)
        Weights and, last, biases.
    after : list of torch.nn.Module
        What follows the layer and changes values.
    network : estimator, skorch.NeuralNet or torch.nn.Module
        The network; ``classes_`` names its columns where it is one of skbal's.
    classes : ndarray of shape (n_classes,)
        The classes that were taught.
    estimator : estimator
        Whose network it is, for the errors.

    Returns
    -------
    weights : ndarray of shape (n_features + 1, n_classes)

    Raises
    ------
    ValueError
        If what follows is neither softmax nor, for one output, a sigmoid, or if there
        is no column for a class.
    """
    owner = type(estimator).__name__
    is_binary = layer.shape[1] == 1 and len(classes) == 2
    _check_after(after, ("Sigmoid", "LogSigmoid") if is_binary else _SOFTMAX, owner)
    if is_binary:
        # p = sigmoid(f) is the softmax of (-f / 2, f / 2).
        return layer * np.array([-0.5, 0.5])
    known = getattr(network, "classes_", None)
    if known is not None and np.isin(classes, known).all():
        return layer[:, np.searchsorted(known, classes)]
    if len(classes) == layer.shape[1] and not _is_own(network):
        return layer  # columns by position: its classes are codes, or unknown
    raise ValueError(
        f"The network of {owner} has {layer.shape[1]} outputs"
        + ("" if known is None else f", for the classes {np.asarray(known).tolist()}")
        + f", but y holds the classes {classes.tolist()}: train the network anew, or "
        "set mode='map' with optimize='evidence' or None."
    )


_SOFTMAX = ("Softmax", "LogSoftmax")


def _check_after(after, allowed, owner):
    for layer in after:
        if type(layer).__name__ not in allowed:
            raise ValueError(
                f"The network of {owner} ends in {type(layer).__name__}, so its last "
                "dense layer does not give the logits of a softmax: set mode='map' "
                "with optimize='evidence' or None."
            )


def _is_own(network):
    # skbal's networks know their labels; others were trained on codes 0, 1, ...
    return hasattr(network, "net_")
