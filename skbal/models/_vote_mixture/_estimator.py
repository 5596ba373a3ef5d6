"""Regression of counts by a mixture of Dirichlets; other files do the computations."""

import numpy as np
from sklearn.base import BaseEstimator

from skbal._utils.arrays import validate_rows
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    option,
    positive,
    real,
    seed,
)
from skbal._utils.random import check_seed, next_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import FLOAT_DTYPES, check_same_number
from skbal.models._vote_mixture._layout import Layout
from skbal.models._vote_mixture._mode import mode_of, n_components_for
from skbal.models._vote_mixture._posterior import MixturePosterior
from skbal.models._vote_mixture._predictions import MixturePredictions
from skbal.models._vote_regression._count_likelihoods import (
    DirichletMultinomial,
    Multinomial,
    log_softmax,
)
from skbal.models._vote_regression._search import EvidenceSearch
from skbal.models._vote_regression._span import RowSpan, count_question_of
from skbal.models._votes._labels import QUESTIONS, labels_of

_SEARCH = {"max_iter": 100, "tol": 1e-6}  # of the evidence, as BayesianVoteRegression


class VoteMixtureRegression(KnowsItsParameters, MixturePredictions, BaseEstimator):
    """Regression of counts of answers, whose shares are a mixture of Dirichlets.

    People may see two images differently that look alike to a model: one is clear, the
    other divides people, or most people take it for something else. A single Dirichlet
    distribution around the predicted shares cannot describe this. Here each row belongs
    to one of several components. Each component has its own mean shares and its own
    concentration. The features of a row shift the shares of all components, and say how
    probable each component is [1]_. The posterior of all parameters is normal, around
    its mode.

    Parameters
    ----------
    n_components : int, default=10
        Number of components of each question. There are never more than rows with
        different shares.
    prior_variance : float, default=1.0
        Prior variance of a weight, in units of the logit over X, squared. With
        ``optimize="evidence"`` the search starts here.
    optimize : {"evidence"} or None, default="evidence"
        How the prior variance is found. "evidence" chooses the value of largest
        evidence for a single component with each question, as `BayesianVoteRegression`
        does. ``None`` uses ``prior_variance``.
    n_draws : int, default=30
        Number of posterior draws that ``predict_samples`` makes by default, and that
        ``predict``, ``predict_votes``, ``predict_interval`` and ``score`` average over.
    max_iter : int, default=500
        Largest number of steps to the mode.
    tol : float, default=1e-6
        Steps end when one increases the log-posterior by less than this share of it.
    random_state : None, int or numpy.random.RandomState, default=None
        Seeds the clusters that the search for the mode starts from, and the draws used
        by ``predict`` and other methods.
    intercept_variance : float, default=10.0
        Prior variance of a logit at the mean row: of the components, and of the answers
        in each component.
    questions : list of tuple, optional
        The questions that the columns of counts belong to, as (name, answers), or as
        (name, answers, asked_of) for a question that is put only to those who gave the
        answer ``asked_of`` before. ``None`` is one question about all columns.

    Attributes
    ----------
    component_shares_ : list of ndarray of shape (n_components, n_answers)
        Mean shares of each component at the mean row, for each question.
    component_concentrations_ : list of ndarray of shape (n_components,)
        Concentration of each component, for each question.
    prior_variance_ : ndarray of shape (n_questions,)
        The prior variances used.
    n_questions_ : int
        Number of questions in y.
    questions_ : list of tuple
        The questions as (name, answers, asked_of), with ``asked_of`` a pair (question,
        answer) or None.
    n_iter_ : int
        Largest number of steps to the mode of a question.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.
    draw_seed_ : int
        The seed of the draws used by ``predict_votes``.

    See Also
    --------
    BayesianVoteRegression : One Dirichlet distribution for all rows. It is faster.
    LastLayerVoteRegressor : Puts this on the features of a network or a transformer.

    Notes
    -----
    For a row x, component k has the probability ``softmax(b + V x)_k``. Given the
    component, the shares have a Dirichlet distribution with the mean ``softmax(level_k
    + U x)`` and the concentration ``c_k``. So the counts are Dirichlet-multinomial, and
    altogether a mixture of them. There may be several modes. The one found is uphill
    from clusters of the shares of the rows. The precision of the posterior is the
    prior's plus the Fisher information at the mode, with counts that are drawn from the
    model [2]_.

    ``predict_samples`` draws the mean shares over the components, for rows with these
    features. ``predict_concentration`` is that of a single Dirichlet of equal total
    variance. Query strategies use both. ``predict_votes``, ``predict_interval``,
    ``score`` and ``sample_shares`` use the mixture itself.

    References
    ----------
    .. [1] R. A. Jacobs, M. I. Jordan, S. J. Nowlan and G. E. Hinton (1991), Adaptive
       mixtures of local experts, Neural Computation 3.
    .. [2] F. Kunstner, L. Balles and P. Hennig (2019), Limitations of the empirical
       Fisher approximation for natural gradient descent, NeurIPS 32.

    Examples
    --------
    Half of the images are clear, and half divide people, whatever their features:

    >>> import numpy as np
    >>> from skbal.models import VoteMixtureRegression
    >>> X = np.zeros((40, 1))
    >>> counts = [[40, 0, 0], [14, 13, 13]] * 20
    >>> model = VoteMixtureRegression(n_components=2, random_state=0).fit(X, counts)
    >>> model.predict(X[:1]).round(1)
    array([[0.7, 0.2, 0.2]])
    >>> probability = model.predict_votes(X[:1], n_votes=40)[0, 0]
    >>> bool(probability[40] > 0.3), bool(probability[27] < 0.01)
    (True, True)
    """

    likelihood = "dirichlet-multinomial"  # of each component: y holds counts

    _parameter_rules = {
        "n_components": count(),
        "prior_variance": positive(),
        "optimize": option("evidence", None),
        "n_draws": count_in_memory(),
        "max_iter": count(),
        "tol": real(0),
        "random_state": seed(),
        "intercept_variance": positive(),
        "questions": QUESTIONS,
    }

    def __init__(
        self,
        n_components=10,
        prior_variance=1.0,
        optimize="evidence",
        *,
        n_draws=30,
        max_iter=500,
        tol=1e-6,
        random_state=None,
        intercept_variance=10.0,
        questions=None,
    ):
        self.n_components = n_components
        self.prior_variance = prior_variance
        self.optimize = optimize
        self.n_draws = n_draws
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.intercept_variance = intercept_variance
        self.questions = questions

    # ------------------------------------------------------------------ learning

    def fit(self, X, y):
        """Find the posterior of the mixtures.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The training rows.
        y : array-like of shape (n_samples, n_columns)
            The count of each answer, with 0 for all answers to a question that was not
            asked. Give all votes on a row in one row, since a row has one component.

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
        ConvergenceWarning
            If a mode or the maximum of the evidence was not found.
        """
        owner = type(self).__name__
        check_parameters(self)
        draw_seed = check_seed(self.random_state, owner)
        _refuse_pairs(y, self.questions, owner)
        labels, counts = labels_of(self.likelihood, self.questions, y, owner)
        with all_or_nothing(self):
            X = validate_rows(self, X, dtype=FLOAT_DTYPES)
            check_same_number(len(X), len(counts), owner)
            is_asked = labels.totals(counts).any(axis=1)
            if is_asked.any():
                X, counts = X[is_asked], counts[is_asked]
            rng = stream(draw_seed, "clusters")
            self._solve(RowSpan(X, True, owner), labels, counts, rng, owner)
            self._labels, self.questions_ = labels, labels.questions
            self.n_questions_, self._has_question_axis = labels.n_questions, True
            self.draw_seed_ = draw_seed
        return self

    def _solve(self, span, labels, counts, rng, owner):
        modes = []
        for part in labels.split(counts):
            part, asked = part.astype(np.float64), part.any(axis=1)
            layout = Layout(
                n_components_for(part[asked], self.n_components),
                part.shape[1],
                span.places.shape[1],
                self._prior_variance_of(span, part, owner),
                float(self.intercept_variance),
            )
            mode = mode_of(
                layout,
                span.places[asked],
                part[asked],
                seed=next_seed(rng),
                max_iter=self.max_iter,
                tol=self.tol,
                owner=owner,
            )
            modes.append(mode)
        self._posteriors = [MixturePosterior(span, mode) for mode in modes]
        parts = [posterior.parts for posterior in self._posteriors]
        self.component_shares_ = [np.exp(log_softmax(p.levels)) for p in parts]
        self.component_concentrations_ = [np.exp(p.log_concentration) for p in parts]
        self.prior_variance_ = np.array([m.layout.prior_variance for m in modes])
        self.n_iter_ = max(mode.n_iter for mode in modes)

    def _prior_variance_of(self, span, counts, owner):
        """Return the prior variance of largest evidence for a single component."""
        given = float(self.prior_variance)
        if self.optimize is None:
            return given
        question, _ = count_question_of(span, counts, True, owner)
        several = DirichletMultinomial.can_learn_from(question.total)
        search = EvidenceSearch(question, float(self.intercept_variance), **_SEARCH)
        likelihood = DirichletMultinomial if several else Multinomial
        return search.best(given, likelihood, learn_variance=True).prior_variance


def _refuse_pairs(y, questions, owner):
    """Raise a ValueError for two columns, which may be k and N."""
    if questions is None and np.ndim(y) == 2 and np.shape(y)[1] == 2:
        raise ValueError(
            f"y given to {owner} has two columns, but must have the count of each "
            'answer. If they are counts of two answers, say so by questions=[("question'
            '", ["yes", "no"])]. If they are k and N, give k and N - k.'
        )
