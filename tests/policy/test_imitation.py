import copy
import json

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skbal import ActiveLearner, ActiveLearningClassifier
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.policy import (
    CANDIDATE_FEATURES,
    STATE_FEATURES,
    ImitationPolicy,
    LearnedQuery,
    LinearPolicy,
)
from skbal.policy._lookahead import brier_loss, look_ahead
from skbal.policy._training import TrainingRuns

TABLES = [
    make_blobs(40, n_features=2, centers=3, cluster_std=3.0, random_state=seed)
    for seed in range(3)
]
SIZES = {"n_episodes": 1, "n_queries": 4, "n_states": 2, "n_candidates": 4}


@pytest.fixture(scope="module")
def policy():
    return ImitationPolicy(**SIZES, random_state=0).fit(TABLES, GaussianNB())


def unfitted(policy):
    return ImitationPolicy(**policy.get_params())


def inputs(n_rows=9, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((n_rows, len(CANDIDATE_FEATURES))), rng.random(
        len(STATE_FEATURES)
    )


def test_look_ahead_is_the_fall_of_the_loss_by_brute_force():
    run = TrainingRuns(TABLES, GaussianNB(), "a test", None).start((0, 1, 0), 5)
    run.label(run.left[[3, 8]])
    rows = run.left[:4]

    def loss(labelled):
        model = GaussianNB().fit(run.X[labelled], run.y[labelled])
        total = 0.0
        for p, label in zip(model.predict_proba(run.X_test), run.y_test):
            total += sum((p[c] - (c == label)) ** 2 for c in range(3))
        return total / len(run.y_test)

    before = loss(list(run.labelled))
    expected = [before - loss([*run.labelled, row]) for row in rows]
    np.testing.assert_allclose(look_ahead(run, rows), expected, atol=1e-12)


def test_a_class_that_the_model_does_not_know_has_no_probability():
    model = KNeighborsClassifier(1).fit([[0.0], [1.0]], ["a", "b"])
    found = brier_loss(model, [[0.0], [1.0]], np.array(["a", "c"]))
    assert found == pytest.approx((0 + (1 + 1)) / 2)


def test_gains_are_standardised_in_each_state(policy):
    gains = policy.trials_["gains"].reshape(-1, 4)
    np.testing.assert_allclose(gains.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(gains.std(axis=1), 1)
    assert policy.n_pairs_ == gains.size
    states = policy.trials_["inputs"].reshape(-1, 4, 20)[:, :, 12:]
    assert (states == states[:, :1]).all()


def test_training_repeats_bit_for_bit(policy):
    again = unfitted(policy).fit(TABLES, GaussianNB())
    for mine, other in zip(policy.weights_, again.weights_):
        np.testing.assert_array_equal(mine, other)
    scores = [p.score_candidates(*inputs()) for p in (policy, again)]
    np.testing.assert_array_equal(*scores)


def test_scores_are_those_of_the_network_by_a_loop(policy):
    features, state = inputs()
    first, bias, second, last = policy.weights_
    for row, score in zip(features, policy.score_candidates(features, state)):
        x = (np.append(row, state) - policy.means_) / policy.scales_
        hidden = [np.tanh(x @ first[:, j] + bias[j]) for j in range(16)]
        expected = sum(h * w for h, w in zip(hidden, second[:, 0])) + last[0]
        assert score == pytest.approx(expected)


def test_a_saved_policy_is_plain_json_and_gives_the_same_scores(policy, tmp_path):
    path = tmp_path / "policy.json"
    policy.save(path)
    assert json.loads(path.read_text())["kind"] == "ImitationPolicy"
    loaded = ImitationPolicy.load(path)
    assert loaded.get_params() == policy.get_params()
    assert loaded.limits_ == policy.limits_
    np.testing.assert_array_equal(
        loaded.score_candidates(*inputs()), policy.score_candidates(*inputs())
    )
    assert loaded.outside(9, 5, 5) == policy.outside(9, 5, 5) is not None


@pytest.mark.parametrize(("change", "words"), [
    ({"weights_": [[[0.0]], [0.0], [[0.0]], [0.0]]}, "weights_ must have shapes"),
    ({"limits_": [2, 3]}, "limits of ImitationPolicy must be a dict"),
    ({"means_": "abc"}, "could not convert"),
    ({"limits_": None}, "limits_ must be a dict"),
    ({"limits_": {"n_labels": ["2", "9"]}}, "got .'2', '9'. for 'n_labels'"),
    ({"means_": [float("nan")] * 20}, "must be finite"),
    ({"scales_": [0.0] * 20}, "scales_ must be larger than 0"),
    ({"weights_": None}, "weights_ must be a list"),
    ({"parameters": {"n_hidden": "16"}}, "n_hidden of ImitationPolicy must be an int"),
])  # fmt: skip
def test_a_file_with_other_content_is_refused_by_name(change, words, policy, tmp_path):
    path = tmp_path / "policy.json"
    policy.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=words) as caught:
        ImitationPolicy.load(path)
    assert str(path) in str(caught.value)


def test_a_policy_without_a_table_is_learned_from_the_other_trials(policy):
    short = unfitted(policy).fit(TABLES[:2], GaussianNB())
    found = policy.policy_without([2])
    for mine, other in zip(found.weights_, short.weights_):
        np.testing.assert_array_equal(mine, other)
    assert (found.weights_[0] != policy.weights_[0]).any()
    with pytest.raises(ValueError, match="must leave some tables"):
        policy.policy_without([0, 1, 2])


@pytest.mark.parametrize("tables", [[3], [-1], ["iris"], 2])
def test_what_is_left_out_must_be_tables(policy, tables):
    with pytest.raises((TypeError, ValueError), match="tables of ImitationPolicy must"):
        policy.policy_without(tables)


def test_a_policy_from_a_file_says_that_it_has_no_trials(policy, tmp_path):
    policy.save(tmp_path / "policy.json")
    with pytest.raises(NotFittedError, match="which a file does not keep"):
        ImitationPolicy.load(tmp_path / "policy.json").policy_without([0])


def test_later_rounds_also_follow_the_policy():
    one = ImitationPolicy(**SIZES, n_rounds=1, random_state=0)
    two = unfitted(one).set_params(n_rounds=2)
    one, two = (p.fit(TABLES[:2], GaussianNB()) for p in (one, two))
    n = one.n_pairs_
    # The first round is the same, and the second adds as many runs.
    np.testing.assert_array_equal(two.trials_["inputs"][:n], one.trials_["inputs"])
    assert two.n_pairs_ > n


def test_it_learns_what_gains_depend_on(policy):
    """Gains that are one of the features, with much noise, are predicted."""
    rng = np.random.default_rng(0)
    learner = unfitted(policy)
    learner._seed = 0
    X = rng.normal(size=(4000, 20))
    learner._learn(X, X[:, 5] + rng.normal(size=4000))
    features, state = rng.normal(size=(500, 12)), np.zeros(8)
    scores = learner.score_candidates(features, state)
    assert np.corrcoef(scores, features[:, 5])[0, 1] > 0.9


def rows_of(model):
    return [record.indices for record in model.history_]


def test_what_was_learned_stays_where_a_strategy_is_cloned(policy):
    X, y = TABLES[0]
    query = LearnedQuery(policy)
    assert clone(query).policy is clone(policy) is policy
    before = policy.get_params()
    model = ActiveLearningClassifier(GaussianNB(), query, n_queries=3, random_state=0)
    chosen = rows_of(model.fit(X, y))
    other = LearnedQuery(LinearPolicy({"novelty": 1.0}))
    model.set_params(query_strategy=other)
    assert rows_of(model.fit(X, y)) != chosen
    search = GridSearchCV(model, {"query_strategy__policy": [policy]}, cv=2)
    best = search.fit(X, y).best_estimator_
    assert best.query_strategy.policy is policy
    assert rows_of(best) == chosen
    assert policy.get_params() == before  # no seed of a run came into it


def test_a_loop_that_was_saved_does_not_forget_what_was_learned(policy, tmp_path):
    X, y = TABLES[0]
    learner = ActiveLearner(GaussianNB(), LearnedQuery(policy, random_state=0))
    oracle, path = LabelOracle(y), tmp_path / "loop"
    first = [int(np.flatnonzero(y == label)[0]) for label in range(3)]
    loop = ActiveLearningLoop(learner, X, oracle, n_queries=2, initial=first)
    loop.run().save(path)
    with pytest.raises(ValueError, match="learner"):
        ActiveLearningLoop.load(path, X, oracle)
    again = ActiveLearningLoop.load(path, X, oracle, learner=clone(learner))
    loop.n_queries = again.n_queries = 4
    assert rows_of(again.run()) == rows_of(loop.run())


def test_an_interrupted_fit_leaves_the_policy_as_it_was(policy, monkeypatch):
    again = copy.copy(policy).set_params(n_rounds=2)
    before, play = dict(vars(again)), ImitationPolicy._play

    def interrupted(self, runs, key, own_seed):
        if key[0]:  # the second round, with a network of the first
            raise KeyboardInterrupt
        return play(self, runs, key, own_seed)

    monkeypatch.setattr(ImitationPolicy, "_play", interrupted)
    with pytest.raises(KeyboardInterrupt):
        again.fit(TABLES[:1], GaussianNB())
    assert vars(again) == before


def test_errors_name_the_policy():
    with pytest.raises(NotFittedError, match="ImitationPolicy"):
        ImitationPolicy().outside(2, 5, 10)
    with pytest.raises(NotFittedError):
        ImitationPolicy().score_candidates(*inputs())
    with pytest.raises(NotFittedError):
        ImitationPolicy().save("nowhere.json")
    with pytest.raises(ValueError, match="n_candidates of ImitationPolicy must be an"):
        ImitationPolicy(n_candidates=1).fit(TABLES, GaussianNB())
    same = [(np.zeros((30, 2)), np.arange(30) % 2)]
    with pytest.raises(ValueError, match="tried no candidates that made a difference"):
        ImitationPolicy(**SIZES, random_state=0).fit(same, KNeighborsClassifier(1))
