"""The last layer of a classifying network as one column of weights per class."""

import numpy as np


def network_class_weights(layer, after, network, classes, estimator):
    """Return the weights that give the logits of some classes.

    Parameters
    ----------
    layer : ndarray of shape (n_features + 1, n_outputs)
        Weights, and biases in the last row.
    after : list of torch.nn.Module
        The layers that follow and change values.
    network : estimator, skorch.NeuralNet or torch.nn.Module
        The network. If it has ``classes_``, they name the outputs.
    classes : ndarray of shape (n_classes,)
        The classes in y.
    estimator : estimator
        The estimator that has the network, for messages.

    Returns
    -------
    weights : ndarray of shape (n_features + 1, n_classes)

    Raises
    ------
    ValueError
        If another layer follows than a softmax or, for one output, a sigmoid. Also if a
        class has no output.
    """
    owner, is_last = type(estimator).__name__, estimator.weights == "last"
    is_binary = layer.shape[1] == 1 and len(classes) == 2
    allowed = ("Sigmoid", "LogSigmoid") if is_binary else _SOFTMAX
    _check_after(after, allowed, owner, _OTHERWISE if is_last else "")
    if is_binary:
        # sigmoid(f) is the second value of softmax(-f / 2, f / 2).
        return layer * np.array([-0.5, 0.5])
    known = getattr(network, "classes_", None)
    if known is not None and np.isin(classes, known).all():
        return layer[:, np.searchsorted(known, classes)]
    if len(classes) == layer.shape[1] and not _is_own(network):
        return layer  # outputs are the sorted classes: it was trained on codes
    raise ValueError(
        f"The network of {owner} has {layer.shape[1]} outputs"
        + ("" if known is None else f", for the classes {np.asarray(known).tolist()}")
        + f", but y has the classes {classes.tolist()}. Train the network again."
        + (_OTHERWISE if is_last else "")
    )


_OTHERWISE = " Or set mode='map' with optimize='evidence' or None."
_SOFTMAX = ("Softmax", "LogSoftmax")


def _check_after(after, allowed, owner, otherwise):
    for layer in after:
        if type(layer).__name__ not in allowed:
            raise ValueError(
                f"The network of {owner} ends in {type(layer).__name__}, so that its "
                "last dense layer does not give the logits of a softmax. Let it end in "
                f"one or in logits.{otherwise}"
            )


def _is_own(network):
    # Networks of skbal know their labels. Others were trained on codes 0, 1, ...
    return hasattr(network, "net_")
