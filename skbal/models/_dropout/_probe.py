"""A first look at an untrained network: can it work, and has it dropout?"""

import torch

from skbal.exceptions import NoDropoutError
from skbal.models._dropout._draws import count_dropouts
from skbal.models._networks._twin import evaluation_twin, network_output


def probe_network(module, X, *, n_outputs, columns, deterministic, owner):
    """Run a few rows through an untrained network and refuse one that cannot work.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    X : torch.Tensor of shape (n_samples, ...)
        A few training rows.
    n_outputs : int
        How many outputs there must be.
    columns : str
        What they are, for the message.
    deterministic : bool
        Whether a network without dropout will do.
    owner : str
        The estimator's name.

    Returns
    -------
    outputs : torch.Tensor of shape (n_samples, n_outputs)

    Raises
    ------
    NoDropoutError
        If no dropout is met on the way.
    ValueError
        If the outputs have another shape.
    """
    twin = evaluation_twin(module)
    with torch.inference_mode():
        outputs = network_output(twin(X.clone()))
    if outputs.ndim != 2 or outputs.shape[1] != n_outputs:
        raise ValueError(
            f"module of {owner} must give outputs of shape (n_samples, {n_outputs}), "
            f"{columns}, but {type(module).__name__} gives {tuple(outputs.shape)} for "
            f"{len(X)} rows."
        )
    if not deterministic and count_dropouts(twin, X) == 0:
        raise NoDropoutError(
            f"module of {owner} must have dropout, which makes the posterior draws, "
            f"but {type(module).__name__} has none that runs. Add torch.nn.Dropout "
            "layers, or set deterministic=True for a single prediction without draws."
        )
    return outputs
