"""Bayesian logistic regression of volunteer votes; the files beside it do the maths."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from skbal._utils.random import check_seed
from skbal._utils.validation import (
    check_count,
    check_option,
    check_real,
    check_same_number,
)
from skbal._utils.votes import check_votes
from skbal.models._vote_regression._posterior import WeightPosterior
from skbal.models._vote_regression._predictions import DTYPES, RegressionPredictions
from skbal.models._vote_regression._search import EvidenceSearch
from skbal.models._vote_regression._span import RowSpan, question_of
from skbal.models._votes._checks import warn_of_single_votes


class BayesianVoteRegression(RegressionPredictions, BaseEstimator):
    """Logistic regression of k of N votes, its weights with a posterior, by Laplace.

    Volunteers say yes with the probability ``rho = 1 / (1 + exp(-x w - b))``. Weights
    are normal before any vote is seen; their posterior is approximated by a normal
    distribution around its mode, whose precision is the Hessian there [1]_. A draw is
    one vector of weights for all rows; questions are independent. No network, no torch:
    for hundreds of rows, features made elsewhere, and teaching.

    Parameters
    ----------
    likelihood : {"binomial", "beta-binomial"}, default="binomial"
        "binomial": rows with the same x have the same rho. "beta-binomial": their rho
        still differ, by a beta distribution around it; how much is learned, one
        ``concentration_`` for each question.
    prior_variance : float, default=1.0
        The variance of a weight before any vote was seen, in units of the logit over X,
        squared. With ``optimize="evidence"`` it is where the search begins.
    optimize : {"evidence"} or None, default="evidence"
        "evidence" takes, for each question, the prior variance of largest evidence,
        but none under which the logits of rows have a standard deviation above 10.
        None takes ``prior_variance``.
    fit_intercept : bool, default=True
        Whether there is an intercept b.
    n_draws : int, default=100
        How many draws ``predict_samples`` gives when not told, and ``predict_votes``,
        ``predict_interval`` and ``score`` mix.
    max_iter : int, default=100
        The most Newton steps to a mode, and the most steps of the search for the
        evidence.
    tol : float, default=1e-6
        The length of a Newton step, in posterior standard deviations, at which the mode
        is found.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the draws behind ``predict_votes``, ``predict_interval`` and ``score``.
    intercept_variance : float, default=10.0
        The variance of the logit at the mean row before any vote was seen. With the
        default, 95 % of the prior lie between 0.2 % and 99.8 % of yes.

    Attributes
    ----------
    coef_mean_ : ndarray of shape (n_features, n_questions)
        The posterior mean of the weights.
    intercept_mean_ : ndarray of shape (n_questions,)
        The posterior mean of the logit at x = 0.
    coef_covariance_ : ndarray of shape (n_questions, n_features, n_features)
        The posterior covariance of the weights. Made when asked for.
    prior_variance_ : ndarray of shape (n_questions,)
        The prior variance in use.
    concentration_ : ndarray of shape (n_questions,)
        a + b of the beta distribution around rho; infinity for binomial votes, also
        where no finite one has a larger evidence.
    n_questions_ : int
        How many questions y held votes on.
    n_iter_ : int
        The most values of prior variance and concentration that were tried.
    n_features_in_ : int
        The number of features.
    feature_names_in_ : ndarray of str
        Column names, when X was a data frame.
    draw_seed_ : int
        The seed of the draws behind ``predict_votes``.

    See Also
    --------
    MCDropoutVoteRegressor : The same for images, by a network.
    sklearn.linear_model.LogisticRegression : The mode, for one vote a row.

    Notes
    -----
    With an intercept, the weights act on a row less the mean row, in which a row counts
    as often as it has votes; so ten votes on one row are the same as one vote on each
    of ten equal rows. A flat prior on the intercept would have no posterior where all
    votes agree, so it has a wide one. The columns should be of similar scale, since all
    weights have one prior.

    ``predict`` is the exact mean of rho over the normal posterior, not that of draws.
    Where a question has no votes the posterior is the prior.

    The concentration maximises the evidence together with the prior variance. At the
    mode the Hessian is that of the beta-binomial likelihood. It is not log-concave, so
    there may be other modes; the one found is uphill of the binomial one or of zero.

    References
    ----------
    .. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, sections 4.4
       and 4.5.1, here for several votes a row.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.models import BayesianVoteRegression
    >>> X = np.array([[-1.0], [0.0], [1.0], [2.0]])
    >>> votes = [[4, 40], [13, 40], [24, 40], [0, 0]]
    >>> model = BayesianVoteRegression(random_state=0).fit(X, votes)
    >>> model.predict(X).round(2)
    array([0.12, 0.31, 0.6 , 0.82])
    >>> model.predict_interval(X, n_votes=40, level=0.8)[:2]
    array([[ 2,  9],
           [ 8, 17]])
    """

    def __init__(
        self,
        likelihood="binomial",
        prior_variance=1.0,
        optimize="evidence",
        fit_intercept=True,
        *,
        n_draws=100,
        max_iter=100,
        tol=1e-6,
        random_state=None,
        intercept_variance=10.0,
    ):
        self.likelihood = likelihood
        self.prior_variance = prior_variance
        self.optimize = optimize
        self.fit_intercept = fit_intercept
        self.n_draws = n_draws
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.intercept_variance = intercept_variance

    # ------------------------------------------------------------------ learning

    def fit(self, X, y):
        """Find the posterior of the weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows.
        y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
            Their votes: yes votes k and all votes N; 0 of 0 where a question was not
            asked. A row may come again with further votes; for a beta-binomial their
            totals in one row say more truly that it is one row.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which.

        Warns
        -----
        VotesWarning
            If a question has no row with two votes, where a concentration is to be
            learned.
        ConvergenceWarning
            If a mode or the maximum of the evidence was not found.
        """
        owner = type(self).__name__
        self._check_parameters(owner)
        seed = check_seed(self.random_state, owner)
        votes = check_votes(y, owner)
        X = validate_data(self, X, dtype=DTYPES)
        check_same_number(len(X), len(votes), owner)
        is_asked = votes[..., 1].any(axis=1)
        if is_asked.any():
            X, votes = X[is_asked], votes[is_asked]
        self._solve(X, votes, owner)
        self._has_question_axis = np.ndim(y) == 3
        self.draw_seed_ = seed
        return self

    def _solve(self, X, votes, owner):
        span = RowSpan(X, self.fit_intercept, owner)
        n_questions = votes.shape[1]
        solutions, posteriors = [], []
        for number in range(n_questions):
            question, centre = question_of(
                span, votes[:, number], self.fit_intercept, owner
            )
            solution = self._search(question).best(
                float(self.prior_variance),
                learn_variance=self.optimize is not None,
                learn_concentration=self._learns_concentration(question, number),
            )
            solutions.append(solution)
            posteriors.append(
                WeightPosterior(span, centre, solution, bool(self.fit_intercept))
            )
        self._posteriors, self.n_questions_ = posteriors, n_questions
        self._keep(solutions)

    def _search(self, question):
        intercept = float(self.intercept_variance) if self.fit_intercept else None
        return EvidenceSearch(question, intercept, max_iter=self.max_iter, tol=self.tol)

    def _keep(self, solutions):
        posteriors = self._posteriors
        self.coef_mean_ = np.stack([p.coef_mean for p in posteriors], axis=1)
        self.intercept_mean_ = np.array([p.intercept_mean for p in posteriors])
        self.prior_variance_ = np.array([s.prior_variance for s in solutions])
        self.concentration_ = np.array([s.concentration for s in solutions])
        self.n_iter_ = max(solution.n_tried for solution in solutions)
        self._log_evidence = [s.posterior.log_evidence for s in solutions]

    def _learns_concentration(self, question, number):
        if self.likelihood == "binomial":
            return False
        if (question.total >= 2).any():
            return True
        warn_of_single_votes(number, question.owner)
        return False

    def log_marginal_likelihood(self):
        """Return the log probability of the votes, the weights integrated out.

        By Laplace's method, at the prior variance and concentration in use, summed over
        questions. It is that of the votes in an order of their own, so models of either
        likelihood can be compared by it.

        Returns
        -------
        log_evidence : float
            In nats.
        """
        check_is_fitted(self)
        return float(np.sum(self._log_evidence))

    @property
    def coef_covariance_(self):
        """The posterior covariance of the weights, one matrix a question."""
        return np.stack([posterior.covariance() for posterior in self._posteriors])

    # ------------------------------------------------------------------ checking

    def _check_parameters(self, owner):
        check_option(
            self.likelihood, "likelihood", ("binomial", "beta-binomial"), owner
        )
        check_option(self.optimize, "optimize", ("evidence", None), owner)
        for name in ("prior_variance", "intercept_variance"):
            value = check_real(getattr(self, name), name, owner, low=0)
            if value == 0:
                raise ValueError(f"{name} of {owner} must be larger than 0, got 0.")
        for name in ("n_draws", "max_iter"):
            check_count(getattr(self, name), name, owner)
        check_real(self.tol, "tol", owner, low=0)
