"""The features that a trained torch network computes before its last layer."""

import difflib
from dataclasses import dataclass
from itertools import chain

import torch
from torch import nn

from skbal._utils.chunks import rows_within
from skbal.models._networks._calm import CalmNetwork, drops_in_evaluation
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._layers import flat_layers, is_dropout
from skbal.models._networks._sizes import LIVE_TENSORS, largest_bytes
from skbal.models._networks._twin import evaluation_twin, network_output


@dataclass
class LastDense:
    """The end of a ``Sequential``.

    Attributes
    ----------
    layer : torch.nn.Linear
        The last dense layer. Its input is the features.
    after : list of torch.nn.Module
        The layers after it that change values, for instance a softmax or a sigmoid.
    """

    layer: nn.Linear
    after: list

    def is_linear_map_of(self, n_features):
        """Return whether the layer's weights say what it does to a row of features."""
        is_plain = type(self.layer).forward is nn.Linear.forward
        return is_plain and self.layer.in_features == n_features


def find_last_dense(module):
    """Return the `LastDense` of a network, or None if it has another form.

    Parameters
    ----------
    module : torch.nn.Module
        A ``Sequential``, whose layers may be further ``Sequential`` modules. The layers
        after its last dense one must be activations.

    Returns
    -------
    found : LastDense or None
    """
    layers = flat_layers(module)
    dense = [i for i, layer in enumerate(layers) if isinstance(layer, nn.Linear)]
    if not dense or not all(_keeps_columns(layer) for layer in layers[dense[-1] + 1 :]):
        return None
    after = layers[dense[-1] + 1 :]
    return LastDense(layers[dense[-1]], [x for x in after if not _does_nothing(x)])


def _keeps_columns(layer):
    is_activation = type(layer).__module__ == "torch.nn.modules.activation"
    has_weights = any(True for _ in layer.parameters())
    plain = is_activation and not has_weights and type(layer) is not nn.GLU
    return plain or _does_nothing(layer)


def _does_nothing(layer):
    # Dropout is off here.
    return is_dropout(layer) or type(layer) in (nn.Identity, nn.Flatten)


def extractor_of(modules, feature_layer, example, owner):
    """Return what extracts the features of a network, or of several side by side.

    Parameters
    ----------
    modules : list of torch.nn.Module
        The trained networks, all of one architecture.
    feature_layer, example, owner
        See `FeatureExtractor`.

    Returns
    -------
    extractor : FeatureExtractor or SideBySideExtractor
    """
    extractors = [
        FeatureExtractor(module, feature_layer, example, owner) for module in modules
    ]
    return extractors[0] if len(modules) == 1 else SideBySideExtractor(extractors)


class SideBySideExtractor:
    """The features of several networks, one network after the other.

    Parameters
    ----------
    extractors : list of FeatureExtractor
        One for each network. The attributes are those of `FeatureExtractor`.
    """

    def __init__(self, extractors):
        self._extractors = extractors
        self.n_features = sum(part.n_features for part in extractors)
        self.dtype = extractors[0].dtype
        self.batch_size = extractors[0].batch_size

    def __call__(self, x):
        """Return the features, shape (n_rows, n_features)."""
        return torch.cat([part(x.clone()) for part in self._extractors], dim=1)

    def with_gradients(self, x):
        """Return the features of rows that gradients pass through."""
        parts = [part.with_gradients(x.clone()) for part in self._extractors]
        return torch.cat(parts, dim=1)


class FeatureExtractor:
    """Runs rows through a network in evaluation mode and returns its features.

    The network is not changed: a twin runs that shares its weights.

    Parameters
    ----------
    module : torch.nn.Module
        The trained network.
    feature_layer : str or None
        The layer whose output is the features. None takes the input of the last dense
        layer of a ``Sequential``.
    example : torch.Tensor of shape (1, ...)
        A row, to measure the number of features and the memory that a pass needs.
    owner : str
        The estimator's name, for messages.

    Attributes
    ----------
    n_features : int
        The number of features.
    dtype : torch.dtype
        The precision of the features: float64 if the network is in float64, otherwise
        float32.
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    shape : tuple of int
        The shape of the features of a row before they were put into one axis.

    Raises
    ------
    TypeError, ValueError
        If the network has no such layer, or does not take the row.
    """

    def __init__(self, module, feature_layer, example, owner):
        self._owner = owner
        twin = evaluation_twin(module)
        self._seen = None
        if feature_layer is None:
            layer = _dense_to_cut_before(twin, owner)
            layer.register_forward_pre_hook(self._note_input)
        else:
            layer = _named_layer(twin, feature_layer, owner)
            layer.register_forward_hook(self._note_output)
        self._network = self._network_of(twin, example)
        features = self._first_pass(example)
        self.n_features, self.dtype = features.shape[1], features.dtype

    def __call__(self, x):
        """Return the features, shape (n_rows, n_features).

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows. The network may change it in place.

        Returns
        -------
        features : torch.Tensor of shape (n_rows, n_features)
        """
        n_rows = len(x)
        x = filled_up(x, self.batch_size)
        self._network(x)
        return self._take_features(x, n_rows)

    def with_gradients(self, x):
        """Return the features of rows that gradients pass through.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.

        Returns
        -------
        features : torch.Tensor of shape (n_rows, n_features)
        """
        self._network.with_gradients(x.clone())
        return self._take_features(x, len(x))

    def _take_features(self, x, n_rows):
        seen, self._seen = self._seen, None
        if not isinstance(seen, torch.Tensor) or seen.shape[:1] != (len(x),):
            raise ValueError(
                f"The features of the network of {self._owner} must be a tensor with a "
                f"row for each of the {len(x)} rows that enter, got {_kind(seen)}: "
                "give another layer as feature_layer."
            )
        self.shape = tuple(seen.shape[1:])
        features = seen[:n_rows].reshape(n_rows, -1)
        return features if features.dtype == torch.float64 else features.float()

    def _first_pass(self, example):
        largest = largest_bytes(self._network, example.clone())
        self.batch_size = rows_within(LIVE_TENSORS * largest)
        return self(example.clone())

    def _network_of(self, twin, example):
        try:
            return CalmNetwork(twin, drops_in_evaluation(twin, example))
        except RuntimeError as error:
            raise ValueError(
                f"X given to {self._owner} has rows that enter the network as "
                f"{tuple(example.shape[1:])}, which {type(twin).__name__} does not "
                f"take: {error}"
            ) from error

    def _note_input(self, layer, args):
        self._seen = args[0]

    def _note_output(self, layer, args, output):
        # A copy: the layer that follows may work in place.
        output = network_output(output)
        is_tensor = isinstance(output, torch.Tensor)
        self._seen = output.clone() if is_tensor else output


def _kind(seen):
    if isinstance(seen, torch.Tensor):
        return f"a tensor of shape {tuple(seen.shape)}"
    return "nothing" if seen is None else type(seen).__name__


def device_and_dtype(module):
    """Return the device of a network's weights and their precision."""
    weights = chain(module.parameters(), module.buffers())
    first = next((w for w in weights if w.is_floating_point()), torch.empty(0))
    return first.device, first.dtype


def _dense_to_cut_before(module, owner):
    found = find_last_dense(module)
    if found is not None:
        return found.layer
    raise ValueError(
        f"The network of {owner}, {type(module).__name__}, is not a Sequential "
        "that ends in a dense layer and activations. Set feature_layer to the name of "
        "the layer whose output is the features, "
        f"{_one_of(_layer_names(module))}."
    )


def _named_layer(module, name, owner):
    if not isinstance(name, str):
        raise TypeError(
            f"feature_layer of {owner} must be the name of a layer or None, "
            f"got {name!r} ({type(name).__name__})."
        )
    layers = dict(module.named_modules())
    if name and name in layers:
        return layers[name]
    names = _layer_names(module)
    near = difflib.get_close_matches(name, names, n=3)
    raise ValueError(
        f"feature_layer of {owner} must be a layer of its network, "
        f"{_one_of(near or names)}, got {name!r}."
    )


def _layer_names(module):
    return [name for name, _ in module.named_modules() if name]


def _one_of(names, most=10):
    if not names:
        return "of which it has none"
    shown = ", ".join(repr(name) for name in names[:most])
    more = f" (and {len(names) - most} more)" if len(names) > most else ""
    return f"such as {shown}{more}"
