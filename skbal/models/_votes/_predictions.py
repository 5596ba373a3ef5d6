"""Predictions of a model of votes from its draws: votes, intervals, a score."""

from abc import abstractmethod

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skbal._utils._sklearn import check_sample_weight
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.rho import check_level
from skbal._utils.validation import check_same_number
from skbal._utils.votes import check_n_votes
from skbal.information import vote_distribution, vote_interval


class VotePredictionsMixin(RegressorMixin):
    """Gives predictions of votes, their intervals, and a score.

    The estimator gives `_vote_draws` and `_concentrations`. Its ``fit`` sets
    ``n_questions_``, ``_labels`` (see `Labels`) and ``_has_question_axis``.
    """

    @abstractmethod
    def _vote_draws(self, X):
        """Yield slices of rows, their draws, and their concentration.

        The draws of rho or of shares have the shape (n_rows, n_draws, n_columns). They
        are the same at every call, and the ones used by ``predict``. The concentration
        has the shape (n_rows, n_questions).
        """

    @abstractmethod
    def _concentrations(self, X):
        """Return the concentration of each row, (n_samples, n_questions)."""

    def predict_votes(self, X, n_votes):
        """Return the probability of each number of yes votes, or of votes per answer.

        The distribution is a mixture of one binomial or beta-binomial per draw. This
        also holds for the count of a single answer, whose joint distribution with the
        other answers is not returned.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
            Number N of volunteers who are asked, 0 or more.

        Returns
        -------
        distribution : ndarray of shape (n_samples, max(n_votes) + 1) or (n_samples, \
n_columns, max(n_votes) + 1), dtype=float64
            The probabilities of k = 0, 1, ..., N, which sum to one. Those of k above
            the N of a row are 0. There is a column per question if the y of ``fit`` had
            an axis of questions, and a column per answer if it had counts of answers.

        Raises
        ------
        TypeError, ValueError
            If X or ``n_votes`` is invalid.
        """
        n_votes = self._check_n_votes(X, n_votes, "predict_votes")
        shape = (len(n_votes), self._labels.n_columns, n_votes.max(initial=0) + 1)
        votes = np.zeros(shape)
        for rows, chunk in self._vote_chunks(X, n_votes):
            votes[rows, :, : chunk.shape[2]] = chunk
        return self._as_y(votes)

    def predict_interval(self, X, n_votes=None, level=0.95):
        """Return the interval that contains the votes with probability ``level``.

        It leaves out at most (1 - level) / 2 on either side. Votes are whole numbers,
        so that it usually contains somewhat more than ``level``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions), \
optional
            Number of volunteers who are asked. ``None`` gives the interval of rho or
            of the share instead, between quantiles of its draws. It does not include
            the scatter of votes.
        level : float, default=0.95
            The probability, above 0 and below 1.

        Returns
        -------
        interval : ndarray of shape (n_samples, 2) or (n_samples, n_columns, 2)
            Lowest and highest value, both included: whole numbers of votes, or values
            of rho. Columns are those of `predict_votes`.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid.
        """
        owner = f"predict_interval of {type(self).__name__}"
        level = check_level(level, owner)
        check_is_fitted(self)
        if n_votes is None:
            shape, dtype = (n_rows(X), self._labels.n_columns, 2), np.float64
            chunks = self._quantile_chunks(X, level)
        else:
            n_votes = self._check_n_votes(X, n_votes, "predict_interval")
            shape, dtype = (len(n_votes), self._labels.n_columns, 2), np.int64
            votes = self._vote_chunks(X, n_votes)
            chunks = ((rows, vote_interval(chunk, level)) for rows, chunk in votes)
        interval = np.empty(shape, dtype=dtype)
        for rows, chunk in chunks:
            interval[rows] = chunk
        return self._as_y(interval)

    def score(self, X, y, sample_weight=None):
        """Return the mean log-likelihood per vote, in nats; higher is better.

        The likelihood of a row is that of its votes in a given order, averaged over the
        draws. For a binomial it is the mean of ``rho**k * (1 - rho)**(N - k)``. The
        number of orders is left out, since it depends on no model. With one vote per
        row the score is minus the log loss. The sum over rows and questions is divided
        by the number of all votes.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        y : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
            The votes in the form passed to ``fit``. Rows without votes do not count.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        score : float
            The score, in nats.

        Raises
        ------
        ValueError
            If X or y is invalid, or there are no votes.
        """
        owner = type(self).__name__
        check_is_fitted(self)
        votes = self._labels.check(y, owner)
        check_same_number(n_rows(X), len(votes), owner)
        weights = np.ones(len(votes))
        if sample_weight is not None:
            weights = check_sample_weight(sample_weight, votes)
        total = weights @ self._labels.totals(votes).sum(axis=1)
        if total == 0:
            raise ValueError(
                f"y given to score of {owner} has no vote: N is 0 in all {len(votes)} "
                "rows, or sample_weight is 0 in all others."
            )
        found = 0.0
        for rows, likelihood in self._likelihood_chunks(X, votes):
            found += weights[rows] @ likelihood
        return float(found / total)

    def predict_concentration(self, X):
        """Return how little rho varies between rows that look alike.

        Given the weights, the rho of a row has a beta distribution around the value of
        the draw, with a + b = concentration. The shares of several answers have a
        Dirichlet distribution in the same way. However many volunteers vote, their
        share of yes votes scatters at least as much as that of about ``concentration``
        volunteers with equal rho.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        concentration : ndarray of shape (n_samples, n_questions), dtype=float64
            The concentration; for a network, the geometric mean over the draws. It is
            infinity for a binomial or multinomial.

        Raises
        ------
        ValueError
            If X is invalid.
        """
        check_is_fitted(self)
        return self._concentrations(X)

    def sample_shares(self, X, n_draws=None, *, random_state=None):
        """Return draws of the share of yes votes, or of each answer, of single rows.

        It is the share among very many voters on this very row. ``predict_samples``
        draws the mean of rows that look alike, and leaves out how they differ. Given
        draws of the shares, the votes are binomial or multinomial. So the proportion of
        draws in which an answer has the largest share is the probability that most
        people give it.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones. The
            draws of a row depend on its place in X.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_draws, n_columns)
            Columns are those of ``predict_samples``. With several answers they sum to
            one.

        Raises
        ------
        ValueError, TypeError
            If X, ``n_draws`` or ``random_state`` is invalid. The message says which.
        """
        check_is_fitted(self)
        owner = f"sample_shares of {type(self).__name__}"
        n_draws = self._check_n_draws(n_draws)
        chunks = self._share_chunks(X, n_draws, check_seed(random_state, owner))
        return np.concatenate([chunk for _, chunk in chunks])

    def _share_chunks(self, X, n_draws, seed):
        """Yield slices of rows and their draws of shares."""
        draws = self.predict_samples(X, n_draws, random_state=seed)
        concentration = self.predict_concentration(X)
        yield slice(0, len(draws)), self._labels.own_shares(draws, concentration, seed)

    def _likelihood_chunks(self, X, y):
        """Yield slices of rows and the log-likelihood of their votes y."""
        for rows, draws, concentration in self._vote_draws(X):
            yield rows, self._labels.log_likelihood(draws, y[rows], concentration)

    def _vote_chunks(self, X, n_votes):
        """Yield slices of rows and the distributions of their votes."""
        per_column = self._labels.per_column
        for rows, draws, concentration in self._vote_draws(X):
            n, concentration = per_column(n_votes[rows]), per_column(concentration)
            yield rows, vote_distribution(draws, n, concentration)

    def _quantile_chunks(self, X, level):
        ends = [(1 - level) / 2, (1 + level) / 2]
        for rows, draws, _ in self._vote_draws(X):
            # (2, n_rows, n_columns) -> (n_rows, n_columns, 2)
            yield rows, np.moveaxis(np.quantile(draws, ends, axis=1), 0, -1)

    def _check_n_votes(self, X, n_votes, method):
        check_is_fitted(self)
        owner = f"{method} of {type(self).__name__}"
        return check_n_votes(n_votes, n_rows(X), self.n_questions_, owner)

    def _as_y(self, values):
        return values if self._has_question_axis else values[:, 0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.regressor_tags.poor_score = True  # a log-likelihood is never above 0
        return tags
