import pickle
import warnings

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.exceptions import PolicyWarning
from skbal.policy import (
    CANDIDATE_FEATURES,
    LearnedQuery,
    LinearPolicy,
    Policy,
    PolicySearch,
    policy_inputs,
)
from skbal.query import KCenterGreedy, Margin, MaxEntropy
from skbal.testing import check_query_strategy

NOVELTY = LinearPolicy({"novelty": 1.0})


def rows(n_rows, seed=0):
    return np.random.default_rng(seed).normal(size=(n_rows, 2))


def taught(model=None, n_labels=12, strategy=None, n_classes=2):
    model = RandomForestClassifier(10, random_state=0) if model is None else model
    X = rows(n_labels, 1)
    y = np.argsort(np.argsort(X[:, 0])) * n_classes // n_labels
    return ActiveLearner(model, strategy or Margin(), X, y)


class Chooses(Policy):
    """Picks the second strategy once there are many labels."""

    chooses = "strategies"

    def __init__(self, strategies=()):
        self.strategies = strategies

    def choose_strategy(self, state):
        return int(state[0] > 4)


@pytest.mark.slow  # like all batteries: it starts workers
@pytest.mark.parametrize("model", [
    RandomForestClassifier(4, min_samples_leaf=2, random_state=0),
    make_pipeline(StandardScaler(), LogisticRegression()),
])  # fmt: skip
def test_it_keeps_the_promises_of_a_strategy(model):
    results = check_query_strategy(LearnedQuery(), taught(model), rows(24))
    skipped = {check: text for check, text in results.items() if text != "passed"}
    assert skipped == {"learner": "skipped: it was given a learner"}


def test_it_asks_for_the_row_with_the_highest_score():
    learner, pool = taught(), rows(60)
    inputs = policy_inputs(learner, pool)
    expected = NOVELTY.score_candidates(inputs.candidates, inputs.state)
    strategy = LearnedQuery(NOVELTY, random_state=0)
    np.testing.assert_allclose(strategy.score_pool(learner, pool), expected)
    assert strategy(learner, pool)[0] == expected.argmax()
    assert strategy.fallback_ is None


def test_a_policy_of_the_margin_is_the_margin():
    learner, pool = taught(LogisticRegression()), rows(60)
    policy = LinearPolicy({"margin": 1.0})
    chosen = LearnedQuery(policy, random_state=0)(learner, pool)
    assert chosen == Margin(random_state=0)(learner, pool)


def test_each_row_of_a_batch_counts_as_labelled_for_the_next():
    pool, learner = rows(40), taught(LogisticRegression())
    batch = LearnedQuery(NOVELTY, random_state=0)(learner, pool, 5)
    known, left, one_by_one = learner.X_training, np.arange(40), []
    for _ in range(5):
        # Novelty depends on which rows are labelled, and not on their labels.
        again = taught(LogisticRegression())
        if one_by_one:
            again.teach(known[12:], np.zeros(len(known) - 12))
        best = LearnedQuery(NOVELTY, random_state=0)(again, pool[left])[0]
        one_by_one.append(left[best])
        known, left = np.vstack([known, pool[left[[best]]]]), np.delete(left, best)
    assert batch.tolist() == one_by_one


def test_a_large_batch_is_chosen_in_twenty_rounds():
    pool, learner = rows(70), taught(LogisticRegression())
    chosen = LearnedQuery(NOVELTY, random_state=0)(learner, pool, 50)
    assert len(set(chosen)) == 50
    # 50 rows in 20 rounds: the first three have the three highest scores.
    scores = LearnedQuery(NOVELTY).score_pool(learner, pool)
    assert chosen[:3].tolist() == np.argsort(-scores)[:3].tolist()


def test_a_policy_may_pick_a_strategy():
    policy = Chooses([MaxEntropy(), KCenterGreedy(features="input")])
    pool = rows(40)
    for n_labels, expected in ((12, MaxEntropy()), (24, policy.strategies[1])):
        learner = taught(n_labels=n_labels)
        strategy = LearnedQuery(policy, random_state=0)
        chosen = strategy(learner, pool, 3)
        same = clone(expected).set_params(random_state=0)(learner, pool, 3)
        assert chosen.tolist() == same.tolist()
        assert strategy.strategy_ is policy.strategies[n_labels == 24]


def first_rows(learner, X_pool, n_instances=1):
    return np.arange(n_instances)


def last_rows(learner, X_pool, n_instances=1):
    return len(X_pool) - 1 - np.arange(n_instances)


def test_a_picked_strategy_is_called_as_it_is():
    learner, pool = taught(), rows(40)
    query = LearnedQuery(Chooses([last_rows]), random_state=0)
    assert query(learner, pool, 2).tolist() == [39, 38]
    assert query.strategy_ is last_rows
    with pytest.raises(
        TypeError, match="last_rows, which the policy of LearnedQuery pi"
    ):
        query.score_pool(learner, pool)
    few = Margin(pool_subsample=3, random_state=0)
    best = Margin(random_state=0)(learner, pool, 3)
    chosen = LearnedQuery(Chooses([few]), random_state=0)(learner, pool, 3)
    assert chosen.tolist() == few(learner, pool, 3).tolist()
    assert set(chosen) != set(best)


class Answers(Policy):
    """Gives what it was made with as every answer."""

    chooses = "strategies"

    def __init__(self, answer, strategies=(first_rows, last_rows)):
        self.answer, self.strategies = answer, strategies

    def choose_strategy(self, state):
        return self.answer

    def outside(self, n_classes, n_labels, n_pool):
        return True if self.answer == "outside" else None


@pytest.mark.parametrize(("policy", "error", "words"), [
    (Answers(-1), ValueError, "The result of choose_strategy of Answers must be an "
     "integer from 0 to 1, got -1"),
    (Answers(2), ValueError, "an integer from 0 to 1, got 2"),
    (Answers(1.0), TypeError, "an integer from 0 to 1, got 1.0"),
    (Answers(0, None), TypeError, "strategies of Answers must be a list of query"),
    (Answers(0, []), TypeError, "strategies of Answers must be a list of query"),
    (Answers("outside"), TypeError, "outside of Answers must return a string or None"),
])  # fmt: skip
def test_what_a_policy_answers_is_checked(policy, error, words):
    with pytest.raises(error, match=words):
        LearnedQuery(policy)(taught(), rows(9))


LIMITED = LinearPolicy(
    {"novelty": 1.0},
    limits={"n_classes": (2, 3), "n_labels": (2, 20), "n_pool": (1, 50)},
)


@pytest.mark.parametrize(("learner", "pool", "reason"), [
    (taught(n_classes=4), rows(30), "meant for 2 to 3 classes, and there are 4"),
    (taught(n_labels=24), rows(30), "meant for 2 to 20 labels, and there are 24"),
    (taught(), rows(51), "meant for 1 to 50 rows left, and there are 51"),
    (taught().estimator, rows(30), "this RandomForestClassifier has none"),
])  # fmt: skip
def test_outside_of_its_limits_it_falls_back_to_the_margin(learner, pool, reason):
    strategy = LearnedQuery(LIMITED, random_state=0)
    with pytest.warns(PolicyWarning, match=reason):
        chosen = strategy(learner, pool, 4)
    assert chosen.tolist() == Margin(random_state=0)(learner, pool, 4).tolist()
    assert reason in strategy.fallback_
    strategy(learner, pool, 4)  # warnings are errors: it has said so
    if len(pool) == 51:
        strategy(learner, rows(60))
        assert strategy.fallback_.endswith("there are 60")
    strategy(taught(), rows(30))
    assert strategy.fallback_ is None


def test_sparse_rows_fall_back_to_the_margin():
    X, pool = rows(12, 1), csr_array(rows(30))
    learner = ActiveLearner(LogisticRegression(), Margin(), csr_array(X), X[:, 0] > 0)
    with pytest.warns(PolicyWarning, match="measures distances in dense rows"):
        chosen = LearnedQuery(random_state=0)(learner, pool)
    assert chosen == Margin(random_state=0)(learner, pool)


def test_a_strategy_in_a_loop_survives_pickle_and_clone():
    learner, pool = taught(), rows(50)
    strategy = LearnedQuery(NOVELTY, random_state=0)
    first = strategy(learner, pool, 4)
    for other in (pickle.loads(pickle.dumps(strategy)), clone(strategy)):
        assert other(learner, pool, 4).tolist() == first.tolist()


def test_the_shipped_policy_asks_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        strategy = LearnedQuery(random_state=0)
        chosen = strategy(taught(), rows(100), 3)
    assert len(set(chosen)) == 3
    assert strategy.fallback_ is None


@pytest.mark.parametrize(("scores", "words"), [
    (np.full(30, np.nan), "got NaN or infinity"),
    (np.zeros(29), r"got an array of shape \(29,\)"),
    (["a"] * 30, "score_candidates of Says must return a finite number for each of 30"),
])  # fmt: skip
def test_scores_of_a_policy_are_checked(scores, words):
    class Says(Policy):
        def score_candidates(self, features, state):
            return scores

    with pytest.raises((TypeError, ValueError), match=words):
        LearnedQuery(Says()).score_pool(taught(), rows(30))


def test_a_policy_must_do_what_it_says():
    class Empty(Policy):
        pass

    class Picks(Policy):
        chooses = "strategies"

    for policy, words in ((Empty(), "no score_candidates"), (Picks(), "no choose_str")):
        with pytest.raises(NotImplementedError, match=words):
            LearnedQuery(policy)(taught(), rows(30))


def test_other_models_and_parameters_are_refused_by_name():
    X = rows(12)
    regressor = LinearRegression().fit(X, X[:, 0])
    with pytest.raises(TypeError, match="LearnedQuery needs a classifier, got Linear"):
        LearnedQuery()(regressor, rows(30))
    with pytest.raises(ValueError, match="policy of LearnedQuery must be 'shipped' or"):
        LearnedQuery("margin")(taught(), rows(30))
    with pytest.raises(TypeError, match=r"got PolicySearch.* Give its policy_\."):
        LearnedQuery(PolicySearch())(taught(), rows(30))
    with pytest.raises(TypeError, match="policy of LearnedQuery must be 'shipped' or"):
        LearnedQuery(Margin())(taught(), rows(30))
    with pytest.raises(ValueError, match="X_pool given to LearnedQuery is empty"):
        LearnedQuery().score_pool(taught(), np.zeros((0, 2)))


def test_every_feature_can_be_used_alone():
    learner, pool = taught(), rows(30)
    for name in CANDIDATE_FEATURES:
        policy = LinearPolicy({name: 1.0})
        assert len(LearnedQuery(policy, random_state=0)(learner, pool, 2)) == 2
