"""What the Laplace classifier and regressor share: parameters, and weights as a matrix.

The last layer is a linear map of the features with a one appended, so that its bias is
one more weight, under the same prior.
"""

import numpy as np

from skbal._utils.validation import check_count, check_option, check_real
from skbal.models._last_layer._frozen import FrozenNetwork


def with_ones(features):
    """Return features in float64 with a column of ones at the end.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        They stay as they are.

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
    """A Gaussian over the last layer's weights; a subclass says of which likelihood."""

    _hessians = ()
    _optimizers = ()

    def _check_parameters(self):
        owner = type(self).__name__
        self._check_option("hessian", self._hessians)
        self._check_option("mode", ("map", "network"))
        self._check_option("optimize", self._optimizers)
        self._check_positive("prior_variance")
        for name in ("n_draws", "max_iter"):
            check_count(getattr(self, name), name, owner)
        check_real(self.tol, "tol", owner, low=0)

    def _check_option(self, name, options):
        check_option(getattr(self, name), name, options, type(self).__name__)

    def _check_positive(self, name):
        owner = type(self).__name__
        if check_real(getattr(self, name), name, owner, low=0) == 0:
            raise ValueError(f"{name} of {owner} must be larger than 0, got 0.")

    def _n_draws(self, n_draws):
        owner = type(self).__name__
        n_draws = self.n_draws if n_draws is None else n_draws
        return check_count(n_draws, "n_draws", owner)

    def _network_layer(self, reason):
        """Return weights and bias of the network's own last layer in one matrix.

        Its shape is (n_features + 1, n_outputs), the bias last.
        """
        found = self._last_dense()
        if found is None:
            raise ValueError(
                f"{reason} of {type(self).__name__} needs the weights of the last "
                "dense layer, which is only known where the network is a Sequential "
                "and feature_layer is None; an ensemble has none of its own: set "
                "mode='map' and another optimize."
            )
        return np.vstack(found)
