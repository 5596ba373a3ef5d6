"""Bayesian logistic regression of volunteer votes; other files do the computations."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    flag,
    option,
    positive,
    real,
    seed,
)
from skbal._utils.random import check_seed
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import FLOAT_DTYPES, check_same_number
from skbal.models._vote_regression._count_likelihoods import COUNT_LIKELIHOODS
from skbal.models._vote_regression._count_posterior import CountPosterior
from skbal.models._vote_regression._likelihoods import LIKELIHOODS
from skbal.models._vote_regression._posterior import WeightPosterior
from skbal.models._vote_regression._predictions import RegressionPredictions
from skbal.models._vote_regression._search import EvidenceSearch
from skbal.models._vote_regression._span import (
    RowSpan,
    count_question_of,
    question_of,
)
from skbal.models._votes._checks import (
    warn_of_no_effect,
    warn_of_no_spread,
    warn_of_single_votes,
)
from skbal.models._votes._labels import QUESTIONS, labels_of

_ALL_LIKELIHOODS = {**LIKELIHOODS, **COUNT_LIKELIHOODS}

# When to warn that too little was learned. Of a few rows nobody expects more, and with
# many rows per feature, votes that follow no feature are most probably just that.
_SOME_ROWS = 20
_ROWS_PER_FEATURE = 2
_NO_EFFECT = 1e-6  # prior variance of a logit, averaged over rows


class BayesianVoteRegression(KnowsItsParameters, RegressionPredictions, BaseEstimator):
    """Logistic regression of votes with a Gaussian posterior, by Laplace.

    Volunteers say yes with the probability ``rho = 1 / (1 + exp(-x w - b))``, or choose
    one of several answers with the shares ``softmax(x W + b)``. The prior of the
    weights is normal. Their posterior is approximated by a normal distribution around
    its mode, with the Hessian there as precision [1]_. A draw is one vector of weights
    for all rows. Questions are independent. The model needs no torch. It suits hundreds
    of rows, features computed elsewhere, and teaching.

    Parameters
    ----------
    likelihood : {"binomial", "beta-binomial", "multinomial", \
"dirichlet-multinomial"}, default="binomial"
        The likelihood of the votes. "binomial": rows with equal x have equal rho.
        "beta-binomial": their rho has a beta distribution, whose ``concentration_`` is
        learned for each question. "multinomial" and "dirichlet-multinomial" are the
        same for counts of several answers [2]_.
    prior_variance : float, default=1.0
        Prior variance of a weight, in units of the logit over X, squared. With
        ``optimize="evidence"`` the search starts here.
    optimize : {"evidence"} or None, default="evidence"
        How the prior variance is found. "evidence" chooses the value of largest
        evidence for each question, up to a standard deviation of 10 for the logits of
        rows. ``None`` uses ``prior_variance``.
    fit_intercept : bool, default=True
        Whether to fit an intercept b.
    n_draws : int, default=100
        Number of posterior draws that ``predict_samples`` makes by default, and that
        ``predict_votes``, ``predict_interval`` and ``score`` average over.
    max_iter : int, default=100
        Largest number of Newton steps to a mode, and of steps in the search for the
        largest evidence.
    tol : float, default=1e-6
        A mode is found when the next Newton step is shorter than this, in posterior
        standard deviations.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the draws used by ``predict_votes``, ``predict_interval`` and ``score``.
    intercept_variance : float, default=10.0
        Prior variance of the logit at the mean row. With the default, rho lies between
        0.2 % and 99.8 % with a prior probability of 95 %.
    questions : list of tuple, optional
        The questions that the columns of counts belong to, as (name, answers), or as
        (name, answers, asked_of) for a question that is put only to those who gave the
        answer ``asked_of`` before. ``None`` is one question about all columns. Only for
        "multinomial" and "dirichlet-multinomial".

    Attributes
    ----------
    coef_mean_ : ndarray of shape (n_features, n_columns)
        Posterior mean of the weights, with a column per question. For counts there is a
        column per answer, and the answers to a question sum to zero.
    intercept_mean_ : ndarray of shape (n_columns,)
        Posterior mean of the logit at x = 0.
    coef_covariance_ : ndarray of shape (n_questions, n_features, n_features)
        Posterior covariance of the weights. It is computed at each use. Models of
        counts do not have it.
    prior_variance_ : ndarray of shape (n_questions,)
        The prior variances used.
    concentration_ : ndarray of shape (n_questions,)
        The sum a + b of the parameters of the beta distribution of rho, or of those of
        the Dirichlet distribution of the shares. It is infinity for binomial and
        multinomial votes, and where no finite value has more evidence.
    n_questions_ : int
        Number of questions in y.
    questions_ : list of tuple or None
        The questions as (name, answers, asked_of), with ``asked_of`` a pair (question,
        answer) or None. ``None`` for votes k of N.
    n_iter_ : int
        Largest number of priors and concentrations that were tried for a question.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    draw_seed_ : int
        The seed of the draws used by ``predict_votes``.

    See Also
    --------
    MCDropoutVoteRegressor : The same for images, by a network.
    sklearn.linear_model.LogisticRegression : The mode, for one vote per row.

    Notes
    -----
    With an intercept, the weights act on a row minus the mean row, to which each row
    contributes in proportion to its votes. Ten votes on one row are then equivalent to
    one vote on each of ten equal rows. With a flat prior on the intercept there would
    be no posterior if all votes agree, so its prior is wide instead. The columns should
    be of similar scale, since all weights have the same prior.

    For votes k of N, ``predict`` is the exact mean of rho over the normal posterior,
    not the mean of draws. For a question without votes the posterior is the prior.

    In a tree of questions, those who are asked a question are those who gave the answer
    that leads to it. Given their number, their answers are independent of all others,
    so that the log-likelihood is the sum over the questions.

    With two answers a multinomial is a binomial whose logit is the difference of two
    logits, so that its prior variances are twice ``prior_variance`` and
    ``intercept_variance``.

    The concentration maximises the evidence together with the prior variance. The
    Hessian at the mode is that of the beta-binomial likelihood, which is not
    log-concave. There may be several modes. The one found is uphill from the mode of
    the previous step of the search, which starts at zero.

    References
    ----------
    .. [1] C. M. Bishop (2006), Pattern Recognition and Machine Learning, sections 4.4
       and 4.5.1, here for several votes a row.
    .. [2] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: detailed visual morphology
       measurements from volunteers and deep learning for 314,000 galaxies, MNRAS 509.

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

    Counts of three answers:

    >>> counts = [[30, 8, 2], [20, 17, 3], [11, 25, 4], [0, 0, 0]]
    >>> model = BayesianVoteRegression("multinomial", random_state=0).fit(X, counts)
    >>> model.predict(X).shape
    (4, 3)
    """

    _parameter_rules = {
        "likelihood": option(*_ALL_LIKELIHOODS),
        "prior_variance": positive(),
        "optimize": option("evidence", None),
        "fit_intercept": flag(),
        "n_draws": count_in_memory(),
        "max_iter": count(),
        "tol": real(0),
        "random_state": seed(),
        "intercept_variance": positive(),
        "questions": QUESTIONS,
    }

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
        questions=None,
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
        self.questions = questions

    # ------------------------------------------------------------------ learning

    def fit(self, X, y):
        """Find the posterior of the weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
            The votes: yes votes k and all votes N, with 0 of 0 for a question that was
            not asked. For "multinomial" and "dirichlet-multinomial", the count of each
            answer, with 0 for all answers to a question that was not asked. A row may
            occur again with further votes. With a concentration it is better to give
            the totals in one row.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Raises
        ------
        ValueError, TypeError
            If X, y or a parameter is invalid. The message says which.

        Warns
        -----
        VotesWarning
            If a concentration is to be learned and a question has no row with two
            votes. If there are few rows for so many features, and no effect of the
            features was found, or the concentration is infinite because the weights can
            fit each row.
        ConvergenceWarning
            If a mode or the maximum of the evidence was not found.
        """
        owner = type(self).__name__
        check_parameters(self)
        draw_seed = check_seed(self.random_state, owner)
        labels, votes = labels_of(self.likelihood, self.questions, y, owner)
        with all_or_nothing(self):
            X = validate_rows(self, X, dtype=FLOAT_DTYPES)
            check_same_number(len(X), len(votes), owner)
            is_asked = labels.totals(votes).any(axis=1)
            if is_asked.any():
                X, votes = X[is_asked], votes[is_asked]
            self._solve(X, labels, votes, owner)
            self._labels, self.questions_ = labels, labels.questions
            self._has_question_axis = labels.questions is not None or np.ndim(y) == 3
            self.draw_seed_ = draw_seed
        return self

    def _solve(self, X, labels, votes, owner):
        span = RowSpan(X, self.fit_intercept, owner)
        make = question_of if labels.questions is None else count_question_of
        solutions, posteriors = [], []
        for number, part in enumerate(labels.split(votes)):
            question, centre = make(span, part, self.fit_intercept, owner)
            solution = self._search(question).best(
                float(self.prior_variance),
                self._likelihood_of(question, number),
                learn_variance=self.optimize is not None,
            )
            self._warn_of_little(question, number, solution)
            solutions.append(solution)
            posteriors.append(self._posterior_of(question, span, centre, solution))
        self._posteriors, self.n_questions_ = posteriors, labels.n_questions
        self._keep(solutions)

    def _warn_of_little(self, question, number, solution):
        """Warn if no effect was found, or nothing is left to the concentration."""
        features = question.design[:, int(bool(self.fit_intercept)) :]
        n_samples, n_features = features.shape  # n_features is the rank of the rows
        if n_samples < _SOME_ROWS:
            return
        effect = solution.prior_variance * np.square(features).sum(axis=1).mean()
        is_wide = n_samples <= _ROWS_PER_FEATURE * n_features
        if self.optimize is not None and is_wide and 0 < effect < _NO_EFFECT:
            warn_of_no_effect(number, question.owner)
        fits_each_row = n_samples <= n_features + 1
        could_learn = _ALL_LIKELIHOODS[self.likelihood].can_learn_from(question.total)
        if could_learn and fits_each_row and np.isinf(solution.concentration):
            warn_of_no_spread(number, question.owner)

    def _posterior_of(self, question, span, centre, solution):
        arguments = (span, centre, solution, bool(self.fit_intercept))
        if self.likelihood in COUNT_LIKELIHOODS:
            return CountPosterior(*arguments, question.basis)
        return WeightPosterior(*arguments)

    def _search(self, question):
        intercept = float(self.intercept_variance) if self.fit_intercept else None
        return EvidenceSearch(question, intercept, max_iter=self.max_iter, tol=self.tol)

    def _keep(self, solutions):
        posteriors = self._posteriors
        self.coef_mean_ = np.column_stack([p.coef_mean for p in posteriors])
        self.intercept_mean_ = np.hstack([p.intercept_mean for p in posteriors])
        self.prior_variance_ = np.array([s.prior_variance for s in solutions])
        self.concentration_ = np.array([s.concentration for s in solutions])
        self.n_iter_ = max(solution.n_tried for solution in solutions)
        self._log_evidence = [s.posterior.log_evidence for s in solutions]

    def _likelihood_of(self, question, number):
        """Return the likelihood's class, or its limit if nothing tells more."""
        likelihood = _ALL_LIKELIHOODS[self.likelihood]
        if likelihood.learned_range is None or likelihood.can_learn_from(
            question.total
        ):
            return likelihood
        warn_of_single_votes(number, question.owner)
        return likelihood.limit

    def log_marginal_likelihood(self):
        """Return the log probability of the votes, with weights integrated out.

        It is computed by Laplace's method with the prior variance and concentration
        used, and summed over questions. It is the probability of the votes in a given
        order, so that it compares models of the same votes with either likelihood.

        Returns
        -------
        log_evidence : float
            The log evidence, in nats.
        """
        check_is_fitted(self)
        return float(np.sum(self._log_evidence))

    @property
    def coef_covariance_(self):
        """Posterior covariance of the weights, one matrix per question."""
        if self.questions_ is not None:
            raise AttributeError(
                f"{type(self).__name__} has no coef_covariance_ for counts of answers. "
                "Its draws show how weights vary together."
            )
        return np.stack([posterior.covariance() for posterior in self._posteriors])
