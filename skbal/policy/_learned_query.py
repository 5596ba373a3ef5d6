"""LearnedQuery: a query strategy that asks what a policy says."""

import re

import numpy as np
from sklearn.base import clone

from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    either,
    flag,
    jobs,
    option_or_function,
    own,
)
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.tags import regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import as_numbers
from skbal._utils.warn import warn
from skbal.base import QueryStrategy, best_first
from skbal.exceptions import PolicyInputsError, PolicyWarning
from skbal.policy._asking import name_of, rows_chosen_by
from skbal.policy._choosing import check_position
from skbal.policy._inputs import inputs_of, observe
from skbal.policy._policy import Policy
from skbal.policy._search import PolicySearch
from skbal.policy._shipped import shipped_policy
from skbal.query import Margin

_MOST_ROUNDS = 20  # in which the rows of a batch are chosen


def _policy_rule():
    def check(value, name, owner):
        is_shipped = isinstance(value, str) and value == "shipped"
        if not isinstance(value, Policy) and not is_shipped:
            hint = " Give its policy_." if isinstance(value, PolicySearch) else ""
            raise (ValueError if isinstance(value, str) else TypeError)(
                f"{name} of {owner} must be 'shipped' or a policy, got {value!r}.{hint}"
            )

    return own(check, "'shipped' or a policy", "margin")


class LearnedQuery(QueryStrategy):
    """Choose the rows that a policy, learned on other data, wants labelled.

    Each row of the pool is described by numbers that mean the same in every task, such
    as how uncertain the model is about it, how much the label would tell about other
    rows, and what a second model says (see `policy_inputs`). A policy that was trained
    on other tables of data gives the row a score, or picks the strategy that asks next.

    If the inputs of the policy cannot be computed, or it was not trained for such a
    task, `skbal.query.Margin` chooses the rows, and a warning says why. Text and
    missing values in features are an error: encode and fill them in a pipeline.

    Parameters
    ----------
    policy : "shipped" or Policy, default="shipped"
        What scores the rows or picks a strategy. "shipped" is the policy that comes
        with skbal, see `shipped_policy`.
    features : {"model", "input"} or callable, default="input"
        What distances are computed from. "model" uses the input of the last layer: the
        ``transform`` of the estimator, or the columns of a linear model. "input" uses
        the flattened input of the model, after the transformers of a ``Pipeline``. A
        function takes rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB. The features of the pool are held in addition.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    Attributes
    ----------
    fallback_ : str or None
        After a call, why the rows were chosen by their margin. None if the policy chose
        them.
    strategy_ : callable or None
        After a call, the strategy that a policy picked. None if it scored the rows.

    See Also
    --------
    policy_inputs : What a policy sees.
    skbal.query.Margin : What it falls back to.

    Notes
    -----
    The rows of a batch are chosen in up to 20 rounds. In each, the rows that were
    chosen before count as labelled with the class that the model predicts, so that a
    batch is spread. The model is not fitted again.

    The policy needs a learner that holds its labelled rows, such as
    `skbal.ActiveLearner`. Without one, and in a `skbal.campaign.Campaign`, which gives
    a strategy only the fitted model, it uses `skbal.query.Margin`.

    References
    ----------
    .. [1] K. Konyushkova, R. Sznitman and P. Fua (2017), Learning Active Learning from
       Data, section 4.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.policy import LearnedQuery
    >>> X, y = load_iris(return_X_y=True)
    >>> strategy = LearnedQuery(random_state=0)
    >>> learner = ActiveLearner(
    ...     LogisticRegression(max_iter=1000), strategy, X[::50], y[::50]
    ... )
    >>> rows, _ = learner.query(X[1::3], n_instances=2)
    >>> len(rows), strategy.fallback_ is None
    (2, True)
    """

    _parameter_rules = {
        "policy": _policy_rule(),
        "features": option_or_function("model", "input", of="rows"),
        "n_draws": count_in_memory(none=True),
        "batch_size": count(1, none=True),
        "n_jobs": jobs(),
        "verbose": either(flag(), count(0)),
    }

    def __init__(
        self,
        policy="shipped",
        *,
        features="input",
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        self.policy = policy
        self.features = features
        self.n_draws = n_draws
        self.random_state = random_state
        self.pool_subsample = pool_subsample
        self.batch_size = batch_size
        self.n_jobs = n_jobs
        self.verbose = verbose

    def score_pool(self, estimator, X_pool):
        """Return the policy's score of each row; higher is better.

        Parameters
        ----------
        estimator : learner
            It holds a fitted classifier, and the labelled rows as ``X_training`` and
            ``y_training``.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the unit of the policy, comparable within one call only. Those of the
            picked strategy, or of `skbal.query.Margin` after a fallback.

        Raises
        ------
        TypeError
            If the estimator is no classifier, or gives no class probabilities, or the
            policy picked a function.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool is empty, the estimator knows fewer than two classes, a
            parameter has a wrong value, or the policy's scores are not finite.

        Warns
        -----
        PolicyWarning
            If the rows are scored by their margin, with the reason. It is said again
            only if the reason becomes another one.
        """
        self._check(estimator, X_pool)
        policy, task, strategy = self._situation(estimator, X_pool)
        if strategy is None:
            return _scores(policy, task)
        if not hasattr(strategy, "score_pool"):
            raise TypeError(
                f"{name_of(strategy)}, which the policy of {type(self).__name__} "
                "picked, has no score_pool: it gives no scores of single rows."
            )
        return strategy.score_pool(estimator, X_pool)

    def select_batch(self, learner, X_pool, n_instances, rng):
        self._check(learner, X_pool)
        policy, task, strategy = self._situation(learner, X_pool)
        if strategy is None:
            return _batch(policy, task, n_instances, rng)
        if self.strategy_ is None:  # the margin, with the ties of this call
            return strategy.select_batch(learner, X_pool, n_instances, rng)
        owner = type(self).__name__
        return rows_chosen_by(strategy, learner, X_pool, n_instances, owner)

    def _situation(self, learner, X_pool):
        """Return the policy, what it sees, and the strategy that is used instead."""
        policy = shipped_policy() if self.policy == "shipped" else self.policy
        seed = check_seed(self.random_state, type(self).__name__)
        self.strategy_, task = None, None
        try:
            task = self._observe(learner, X_pool, seed)
        except PolicyInputsError as error:
            reason = str(error).rstrip(".")
        else:
            reason = _reason(policy, task)
        self._say(reason)
        if reason is not None:
            return policy, task, self._margin(seed)
        if policy.chooses == "strategies":
            self.strategy_ = _strategy_of(policy, inputs_of(task).state)
            strategy = fill_random_states(clone(self.strategy_, safe=False), seed)
            return policy, task, strategy
        return policy, task, None

    def _observe(self, learner, X_pool, seed):
        return observe(
            learner,
            X_pool,
            type(self).__name__,
            features=self.features,
            n_draws=self.n_draws,
            seed=seed,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _say(self, reason):
        """Keep why the policy is not used, and warn if this is new."""
        before = getattr(self, "fallback_", None)
        if reason is not None and _without_numbers(reason) != _without_numbers(before):
            warn(
                f"{type(self).__name__} chooses rows by their margin: {reason}.",
                PolicyWarning,
            )
        self.fallback_ = reason

    def _margin(self, seed):
        return Margin(
            n_draws=self.n_draws,
            random_state=seed,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _check(self, estimator, X_pool):
        check_parameters(self)
        owner, model = type(self).__name__, unwrap(estimator)[1]
        if n_rows(X_pool, f"X_pool given to {owner}") == 0:
            raise ValueError(f"X_pool given to {owner} is empty: no row to score.")
        if regresses(model) or hasattr(model, "predict_votes"):
            raise TypeError(
                f"{owner} needs a classifier, got {type(model).__name__}. Try "
                "PredictiveVariance for a regressor, and VoteBALD for a model of votes."
            )


def _without_numbers(reason):
    # In a loop the number of labels changes each time, and the reason is the same.
    return None if reason is None else re.sub(r"\d+", "", reason)


def _strategy_of(policy, state):
    """Return the strategy that a policy picks, or say what is wrong with it."""
    position = policy.choose_strategy(state)
    owner, strategies = type(policy).__name__, getattr(policy, "strategies", None)
    if not isinstance(strategies, (list, tuple)) or not len(strategies):
        raise TypeError(
            f"strategies of {owner} must be a list of query strategies for it to "
            f"choose from, got {strategies!r:.80}."
        )
    result = f"The result of choose_strategy of {owner}"
    return strategies[check_position(position, result, len(strategies))]


def _reason(policy, task):
    """Return why a policy is not used, or None."""
    reason = policy.outside(task.n_classes, len(task.codes), task.n_pool)
    if reason is not None and not isinstance(reason, str):
        raise TypeError(
            f"outside of {type(policy).__name__} must return a string or None, got "
            f"{reason!r}."
        )
    return reason


def _batch(policy, task, n_instances, rng):
    """Return rows of a batch, in rounds that count the rows before as labelled."""
    left, chosen = np.arange(task.n_pool), []
    n_rounds = min(n_instances, _MOST_ROUNDS)
    for start in range(n_rounds):
        n_picks = len(range(start, n_instances, n_rounds))
        picked = best_first(_scores(policy, task), n_picks, rng)
        chosen.append(left[picked])
        if start + 1 < n_rounds:
            task, left = task.guessing(picked), np.delete(left, picked)
    return np.concatenate(chosen)


def _scores(policy, task):
    """Return the scores of a policy, or say what is wrong with them."""
    features, state = inputs_of(task)[:2]
    must = (
        f"score_candidates of {type(policy).__name__} must return a finite number for "
        f"each of {len(features)} rows"
    )
    scores = as_numbers(policy.score_candidates(features, state), must)
    if scores.shape != (len(features),):
        raise ValueError(f"{must}, got an array of shape {scores.shape}.")
    if not np.isfinite(scores).all():
        raise ValueError(f"{must}, got NaN or infinity.")
    return scores
