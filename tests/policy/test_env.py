import re
import sys

import gymnasium
import numpy as np
import pandas as pd
import pytest
from gymnasium.utils.env_checker import check_env
from sklearn.base import clone
from sklearn.datasets import load_iris, make_blobs
from sklearn.linear_model import LinearRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import skbal.policy
from skbal import ActiveLearner
from skbal.policy import (
    CANDIDATE_FEATURES,
    STATE_FEATURES,
    ActiveLearningEnv,
    policy_inputs,
)
from skbal.policy._run import LabellingRun
from skbal.query import Margin, Random
from skbal.seeding import RandomSeed

IRIS = load_iris(return_X_y=True)
BLOBS = make_blobs(80, 3, centers=4, cluster_std=3.0, random_state=0)
STRATEGIES = [Margin(), Random()]


def env_of(*tables, strategies=STRATEGIES, **settings):
    settings = {"n_queries": 4, **settings}
    if settings.get("actions") == "candidates":
        strategies = None
        settings.setdefault("n_candidates", 5)
    return ActiveLearningEnv(
        list(tables) or [IRIS], GaussianNB(), strategies, **settings
    )


def episode(env, seed=None, action=0):
    """Return all steps of an episode."""
    steps = [env.reset(seed=seed)]
    while len(steps) == 1 or not (steps[-1][2] or steps[-1][3]):
        steps.append(env.step(action))
    return steps


@pytest.mark.parametrize(
    "settings",
    [{}, {"actions": "candidates", "reward": "steps"}, {"reward": "score"}],
    ids=str,
)
def test_it_is_an_environment_as_gymnasium_wants_it(settings):
    # Nothing can be rendered.
    check_env(env_of(IRIS, BLOBS, **settings), skip_render_check=True)


def scores_by_hand(env):
    """Return the score of a new model after each label of the episode."""
    X, y = env.learner.X_training, env.learner.y_training
    run = env._run
    first = len(y) - env.n_queries
    models = [GaussianNB().fit(X[:n], y[:n]) for n in range(first, len(y) + 1)]
    return [np.mean(model.predict(run.X_test) == run.y_test) for model in models]


@pytest.mark.parametrize("actions", ["strategies", "candidates"])
def test_a_reward_is_the_growth_of_the_score(actions):
    env = env_of(BLOBS, actions=actions)
    steps = episode(env, seed=1)
    scores = scores_by_hand(env)
    assert steps[0][1]["score"] == pytest.approx(scores[0])
    rewards = [step[1] for step in steps[1:]]
    assert rewards == pytest.approx(np.diff(scores))
    assert np.ptp(scores) > 0


def test_a_reward_may_be_the_score_itself():
    env = env_of(BLOBS, reward="score")
    steps = episode(env, seed=1)
    assert [step[1] for step in steps[1:]] == pytest.approx(scores_by_hand(env)[1:])


def test_scoring_is_that_of_scikit_learn():
    env = env_of(BLOBS, reward="score", scoring="balanced_accuracy")
    last = episode(env, seed=1)[-1]
    run = env._run
    right = balanced_accuracy_score(run.y_test, env.learner.predict(run.X_test))
    assert last[1] == pytest.approx(right)


def test_steps_are_counted_until_the_target_is_reached():
    env = env_of(BLOBS, reward="steps", target=0.95, n_queries=30)
    n_reached = 0
    for seed in range(4):
        steps, run = episode(env, seed=seed), env._run
        best = GaussianNB().fit(run.X, run.y).score(run.X_test, run.y_test)
        reached = [step[4]["score"] >= 0.95 * best for step in steps[1:]]
        assert [step[2] for step in steps[1:]] == reached
        assert not any(reached[:-1])
        assert [step[1] for step in steps[1:]] == [-1.0] * len(reached)
        assert steps[-1][3] == (not reached[-1])
        n_reached += reached[-1]
    assert n_reached > 0


def test_a_target_is_a_share_of_a_positive_score():
    env = env_of(BLOBS, reward="steps", scoring="neg_log_loss")
    with pytest.raises(
        ValueError, match="scoring of ActiveLearningEnv must give posit"
    ):
        env.reset(seed=0)


def test_frames_and_pipelines_and_strings_work():
    X = pd.DataFrame(IRIS[0], columns=list("abcd"))
    y = pd.Series(np.array(["one", "two", "three"])[IRIS[1]])
    for actions in ("strategies", "candidates"):
        plain = env_of(IRIS, actions=actions)
        pipeline = make_pipeline(FunctionTransformer(), GaussianNB())
        env = ActiveLearningEnv(
            [(X, y)], pipeline, plain.strategies, actions=actions, n_candidates=5,
            n_queries=4,
        )  # fmt: skip
        steps = episode(env, seed=3)
        assert steps[0][0].shape == plain.observation_space.shape
        assert set(env.learner.y_training) == {"one", "two", "three"}
        assert isinstance(env.learner.X_training, pd.DataFrame)


def test_an_episode_is_truncated_after_its_queries():
    steps = episode(env_of(n_queries=3), seed=0)
    assert [step[2:4] for step in steps[1:]] == [
        (False, False), (False, False), (False, True)]  # fmt: skip
    assert [step[-1]["n_labels"] for step in steps] == [6, 7, 8, 9]


def test_the_strategy_of_the_action_asks():
    env = env_of(BLOBS, n_queries=2, n_instances=3)
    env.reset(seed=2)
    learner = ActiveLearner(
        GaussianNB(),
        X_training=env.learner.X_training,
        y_training=env.learner.y_training,
    )
    left = np.setdiff1d(np.arange(40), env.labelled_rows)
    strategy = clone(Margin()).set_params(random_state=env._strategies[0].random_state)
    expected = left[strategy(learner, env._run.X[left], n_instances=3)]
    env.step(0)
    assert env.labelled_rows[-3:].tolist() == expected.tolist()


def test_a_candidate_is_described_by_the_state_and_its_own_features():
    env = env_of(BLOBS, actions="candidates")
    observation, _ = env.reset(seed=0)
    for action in (3, 0, 4):
        run = env._run
        inputs = policy_inputs(env.learner, run.X[run.left])
        left = run.left.tolist()
        following = env.step(action)[0]
        place = left.index(env.labelled_rows[-1])
        n_state = len(STATE_FEATURES)
        assert observation.shape == (5, n_state + len(CANDIDATE_FEATURES))
        assert observation[action, :n_state] == pytest.approx(inputs.state, rel=1e-5)
        own = observation[action, n_state:]
        assert own == pytest.approx(inputs.candidates[place], rel=1e-5, abs=1e-6)
        observation = following


def test_no_candidate_is_offered_twice_or_is_labelled():
    env = env_of(BLOBS, actions="candidates", n_queries=20, n_candidates=10)
    env.reset(seed=0)
    for _ in range(20):
        assert len(set(env._offered.tolist())) == 10
        assert not np.isin(env._offered, env.labelled_rows).any()
        env.step(9)
    assert len(set(env.labelled_rows.tolist())) == 8 + 20


@pytest.mark.parametrize("actions", ["strategies", "candidates"])
def test_a_seed_repeats_this_and_later_episodes(actions):
    first, second = (env_of(IRIS, BLOBS, actions=actions) for _ in range(2))
    for seed in (7, None):
        played = [episode(env, seed=seed, action=1) for env in (first, second)]
        for one, other in zip(*played, strict=True):
            assert one[0].tobytes() == other[0].tobytes()
            assert one[1:] == other[1:]
        assert first.labelled_rows.tolist() == second.labelled_rows.tolist()
    assert first.reset(seed=8)[0].tobytes() != first.reset(seed=9)[0].tobytes()


def test_every_table_is_drawn_and_one_may_be_asked_for():
    env = env_of(IRIS, BLOBS, IRIS)
    drawn = [env.reset(seed=0 if n == 0 else None)[1]["table"] for n in range(20)]
    assert set(drawn) == {0, 1, 2}
    _, info = env.reset(options={"table": 1})
    assert (info["table"], info["n_classes"]) == (1, 4)
    with pytest.raises(ValueError, match="table of options given to ActiveLearningEnv"):
        env.reset(options={"table": 3})


def test_pool_and_test_set_are_parts_of_the_table_in_its_shares():
    env = env_of(IRIS, test_size=0.4)
    env.reset(seed=0)
    run = env._run
    assert np.bincount(run.y_test).tolist() == [20, 20, 20]
    rows = np.concatenate([run.X, run.X_test])
    assert sorted(map(tuple, rows)) == sorted(map(tuple, IRIS[0]))


def test_an_episode_may_use_some_rows_only():
    env = env_of(IRIS, max_rows=60)
    env.reset(seed=0)
    run = env._run
    assert (len(run.X), len(run.X_test)) == (30, 30)
    assert np.bincount(run.y).tolist() == [10, 10, 10]


def test_first_labels_are_selected_anew_in_each_episode():
    env = env_of(BLOBS, initial=RandomSeed(7))
    env.reset(seed=0)
    first = env.labelled_rows
    env.reset()
    assert len(first) == len(env.labelled_rows) == 7
    assert set(first) != set(env.labelled_rows)


def test_units_and_names_do_not_matter():
    X, y = BLOBS
    other = (1000 * X + 5, np.array(["b", "d", "x", "y"])[y])
    one, two = (episode(env_of(table), seed=4) for table in (BLOBS, other))
    for step, same in zip(one, two, strict=True):
        assert step[0] == pytest.approx(same[0], abs=1e-4)
        assert step[-1] == same[-1]


def test_environments_can_run_side_by_side():
    make = [lambda: env_of(IRIS, BLOBS, n_queries=2)] * 2
    vector = gymnasium.vector.SyncVectorEnv(make)
    observations, _ = vector.reset(seed=0)
    for _ in range(6):  # over the ends of episodes
        observations, rewards, *_ = vector.step(np.array([0, 1]))
    assert observations.shape == (2, len(STATE_FEATURES))
    assert rewards.shape == (2,)
    vector.close()


def test_what_was_given_stays_as_it_was():
    model, strategies = GaussianNB(), [Margin(), Random()]
    X, y = IRIS[0].copy(), IRIS[1].copy()
    env = ActiveLearningEnv([(X, y)], model, strategies, n_queries=2)
    episode(env, seed=0)
    assert not hasattr(model, "classes_")
    assert [strategy.random_state for strategy in strategies] == [None, None]
    assert np.array_equal(X, IRIS[0])
    env.labelled_rows[:] = -1
    assert env.labelled_rows.min() >= 0


def test_calls_in_the_wrong_order_say_what_to_do():
    env = env_of(n_queries=1)
    with pytest.raises(RuntimeError, match=r"has no episode yet.+Call reset first"):
        env.step(0)
    episode(env, seed=0)
    with pytest.raises(RuntimeError, match=r"is over.+Call reset first"):
        env.step(0)
    env.reset()
    with pytest.raises(ValueError, match="integer from 0 to 1, got 2"):
        env.step(2)
    for action in (1.0, "1", None, [1], True):
        with pytest.raises(
            TypeError, match="An action of ActiveLearningEnv must be an"
        ):
            env.step(action)
    with pytest.raises(
        ValueError, match=r"table of options given to Act.+0 to 0, got 2"
    ):
        env.reset(options={"table": 2})
    env.step(np.array(1))  # the same episode


@pytest.mark.parametrize(("rows", "kind", "words"), [
    ([-1], ValueError, "result of wrong, a strategy of ActiveLearningEnv must lie in"),
    ([0, 1], ValueError, "must be 1 rows, got 2"),
    ([0.0], TypeError, "must be integers"),
])  # fmt: skip
def test_what_a_function_among_the_strategies_returns_is_checked(rows, kind, words):
    def wrong(learner, X_pool, n_instances=1):
        return rows

    env = env_of(strategies=[wrong, modal_function])
    env.reset(seed=0)
    with pytest.raises(kind, match=words):
        env.step(0)
    env.step(1)
    assert len(env.labelled_rows) == 7


@pytest.mark.parametrize(("score", "kind"), [(np.nan, ValueError), ("x", TypeError)])
def test_a_score_that_is_no_number_is_named(score, kind):
    env = env_of(scoring=lambda model, X, y: score)
    with pytest.raises(
        kind, match="result of scoring of ActiveLearningEnv must be a r"
    ):
        env.reset(seed=0)


def modal_function(learner, X_pool, n_instances=1):
    rows = np.arange(n_instances)
    return rows, X_pool[rows]


def test_an_episode_that_was_interrupted_is_none(monkeypatch):
    env = env_of()
    env.reset(seed=0)

    def interrupted(self, rows):
        raise KeyboardInterrupt

    for call in (lambda: env.step(0), lambda: env.reset(seed=1)):
        with monkeypatch.context() as patch:
            patch.setattr(LabellingRun, "label", interrupted)
            with pytest.raises(KeyboardInterrupt):
                call()
        with pytest.raises(RuntimeError, match=r"has no episode yet.+Call reset first"):
            env.step(0)
        env.reset()


WRONG = [
    ({"tables": IRIS}, TypeError, "tables of ActiveLearningEnv must be a list of pairs "
     "(X, y) of rows and their labels, entry 0 is a ndarray. A single table is [(X, "
     "y)]."),
    ({"tables": []}, TypeError, "tables of ActiveLearningEnv must be a list of pairs"),
    ({"tables": [(IRIS[0], IRIS[1][:9])]}, ValueError, "table 0 in tables of "
     "ActiveLearningEnv"),
    ({"tables": [IRIS, (IRIS[0], 0 * IRIS[1])]}, ValueError, "y of table 1 in tables "
     "of ActiveLearningEnv must have two classes or more, got [0]."),
    ({"tables": [(IRIS[0], IRIS[1] + 0.5)]}, ValueError, "table 0 in tables"),
    ({"estimator": LinearRegression()}, TypeError, "estimator of ActiveLearningEnv "
     "must be a classifier with predict_proba, got LinearRegression()."),
    ({"strategies": None}, ValueError, "strategies of ActiveLearningEnv must be given"),
    ({"strategies": [Margin()]}, TypeError, "strategies of ActiveLearningEnv must be a "
     "list of two query strategies or more"),
    ({"strategies": [Margin(), "Random"]}, TypeError, "got 'Random' in it."),
    ({"actions": "candidates"}, ValueError, "strategies of ActiveLearningEnv must be "
     "None"),
    ({"actions": "candidates", "strategies": None, "n_instances": 2}, ValueError,
     'n_instances of ActiveLearningEnv must be 1 for actions="candidates", got 2.'),
    ({"scoring": "acuracy"}, ValueError, "scoring of ActiveLearningEnv"),
    ({"features": "pixels"}, ValueError, 'features of ActiveLearningEnv '
     "must be 'input', 'model' or a function of rows"),
    ({"initial": [0, 1]}, TypeError, "initial of ActiveLearningEnv must be an object"),
    ({"reward": "area"}, ValueError, "reward of ActiveLearningEnv must be"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "kind", "message"), WRONG)
def test_a_wrong_argument_is_named(settings, kind, message):
    given = {"tables": [IRIS], "estimator": GaussianNB(), "strategies": STRATEGIES}
    with pytest.raises(kind, match=re.escape(message)):
        ActiveLearningEnv(**{**given, **settings})


def test_a_pool_that_ends_too_early_is_an_error_with_both_numbers():
    env = env_of(IRIS, n_queries=70)
    with pytest.raises(ValueError, match="70 queries need 71 unlabelled rows, and "
                       "table 0 has 69"):  # fmt: skip
        env.reset(seed=0)
    with pytest.raises(ValueError, match=r"test_size of ActiveLearningEnv must leave"):
        env_of(IRIS, test_size=1.0).reset()


def test_without_gymnasium_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(ImportError, match=re.escape("pip install 'skbal[policy]'")):
        _ = skbal.policy.ActiveLearningEnv
    assert skbal.policy.QLearner().discount == 0.99
