import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge, LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner
from skbal.audit import unbiased_risk
from skbal.loop import ActiveLearningLoop
from skbal.oracles import SKIP, LabelOracle
from skbal.policy import BanditQuery
from skbal.policy._exp4p import smallest_probability
from skbal.query import BALD, KCenterGreedy, Margin, PredictiveVariance, Random
from skbal.testing import check_query_strategy

METHODS = ["albl", "exp4p"]
X = np.random.default_rng(0).normal(size=(60, 2))
Y = np.where(X[:, 0] + 0.5 * X[:, 1] > 0, "cat", "dog")


def first_rows(learner, X_pool, n_instances=1):
    return np.arange(n_instances)


def last_rows(learner, X_pool, n_instances=1):
    return len(X_pool) - 1 - np.arange(n_instances)


def half(learner, X_pool):
    return 0.5


class Record:
    """What a bandit reads of a learner, without a model."""

    def __init__(self):
        self.X_training, self.y_training = np.empty((0, 1)), np.empty(0, dtype=object)

    def teach(self, X, y):
        self.X_training = np.concatenate([self.X_training, X])
        self.y_training = np.concatenate([self.y_training, y])


def a_learner(bandit, n_first=6):
    first = np.r_[np.flatnonzero(Y == "cat")[:3], np.flatnonzero(Y == "dog")[:3]]
    learner = ActiveLearner(GaussianNB(), bandit)
    learner.teach(X[first[:n_first]], Y[first[:n_first]])
    return learner, np.delete(np.arange(60), first)


def asked(learner, left, n_queries, n_instances=1):
    """Play a loop by hand; return the rows asked about and those left."""
    rows = []
    for _ in range(n_queries):
        chosen = left[learner.query(X[left], n_instances=n_instances)[0]]
        learner.teach(X[chosen], Y[chosen])
        left = np.setdiff1d(left, chosen)
        rows += chosen.tolist()
    return rows, left


@pytest.mark.filterwarnings(
    "ignore:BanditQuery learns nothing:UserWarning"
)  # no record
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "strategies",
    [None, [Random(), BALD(), Margin(), KCenterGreedy(features="input")], [Margin()]],
    ids=["default", "four", "one"],
)
def test_it_keeps_the_promises_of_a_strategy(method, strategies):
    forest = RandomForestClassifier(12, min_samples_leaf=3, random_state=0)
    forest.fit(X, np.digitize(X[:, 0], [-0.5, 0.5]))
    bandit = BanditQuery(strategies, method=method)
    results = check_query_strategy(bandit, forest, X[:20] + 0.1)
    skipped = {check for check, text in results.items() if text != "passed"}
    assert skipped == {"order", "chunks", "workers", "subsample"}


# --------------------------------------------------------------------- what it learns


@pytest.mark.parametrize("n_instances", [1, 3])
def test_the_weights_follow_from_odds_and_rewards_by_hand(n_instances):
    rewards = iter([0.9, 0.2, 0.6, 0.4])
    bandit = BanditQuery(
        [first_rows, last_rows, Random()],
        reward=lambda learner, X_pool: next(rewards),
        n_queries=12,
        random_state=1,
    )
    learner, left = a_learner(bandit)
    floor = np.sqrt(np.log(3) / (3 * 12))
    optimism = np.sqrt(np.log(3 / 0.1) / (3 * 12))
    w, seen, n_seen = np.ones(3), [], 0
    for reward in [None, 0.9, 0.2, 0.6, 0.4]:
        for advice, q, p in seen:  # of the batch before
            w *= np.exp(floor / 2 * (advice * reward / q + optimism / p))
        pool = left.copy()
        rows, left = asked(learner, left, 1, n_instances)
        assert bandit.weights_ == pytest.approx(w / w.sum())
        p, seen, drawn = (1 - 3 * floor) * w / w.sum() + floor, [], []
        for row in rows:
            free = [r for r in pool if r not in drawn]
            advice = np.array([row == free[0], row == free[-1], 1 / len(free)])
            seen.append((advice, advice @ p, p))
            drawn.append(row)
        expected = [q for _, q, _ in seen]
        assert bandit.pick_probabilities_[n_seen:] == pytest.approx(expected)
        n_seen += n_instances
    assert bandit.reward_ == 0.4


def test_the_reward_is_the_weighted_accuracy_on_what_was_picked():
    bandit = BanditQuery([Random(), last_rows], n_queries=50, random_state=0)
    learner, left = a_learner(bandit)
    assert not hasattr(bandit, "reward_")
    rows, left = asked(learner, left, 9)
    learner.query(X[left])
    is_right = learner.predict(X[rows]) == Y[rows]
    assert 0 < is_right.sum() < 9
    q, total = bandit.pick_probabilities_, 0.0
    for i in range(9):
        estimate = is_right[i] / q[i] + is_right[:i].sum()
        total += estimate / 54  # rows of the pool before the first pick
    assert bandit.reward_ == pytest.approx(total / 50)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("seed", range(3))
def test_it_comes_to_prefer_the_strategy_that_finds_what_is_wanted(method, seed):
    pool = np.sort(np.random.default_rng(seed).normal(size=(250, 1)), axis=0)
    y = np.where(pool[:, 0] > 0, "rare", "other")
    learner, left, found = Record(), np.arange(250), []
    bandit = BanditQuery(
        [first_rows, last_rows],
        method=method,
        reward=lambda learner, X_pool: float(learner.y_training[-1] == "rare"),
        random_state=seed,
    )
    for _ in range(100):
        chosen = left[bandit(learner, pool[left])]
        learner.teach(pool[chosen], y[chosen])
        left = np.setdiff1d(left, chosen)
        found.append(y[chosen[0]] == "rare")
    assert bandit.weights_[1] > 0.8
    assert np.mean(found[:20]) < 0.8
    assert np.mean(found[50:]) > 0.6


def test_a_mean_over_the_pool_from_its_picks_is_unbiased():
    values, pool = X[:14, 0] ** 2, X[:14, :1]
    found = []
    for seed in range(400):
        bandit = BanditQuery([Random(), first_rows], reward=half, random_state=seed)
        learner, left, rows = Record(), np.arange(14), []
        for _ in range(4):
            chosen = left[bandit(learner, pool[left])]
            learner.teach(pool[chosen], chosen)
            left = np.setdiff1d(left, chosen)
            rows += chosen.tolist()
        q = bandit.pick_probabilities_
        found.append(unbiased_risk(values[rows], q, 14).risk)
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) - values.mean()) < 4 * error
    # The plain mean of the rows that it picks is another.
    assert error < 0.1 < abs(values[:4].mean() - values.mean())


# -------------------------------------------------------------- what it was taught


def test_rows_that_it_did_not_pick_leave_the_weights_alone():
    bandit = BanditQuery([first_rows, last_rows], reward=half, random_state=0)
    learner, left = a_learner(bandit)
    _, left = asked(learner, left, 3)
    learner.query(X[left])
    before = bandit.weights_
    learner.teach(X[left[5:7]], Y[left[5:7]])  # by somebody else
    left = np.delete(left, [5, 6])
    learner.query(X[left])
    assert bandit.weights_.tolist() == before.tolist()
    # The pick that was not taught is given up, and the three others are known.
    assert bandit.picks_.rewarded.tolist() == [True] * 3 + [False]


def test_a_question_that_is_asked_again_counts_once():
    bandit = BanditQuery([first_rows, last_rows], reward=half, random_state=0)
    learner, left = a_learner(bandit)
    chosen = [learner.query(X[left])[0].tolist() for _ in range(3)]
    assert chosen[0] == chosen[1] == chosen[2]
    assert len(bandit.pick_probabilities_) == 1
    learner.teach(X[left[chosen[0]]], Y[left[chosen[0]]])
    left = np.delete(left, chosen[0])
    learner.query(X[left])
    assert bandit.picks_.rewarded.tolist() == [True, False]


def test_labels_may_come_after_the_next_question():
    bandit = BanditQuery([first_rows, last_rows], reward=half, random_state=0)
    learner, left = a_learner(bandit)
    rows = []
    for _ in range(2):
        chosen = left[learner.query(X[left])[0]]
        rows, left = rows + chosen.tolist(), np.setdiff1d(left, chosen)
    learner.teach(X[rows], Y[rows])
    learner.query(X[left])
    assert bandit.picks_.rewarded.tolist() == [True, True, False]


def test_rows_that_the_oracle_skips_are_not_learned_from():
    answers = Y.astype(object)
    answers[10:50] = SKIP
    bandit = BanditQuery([Random()], reward=half, random_state=0)
    loop = ActiveLearningLoop(
        ActiveLearner(GaussianNB(), bandit),
        X,
        LabelOracle(answers),
        n_queries=8,
        n_instances=1,
        initial=[*np.flatnonzero(Y[:10] == "cat"), *np.flatnonzero(Y[:10] == "dog")],
    ).run()
    assert len(loop.skipped_) > 0
    assert bandit.picks_.rewarded.sum() == 7  # of the last one it has not heard


def test_fit_starts_again_with_other_rows():
    bandit = BanditQuery([first_rows, last_rows], reward=half, random_state=0)
    learner, left = a_learner(bandit)
    _, left = asked(learner, left, 3)
    learner.fit(X[:4], Y[:4])
    learner.query(X[left])
    assert len(bandit.picks_) == 1
    assert np.isfinite(bandit.weights_).all()


def test_an_estimator_alone_is_not_learned_from_with_a_warning():
    model = GaussianNB().fit(X, Y)
    bandit = BanditQuery(random_state=0)
    bandit(model, X)
    with pytest.warns(UserWarning, match="learns nothing, because it cannot find"):
        bandit(model, X[1:])
    assert bandit.weights_.tolist() == [0.5, 0.5]
    assert np.isnan(bandit.reward_)


def test_it_works_on_frames_and_forests():
    frame = pd.DataFrame(X, columns=["a", "b"])
    bandit = BanditQuery([Random(), BALD()], n_queries=6, random_state=0)
    ActiveLearningLoop(
        ActiveLearner(RandomForestClassifier(5, random_state=0), bandit),
        frame,
        LabelOracle(Y),
        n_queries=3,
        n_instances=2,
        initial=range(6),
    ).run()
    assert bandit.picks_.rewarded.tolist() == [True] * 4 + [False] * 2


def test_picks_are_found_if_the_record_holds_other_types_than_the_pool():
    pool = pd.DataFrame((10 * X).astype(int), columns=["a", "b"])
    bandit = BanditQuery(n_queries=6, random_state=0)
    learner = ActiveLearner(GaussianNB(), bandit)
    learner.teach(pool[:4] + 0.5, Y[:4])  # the record becomes one of floats
    for start in (4, 5):
        rows = start + learner.query(pool[start:])[0]
        learner.teach(pool.iloc[rows], Y[rows])
    learner.query(pool[6:])
    assert bandit.picks_.rewarded.tolist() == [True, True, False]


def test_a_regressor_needs_a_function_as_reward():
    learner = ActiveLearner(BayesianRidge(), X_training=X[:9], y_training=X[:9, 0])
    strategies = [Random(), PredictiveVariance(random_state=0)]
    with pytest.raises(TypeError, match=r"reward='accuracy' of BanditQuery needs a cl"):
        BanditQuery(strategies)(learner, X)
    chosen = BanditQuery(strategies, reward=half, random_state=0)(learner, X, 4)
    assert len(set(chosen.tolist())) == 4


# ------------------------------------------------------------------ copies and files


def a_loop(seed=0, n_queries=8):
    bandit = BanditQuery(
        [Random(), Margin(), KCenterGreedy(features="input")],
        n_queries=16,
        random_state=seed,
    )
    return ActiveLearningLoop(
        ActiveLearner(LogisticRegression(), bandit),
        X,
        LabelOracle(Y),
        n_queries=n_queries,
        n_instances=2,
        initial=range(6),
    )


def told(loop):
    bandit = loop.learner.query_strategy
    rows = [record.indices for record in loop.history_]
    return rows, bandit.weights_.tolist(), bandit.pick_probabilities_.tolist()


def test_a_loop_that_was_saved_goes_on_as_if_it_had_not_been(tmp_path):
    whole, part = a_loop().run(), a_loop(n_queries=3).run()
    assert told(a_loop().run()) == told(whole)  # also with seeds of None inside
    assert told(part)[1] != [1 / 3] * 3
    part.save(tmp_path / "loop")
    again = ActiveLearningLoop.load(tmp_path / "loop", X, LabelOracle(Y))
    assert told(again) == told(part)
    again.n_queries = 8
    assert told(again.run()) == told(whole)


def test_a_pickle_goes_on_and_a_clone_knows_nothing():
    loop = a_loop(n_queries=3).run()
    bandit, learner = loop.learner.query_strategy, loop.learner
    left = np.setdiff1d(np.arange(60), learner.indices_training)
    again = pickle.loads(pickle.dumps(bandit))
    assert again(learner, X[left], 3).tolist() == bandit(learner, X[left], 3).tolist()
    assert again.weights_.tolist() == bandit.weights_.tolist()
    fresh = clone(bandit)
    assert not hasattr(fresh, "weights_")
    fresh(learner, X[left])
    assert fresh.weights_.tolist() == [1 / 3] * 3


def test_scores_are_probabilities_and_one_more_for_the_row_that_is_drawn():
    bandit = BanditQuery([Random(), last_rows], min_probability=0.2, random_state=3)
    learner, left = a_learner(bandit)
    scores = bandit.score_pool(learner, X[left])
    assert not hasattr(bandit, "picks_")  # nothing is remembered
    chosen, _, said = learner.query(X[left], n_instances=2, return_scores=True)
    assert scores.argmax() == chosen[0]
    assert said.tolist() == scores[chosen].tolist()
    expected = np.full(54, 0.5 / 54)
    expected[-1] += 0.5
    expected[chosen[0]] += 1
    np.testing.assert_allclose(scores, expected)


# ----------------------------------------------------------------------------- errors


@pytest.mark.parametrize(("parameters", "error", "match"), [
    ({"strategies": Random()}, TypeError, r"strategies of BanditQuery must be a list"),
    ({"strategies": []}, TypeError, r"strategies of BanditQuery must be a list"),
    ({"strategies": [Random]}, TypeError, r"entry 0 is <class"),
    ({"method": "ucb"}, ValueError, r"method of BanditQuery must be 'albl' or 'exp4p'"),
    ({"reward": "loss"}, ValueError, r"reward of BanditQuery must be 'accuracy' or a"),
    ({"min_probability": 0.6}, ValueError, r"at most 1 / 2, as there are 2 strategies"),
    ({"failure_probability": 0}, ValueError, r"must be larger than 0, got 0"),
    ({"failure_probability": 2}, ValueError, r"failure_probability of BanditQuery"),
    ({"strategies": [lambda *_, n_instances: [0, 1]]}, ValueError,
     r"result of <lambda>, a strategy of BanditQuery, must be 1 rows, got 2"),
    ({"strategies": [lambda *_, n_instances: [99]]}, ValueError,
     r"result of <lambda>, a strategy of BanditQuery must lie in \[0, 54\), got 99"),
])  # fmt: skip
def test_errors_say_what_is_wrong(parameters, error, match):
    learner, left = a_learner(BanditQuery(**parameters))
    with pytest.raises(error, match=match):
        learner.query(X[left])


@pytest.mark.parametrize(
    ("value", "error"), [(1.5, ValueError), (np.nan, ValueError), ("a", TypeError)]
)
def test_a_reward_that_is_none_leaves_what_was_learned(value, error):
    bandit = BanditQuery(reward=lambda learner, X_pool: value, random_state=0)
    learner, left = a_learner(bandit)
    _, left = asked(learner, left, 1)
    with pytest.raises(error, match="result of reward of BanditQuery must be"):
        learner.query(X[left])
    assert bandit.picks_.rewarded.tolist() == [False]
    bandit.set_params(reward=half)
    learner.query(X[left])
    assert bandit.picks_.rewarded.tolist() == [True, False]


def test_other_strategies_after_it_has_learned_are_an_error():
    bandit = BanditQuery([Random(), Margin()], random_state=0)
    learner, left = a_learner(bandit)
    learner.query(X[left])
    bandit.set_params(strategies=[Random()])
    with pytest.raises(ValueError, match="there were 2, and now there are 1"):
        learner.query(X[left])


def test_the_default_floor_is_that_of_the_paper():
    bandit = BanditQuery(n_queries=30, random_state=0)
    assert bandit._floor() == smallest_probability(2, 30)
