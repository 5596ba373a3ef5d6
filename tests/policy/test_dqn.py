import json
import pickle
import re
from zipfile import ZipFile

import gymnasium
import joblib
import numpy as np
import pytest
import safetensors.numpy
import torch
from gymnasium.spaces import Box, Discrete
from gymnasium.wrappers import FlattenObservation
from sklearn.base import clone
from sklearn.datasets import load_iris, make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skbal import ActiveLearner
from skbal.exceptions import PolicyWarning
from skbal.policy import (
    STATE_FEATURES,
    ActiveLearningEnv,
    DQNPolicy,
    LearnedQuery,
    policy_inputs,
)
from skbal.query import KCenterGreedy, Margin, Random
from tests.policy.environments import Chain, Script, value_iteration

QUICK = {"hidden_units": (16,), "n_steps": 60, "warm_up": 20, "batch_size": 8}
IRIS = load_iris(return_X_y=True)


class Rows(gymnasium.Env):
    """One step: the reward is the first of the two features of the chosen row."""

    observation_space, action_space = Box(-1, 1, (5, 2)), Discrete(5)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.rows = self.np_random.uniform(-1, 1, (5, 2)).astype(np.float32)
        return self.rows, {}

    def step(self, action):
        return self.rows, float(self.rows[action, 0]), True, False, {}


@pytest.fixture(scope="module")
def on_chain():
    """Return a policy that has learned a chain of four places."""
    # All actions are random, so that each is tried everywhere.
    policy = DQNPolicy(
        (16,), n_steps=400, warm_up=150, final_epsilon=1.0, discount=0.5,
        learning_rate=0.01, target_update=25, batch_size=32, random_state=0,
    )  # fmt: skip
    return policy.fit(FlattenObservation(Chain(4)))


@pytest.fixture(scope="module")
def on_rows():
    return DQNPolicy(
        (16,), n_steps=400, warm_up=100, learning_rate=0.01, random_state=0
    ).fit(Rows())


@pytest.fixture(scope="module")
def on_strategies():
    env = ActiveLearningEnv([IRIS], GaussianNB(), [Margin(), Random()], n_queries=5)
    return DQNPolicy(**QUICK, random_state=0).fit(env)


def test_a_chain_is_learned_as_value_iteration_solves_it(on_chain):
    optimum = value_iteration(Chain(4), 0.5)
    found = on_chain.q_values(np.eye(4))[:3]
    assert found == pytest.approx(optimum[:3], abs=0.02)
    assert on_chain.predict(np.eye(4))[:3].tolist() == [1, 1, 1]


def test_the_rows_of_an_observation_share_one_network(on_rows):
    rng = np.random.default_rng(1)
    rows = rng.uniform(-1, 1, (1, 40, 2))  # it learned from five
    values = on_rows.q_values(rows)
    assert values[0] == pytest.approx(rows[0, :, 0], abs=0.2)
    order = rng.permutation(40)
    shuffled = on_rows.q_values(rows[:, order])
    assert shuffled == pytest.approx(values[:, order], abs=1e-6)


def test_a_candidate_is_scored_as_a_row_with_the_state_before_it(on_rows):
    assert on_rows.chooses == "rows"
    features = np.linspace(-1, 1, 12)[:, np.newaxis]
    scores = on_rows.score_candidates(features, np.array([0.7]))
    rows = np.column_stack([np.full(12, 0.7), features])
    assert scores == pytest.approx(on_rows.q_values([rows])[0], abs=1e-6)
    assert (scores.shape, scores.dtype) == ((12,), np.float64)
    with pytest.raises(NotImplementedError):
        on_rows.choose_strategy(np.zeros(2))


def nearest(learner, X_pool, n_instances=1):
    """Choose the row nearest to a labelled one, which tells nothing new."""
    distances = np.abs(X_pool[:, np.newaxis] - learner.X_training).sum(axis=2)
    return distances.min(axis=1).argsort(kind="stable")[:n_instances]


def test_the_better_strategy_is_learned():
    # Twelve islands, one label for each, and the nearest row is on a known one.
    X, islands = make_blobs(96, 2, centers=12, cluster_std=0.2, random_state=0)
    strategies = [nearest, KCenterGreedy(features="input")]
    env = ActiveLearningEnv(
        [(X, islands % 2)], KNeighborsClassifier(1), strategies, n_queries=8
    )
    policy = DQNPolicy(
        (16,), n_steps=240, warm_up=80, exploration=0.8, discount=0.0,
        learning_rate=0.01, target_update=20, random_state=0,
    ).fit(env)  # fmt: skip
    actions = []
    for seed in range(3):
        state, _ = env.reset(seed=seed)
        for _ in range(8):
            actions.append(policy.choose_strategy(state))
            state = env.step(actions[-1])[0]
    assert np.mean(actions) > 0.75
    assert policy.strategies[0] is not None
    assert policy.strategies[1].features == "input"


def test_a_seed_repeats_every_number():
    def fit(seed):
        return DQNPolicy(**QUICK, random_state=seed).fit(Rows())

    np_before = str(np.random.get_state())  # noqa: NPY002
    torch_before = torch.get_rng_state()
    first, second, other = fit(3), fit(3), fit(4)
    for one, same in zip(first.network_.layers, second.network_.layers):
        assert [part.tobytes() for part in one] == [part.tobytes() for part in same]
    assert first.losses_.tobytes() == second.losses_.tobytes()
    assert first.episode_returns_.tolist() != other.episode_returns_.tolist()
    assert str(np.random.get_state()) == np_before  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), torch_before)


def test_episodes_and_gradient_steps_are_counted():
    policy = DQNPolicy(**{**QUICK, "n_steps": 50}, train_every=3, random_state=0)
    script = Script([[[0.0], 1.0, False, False]] * 3 + [[[0.0], 2.0, True, False]],
                    Box(0, 1, (1,)), first=[0.0])  # fmt: skip
    policy.fit(script)
    assert policy.episode_returns_.tolist() == [5.0] * 12  # the last one has no end
    assert policy.episode_lengths_.tolist() == [4] * 12
    assert len(policy.losses_) == len([step for step in range(20, 50) if step % 3 == 0])


def test_epsilon_falls_on_a_line_after_the_warm_up():
    policy = DQNPolicy(n_steps=100, warm_up=10, epsilon=0.8, final_epsilon=0.2,
                       exploration=0.5)  # fmt: skip
    epsilons = [policy._epsilon(step) for step in (0, 9, 10, 25, 50, 99)]
    assert epsilons == pytest.approx([1, 1, 0.8 - 0.6 * 0.2, 0.5, 0.2, 0.2])
    assert DQNPolicy(exploration=0.0, warm_up=1)._epsilon(1) == pytest.approx(0.05)


def test_constant_and_large_features_are_standardised():
    class Large(Rows):
        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            self.rows = 1000 + 500 * self.rows
            self.rows[:, 1] = 7
            return self.rows, {}

    policy = DQNPolicy(**QUICK, random_state=0).fit(Large())
    network = policy.network_
    assert network.scale[1] == 1
    assert network.offset[1] == 7
    assert network.offset[0] == pytest.approx(1000, abs=100)
    assert network.scale[0] == pytest.approx(500 / np.sqrt(3), rel=0.2)


def test_an_environment_may_change_its_own_array():
    class InPlace(gymnasium.ObservationWrapper):
        array = np.zeros(4)

        def observation(self, observation):
            self.array[:] = observation
            return self.array

    chain = FlattenObservation(Chain(4))
    one, other = (
        DQNPolicy(**QUICK, random_state=0).fit(env) for env in (chain, InPlace(chain))
    )
    assert one.losses_.tolist() == other.losses_.tolist()


def test_it_says_what_it_was_not_trained_for(on_strategies, on_rows):
    # Six first labels, and five queries.
    assert on_strategies.outside(n_classes=3, n_labels=8, n_pool=999) is None
    assert on_strategies.outside(3, 12, 60) == (
        "the policy was trained with 6 to 11 labels, and there are 12"
    )
    assert on_strategies.outside(5, 8, 60) == (
        "the policy was trained with 3 classes, and there are 5"
    )
    assert on_rows.outside(5, 8, 60) is None  # nothing was said about labels


def same_policy(one, other):
    X = np.random.default_rng(0).normal(size=(9, one.network_.n_features))
    assert one.q_values(X).tobytes() == other.q_values(X).tobytes()
    assert one.losses_.tolist() == other.losses_.tolist()
    assert one.chooses == other.chooses == "strategies"
    assert [str(strategy) for strategy in one.strategies] == [
        str(strategy) for strategy in other.strategies
    ]
    assert str(one) == str(other)
    assert one.outside(3, 12, 60) == other.outside(3, 12, 60) is not None
    assert one.predict(X).tolist() == other.predict(X).tolist()


def test_a_file_and_a_pickle_bring_the_policy_back(on_strategies, tmp_path):
    on_strategies.save(tmp_path / "policy.zip")
    same_policy(on_strategies, DQNPolicy.load(tmp_path / "policy.zip"))
    same_policy(on_strategies, pickle.loads(pickle.dumps(on_strategies)))
    joblib.dump(on_strategies, tmp_path / "policy.joblib")
    same_policy(on_strategies, joblib.load(tmp_path / "policy.joblib"))


def test_a_file_that_is_no_policy_is_named(on_strategies, tmp_path):
    path = tmp_path / "policy.zip"
    path.write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"policy\.zip.*not written by DQNPolicy"):
        DQNPolicy.load(path)
    with pytest.raises(NotFittedError):
        DQNPolicy().save(path)
    on_strategies.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(ValueError, match=r"policy\.zip"):
        DQNPolicy.load(path)


def damaged(path, change):
    """Write the file of a policy again, with other tensors or other content."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    tensors = safetensors.numpy.load(parts["weights.safetensors"])
    content = json.loads(parts["content.json"])
    change(tensors, content)
    parts["weights.safetensors"] = safetensors.numpy.save(tensors)
    parts["content.json"] = json.dumps(content).encode()
    with ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


@pytest.mark.parametrize(("change", "words"), [
    (lambda t, c: t["weights_0"].fill(np.nan), "do not fit, or are not finite"),
    (lambda t, c: t["scale"].fill(0), "do not fit, or are not finite"),
    (lambda t, c: t.update(offset=np.zeros(3, np.float32)), "do not fit"),
    (lambda t, c: t.update(weights_0=t["weights_0"].T.copy()), "do not fit"),
    (lambda t, c: t.update(biases_0=t["biases_0"].astype(int)), "do not fit"),
    (lambda t, c: t.pop("biases_1"), "a layer has no weights or biases"),
    (lambda t, c: c.update(per_row=True), "do not fit"),
    (lambda t, c: c.update(strategies=["a", "b"]), "strategies are ['a', 'b']"),
    (lambda t, c: c.update(ranges={"n_labels": ["a", 3]}), "ranges are {'n_labels'"),
    (lambda t, c: c.update(fitted=[]), "zip() argument 2 is shorter"),
    (lambda t, c: c.pop("first_action"), "it is damaged: 'first_action'"),
    (lambda t, c: c["parameters"]["dict"][1].__setitem__(1, -1.0), "discount of"),
])  # fmt: skip
def test_a_damaged_file_is_refused(change, words, on_strategies, tmp_path):
    path = tmp_path / "policy.zip"
    on_strategies.save(path)
    damaged(path, lambda t, c: None)
    same_policy(on_strategies, DQNPolicy.load(path))
    damaged(path, change)
    with pytest.raises(ValueError, match=re.escape(words)):
        DQNPolicy.load(path)


def test_a_function_among_the_strategies_cannot_be_saved_without_pickle(tmp_path):
    env = ActiveLearningEnv([IRIS], GaussianNB(), [nearest, Random()], n_queries=5)
    policy = DQNPolicy(**{**QUICK, "n_steps": 21}, random_state=0).fit(env)
    with pytest.raises(TypeError, match=r"strategies.* of DQNPolicy cannot be saved"):
        policy.save(tmp_path / "policy.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_clone_of_a_fitted_policy_is_the_policy_itself(on_rows):
    assert clone(on_rows) is on_rows
    new = DQNPolicy(**QUICK, random_state=0)
    assert clone(new) is not new
    assert clone(new).get_params() == new.get_params()


def test_candidates_of_active_learning_are_learned_from():
    env = ActiveLearningEnv([IRIS], GaussianNB(), actions="candidates", n_candidates=4,
                            n_queries=5)  # fmt: skip
    policy = DQNPolicy(**QUICK, random_state=0).fit(env)
    observation, _ = env.reset(seed=0)
    n_state = len(STATE_FEATURES)
    scores = policy.score_candidates(observation[:, n_state:], observation[0, :n_state])
    assert scores == pytest.approx(policy.q_values([observation])[0], abs=1e-6)
    assert policy.strategies is None


@pytest.mark.parametrize("actions", ["strategies", "candidates"])
def test_a_learned_query_asks_what_was_learned(actions):
    settings = {"actions": actions, "n_queries": 5}
    if actions == "candidates":
        settings["n_candidates"] = 4
    else:
        settings["strategies"] = [Margin(), Random()]
    env = ActiveLearningEnv([IRIS], GaussianNB(), **settings)
    policy = DQNPolicy(**QUICK, random_state=0).fit(env)
    X, y = IRIS
    first = [0, 10, 50, 60, 100, 110]
    strategy = LearnedQuery(policy, random_state=0)
    learner = ActiveLearner(GaussianNB(), strategy, X[first], y[first])
    pool = np.delete(X, first, axis=0)
    chosen, _ = learner.query(pool)
    inputs = policy_inputs(learner, pool)
    assert strategy.fallback_ is None
    if actions == "candidates":
        scores = policy.score_candidates(inputs.candidates, inputs.state)
        assert scores[chosen[0]] == pytest.approx(scores.max(), abs=1e-6)
    else:
        choice = policy.choose_strategy(inputs.state)
        assert strategy.strategy_ is policy.strategies[choice]
    with pytest.warns(PolicyWarning, match="trained with 6 to 11 labels, and there"):
        LearnedQuery(policy)(ActiveLearner(GaussianNB(), X_training=X[::5],
                                           y_training=y[::5]), pool)  # fmt: skip


WRONG = [
    (Chain(4), TypeError, "observation_space of the env given to DQNPolicy must be a "
     "Box of shape (n_features,) or (n_actions, n_features) with n_actions = 2, got "
     "Discrete(4)."),
    (Script([], Box(0, 1, (3, 2))), TypeError, "observation_space of the env given to"),
    (Script([], actions=Box(0, 1)), TypeError, "action_space of the env given to "
     "DQNPolicy must be Discrete"),
    (Script([[[0.0], float("inf"), True, False]], Box(0, 1, (1,)), first=[0.0]),
     ValueError, "The env given to DQNPolicy must give finite rewards, got inf."),
    (Script([[[np.nan], 0.0, True, False]], Box(0, 1, (1,)), first=[0.0]),
     ValueError, "must give finite observations of shape (1,), got [nan]."),
    (Script([], Box(0, 1, (1,)), first=[0.0, 1.0]), ValueError, "The env given to "
     "DQNPolicy must give finite observations of shape (1,), got one of shape (2,)."),
    (Script([[0.0, 0.0, True, False]], Box(0, 1, (1,)), first=[0.0]), ValueError,
     "observations of shape (1,), got one of shape ()."),
    (Script([], Box(0, 1, (1,)), first=["a"]), TypeError, "of shape (1,), got ['a']"),
    (Script([[[0.0], 1e39, True, False]], Box(0, 1, (1,)), first=[0.0]), ValueError,
     "must give rewards within -3.4e+38 and 3.4e+38, got 1e+39."),
]  # fmt: skip


@pytest.mark.parametrize(("env", "kind", "message"), WRONG)
def test_what_is_no_such_environment_is_refused_by_name(env, kind, message):
    policy = DQNPolicy(**QUICK, random_state=0)
    with pytest.raises(kind, match=re.escape(message)):
        policy.fit(env)
    assert not hasattr(policy, "network_")


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_a_loss_that_is_not_finite_is_an_error():
    env = Script([[[0.0], 1e38, True, False]] * 99, Box(0, 1, (1,)), first=[0.0])
    policy = DQNPolicy(**QUICK, learning_rate=1e30, random_state=0)
    with pytest.raises(ValueError, match=r"The loss of DQNPolicy became (nan|inf) in"):
        policy.fit(env)
    assert not hasattr(policy, "network_")


def test_a_policy_of_another_environment_says_so(on_chain, on_rows):
    X, y = IRIS
    learner = ActiveLearner(GaussianNB(), X_training=X[::15], y_training=y[::15])
    for policy, n_there, n_here in ((on_chain, 4, 8), (on_rows, 2, 20)):
        with pytest.raises(
            ValueError, match=f"{n_there} features, and is given {n_here}"
        ):
            LearnedQuery(policy)(learner, X)


def test_observations_to_predict_are_checked(on_chain, on_rows):
    with pytest.raises(ValueError, match=r"must have the shape \(n, 4\), got \(4,\)"):
        on_chain.predict(np.zeros(4))
    with pytest.raises(ValueError, match=r"shape \(n, n_actions, 2\), got \(5, 2\)"):
        on_rows.predict(np.zeros((5, 2)))
    with pytest.raises(NotImplementedError):
        on_chain.score_candidates(np.zeros((2, 1)), np.zeros(3))
    with pytest.raises(ValueError, match="warm_up of DQNPolicy must be less than n_st"):
        DQNPolicy(n_steps=500).fit(Rows())
    with pytest.raises(TypeError, match="hidden_units of DQNPolicy"):
        DQNPolicy(hidden_units=64).fit(Rows())
    with pytest.raises(
        ValueError, match="hidden_units of DQNPolicy must be an integer"
    ):
        DQNPolicy(hidden_units=(8, 0)).fit(Rows())
