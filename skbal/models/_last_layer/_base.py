"""A Bayesian head on the frozen features of a network; `_frozen` gives the features."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.random import check_seed
from skbal._utils.seeds_of import fill_random_states
from skbal.models._last_layer._frozen import FrozenNetwork, result_dtype
from skbal.models._linear._bayesian import BayesianLinearRegression


def head_has(method):
    def check(self):
        head = self.head_ if hasattr(self, "head_") else self._given_head()
        return hasattr(head, method)

    return check


class LastLayer(FrozenNetwork):
    """What regressor and classifier share; a subclass says what y and draws are."""

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
        head = self._given_head()
        missing = [name for name in self._head_needs if not hasattr(head, name)]
        if isinstance(head, type) or missing:
            raise TypeError(
                f"head of {type(self).__name__} must be a regressor that makes draws, "
                "with fit, predict and predict_samples, such as "
                f"BayesianLinearRegression(), got {head!r}."
            )
        return clone(head)

    _head_needs = ("fit", "predict", "predict_samples")

    # ---------------------------------------------------------------- predicting

    def _head_chunks(self, X, bytes_per_row=0):
        """Yield (rows, features) in the precision in which results are wanted."""
        dtype = result_dtype(X)
        for rows, features in self._feature_chunks(X, bytes_per_row):
            yield rows, features.astype(dtype, copy=False)

    def _draw_chunks(self, X, n_draws, random_state):
        """Yield (rows, draws of the head), the same weights for every chunk."""
        seed = check_seed(random_state, f"predict_samples of {type(self).__name__}")
        n_known = getattr(self.head_, "n_draws", 1) if n_draws is None else n_draws
        is_count = isinstance(n_known, (int, np.integer))
        # The head's draws, and what a subclass makes of them.
        bytes_per_row = 32 * self._n_outputs() * (n_known if is_count else 1)
        for rows, features in self._head_chunks(X, bytes_per_row):
            yield rows, self.head_.predict_samples(features, n_draws, random_state=seed)

    @available_if(head_has("covariance_factor"))
    def covariance_factor(self, X):
        """Return factors whose products are the covariance of the function at rows.

        With F the result, the noise-free regression's covariance between output d of
        row i and output e of row j is ``F[i] @ F[j] * output_covariance_[d, e]``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.

        Returns
        -------
        factor : ndarray of shape (n_samples, n_factors)
        """
        return joined(self.head_.covariance_factor(F) for _, F in self._head_chunks(X))

    @available_if(head_has("log_marginal_likelihood"))
    def log_marginal_likelihood(self):
        """Return the head's log evidence of the training targets, in nats.

        The features are taken as given: it tells heads on one network apart, but not
        networks, which were trained on the same targets.

        Returns
        -------
        log_evidence : float
        """
        check_is_fitted(self)
        return self.head_.log_marginal_likelihood()

    def __sklearn_is_fitted__(self):
        return hasattr(self, "head_")

    @property
    def noise_variance_(self):
        """The head's noise variance."""
        return self.head_.noise_variance_

    @property
    def output_covariance_(self):
        """The head's covariance between outputs."""
        return self.head_.output_covariance_


def joined(parts):
    return np.concatenate(list(parts))
