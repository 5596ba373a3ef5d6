"""Predictions of the vote regression from the posteriors of its questions."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.logistic_normal import mean_of_logistic
from skbal._utils.random import stream
from skbal._utils.validation import FLOAT_DTYPES
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._votes._predictions import VotePredictionsMixin


class RegressionPredictions(VotePredictionsMixin, ChunkedDrawsMixin):
    """Predicts for an estimator whose ``fit`` has set ``_posteriors``.

    Rows are predicted in chunks, in float64. The results have the precision of X.
    """

    def predict(self, X):
        """Return rho, the probability that one volunteer says yes, or shares.

        For votes k of N it is the mean over the posterior, computed by quadrature. For
        counts of answers it is the share of each answer, the mean of ``n_draws`` draws.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        rho : ndarray of shape (n_samples,), (n_samples, n_questions) or (n_samples, \
n_columns)
            The probability of a yes. It has an axis of questions if the y of ``fit``
            had one. For counts, the share of each answer.
        """
        X = self._check_rows(X)
        if self.questions_ is not None:
            return self._mean_shares(X)
        rho = np.empty((len(X), self.n_questions_), dtype=X.dtype)
        for rows in chunks(len(X), rows_within(32 * X.shape[1] + 1000)):
            chunk = X[rows].astype(np.float64)
            for number, posterior in enumerate(self._posteriors):
                rho[rows, number] = mean_of_logistic(*posterior.logit_moments(chunk))
        return self._as_y(rho)

    def _mean_shares(self, X):
        shares = np.empty((len(X), self._labels.n_columns), dtype=X.dtype)
        for rows, draws in self._chunks_of(X, self.n_draws, self.draw_seed_):
            shares[rows] = draws.mean(axis=1, dtype=np.float64)
        return shares

    def _concentrations(self, X):
        return np.tile(self.concentration_, (len(self._check_rows(X)), 1))

    def _vote_draws(self, X):
        for rows, rho in self._draw_chunks(X, self.n_draws, self.draw_seed_):
            shape = (len(rho), self.n_questions_)
            yield rows, rho, np.broadcast_to(self.concentration_, shape)

    def _draw_chunks(self, X, n_draws, seed):
        return self._chunks_of(self._check_rows(X), n_draws, seed)

    def _chunks_of(self, X, n_draws, seed):
        """Yield slices of checked rows, whose names are lost, and their draws."""
        n_logits = [posterior.n_logits for posterior in self._posteriors]
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, sum(n_logits), X.shape[1] + 1)
        normal = stream(seed, "weights").standard_normal(shape)
        parts = np.split(normal, np.cumsum(n_logits)[:-1], axis=1)
        questions = [
            (posterior, *posterior.draws(part))
            for posterior, part in zip(self._posteriors, parts)
        ]
        n_columns = self._labels.n_columns * n_draws
        for rows in chunks(len(X), rows_within(8 * (X.shape[1] + 3 * n_columns))):
            chunk = X[rows].astype(np.float64)
            # One array of shape (n_rows, n_draws, n_answers) per question.
            columns = [
                posterior.probabilities(chunk, levels, weights, X.dtype)
                for posterior, levels, weights in questions
            ]
            yield rows, np.concatenate(columns, axis=2)

    def _check_rows(self, X):
        check_is_fitted(self)
        return validate_rows(self, X, reset=False, dtype=FLOAT_DTYPES)
