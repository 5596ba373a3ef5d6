"""The base of the Laplace classifier and regressor.

The last layer is a linear map of the features with a one appended. Its bias is one more
weight, with the same prior. `_all_weights` has the approximation of all layers.
"""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import (
    count,
    count_in_memory,
    option,
    own,
    positive,
    real,
)
from skbal.models._laplace._all_weights._subnetwork import WORDS, check_subnetwork
from skbal.models._last_layer._frozen import NETWORK, FrozenNetwork

_extracting = lazy_module("skbal.models._networks._extractor")


def with_ones(features):
    """Return features in float64 with a column of ones at the end.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        The features, which are not changed.

    Returns
    -------
    extended : ndarray of shape (n_samples, n_features + 1), dtype=float64

    Examples
    --------
    >>> with_ones(np.array([[2.0], [3.0]]))
    array([[2., 1.],
           [3., 1.]])
    """
    extended = np.ones((len(features), features.shape[1] + 1))
    extended[:, :-1] = features
    return extended


class LaplaceNetwork(FrozenNetwork):
    """A Gaussian over weights of a network; a subclass has the likelihood."""

    _parameter_rules = {
        "network": NETWORK,
        "weights": option("last", "all"),
        "subnetwork": own(check_subnetwork, WORDS, 0, none=True),
        "hessian": option("full", "kronecker", "diagonal"),
        "mode": option("network", "map"),
        "prior_variance": positive(),
        "optimize": option("network", "evidence", None),
        "n_draws": count_in_memory(),
        "max_iter": count(),
        "tol": real(0),
    }

    def _network_layer(self):
        """Return weights and bias of the last layer of the network in one matrix.

        Its shape is (n_features + 1, n_outputs), and the bias is its last row.
        """
        found = self._last_dense()
        if found is None:
            name = "mode" if self.mode == "network" else "optimize"
            raise ValueError(
                f"{name}='network' of {type(self).__name__} needs the weights of the "
                "last dense layer. They are only known if the network is a Sequential "
                "and feature_layer is None; an ensemble has no such layer, and that of "
                "BayesByBackprop has a distribution already. Set mode='map' with "
                "optimize='evidence' or None."
            )
        return np.vstack(found)

    def _single_module(self):
        """Return the torch module of a network that is no ensemble."""
        modules = self._kind().modules()
        if len(modules) > 1:
            raise ValueError(
                f"network of {type(self).__name__} must be a single network with "
                f"weights='all', got an ensemble of {len(modules)}."
            )
        return modules[0]

    def _after_last_dense(self):
        """Return the activations at the end of the network, if it is a Sequential."""
        found = _extracting.find_last_dense(self._single_module())
        return [] if found is None else found.after

    def _fit_whole_network(self, X, y, refit_network):
        """Train the network if needed, for an approximation of all its weights."""
        self._fit_network(X, y, refit_network)
        vars(self).pop("_n_features_out", None)
        # For transform alone, which needs a layer to cut before.
        if self.feature_layer is not None or self._found_last_dense() is not None:
            self._n_features_out = self._extractor(X[:1]).n_features

    def _forget_fit(self):
        """Delete what only some parameters leave behind."""
        for name in ("coef_mean_", "intercept_mean_", "evidence_path_", "subnetwork_"):
            vars(self).pop(name, None)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "prior_variance_")
