"""The function that a network ends in, if it bounds what should be logits."""

import torch

from skbal._utils.warn import warn
from skbal.models._networks._calm import CalmNetwork, drops_in_evaluation
from skbal.models._networks._training import output_kind
from skbal.models._networks._twin import evaluation_twin, network_output

# What the names of torch's steps backward begin with.
_BOUNDED = {
    "Sigmoid": "lie in [0, 1]",
    "Hardsigmoid": "lie in [0, 1]",
    "Tanh": "lie in [-1, 1]",
    "Hardtanh": "are bounded",
    "Relu": "are never negative",
}
_SAME_VALUES = ("View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze", "Clone")


def ending_of(module, X):
    """Return the name of the bounded function that a network ends in, or None.

    Modules and functions such as ``torch.sigmoid`` are found alike: torch notes the
    last step in order to differentiate it.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    X : torch.Tensor of shape (n_samples, ...)
        A few rows.

    Returns
    -------
    name : {"Sigmoid", "Hardsigmoid", "Tanh", "Hardtanh", "Relu"} or None

    Examples
    --------
    >>> network = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Sigmoid())
    >>> ending_of(network, torch.zeros(1, 2))
    'Sigmoid'
    """
    twin = evaluation_twin(module)
    network = CalmNetwork(twin, drops_in_evaluation(twin, X))
    with torch.enable_grad():
        step = network_output(network.with_gradients(X.clone())).grad_fn
    while step is not None and _name_of(step) in _SAME_VALUES:
        step = step.next_functions[0][0]
    name = None if step is None else _name_of(step)
    return name if name in _BOUNDED else None


def _name_of(step):
    return step.name().partition("Backward")[0]


def warn_of_bounded_logits(module, X, outputs, owner):
    """Warn if the logits of a classifier are bounded by the end of its network.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    X : torch.Tensor of shape (n_samples, ...)
        A few rows.
    outputs : torch.Tensor of shape (n_samples, n_classes)
        Its outputs for them.
    owner : str
        Name of the estimator, for the message.

    Warns
    -----
    UserWarning
        If it ends in a sigmoid, for instance, and the outputs are no probabilities.
    """
    if outputs.shape[1] < 2 or output_kind(outputs) != "logits":
        return
    ending = ending_of(module, X)
    if ending is None:
        return
    warn(
        f"module of {owner}, {type(module).__name__}, ends in a {ending}. Its outputs "
        f"are not probabilities (rows sum to {outputs.sum(1).mean():.2g}). They are "
        f"taken for logits, which then {_BOUNDED[ending]}, so that no class can become "
        f"as probable as it should: leave the {ending} out, or use Softmax(1) instead.",
        UserWarning,
    )
