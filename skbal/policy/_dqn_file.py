"""The file of a deep Q-network: plain data, and tensors in the safetensors format."""

import numpy as np

from skbal._utils.bundles import Bundle, reading_bundle, write_bundle
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import check_parameters
from skbal._utils.plain_parts import Packer, unpacked
from skbal.policy._seen import Seen
from skbal.policy._value_network import ValueNetwork

_safetensors = lazy_module("safetensors.numpy")
_WEIGHTS = "weights.safetensors"
_FITTED = ("episode_returns_", "episode_lengths_", "losses_")


def write_policy(policy, path):
    """Write a fitted policy to a file.

    Parameters
    ----------
    policy : DQNPolicy
        A fitted one.
    path : str or os.PathLike
        An existing file is replaced.

    Raises
    ------
    TypeError
        If a parameter or a strategy has no plain form.
    """
    packer, network = Packer(), policy.network_
    content = {
        "parameters": packer.pack(policy.get_params(deep=False), "parameters"),
        "strategies": packer.pack(policy.strategies, "strategies"),
        "fitted": packer.pack([getattr(policy, name) for name in _FITTED], "fitted"),
        "first_action": policy._first_action,
        "per_row": network.per_row,
        "ranges": policy._seen.ranges,
    }
    if packer.others:
        raise TypeError(
            f"{packer.others[0]} of {type(policy).__name__} cannot be saved without "
            "pickle: only numbers, strings, and objects of skbal and scikit-learn can. "
            "joblib.dump(policy, path) saves it as it is, as a pickle."
        )
    tensors = {"offset": network.offset, "scale": network.scale}
    for number, (weights, biases) in enumerate(network.layers):
        tensors[f"weights_{number}"] = np.ascontiguousarray(weights)
        tensors[f"biases_{number}"] = np.ascontiguousarray(biases)
    files = {_WEIGHTS: _safetensors.save(tensors)}
    write_bundle(path, type(policy).__name__, Bundle(content, packer.arrays, files))


def read_policy(cls, path):
    """Return the policy in a file.

    Parameters
    ----------
    cls : type
        `DQNPolicy`, or a subclass.
    path : str or os.PathLike
        A file that `write_policy` wrote for this class.

    Returns
    -------
    policy : DQNPolicy

    Raises
    ------
    ValueError
        If it is no such file, or is damaged.
    OSError
        If it cannot be read.
    """
    with reading_bundle(path, cls.__name__) as bundle:
        content, arrays = bundle.content, bundle.arrays
        try:
            policy = cls(**unpacked(content["parameters"], arrays))
            check_parameters(policy)
            policy.network_ = _network(
                bundle.files[_WEIGHTS], content["per_row"] is True
            )
            policy._strategies = _strategies(unpacked(content["strategies"], arrays))
            policy._first_action = int(content["first_action"])
            policy._seen = Seen(_ranges(content["ranges"]))
            fitted = unpacked(content["fitted"], arrays)
            for name, value in zip(_FITTED, fitted, strict=True):
                setattr(policy, name, value)
        except (KeyError, IndexError, AttributeError) as error:
            raise ValueError(f"it is damaged: {error}") from error
    return policy


def _network(content, per_row):
    try:
        tensors = _safetensors.load(content)
    except Exception as error:  # of a class that safetensors does not export
        raise ValueError(f"its weights are damaged: {error}") from error
    n_layers = (len(tensors) - 2) // 2
    layers = [
        (tensors[f"weights_{k}"], tensors[f"biases_{k}"]) for k in range(n_layers)
    ]
    network = ValueNetwork(layers, tensors["offset"], tensors["scale"], per_row)
    if len(tensors) != 2 * n_layers + 2:
        raise ValueError("its weights are damaged: a layer has no weights or biases")
    if not _fits(network) or not all(_is_finite(part) for part in tensors.values()):
        raise ValueError("its weights are damaged: they do not fit, or are not finite")
    return network


def _fits(network):
    """Return whether each layer takes what the one before gives."""
    n = network.n_features
    if n == 0 or network.scale.shape != network.offset.shape or not network.layers:
        return False
    for weights, biases in network.layers:
        if biases.ndim != 1 or weights.shape != (n, len(biases)):
            return False
        n = len(biases)
    return (network.scale > 0).all() and (n == 1 or not network.per_row)


def _is_finite(tensor):
    return tensor.dtype == np.float32 and bool(np.isfinite(tensor).all())


def _strategies(found):
    is_list = isinstance(found, list) and all(map(callable, found))
    if found is not None and not is_list:
        raise ValueError(f"it is damaged: its strategies are {found!r:.80}")
    return found


def _ranges(found):
    """Return the ranges of `Seen`, or say that they are none."""
    pairs = found.values()
    are_pairs = all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
    if not are_pairs or not all(type(end) is int for pair in pairs for end in pair):
        raise ValueError(f"it is damaged: its ranges are {found!r:.80}")
    return found
