"""Predictions of a mixture of Dirichlets from the posteriors of its questions."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream
from skbal._utils.validation import FLOAT_DTYPES
from skbal.models._chunked_draws import ChunkedDrawsMixin
from skbal.models._vote_mixture._counts import count_distributions, log_likelihood
from skbal.models._votes._predictions import VotePredictionsMixin
from skbal.models._votes._shares import ShareStreams, dirichlet_draws

_COPIES = 6  # arrays of the size of a chunk's components that are held at once


class MixturePredictions(VotePredictionsMixin, ChunkedDrawsMixin):
    """Predicts for an estimator whose ``fit`` has set ``_posteriors``.

    Rows are predicted in chunks, in float64. The results have the precision of X.
    """

    def predict(self, X):
        """Return the share of each answer, the mean of ``n_draws`` draws.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of the form passed to ``fit``.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_columns)
            They sum to one over the answers to each question.
        """
        X = self._check_rows(X)
        shares = np.empty((len(X), self._labels.n_columns), dtype=X.dtype)
        for rows, draws in self._chunks_of(X, self.n_draws, self.draw_seed_):
            shares[rows] = draws.mean(axis=1, dtype=np.float64)
        return shares

    def _concentrations(self, X):
        X = self._check_rows(X)
        found = np.empty((len(X), self.n_questions_))
        for rows, _, concentration in self._vote_draws_of(X):
            found[rows] = concentration
        return found

    def _vote_draws(self, X):
        return self._vote_draws_of(self._check_rows(X))

    # The rows of these two are checked, and have lost their names.

    def _vote_draws_of(self, X):
        for rows, questions in self._component_chunks(X, self.n_draws, self.draw_seed_):
            concentration = [each.alike_concentration() for each in questions]
            yield rows, _mean_shares(questions, X.dtype), np.stack(concentration, 1)

    def _chunks_of(self, X, n_draws, seed):
        for rows, questions in self._component_chunks(X, n_draws, seed):
            yield rows, _mean_shares(questions, X.dtype)

    def _draw_chunks(self, X, n_draws, seed):
        return self._chunks_of(self._check_rows(X), n_draws, seed)

    def _vote_chunks(self, X, n_votes):
        X = self._check_rows(X)
        for rows, questions in self._component_chunks(X, self.n_draws, self.draw_seed_):
            most = n_votes[rows].max(initial=0)
            found = [
                count_distributions(each, numbers, most)
                for each, numbers in zip(questions, n_votes[rows].T)
            ]
            yield rows, np.concatenate(found, axis=1)

    def _likelihood_chunks(self, X, y):
        X = self._check_rows(X)
        for rows, questions in self._component_chunks(X, self.n_draws, self.draw_seed_):
            parts = self._labels.split(y[rows])
            yield rows, sum(log_likelihood(*pair) for pair in zip(questions, parts))

    def _share_chunks(self, X, n_draws, seed):
        X = self._check_rows(X)
        streams = [ShareStreams(seed, number) for number in range(self.n_questions_)]
        for rows, questions in self._component_chunks(X, n_draws, seed):
            shares = [_own_shares(*pair) for pair in zip(questions, streams)]
            yield rows, np.concatenate(shares, axis=2).astype(X.dtype)

    def _component_chunks(self, X, n_draws, seed):
        """Yield slices of rows and a list of the `Components` of each question."""
        sizes = [posterior.n_normal for posterior in self._posteriors]
        # The draws are the first axis, so draw k does not depend on n_draws.
        normal = stream(seed, "weights").standard_normal((n_draws, sum(sizes)))
        parts = [
            posterior.draws(part)
            for posterior, part in zip(
                self._posteriors, np.split(normal, np.cumsum(sizes)[:-1], axis=1)
            )
        ]
        largest = max(part.levels[0].size for part in parts)
        step = rows_within(8 * (_COPIES * largest * n_draws + X.shape[1]))
        for rows in chunks(len(X), step):
            chunk = X[rows].astype(np.float64)
            yield (
                rows,
                [
                    posterior.components(chunk, part, X.dtype)
                    for posterior, part in zip(self._posteriors, parts)
                ],
            )

    def _check_rows(self, X):
        check_is_fitted(self)
        return validate_rows(self, X, reset=False, dtype=FLOAT_DTYPES)


def _mean_shares(questions, dtype):
    shares = [each.mean_shares() for each in questions]
    return np.concatenate(shares, axis=2).astype(dtype)


def _own_shares(components, streams):
    """Return one draw of a row's own shares for each draw of the parameters."""
    # A component is drawn by the place of a uniform number among the sums of weights.
    sums = np.cumsum(components.weights, axis=2)
    place = streams.uniform.random(sums.shape[:2])[:, :, np.newaxis] * sums[:, :, -1:]
    chosen = (sums < place).sum(axis=2, keepdims=True)
    shares = np.take_along_axis(components.shares, chosen[..., np.newaxis], axis=2)
    concentration = np.take_along_axis(
        np.broadcast_to(components.concentration, sums.shape), chosen, axis=2
    )
    return dirichlet_draws(shares[:, :, 0], concentration, streams)
