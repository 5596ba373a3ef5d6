"""Predictions of the vote regression from the posteriors of its questions."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.logistic_normal import mean_of_logistic
from skbal._utils.random import stream
from skbal._utils.validation import FLOAT_DTYPES
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._vote_regression._posterior import logistic
from skbal.models._votes._predictions import VotePredictionsMixin


class RegressionPredictions(VotePredictionsMixin, ChunkedDrawsMixin):
    """Predicts for an estimator whose ``fit`` has set ``_posteriors``.

    Rows are predicted in chunks, in float64. The results have the precision of X.
    """

    def predict(self, X):
        """Return rho, the probability that one volunteer says yes.

        It is the mean over the posterior, computed by quadrature.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        rho : ndarray of shape (n_samples,) or (n_samples, n_questions)
            The probability of a yes. It has an axis of questions if the y of ``fit``
            had one.
        """
        X = self._check_rows(X)
        rho = np.empty((len(X), self.n_questions_), dtype=X.dtype)
        for rows in chunks(len(X), rows_within(32 * X.shape[1] + 1000)):
            chunk = X[rows].astype(np.float64)
            for number, posterior in enumerate(self._posteriors):
                rho[rows, number] = mean_of_logistic(*posterior.logit_moments(chunk))
        return self._as_y(rho)

    def _concentrations(self, X):
        return np.tile(self.concentration_, (len(self._check_rows(X)), 1))

    def _vote_draws(self, X):
        for rows, rho in self._draw_chunks(X, self.n_draws, self.draw_seed_):
            shape = (len(rho), self.n_questions_)
            yield rows, rho, np.broadcast_to(self.concentration_, shape)

    def _draw_chunks(self, X, n_draws, seed):
        X = self._check_rows(X)
        n_columns = self.n_questions_ * n_draws
        # The draws are the first axis, so draw k does not depend on n_draws.
        shape = (n_draws, self.n_questions_, X.shape[1] + 1)
        normal = stream(seed, "weights").standard_normal(shape)
        questions = [
            (posterior, *posterior.draws(normal[:, number]))
            for number, posterior in enumerate(self._posteriors)
        ]
        for rows in chunks(len(X), rows_within(8 * (X.shape[1] + 3 * n_columns))):
            chunk = X[rows].astype(np.float64)
            # One array of shape (n_rows, n_draws) per question.
            logits = [
                posterior.logits(chunk, levels, weights)
                for posterior, levels, weights in questions
            ]
            yield rows, logistic(np.stack(logits, axis=2), X.dtype)

    def _check_rows(self, X):
        check_is_fitted(self)
        return validate_rows(self, X, reset=False, dtype=FLOAT_DTYPES)
