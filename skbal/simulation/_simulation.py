"""What both simulations do: hide the labels, run the loop, keep the stages."""

import scipy.sparse as sp
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skbal import sampling
from skbal._utils.arrays import without_new_text
from skbal._utils.copying import deep_copy
from skbal._utils.initial import initial_rule
from skbal._utils.labelled import check_labelled
from skbal._utils.labels import check_answers
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, flag, having, own, real
from skbal._utils.progress import verbose_rule
from skbal._utils.provenance import described
from skbal._utils.random import SMALL_SEEDS
from skbal._utils.tags import tags_of
from skbal._utils.threads import one_thread
from skbal._utils.validation import check_fits, check_n_instances
from skbal._utils.votes import learns_votes
from skbal._utils.weights import check_pool_weights
from skbal.simulation._build import RunSettings, build_loop, check_settings, start_run
from skbal.simulation._stages import StagesMixin


def estimator_has(name):
    """Return a check for `available_if`: whether the model inside has a method."""
    return lambda simulation: hasattr(
        getattr(simulation, "estimator_", simulation.estimator), name
    )


def _check_estimator(estimator, name, owner):
    check_fits(estimator, owner)


def _check_strategy(strategy, name, owner):
    if isinstance(strategy, type) or not callable(strategy):
        is_class = isinstance(strategy, type)
        got = f"the class {strategy.__name__}" if is_class else repr(strategy)
        raise TypeError(
            f"{name} of {owner} must be a query strategy such as skbal.query.BALD() or "
            f"a function of a learner and a pool, got {got}."
        )


def _numpy_state(random_state, name, owner):
    try:
        return check_random_state(random_state)
    except ValueError as error:
        raise ValueError(
            f"{name} of {owner} must be None, an integer in [0, 2**32) or a numpy "
            f"RandomState, got {random_state!r}."
        ) from error


class Simulation(KnowsItsParameters, StagesMixin, MetaEstimatorMixin, BaseEstimator):
    """The loop as an estimator. A subclass says what kind of labels there are.

    `ActiveLearningClassifier` describes the parameters. A subclass gives
    ``_default_strategy``.
    """

    _regression = False
    _parameter_rules = {
        "estimator": own(_check_estimator, "an object with fit", object()),
        "query_strategy": own(_check_strategy, "a query strategy", 3, none=True),
        "label_filter": having(
            "trust", example="skbal.filters.LabelLikelihoodFilter()", none=True
        ),
        "initial": initial_rule,
        "n_queries": count(0, none=True),
        "n_instances": count(1),
        "random_state": own(
            _numpy_state, "None, an integer or a numpy RandomState", "x", none=True
        ),
        "max_rejected": count(0, none=True),
        "keep_stages": flag(),
        "test_size": real(0, 1, none=True),
        "verbose": verbose_rule,
    }

    def __init__(
        self,
        estimator,
        query_strategy=None,
        initial=None,
        label_filter=None,
        oracle_noise=None,
        n_queries=20,
        n_instances=10,
        random_state=None,
        *,
        max_rejected=None,
        stopping=None,
        keep_stages=False,
        test_size=0.2,
        scoring=None,
        verbose=0,
    ):
        self.estimator = estimator
        self.query_strategy = query_strategy
        self.initial = initial
        self.label_filter = label_filter
        self.oracle_noise = oracle_noise
        self.n_queries = n_queries
        self.n_instances = n_instances
        self.random_state = random_state
        self.max_rejected = max_rejected
        self.stopping = stopping
        self.keep_stages = keep_stages
        self.test_size = test_size
        self.scoring = scoring
        self.verbose = verbose

    def fit(self, X, y, sample_weight=None):
        """Hide y, and run active learning that asks for parts of it.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows: the pool and the test rows.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their true labels. Where one is None or NaN, the row is left unanswered: it
            is neither taught nor scored on, but counts as a label paid for.
        sample_weight : array-like of shape (n_samples,), optional
            A weight for each row, taught with its label. Scores have no weights.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        TypeError, ValueError
            If a parameter, X or y is wrong. The message names it. Errors of the
            estimator, the strategy and the filter pass through.
        """
        y, owner = self._checked(X, y), type(self).__name__
        check_pool_weights(sample_weight, len(y), owner)
        settings = self._settings(X, y, sample_weight)
        # None uses NumPy's global generator, as in scikit-learn.
        rng = _numpy_state(self.random_state, "random_state", owner)
        with one_thread(self.estimator, self.query_strategy):
            start = start_run(settings, rng.randint(SMALL_SEEDS))
            pool = "X without the test rows"
            check_n_instances(self.n_instances, len(start.candidates), owner, pool)
            verbose = owner if self.verbose is True else self.verbose
            loop = build_loop(settings, start, self._strategy(), verbose=verbose)
            stages = self._run(loop)
        self._check_was_taught(loop.learner)
        self.stages_ = stages
        self.held_out_, self.n_samples_ = start.held_out, len(y)
        self.learner_, self.oracle_ = loop.learner, loop.oracle
        self.history_, self.stop_reason_ = loop.history_, loop.stop_reason_
        self.history_.provenance |= {
            "run": described(self),
            "random_state": described(self.random_state),
            "seeds": start.seeds,
        }
        self._after_run()
        return self

    def _after_run(self):
        """Set what is only known of the fitted model."""

    def _run(self, loop):
        stages = []
        for _ in loop:
            if self.keep_stages:
                stages.append(deep_copy(loop.learner.estimator))
        return stages if self.keep_stages else None

    def _check_was_taught(self, learner):
        if learner.X_training is None:
            raise ValueError(
                f"{type(self).__name__} could not fit its "
                f"{type(self.estimator).__name__}: all labels of the run are of one "
                "class, or none was answered. Give more queries, or an initial that "
                "has rows of two classes, such as BalancedSeed()."
            )

    def _settings(self, X, y, sample_weight=None):
        return RunSettings(
            owner=type(self).__name__,
            estimator=self.estimator,
            X=X,
            y=y,
            regression=self._regression,
            new_states=False,
            n_queries=self.n_queries,
            n_instances=self.n_instances,
            initial=self.initial,
            label_filter=self.label_filter,
            oracle_noise=self.oracle_noise,
            max_rejected=self.max_rejected,
            stopping=self.stopping,
            test_size=self.test_size,
            scoring=self.scoring,
            sample_weight=sample_weight,
            test_is_optional=True,
        )

    def _strategy(self):
        given = self.query_strategy
        return self._default_strategy() if given is None else given

    def _checked(self, X, y):
        check_parameters(self)
        owner = type(self).__name__
        if sp.issparse(y):
            raise TypeError(f"y given to {owner} must be dense: give y.toarray().")
        # Before the check of all labels, whose message would name no row of votes.
        check_settings(self._settings(X, y))
        check_labelled(X, y, self.estimator, owner, missing=True)
        y = without_new_text(y)
        if not learns_votes(self.estimator):
            check_answers(y, owner, numbers=self._regression)
        return y

    @property
    def estimator_(self):
        """The model after the last step."""
        return self._fitted().learner_.estimator

    @property
    def n_features_in_(self):
        """The number of features that the model was fitted to."""
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self):
        """The names of the features that the model was fitted to."""
        return self.estimator_.feature_names_in_

    def _fitted(self):
        # check_is_fitted would look at estimator_, which calls this method.
        if "learner_" not in vars(self):
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted yet: call fit with rows "
                "and their true labels."
            )
        return self

    def __sklearn_is_fitted__(self):
        return "learner_" in vars(self)

    def predict(self, X):
        """Return the predictions of the model after the last step.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, or values in the units of y.
        """
        check_is_fitted(self)
        return self.estimator_.predict(X)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws of the model after the last step.

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
            As `skbal.predict_samples` returns them.

        Raises
        ------
        TypeError
            If the model makes no draws.
        """
        check_is_fitted(self)
        return sampling.predict_samples(
            self.estimator_, X, n_draws, random_state=random_state
        )

    def _with_inner_tags(self, tags):
        """Return tags with those of the model inside."""
        inner = tags_of(self.estimator)
        if inner is not None:
            tags.target_tags = inner.target_tags
            tags.classifier_tags = inner.classifier_tags
            tags.regressor_tags = inner.regressor_tags
            tags.input_tags = inner.input_tags
            tags.non_deterministic = inner.non_deterministic
        return tags
