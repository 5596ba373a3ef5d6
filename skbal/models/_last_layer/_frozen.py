"""The base of estimators on the fixed features of a network.

The network is trained, or used as it is, and cut before its last dense layer. The
inputs of that layer are basis functions, learned from data and then fixed. `_kinds`
wraps the networks, `skbal.models._networks._extractor` makes the cut.
"""

from abc import abstractmethod

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import flag, own, seed
from skbal._utils.pickled_version import KnowsItsVersion
from skbal._utils.random import LARGEST_SEED
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._last_layer._kinds import WORDS, check_network, kind_of
from skbal.models._networks._gradient_features import GradientFeaturesMixin
from skbal.models._networks._rows import NetworkRowsMixin

torch = lazy_module("torch")
_extracting = lazy_module("skbal.models._networks._extractor")
_torch_draws = lazy_module("skbal.models._networks._torch_draws")

# A chunk of features in float64, with two temporaries of the same size.
_BYTES_PER_FEATURE = 24


def _check_layer_name(value, name, owner):
    if not isinstance(value, str):
        raise TypeError(f"{name} of {owner} must be a string or None, got {value!r}.")


NETWORK = own(check_network, WORDS, 3, none=True)  # the rule for ``network``


class FrozenNetwork(
    KnowsItsVersion,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    GradientFeaturesMixin,
    NetworkRowsMixin,
    ChunkedDrawsMixin,
    BaseEstimator,
):
    """Trains a network or uses it as it is, and gives its features.

    A subclass has the parameters ``feature_layer``, ``refit_network`` and
    ``random_state``, and ``network`` unless it overrides `_given_network`. Its ``fit``
    calls `_check_fit_rows`, then `_fit_features`, and fits a model on the features.
    """

    _parameter_rules = {
        "feature_layer": own(_check_layer_name, "a string or None", 3, none=True),
        "refit_network": flag(),
        "random_state": seed(),
    }

    # ------------------------------------------------------------------ learning

    def _fit_features(self, X, y, refit_network=None):
        """Train the network if needed, and return the features of the training rows.

        Parameters
        ----------
        X, y : ndarray
            The result of `_check_fit_rows`. Labels of a classifier are not encoded.
        refit_network : bool or None
            The argument of ``fit``. ``None`` means the parameter.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out)
        """
        self._fit_network(X, y, refit_network)
        extractor = self._extractor(X[:1])
        self._n_features_out = extractor.n_features
        return self._extracted(extractor, X)

    def _fit_network(self, X, y, refit_network=None):
        """Train the network if needed; the arguments are those of `_fit_features`."""
        given = kind_of(self._given_network(), type(self).__name__)
        rng = check_random_state(self.random_state)
        # Both are drawn at each fit, so that the second is the same without training.
        seeds = rng.randint(LARGEST_SEED, size=2, dtype=np.uint32)
        self.network_ = self._obtain_network(given, X, y, refit_network, int(seeds[0]))
        self.draw_seed_ = int(seeds[1])
        self._check_taken_network()

    def _given_network(self):
        if self.network is not None:
            return self.network
        return self._default_parts()["network"]

    def _obtain_network(self, given, X, y, refit_network, seed):
        if self._shall_refit(refit_network) and given.is_trainable:
            given.check_purpose(self)
            return given.trained(self, X, y, seed)
        if given.is_trainable and hasattr(self, "network_"):
            return self.network_
        if given.is_fitted():
            return given.network
        if not given.is_trainable:
            raise NotFittedError(
                f"network of {type(self).__name__} is frozen, but this "
                f"{type(given.network).__name__} is not fitted. Fit it first."
            )
        given.check_purpose(self)
        return given.trained(self, X, y, seed)

    def _shall_refit(self, refit_network):
        if refit_network is None:
            return bool(self.refit_network)
        flag()(refit_network, "refit_network", f"fit of {type(self).__name__}")
        return bool(refit_network)

    def _check_taken_network(self):
        """Raise if the network was fitted on other columns."""
        owner, network = type(self).__name__, type(self.network_).__name__
        shape = getattr(self.network_, "row_shape_", self.row_shape_)
        if tuple(shape) != tuple(self.row_shape_):
            raise ValueError(
                f"X given to {owner} has rows of shape {tuple(self.row_shape_)}, but "
                f"its network, {network}, was fitted on rows of shape {tuple(shape)}."
            )
        own = getattr(self, "feature_names_in_", None)
        names = getattr(self.network_, "feature_names_in_", None)
        if own is not None and names is not None and list(own) != list(names):
            raise ValueError(
                f"X given to {owner} has the columns {list(own)}, but its network, "
                f"{network}, was fitted on {list(names)}."
            )

    # ------------------------------------------------------------------ features

    def transform(self, X):
        """Return the features of the network.

        They are the input of the last dense layer or, with ``feature_layer``, the
        output of the named layer. The features of the members of an ensemble are joined
        column by column.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out), dtype=float32
            The features. They are float64 if the network is.
        """
        return self._features(X)

    def _features(self, X):
        X = self._check_rows(X)
        return self._extracted(self._extractor(X[:1]), X)

    def _feature_chunks(self, X, bytes_per_row=0):
        """Yield slices of rows and their features, within the memory budget.

        The caller needs ``bytes_per_row`` for its own arrays of a chunk.
        """
        X = self._check_rows(X)
        extractor = self._extractor(X[:1])
        bytes_per_row = bytes_per_row + _BYTES_PER_FEATURE * extractor.n_features
        for rows in chunks(len(X), rows_within(bytes_per_row, largest=2**16)):
            yield rows, self._extracted(extractor, X[rows])

    def _torch_draws(self, X, n_draws, seed):
        """Return the draws of ``predict_samples`` as a `TorchDraws`.

        See `DrawingMixin` for the parameters.

        Raises
        ------
        TypeError
            If the draws are not linear in the features.
        """
        X = self._check_rows(X)
        weights, offset = self._linear_draws(self._check_n_draws(n_draws), seed)
        kind = self._kind()
        return _torch_draws.TorchDraws(
            _torch_draws.LinearHead(self._extractor(X[:1]), weights, offset),
            enter=kind.as_network_tensor,
            leave=self._from_values,
            n_draws=weights.shape[1],
            module=kind.modules()[0],
        )

    def _linear_draws(self, n_draws, seed):
        """Return weights and offset with which draws are linear in the features.

        Returns
        -------
        weights : ndarray of shape (n_features_out, n_draws, n_outputs)
        offset : ndarray of shape (n_draws, n_outputs)
        """
        raise TypeError(
            f"The draws of {type(self).__name__} are not known as a function that "
            "gradients pass through. Use method='occlusion'."
        )

    def _from_values(self, values):
        """Return linear functions of the features, in a tensor, as draws."""
        return values

    def _modules(self):
        return self._kind().modules()

    def _layer_outputs(self, X, layer):
        """Return what a layer of the first network gives; see `FeaturesMixin`."""
        X = self._check_rows(X)
        extractor = _extracting.extractor_of(
            self._modules()[:1], layer, self._to_torch(X[:1]), type(self).__name__
        )
        return self._extracted(extractor, X).reshape(len(X), *extractor.shape)

    def _extractor(self, example):
        modules = self._kind().modules()
        example = self._to_torch(example)
        return _extracting.extractor_of(
            modules, self.feature_layer, example, type(self).__name__
        )

    def _extracted(self, extractor, X):
        dtype = str(extractor.dtype).removeprefix("torch.")
        features = np.empty((len(X), extractor.n_features), dtype=dtype)
        for rows in chunks(len(X), extractor.batch_size):
            features[rows] = extractor(self._to_torch(X[rows])).cpu().numpy()
        self._check_features(features)
        return features

    def _check_features(self, features):
        if not np.isfinite(features).all():
            raise ValueError(
                f"The features of the network of {type(self).__name__} must be finite, "
                "got NaN or infinity. Its training may have diverged: try a smaller "
                "lr, or scale X to unit variance."
            )

    def _last_dense(self):
        """Return weight and bias of the last dense layer, in float64.

        The weight has the shape (n_features_out, n_outputs). The result is None if the
        features are not the input of that layer.
        """
        found = self._found_last_dense()
        if found is None or not found.is_linear_map_of(self._n_features_out):
            return None
        weight = found.layer.weight.detach().cpu().double().numpy().T.copy()
        if found.layer.bias is None:
            return weight, np.zeros(weight.shape[1])
        return weight, found.layer.bias.detach().cpu().double().numpy().copy()

    def _found_last_dense(self):
        """Return the `LastDense`, the layer with what follows it, or None.

        An ensemble has no last dense layer.
        """
        modules = self._kind().modules()
        if self.feature_layer is not None or len(modules) > 1:
            return None
        return _extracting.find_last_dense(modules[0])

    # ---------------------------------------------------------------------- rows

    _multi_output = False

    def _learn_row_shape(self, shape):
        # Only the network knows which shapes it takes.
        self.row_shape_ = shape[1:]

    def _to_torch(self, X):
        kind = self._kind()
        device, dtype = _extracting.device_and_dtype(kind.modules()[0])
        X = kind.as_network_rows(self._finite_copy(X))
        return torch.from_numpy(X).to(device, dtype)

    def _kind(self):
        return kind_of(self.network_, type(self).__name__)

    # ---------------------------------------------------------------- parameters

    @abstractmethod
    def _default_parts(self):
        """Return the default objects of parameters that may be None, by name."""

    def get_params(self, deep=True):
        """Return the parameters, also those of default objects.

        Parameters
        ----------
        deep : bool, default=True
            Whether to include the parameters of parameters.

        Returns
        -------
        params : dict
            Names and values. If ``head`` is None, say, they contain the parameters of
            the default head.
        """
        params = super().get_params(deep=deep)
        for name, part in self._default_parts().items() if deep else ():
            if params[name] is None:
                inner = part.get_params()
                params.update({f"{name}__{key}": inner[key] for key in inner})
        return params

    def set_params(self, **params):
        """Set parameters, also those of default objects.

        Parameters
        ----------
        **params : dict
            Names and values. If ``head`` is None, say, then ``head__prior_variance``
            sets the default head first.

        Returns
        -------
        self : estimator
        """
        named = {key.partition("__")[0] for key in params if "__" in key}
        for name, part in self._default_parts().items():
            if name in named and params.get(name, getattr(self, name)) is None:
                params = {**params, name: part}
        return super().set_params(**params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags


def result_dtype(X):
    """Return float32 for rows in float32, float64 for all others.

    Parameters
    ----------
    X : array-like
        The rows, before they are checked.

    Returns
    -------
    dtype : type
    """
    is_single = getattr(X, "dtype", None) == np.float32
    return np.float32 if is_single else np.float64
