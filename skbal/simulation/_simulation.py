"""What both simulations do: hide the labels, run the loop, and keep its stages."""

import copy

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.exceptions import NotFittedError
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skbal import sampling
from skbal._utils.pools import take
from skbal._utils.random import SMALL_SEEDS
from skbal._utils.tags import finite_rule, tags_of
from skbal._utils.threads import one_thread
from skbal._utils.validation import check_count, check_fits, check_n_instances
from skbal.learner import ActiveLearner
from skbal.learner._training_data import check_labelled
from skbal.loop import ActiveLearningLoop
from skbal.loop._scoring import check_scorer
from skbal.simulation._parts import (
    check_hidden_votes,
    check_selector,
    hold_out,
    make_oracle,
    part_seeds,
    seeded_clone,
)
from skbal.simulation._stages import StagesMixin


def estimator_has(name):
    """Return a check for `available_if`: whether the model inside has a method."""
    return lambda simulation: hasattr(
        getattr(simulation, "estimator_", simulation.estimator), name
    )


class Simulation(StagesMixin, MetaEstimatorMixin, BaseEstimator):
    """The loop as an estimator; a subclass says what labels are.

    `ActiveLearningClassifier` describes the parameters. A subclass gives
    ``_default_strategy`` and ``_default_seed``.
    """

    _noise_kind = "uniform"
    _stratify = False

    def __init__(
        self,
        estimator,
        query_strategy=None,
        seed=None,
        label_filter=None,
        oracle_noise=None,
        n_queries=20,
        n_instances=10,
        random_state=None,
        *,
        max_rejected=None,
        stopping=None,
        keep_stages=False,
        validation_fraction=0.2,
        scoring=None,
        verbose=False,
    ):
        self.estimator = estimator
        self.query_strategy = query_strategy
        self.seed = seed
        self.label_filter = label_filter
        self.oracle_noise = oracle_noise
        self.n_queries = n_queries
        self.n_instances = n_instances
        self.random_state = random_state
        self.max_rejected = max_rejected
        self.stopping = stopping
        self.keep_stages = keep_stages
        self.validation_fraction = validation_fraction
        self.scoring = scoring
        self.verbose = verbose

    def fit(self, X, y):
        """Hide y, and run active learning that asks for parts of it.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows: a held-out part, and the pool.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Their true labels.

        Returns
        -------
        self : object
            Fitted: with ``learner_``, ``history_`` and the rest.

        Raises
        ------
        TypeError, ValueError
            If a parameter, X or y is wrong; the message names it. What the parts raise
            passes through.
        """
        y = self._checked(X, y)
        seeds = part_seeds(self._drawn_seed())
        with one_thread(self.estimator, self.query_strategy):
            loop = self._make_loop(X, y, seeds)
            self.stages_ = self._run(loop)
        self.n_samples_ = len(y)
        self.learner_, self.oracle_ = loop.learner, loop.oracle
        self.history_, self.stop_reason_ = loop.history_, loop.stop_reason_
        return self

    def _drawn_seed(self):
        try:
            # As scikit-learn's fits do, None takes from NumPy's global stream.
            return check_random_state(self.random_state).randint(SMALL_SEEDS)
        except ValueError as error:
            raise ValueError(
                f"random_state of {type(self).__name__} must be None, an integer in "
                f"[0, 2**32) or a numpy RandomState, got {self.random_state!r}."
            ) from error

    def _run(self, loop):
        stages = []
        for _ in loop:
            if self.keep_stages:
                stages.append(copy.deepcopy(loop.learner.estimator))
        return stages if self.keep_stages else None

    def _make_loop(self, X, y, seeds):
        owner = type(self).__name__
        candidates, self.held_out_ = hold_out(
            y,
            self.validation_fraction,
            "validation_fraction",
            owner,
            stratify=self._stratify,
            seed=seeds["split"],
            hint=" None holds nothing out.",
        )
        check_n_instances(self.n_instances, len(candidates), owner)
        held_out = len(self.held_out_) > 0
        return ActiveLearningLoop(
            self._make_learner(seeds),
            X,
            make_oracle(y, self.oracle_noise, self._noise_kind, seeds["oracle"]),
            n_queries=self.n_queries,
            n_instances=self.n_instances,
            initial=seeded_clone(self._seed(len(candidates)), seeds["seed"]),
            candidates=candidates,
            max_rejected=self.max_rejected,
            stopping=self.stopping,
            X_test=take(X, self.held_out_) if held_out else None,
            y_test=y[self.held_out_] if held_out else None,
            scoring=self.scoring if held_out else None,
            verbose=owner if self.verbose is True else self.verbose,
        )

    def _make_learner(self, seeds):
        strategy = self.query_strategy
        if strategy is None:
            strategy = self._default_strategy()
        return ActiveLearner(
            seeded_clone(self.estimator, seeds["estimator"]),
            seeded_clone(strategy, seeds["query_strategy"]),
            label_filter=seeded_clone(self.label_filter, seeds["label_filter"]),
            force_all_finite=finite_rule(self.estimator),
        )

    def _seed(self, n_candidates):
        return self._default_seed(n_candidates) if self.seed is None else self.seed

    def _checked(self, X, y):
        owner = type(self).__name__
        check_fits(self.estimator, owner)
        if self.n_queries is not None:
            check_count(self.n_queries, "n_queries", owner, smallest=0)
        if self.scoring is not None:
            check_scorer(self.estimator, self.scoring, owner)
        if self.seed is not None:
            check_selector(self.seed, "seed", owner)
        check_hidden_votes(self.estimator, y, self.oracle_noise, owner)
        check_labelled(X, y, owner, force_all_finite=finite_rule(self.estimator))
        return np.asarray(y)

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
        # No check_is_fitted: it would ask estimator_, which asks here.
        if "learner_" not in vars(self):
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted yet: call fit with the rows "
                "and their true labels."
            )
        return self

    def __sklearn_is_fitted__(self):
        return "learner_" in vars(self)

    def predict(self, X):
        """Return what the model after the last step predicts.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The rows, as ``fit`` takes them.

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
            The rows, as ``fit`` takes them.
        n_draws : int, optional
            How many draws; None takes the model's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, None fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            As `skbal.predict_samples` makes them.

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
        """Return tags with what the model inside can take."""
        inner = tags_of(self.estimator)
        if inner is not None:
            tags.target_tags = inner.target_tags
            tags.classifier_tags = inner.classifier_tags
            tags.regressor_tags = inner.regressor_tags
            tags.input_tags = inner.input_tags
            tags.non_deterministic = inner.non_deterministic
        return tags
