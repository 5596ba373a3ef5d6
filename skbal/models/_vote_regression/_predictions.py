"""What the vote regression predicts from the posteriors of its questions' weights."""

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from skbal._utils.chunks import pieces, rows_within
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count
from skbal.base import PosteriorSamplerMixin
from skbal.models._vote_regression._logistic_normal import mean_of_logistic
from skbal.models._vote_regression._posterior import logistic
from skbal.models._votes._predictions import VotePredictionsMixin

DTYPES = (np.float64, np.float32)


class RegressionPredictions(VotePredictionsMixin, PosteriorSamplerMixin):
    """Predicts for an estimator whose ``fit`` has set ``_posteriors``.

    Rows go through in chunks, in float64; results have the precision of X.
    """

    def predict(self, X):
        """Return rho, the probability that one volunteer says yes.

        It is the mean over the posterior, found by quadrature.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        rho : ndarray of shape (n_samples,) or (n_samples, n_questions)
            The axis of questions is there if the y of ``fit`` had it.
        """
        X = self._check_rows(X)
        rho = np.empty((len(X), self.n_questions_), dtype=X.dtype)
        for rows in pieces(len(X), rows_within(32 * X.shape[1] + 1000)):
            part = X[rows].astype(np.float64)
            for number, posterior in enumerate(self._posteriors):
                rho[rows, number] = mean_of_logistic(*posterior.logit_moments(part))
        return self._as_y(rho)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint draws of rho, one vector of weights a draw and question.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows.
        n_draws : int, optional
            How many draws; None takes the parameter ``n_draws``.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, None fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_questions)
            The probability that one volunteer says yes.

        Raises
        ------
        ValueError, TypeError
            If X, ``n_draws`` or ``random_state`` is not as it must be.
        """
        X, owner = self._check_rows(X), type(self).__name__
        n_draws = self.n_draws if n_draws is None else n_draws
        n_draws = check_count(n_draws, "n_draws", owner)
        seed = check_seed(random_state, f"predict_samples of {owner}")
        draws = np.empty((len(X), n_draws, self.n_questions_), dtype=X.dtype)
        for rows, rho in self._draw_chunks(X, n_draws, seed):
            draws[rows] = rho
        return draws

    def _concentrations(self, X):
        return np.tile(self.concentration_, (len(self._check_rows(X)), 1))

    def _vote_draws(self, X):
        X = self._check_rows(X)
        for rows, rho in self._draw_chunks(X, self.n_draws, self.draw_seed_):
            shape = (len(rho), self.n_questions_)
            yield rows, rho, np.broadcast_to(self.concentration_, shape)

    def _draw_chunks(self, X, n_draws, seed):
        n_columns = self.n_questions_ * n_draws
        # Draw by draw, so that the first of many are those of a few.
        shape = (n_draws, self.n_questions_, X.shape[1] + 1)
        normal = stream(seed, "weights").standard_normal(shape)
        questions = [
            (posterior, *posterior.draws(normal[:, number]))
            for number, posterior in enumerate(self._posteriors)
        ]
        for rows in pieces(len(X), rows_within(8 * (X.shape[1] + 3 * n_columns))):
            part = X[rows].astype(np.float64)
            logits = [
                posterior.logits(part, levels, weights)
                for posterior, levels, weights in questions
            ]
            yield rows, logistic(np.stack(logits, axis=2), X.dtype)

    def _check_rows(self, X):
        check_is_fitted(self)
        return validate_data(self, X, reset=False, dtype=DTYPES)
