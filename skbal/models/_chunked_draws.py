"""Posterior draws made chunk by chunk, for estimators that yield chunks."""

from abc import abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.validation import check_n_draws
from skbal.base import PosteriorSamplerMixin


class ChunkedDrawsMixin(PosteriorSamplerMixin):
    """Gives ``predict_samples`` to an estimator that makes draws chunk by chunk.

    A subclass gives `_draw_chunks`, and has a parameter ``n_draws`` or overrides
    `_check_n_draws`.
    """

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws: draw k is one set of weights for all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            A classifier draws class probabilities, with columns in the order of
            ``classes_``. A regressor draws the noise-free function, in the units of y.
            A model of votes draws the probability that one volunteer says yes, or the
            shares of the answers to each question, which sum to one.

        Raises
        ------
        ValueError, TypeError
            If X, ``n_draws`` or ``random_state`` is invalid. The message says which.
        """
        check_is_fitted(self)
        n_draws = self._check_n_draws(n_draws)
        seed = check_seed(random_state, f"predict_samples of {type(self).__name__}")
        draws = None
        for rows, chunk in self._draw_chunks(X, n_draws, seed):
            if draws is None:
                shape = (n_rows(X), *chunk.shape[1:])
                draws = np.empty(shape, dtype=chunk.dtype)
            draws[rows] = chunk
        return draws

    def _check_n_draws(self, n_draws):
        """Return the number of draws; None means the parameter ``n_draws``."""
        n_draws = self.n_draws if n_draws is None else n_draws
        return check_n_draws(n_draws, type(self).__name__)

    @abstractmethod
    def _draw_chunks(self, X, n_draws, seed):
        """Yield slices of rows and their draws, (n_rows, n_draws, n_outputs).

        The same ``seed`` gives the same weights, whatever the chunks are.
        """
