"""New first weights for a copy of a module."""

from skbal._utils.copying import deep_copy


def with_new_weights(module, owner):
    """Return a copy of a module whose layers have drawn new first weights.

    Layers with a method ``reset_parameters``, as torch's own layers have it, draw new
    weights from torch's global stream. Parameters of other layers keep their values.

    Parameters
    ----------
    module : torch.nn.Module
        It is not changed.
    owner : str
        The estimator's name, for the message.

    Returns
    -------
    copy : torch.nn.Module

    Raises
    ------
    ValueError
        If no layer can draw new weights.
    """
    module = deep_copy(module)
    resets = [found for layer in module.modules() if (found := _reset_of(layer))]
    if not resets:
        raise ValueError(
            f"module of {owner} is an instance of {type(module).__name__}, which "
            "has no layer with reset_parameters. All members would begin with the same "
            "weights. Pass the class instead, and its parameters as module__*."
        )
    for reset in resets:
        reset()
    return module


def _reset_of(layer):
    # The method is private in one of torch's layers, MultiheadAttention.
    names = ("reset_parameters", "_reset_parameters")
    return next((getattr(layer, name) for name in names if hasattr(layer, name)), None)
