"""Predictions of votes that are those of a head on features."""

from sklearn.base import RegressorMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal._utils.validation import check_n_draws
from skbal.models._last_layer._base import head_has


class VotesByHead(RegressorMixin):
    """Passes the features of rows to ``head_``, and returns what it predicts.

    It is mixed into an estimator that has `_features`, which returns the features of
    rows, and `_given_head`.
    """

    def _fitted_head(self):
        check_is_fitted(self)
        return self.head_

    def predict(self, X):
        """Return rho, the probability that one volunteer says yes, from the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        rho : ndarray of shape (n_samples,) or (n_samples, n_questions)
            The probability of a yes, or what else the head predicts.
        """
        return self._fitted_head().predict(self._features(X))

    def predict_votes(self, X, n_votes):
        """Return the probability of each number of yes votes, from the head.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
            Number N of volunteers who are asked, 0 or more.

        Returns
        -------
        distribution : ndarray of shape (n_samples, max(n_votes) + 1) or (n_samples, \
n_questions, max(n_votes) + 1), dtype=float64
            As `BayesianVoteRegression.predict_votes` returns it.
        """
        return self._fitted_head().predict_votes(self._features(X), n_votes)

    @available_if(head_has("predict_interval"))
    def predict_interval(self, X, n_votes=None, level=0.95):
        """Return the interval that contains the yes votes with probability ``level``.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions), \
optional
            Number of volunteers who are asked. ``None`` gives the interval of rho
            instead.
        level : float, default=0.95
            The probability, above 0 and below 1.

        Returns
        -------
        interval : ndarray of shape (n_samples, 2) or (n_samples, n_questions, 2)
            As `BayesianVoteRegression.predict_interval` returns it.
        """
        return self._fitted_head().predict_interval(self._features(X), n_votes, level)

    @available_if(head_has("predict_concentration"))
    def predict_concentration(self, X):
        """Return how little rho varies between rows with equal features.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        concentration : ndarray of shape (n_samples, n_questions), dtype=float64
            The concentration of the head, infinity for a binomial.
        """
        return self._fitted_head().predict_concentration(self._features(X))

    @available_if(head_has("sample_shares"))
    def sample_shares(self, X, n_draws=None, *, random_state=None):
        """Return draws of the share of yes votes, or of each answer, of single rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of draws. ``None`` uses the head's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_draws, n_columns)
            As `BayesianVoteRegression.sample_shares` returns them.
        """
        head = self._fitted_head()
        return head.sample_shares(self._features(X), n_draws, random_state=random_state)

    def score(self, X, y, sample_weight=None):
        """Return the score of the head; higher is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            The votes, of the form passed to ``fit``.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        score : float
            For the default head the mean log-likelihood per vote, in nats.
        """
        given = () if sample_weight is None else (sample_weight,)
        return self._fitted_head().score(self._features(X), y, *given)

    @available_if(head_has("log_marginal_likelihood"))
    def log_marginal_likelihood(self):
        """Return the log evidence of the votes from the head, in nats.

        The features are taken as known. It therefore compares heads, and priors of one
        graph, but not networks, which were trained on the same votes.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats.
        """
        return self._fitted_head().log_marginal_likelihood()

    @property
    def n_questions_(self):
        """Number of questions in y, as counted by the head."""
        return self._fitted_head().n_questions_

    @property
    def questions_(self):
        """The questions of counts of several answers; None for votes k of N."""
        return getattr(self._fitted_head(), "questions_", None)

    def _check_n_draws(self, n_draws):
        if n_draws is None:
            return None  # the number of the head
        return check_n_draws(n_draws, type(self).__name__)

    def _draw_chunks(self, X, n_draws, seed):
        features = self._features(X)
        draws = self._fitted_head().predict_samples(
            features, n_draws, random_state=seed
        )
        yield slice(0, len(draws)), draws

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.regressor_tags.poor_score = True  # a log-likelihood is never above 0
        return tags
