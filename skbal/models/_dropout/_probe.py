"""A first look at an untrained network: does it have dropout?"""

from skbal.exceptions import NoDropoutError
from skbal.models._dropout._draws import count_dropouts
from skbal.models._networks._twin import evaluation_twin


def check_has_dropout(module, X, owner):
    """Raise an error if no dropout is met when rows run through a network.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    X : torch.Tensor of shape (n_samples, ...)
        A few training rows.
    owner : str
        The estimator's name, for the message.

    Raises
    ------
    NoDropoutError
        If there is none.
    """
    if count_dropouts(evaluation_twin(module), X) == 0:
        raise NoDropoutError(
            f"module of {owner} must have dropout, which makes the posterior draws, "
            f"but {type(module).__name__} has none that runs. Add torch.nn.Dropout "
            "layers, or set deterministic=True for a single prediction without draws."
        )
