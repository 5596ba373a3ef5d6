"""A Bayesian head on the frozen features of a network; `_frozen` gives the features."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.parameters import having
from skbal._utils.random import stream
from skbal._utils.seeds_of import fill_random_states
from skbal.models._last_layer._frozen import NETWORK, FrozenNetwork, result_dtype
from skbal.models._linear._bayesian import BayesianLinearRegression

_HEAD = having(
    "fit",
    "predict",
    "predict_samples",
    example="BayesianLinearRegression()",
    none=True,
)


def head_has(method):
    """Return a check, for ``available_if``, that the head has a method."""

    def check(self):
        head = self.head_ if hasattr(self, "head_") else self._given_head()
        return hasattr(head, method)

    return check


class LastLayer(FrozenNetwork):
    """The base of regressor and classifier, which differ in y and draws."""

    _parameter_rules = {"network": NETWORK, "head": _HEAD}

    def _default_parts(self):
        return {
            "network": self._default_network(),
            "head": BayesianLinearRegression(optimize="evidence"),
        }

    def _given_head(self):
        return self._default_parts()["head"] if self.head is None else self.head

    def _fit_head(self, head, features, targets):
        if self.random_state is not None:
            fill_random_states(head, self.draw_seed_, every=True, in_order=True)
        self.head_ = head.fit(features, targets)

    def _new_head(self):
        return clone(self._given_head())

    # ---------------------------------------------------------------- predicting

    def _head_chunks(self, X, bytes_per_row=0):
        """Yield slices of rows and their features, in the precision of the results."""
        dtype = result_dtype(X)
        for rows, features in self._feature_chunks(X, bytes_per_row):
            yield rows, features.astype(dtype, copy=False)

    def _draw_chunks(self, X, n_draws, seed):
        n_known = getattr(self.head_, "n_draws", 1) if n_draws is None else n_draws
        is_count = isinstance(n_known, (int, np.integer))
        # The draws of the head, and what a subclass computes from them.
        bytes_per_row = 32 * self._n_outputs() * (n_known if is_count else 1)
        for rows, features in self._head_chunks(X, bytes_per_row):
            yield rows, self.head_.predict_samples(features, n_draws, random_state=seed)

    def _linear_draws(self, n_draws, seed):
        # Draws are joint, so those of unit vectors tell the weights of each draw.
        probes = np.eye(self._n_features_out + 1, self._n_features_out, k=-1)
        draws = self.head_.predict_samples(probes, n_draws, random_state=seed)
        offset, weights = draws[0], draws[1:] - draws[0]
        others = stream(seed, "probes").standard_normal((3, self._n_features_out))
        found = self.head_.predict_samples(others, n_draws, random_state=seed)
        expected = np.tensordot(others, weights, axes=1) + offset
        if not np.allclose(found, expected, rtol=1e-4, atol=1e-6 * abs(found).max()):
            raise TypeError(
                f"head of {type(self).__name__} must have draws that are linear in the "
                "features if gradients are to pass through, but those of "
                f"{type(self.head_).__name__} are not. Use method='occlusion'."
            )
        return weights, offset

    @available_if(head_has("covariance_factor"))
    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        With F the result, the covariance of the noise-free regression between output d
        of row i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_factors)
        """
        return joined(self.head_.covariance_factor(F) for _, F in self._head_chunks(X))

    @available_if(head_has("log_marginal_likelihood"))
    def log_marginal_likelihood(self):
        """Return the log evidence of the training targets from the head, in nats.

        The features are taken as known. It therefore compares heads on one network, but
        not networks, which were trained on the same targets.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats.
        """
        check_is_fitted(self)
        return self.head_.log_marginal_likelihood()

    def __sklearn_is_fitted__(self):
        return hasattr(self, "head_")

    @property
    def noise_variance_(self):
        """Noise variance of the head."""
        return self.head_.noise_variance_

    @property
    def output_covariance_(self):
        """Covariance between the outputs, as estimated by the head."""
        return self.head_.output_covariance_


def joined(chunks):
    """Return chunks of rows in one array."""
    return np.concatenate(list(chunks))
