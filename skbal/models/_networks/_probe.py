"""A first look at an untrained network: are its outputs of the right shape?"""

import re

import torch

from skbal._utils.images import CHANNELS_FIRST, has_channels_last
from skbal.models._networks._calm import CalmNetwork, drops_in_evaluation
from skbal.models._networks._noise import RandomnessError
from skbal.models._networks._twin import evaluation_twin, network_output


def probe_network(module, X, *, n_outputs, columns, owner):
    """Run a few rows through an untrained network and check the shape of its outputs.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    X : torch.Tensor of shape (n_samples, ...)
        A few training rows.
    n_outputs : int
        The number of outputs that the network must have.
    columns : str
        What the outputs stand for, for the message.
    owner : str
        The estimator's name, for the message.

    Returns
    -------
    outputs : torch.Tensor of shape (n_samples, n_outputs)

    Raises
    ------
    ValueError
        If the network does not take the rows, or its outputs have another shape or are
        random in evaluation mode.
    """
    name = type(module).__name__
    try:
        twin = evaluation_twin(module)
        result = CalmNetwork(twin, drops_in_evaluation(twin, X))(X.clone())
    except RandomnessError as error:
        raise ValueError(
            f"module of {owner} must be random in training mode only, but {name} takes "
            f"{error} in evaluation mode."
        ) from error
    except (RuntimeError, IndexError) as error:
        reason = str(error).rstrip(".")
        raise ValueError(
            f"module of {owner}, {name}, does not take rows of shape "
            f"{tuple(X.shape[1:])}: {reason}.{_hint(X, reason)}"
        ) from error
    outputs = network_output(result)
    if not isinstance(outputs, torch.Tensor):
        keys = f"with the keys {[*result]}" if isinstance(result, dict) else ""
        raise ValueError(
            f"module of {owner} must return a tensor, a tuple that begins with one, or "
            f"a dict with one as 'logits', but {name} returns a "
            f"{type(result).__name__} {keys}".rstrip()
            + "."
        )
    if outputs.ndim != 2 or outputs.shape[1] != n_outputs:
        raise ValueError(
            f"module of {owner} must give outputs of shape (n_samples, {n_outputs}), "
            f"{columns}, but {name} gives {tuple(outputs.shape)} for {len(X)} rows."
        )
    return outputs


def _hint(X, words):
    """Return what to do about an error of torch, or nothing."""
    if has_channels_last(X.shape[1:]):
        return f" {CHANNELS_FIRST}"
    if re.search("Long|long|same dtype", words):  # of an index, or of the weights
        return (
            " Rows come as float32: call X.long() in forward where it needs integers, "
            "and keep the weights float32."
        )
    if X.ndim == 2 and "shapes cannot be multiplied" in words:
        return (
            " If the number of columns depends on the labelled rows, as after a "
            "TfidfVectorizer, begin with nn.LazyLinear, or fit the steps before it "
            "once: FrozenEstimator(steps.fit(X_pool))."
        )
    return ""
