"""BanditQuery: which of several strategies to follow, learned while labels come in."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.parameters import (
    check_parameters,
    count,
    option,
    option_or_function,
    own,
    real,
)
from skbal._utils.pools import n_rows, take
from skbal._utils.seeds_of import hand_back, settled
from skbal._utils.tags import regresses
from skbal._utils.unwrap import unwrap
from skbal._utils.validation import check_real
from skbal._utils.votes import learns_votes
from skbal._utils.warn import warn
from skbal.base import QueryStrategy
from skbal.policy._asking import rows_chosen_by
from skbal.policy._exp4p import smallest_probability, updated
from skbal.policy._odds import ANY, odds_of_rows, odds_of_strategies
from skbal.policy._picks import Picks, keys_of, picks_of, weighted_accuracy
from skbal.query import Margin, Random

_ODDS = {"albl": odds_of_strategies, "exp4p": odds_of_rows}


def check_strategies(value, name, owner):
    """Raise an error unless a value is a list of query strategies or functions."""
    if not isinstance(value, (list, tuple)) or not len(value):
        raise TypeError(
            f"{name} of {owner} must be a list of query strategies, got {value!r}."
        )
    for number, strategy in enumerate(value):
        if isinstance(strategy, type) or not callable(strategy):
            raise TypeError(
                f"{name} of {owner} must be a list of query strategies, such as "
                f"[Random(), Margin()], but entry {number} is {strategy!r}."
            )


def _check_probability(value, name, owner):
    if check_real(value, name, owner, low=0, high=1) == 0:
        raise ValueError(f"{name} of {owner} must be larger than 0, got {value}.")


class BanditQuery(QueryStrategy):
    """Follow one of several strategies, and learn which from the labels that come in.

    Every call asks all strategies and draws one of the rows that they advise. When the
    labels of earlier picks have been taught, a reward says how good the model is now.
    The weight of each strategy then changes, depending on whether it had advised these
    picks. No training on other data is needed.

    Parameters
    ----------
    strategies : list of callables, optional
        Query strategies, or functions of a learner and a pool. `Random` counts as
        advising every row with the same probability, so that each row can be picked.
        ``None`` is ``[Random(), Margin()]``.
    method : {"albl", "exp4p"}, default="albl"
        "albl" is active learning by learning [1]_, in which every strategy is followed
        with at least ``min_probability``. "exp4p" is EXP4.P [2]_ itself, in which every
        row that is advised is drawn with at least ``min_probability``. They differ
        where strategies advise the same row.
    reward : {"accuracy"} or callable, default="accuracy"
        How good the model is, from 0 to 1. "accuracy" is its accuracy on the picks that
        were taught, weighted by importance and divided by ``n_queries`` (see Notes). A
        function takes the learner and the pool, such as one that returns the score on
        rows that were kept aside.
    n_queries : int, default=100
        Number of labels that will be asked for, the T of the papers. It sets how fast
        the weights change. More may be asked for.
    min_probability : float, optional
        Smallest probability of a strategy or row, at most 1 / n_strategies. It also
        scales how fast the weights change. ``None`` is sqrt(log(n_strategies) /
        (n_strategies * n_queries)).
    failure_probability : float, default=0.1
        The delta of EXP4.P, in (0, 1]: the smaller it is, the more the rule favours
        strategies that were seldom followed.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the draws. An integer makes the choice repeatable for the same picks,
        pool and number of labelled rows. It also seeds strategies whose own
        ``random_state`` is None.

    Attributes
    ----------
    weights_ : ndarray of shape (n_strategies,)
        The weight of each strategy at the last call; they sum to 1.
    reward_ : float
        The last reward. NaN before the first.
    pick_probabilities_ : ndarray of shape (n_picks,)
        The probability of each pick, among the rows left, in the order drawn. These are
        the picks that were taught, and those that wait for their label.
    picks_ : Picks
        All that is remembered of these picks.

    See Also
    --------
    skbal.audit.unbiased_risk : A mean over the pool from the picks and probabilities.

    Notes
    -----
    With weights w, floor p and N strategies, "albl" follows strategy k with probability
    p_k = (1 - N p) w_k + p, and draws row j with q_j = sum_k p_k advice_kj. A reward r
    changes the weights to

        w_k exp(p / 2 (advice_kj r / q_j + 1 / p_k sqrt(log(N / delta) / (N T))))

    up to their sum. "exp4p" has (1 - K p) sum_k w_k advice_kj + p for each of the K
    rows that are advised, and 1 / q_j of the row that a strategy advised in place of
    1 / p_k. All picks of a batch have the same reward, that after the batch.

    The reward "accuracy" of picks 1, ..., t is

        (1 / T) sum_i (z_i / q_i + sum_{m < i} z_m) / (n_i + i - 1)

    with z = 1 where the model is right and n_i rows left. Its mean is t / T of the
    accuracy on the pool if `Random` is among the strategies; without it, rows that no
    strategy advises count as wrong. A model that predicts nearly all of its training
    rows correctly, such as a forest, always has nearly the same reward, which then
    tells little. Use a function as the reward instead.

    What it has learned is in its attributes. `sklearn.base.clone` returns a strategy
    that has learned nothing; a pickle and the file of a loop keep everything. A pick
    counts when an equal row has been added to ``X_training`` of the learner. Rows that
    were taught but not picked train the model and have no other effect. If other rows
    are taught before a pick, the pick is given up. With an estimator alone, which has
    no record of what it was taught, nothing is learned. Nothing is learned by
    `score_pool` either, so the weights stay equal in a `skbal.campaign.Campaign`.

    The first bandit over strategies, of Baram et al. (2004) [3]_, took the entropy of
    the predicted classes as its reward; the user guide gives it as a function.

    References
    ----------
    .. [1] W.-N. Hsu and H.-T. Lin (2015), Active Learning by Learning, AAAI, algorithm
       1.
    .. [2] A. Beygelzimer, J. Langford, L. Li, L. Reyzin and R. E. Schapire (2011),
       Contextual Bandit Algorithms with Supervised Learning Guarantees, AISTATS,
       algorithm 1.
    .. [3] Y. Baram, R. El-Yaniv and K. Luz (2004), Online Choice of Active Learning
       Algorithms, JMLR 5.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.loop import ActiveLearningLoop
    >>> from skbal.oracles import LabelOracle
    >>> from skbal.policy import BanditQuery
    >>> from skbal.query import Margin, Random
    >>> X, y = load_iris(return_X_y=True)
    >>> bandit = BanditQuery([Random(), Margin()], n_queries=20, random_state=0)
    >>> learner = ActiveLearner(LogisticRegression(max_iter=1000), bandit)
    >>> loop = ActiveLearningLoop(
    ...     learner, X, LabelOracle(y), n_queries=20, n_instances=1,
    ...     initial=[0, 50, 100])
    >>> _ = loop.run()
    >>> bandit.weights_.shape, len(bandit.pick_probabilities_)
    ((2,), 20)
    """

    memory_names = ("weights_", "reward_", "picks_")

    _parameter_rules = {
        "strategies": own(
            check_strategies, "a list of query strategies", (), none=True
        ),
        "method": option(*_ODDS),
        "reward": option_or_function("accuracy", of="a learner and a pool"),
        "n_queries": count(1),
        "min_probability": real(0, 1, none=True),
        "failure_probability": own(_check_probability, "a number in (0, 1]", 0),
    }

    def __init__(
        self,
        strategies=None,
        *,
        method="albl",
        reward="accuracy",
        n_queries=100,
        min_probability=None,
        failure_probability=0.1,
        random_state=None,
    ):
        self.strategies = strategies
        self.method = method
        self.reward = reward
        self.n_queries = n_queries
        self.min_probability = min_probability
        self.failure_probability = failure_probability
        self.random_state = random_state

    @property
    def pick_probabilities_(self):
        """The probability of each pick, among the rows that were left."""
        return self.picks_.probabilities

    def score_pool(self, estimator, X_pool):
        """Return the probability of each row, plus 1 for the row that is drawn.

        Nothing is remembered.

        Parameters
        ----------
        estimator : estimator or learner
            As the strategies take it.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            A call with the same ``random_state`` draws the row with the highest score.

        Raises
        ------
        TypeError, ValueError
            If the pool is empty or a parameter has a wrong value. Errors of the
            strategies pass through unchanged.
        """
        check_parameters(self)
        owner, n_pool = type(self).__name__, n_rows(X_pool)
        if n_pool == 0:
            raise ValueError(f"X_pool given to {owner} is empty: no row to score.")
        weights, _, _ = self._learned(estimator, X_pool)
        rng = self._rng(estimator, n_pool)
        lists = self._lists(estimator, X_pool, 1, rng)
        odds = self._odds(np.array([rows[0] for rows in lists]), weights, n_pool)
        scores = np.full(n_pool, odds.of_any / n_pool)
        named = odds.arms != ANY
        scores[odds.arms[named]] += odds.of_arms[named]
        scores[odds.draw(n_pool, (), rng)] += 1
        return scores

    def select_batch(self, learner, X_pool, n_instances, rng):
        weights, picks, reward = self._learned(learner, X_pool)
        lists = self._lists(learner, X_pool, n_instances, rng)
        n_pool = n_rows(X_pool)
        drawn = {}  # the odds of each row, in the order drawn
        places = [0] * len(lists)
        for _ in range(n_instances):
            heads = _heads(lists, places, drawn)
            odds = self._odds(heads, weights, n_pool - len(drawn))
            drawn[odds.draw(n_pool, drawn, rng)] = odds
        chosen = np.array(list(drawn), dtype=np.intp)
        new = picks_of(drawn, take(X_pool, chosen), n_pool, _n_taught(learner))
        self.weights_, self.reward_ = weights, reward
        self.picks_ = picks.with_more(new)
        return chosen

    def _strategies(self):
        return [Random(), Margin()] if self.strategies is None else self.strategies

    def _floor(self):
        n_strategies, floor = len(self._strategies()), self.min_probability
        if floor is None:
            return smallest_probability(n_strategies, self.n_queries)
        if floor > 1 / n_strategies:
            raise ValueError(
                f"min_probability of {type(self).__name__} must be at most 1 / "
                f"{n_strategies}, as there are {n_strategies} strategies, got {floor}."
            )
        return floor

    def _odds(self, heads, weights, n_left):
        return _ODDS[self.method](heads, weights, self._floor(), n_left)

    # ------------------------------------------------------------- what they advise

    def _lists(self, learner, X_pool, n_instances, rng):
        """Return the rows that each strategy advises, best first; [ANY] for Random."""
        return [
            np.array([ANY])
            if isinstance(strategy, Random)
            else self._advised(strategy, learner, X_pool, n_instances, rng)
            for strategy in self._strategies()
        ]

    def _advised(self, strategy, learner, X_pool, n_instances, rng):
        asked = strategy
        if self.random_state is not None and hasattr(strategy, "get_params"):
            asked = settled(strategy, rng)
        owner = type(self).__name__
        rows = rows_chosen_by(asked, learner, X_pool, n_instances, owner)
        if asked is not strategy:
            hand_back(asked, strategy)
        return rows

    # -------------------------------------------------------------- what is learned

    def _learned(self, learner, X_pool):
        """Return weights, picks and reward, given what the learner was taught."""
        self._check_can_reward(learner)
        weights, picks, reward = self._remembered()
        if not len(picks):
            return weights, picks, reward
        places = self._places(learner, picks)
        known = places >= 0
        kept = known | picks.wait(n_rows(X_pool), _n_taught(learner))
        picks, places, known = picks.only(kept), places[kept], known[kept]
        new = known & ~picks.rewarded
        if new.any():
            reward = self._reward(learner, X_pool, picks.only(known), places[known])
            for pick in np.flatnonzero(new):
                weights = self._updated(weights, picks, pick, reward)
            picks.rewarded[new] = True  # of an array that is new in `only`
        return weights, picks, reward

    def _remembered(self):
        n_strategies = len(self._strategies())
        if not hasattr(self, "picks_"):
            equal = np.full(n_strategies, 1 / n_strategies)
            return equal, Picks.none(n_strategies), np.nan
        if len(self.weights_) != n_strategies:
            raise ValueError(
                f"strategies of {type(self).__name__} must stay as they are once it "
                f"has learned: there were {len(self.weights_)}, and now there are "
                f"{n_strategies}. sklearn.base.clone gives one that knows nothing."
            )
        return self.weights_, self.picks_, self.reward_

    def _places(self, learner, picks):
        """Return where the picks are in the learner's record, -1 if nowhere."""
        taught = getattr(learner, "X_training", None)
        keys = None if taught is None else keys_of(taught)
        if keys is None:
            warn(
                f"{type(self).__name__} learns nothing, because it cannot find the "
                "rows that it drew among those that were taught. It needs a learner "
                "with X_training and y_training, such as skbal.ActiveLearner, and rows "
                "of numbers or strings.",
                UserWarning,
            )
            return np.full(len(picks), -1)
        return picks.places(keys)

    def _reward(self, learner, X_pool, picks, places):
        if self.reward == "accuracy":
            rows = take(learner.X_training, places)
            labels = np.asarray(learner.y_training)[places]
            is_right = np.asarray(learner.predict(rows)) == labels
            return weighted_accuracy(is_right, picks, self.n_queries)
        owner, value = type(self).__name__, self.reward(learner, X_pool)
        return check_real(value, "result of reward", owner, low=0, high=1)

    def _updated(self, weights, picks, pick, reward):
        gains = picks.advice[pick] * reward / picks.probabilities[pick]
        return updated(
            weights,
            gains,
            picks.bounds[pick],
            floor=self._floor(),
            failure_probability=self.failure_probability,
            n_rounds=self.n_queries,
        )

    def _check_can_reward(self, learner):
        model = unwrap(learner)[1]
        has_classes = not regresses(model) and not learns_votes(model)
        if self.reward == "accuracy" and not has_classes:
            raise TypeError(
                f"reward='accuracy' of {type(self).__name__} needs a classifier, got "
                f"{type(model).__name__}. Give a function of a learner and a pool that "
                "returns a number from 0 to 1."
            )


def _heads(lists, places, drawn):
    """Return the first row of each list that is not drawn; move the places to it."""
    for number, rows in enumerate(lists):
        while rows[places[number]] in drawn:
            places[number] += 1
    return np.array([rows[place] for rows, place in zip(lists, places)])


def _n_taught(learner):
    taught = getattr(learner, "X_training", None)
    return 0 if taught is None else num_samples(taught)
