"""A first look at an untrained network: are its outputs of the right shape?"""

import torch

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
    return outputs
