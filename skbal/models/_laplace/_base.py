"""The base of the Laplace classifier and regressor.

The last layer is a linear map of the features with a one appended. Its bias is one more
weight, with the same prior.
"""

import numpy as np

from skbal._utils.parameters import count, count_in_memory, option, positive, real
from skbal.models._last_layer._frozen import NETWORK, FrozenNetwork


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
    """A Gaussian over the weights of the last layer; a subclass has the likelihood."""

    _parameter_rules = {
        "network": NETWORK,
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
                "and feature_layer is None; an ensemble has no such layer. Set "
                "mode='map' with optimize='evidence' or None."
            )
        return np.vstack(found)
