"""What an optimizer remembers of its steps, as tensors with names.

Adam keeps moving averages of gradients. Training that goes on without them takes other
steps.
"""

import torch

from skbal.models._networks._plain_data import WrongData

_PREFIX = "optimizer/"


def optimizer_tensors(nets, owner):
    """Return what the optimizers of trained nets remember.

    Parameters
    ----------
    nets : list of skorch.NeuralNet
        Trained nets.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    tensors : dict of str to torch.Tensor
        By the number of the net, the number of the weight and a name, such as
        ``"optimizer/0/3/exp_avg"``.

    Raises
    ------
    TypeError
        If an optimizer keeps something else than numbers and tensors of the shape of
        its weights.
    """
    tensors = {}
    for number, net in enumerate(nets):
        shapes = _shapes(net)
        for place, values in net.optimizer_.state_dict()["state"].items():
            for name, value in values.items():
                if value is None:
                    continue
                if not _fits(value, shapes[place]):
                    raise TypeError(
                        f"optimizer of {owner} must keep numbers and tensors of the "
                        f"shape of its weights to be saved, but {name} of "
                        f"{type(net.optimizer_).__name__} is none."
                    )
                tensors[f"{_PREFIX}{number}/{place}/{name}"] = value
    return tensors


def without_optimizer(tensors):
    """Return the tensors of a file that are weights, and those of optimizers."""
    of_optimizer = {k: v for k, v in tensors.items() if k.startswith(_PREFIX)}
    weights = {k: v for k, v in tensors.items() if k not in of_optimizer}
    return weights, of_optimizer


def restore_optimizers(nets, tensors):
    """Give the optimizers of nets what they remembered.

    Parameters
    ----------
    nets : list of skorch.NeuralNet
        Nets with their weights. Their optimizers have made no step.
    tensors : dict of str to torch.Tensor
        As `optimizer_tensors` returned it. An empty dict changes nothing.

    Raises
    ------
    WrongData
        If they do not belong to these nets.
    """
    states = [{} for _ in nets]
    for key, tensor in tensors.items():
        number, place, name = _parts(key)
        if number >= len(nets) or place >= len(_shapes(nets[number])):
            raise WrongData(f"its tensor {key!r} belongs to no weight of this network")
        if not _fits(tensor, _shapes(nets[number])[place]):
            raise WrongData(f"its tensor {key!r} has the shape {tuple(tensor.shape)}")
        states[number].setdefault(place, {})[name] = tensor
    for net, state in zip(nets, states):
        if state:
            whole = {**net.optimizer_.state_dict(), "state": state}
            net.optimizer_.load_state_dict(whole)


def _parts(key):
    parts = key.removeprefix(_PREFIX).split("/")
    if len(parts) != 3 or not (parts[0].isdecimal() and parts[1].isdecimal()):
        raise WrongData(f"its tensor {key!r} belongs to no weight of this network")
    return int(parts[0]), int(parts[1]), parts[2]


def _shapes(net):
    """Return the shapes of the weights in the order of the optimizer's state."""
    groups = net.optimizer_.param_groups
    return [weight.shape for group in groups for weight in group["params"]]


def _fits(value, shape):
    return torch.is_tensor(value) and value.shape in (shape, torch.Size())
