import pickle
import re

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.toy_text.blackjack import BlackjackEnv
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from gymnasium.envs.toy_text.taxi import TaxiEnv
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skbal.policy import QLearner
from tests.policy.environments import Chain, Recorder, Script, play, value_iteration


def once(step, **params):
    """Return the table after one episode of one step."""
    params = {"learning_rate": 0.25, "discount": 0.9, "initial_value": 2.0, **params}
    return QLearner(n_episodes=1, **params).fit(Script([step])).q_table_


def test_one_update_is_the_formula_worked_by_hand():
    # (1 - 0.25) 2 + 0.25 (3 + 0.9 * 2) = 1.5 + 1.2
    assert once((1, 3.0, False, True)) == pytest.approx(np.array([[2.7], [2], [2]]))


def test_a_terminal_state_has_no_future():
    # (1 - 0.25) 2 + 0.25 * 3 = 1.5 + 0.75
    assert once((1, 3.0, True, False))[0, 0] == pytest.approx(2.25)
    assert once((1, 3.0, True, True))[0, 0] == pytest.approx(2.25)


def test_a_truncated_episode_still_looks_ahead():
    script = Script([(0, 1.0, False, False)] * 9)
    cut = QLearner(1.0, 0.5, n_episodes=1, max_steps=3).fit(script)
    assert cut.episode_lengths_.tolist() == [3]
    assert cut.q_table_[0, 0] == 1.75  # 1, then 1 + 0.5, then 1 + 0.5 * 1.5


def test_the_best_next_action_counts():
    # Nothing is known of state 1 but what it was given, and of its two actions each is
    # done in turn: the better one, with reward 4, is what state 0 looks at.
    script = Script([(1, 0.0, False, False), (2, 4.0, True, False)],
                    actions=Discrete(2))  # fmt: skip
    learner = QLearner(1.0, 0.5, 1.0, n_episodes=50, random_state=0).fit(script)
    assert learner.q_table_.tolist() == [[2.0, 2.0], [4.0, 4.0], [0.0, 0.0]]


def test_the_table_is_that_of_a_loop_over_what_happened():
    env = Recorder(Chain(4, slip=0.3))
    learner = QLearner(0.8, 0.7, 0.5, n_episodes=30, final_learning_rate=0.2,
                       initial_value=-0.5, random_state=3).fit(env)  # fmt: skip
    assert len(env.episodes) == 30
    table = {(s, a): -0.5 for s in range(4) for a in range(2)}
    visits = dict.fromkeys(table, 0)
    for number, episode in enumerate(env.episodes):
        rate = 0.8 - 0.6 * number / 29
        for s, a, after, reward, terminated in episode:
            found = reward
            if not terminated:
                found += 0.7 * max(table[after, 0], table[after, 1])
            table[s, a] += rate * (found - table[s, a])
            visits[s, a] += 1
    expected = np.reshape(list(table.values()), (4, 2))
    np.testing.assert_allclose(learner.q_table_, expected, rtol=1e-12)
    assert learner.n_visits_.ravel().tolist() == list(visits.values())
    lengths = [len(episode) for episode in env.episodes]
    returns = [sum(step[3] for step in episode) for episode in env.episodes]
    assert learner.episode_lengths_.tolist() == lengths
    assert learner.episode_returns_.tolist() == returns


def test_frozen_lake_is_learned_as_value_iteration_solves_it():
    lake = FrozenLakeEnv(is_slippery=False)
    learner = QLearner(1.0, 0.9, 1.0, n_episodes=1000, random_state=0).fit(lake)
    seen = learner.n_visits_ > 0
    assert seen.sum() == 44  # all four actions in each field but the holes and the goal
    optimum = value_iteration(lake, 0.9)
    np.testing.assert_allclose(learner.q_table_[seen], optimum[seen], rtol=1e-12)
    rewards = play(lake, lambda state: learner.predict([state])[0])
    assert rewards == [0, 0, 0, 0, 0, 1]


class OneFare(gymnasium.Wrapper):
    """Taxi with one passenger and one destination: 25 first states, not 300."""

    def reset(self, **kwargs):
        self.env.reset(**kwargs)
        row, column = self.env.np_random.integers(5, size=2)
        self.env.s = self.env.encode(row, column, 0, 1)
        return self.env.s, {}


def test_taxi_is_learned_as_value_iteration_solves_it():
    taxi = OneFare(TaxiEnv())
    # More than any reward, so each way is tried, and no sum of rewards equals it.
    learner = QLearner(1.0, 0.9, 0.0, n_episodes=500, initial_value=20.123,
                       random_state=0).fit(taxi)  # fmt: skip
    optimum = value_iteration(taxi, 0.9)
    first = [taxi.env.encode(*np.divmod(place, 5), 0, 1) for place in range(25)]
    best = optimum[first].max(axis=1)
    np.testing.assert_allclose(learner.q_table_[first].max(axis=1), best, rtol=1e-9)
    chosen = optimum[first, learner.predict(first)]
    np.testing.assert_allclose(chosen, best, rtol=1e-9)
    assert learner.episode_returns_[-100:].min() > 0


def test_chance_is_averaged_over():
    chain = Chain(4, slip=0.2)
    learner = QLearner(0.5, 0.8, 0.5, n_episodes=1500, final_learning_rate=0.005,
                       random_state=0).fit(chain)  # fmt: skip
    optimum = value_iteration(chain, 0.8)
    assert np.abs(learner.q_table_ - optimum).max() < 0.1 < optimum[:3].min()
    assert learner.predict([0, 1, 2]).tolist() == [1, 1, 1]


def test_the_optimum_of_a_chain_is_a_power_of_the_discount():
    learner = QLearner(1.0, 0.5, 0.5, n_episodes=100, random_state=0).fit(Chain(4))
    back = 0.5 * 0.25  # the first place is worth 0.25, one step later
    expected = [[back, 0.25], [back, 0.5], [back, 1.0], [0, 0]]
    assert learner.q_table_.tolist() == expected


def test_a_seed_repeats_everything():
    def fit(seed):
        return QLearner(epsilon=0.3, n_episodes=40, random_state=seed).fit(
            Chain(4, slip=0.3)
        )

    before = str(np.random.get_state())  # noqa: NPY002
    first, second, other = fit(5), fit(5), fit(6)
    assert first.q_table_.tobytes() == second.q_table_.tobytes()
    assert first.episode_lengths_.tolist() == second.episode_lengths_.tolist()
    assert first.episode_lengths_.tolist() != other.episode_lengths_.tolist()
    assert fit(np.random.default_rng(5)).q_table_.shape == (4, 2)
    assert str(np.random.get_state()) == before  # noqa: NPY002


class Bandit(gymnasium.Env):
    """One step, with reward 1 for action 2 of four."""

    observation_space, action_space = Discrete(1), Discrete(4)

    def reset(self, *, seed=None, options=None):
        return 0, {}

    def step(self, action):
        return 0, float(action == 2), True, False, {}


def shares(**params):
    env = Recorder(Bandit())
    QLearner(random_state=0, n_episodes=2000, **params).fit(env)
    actions = np.array([episode[0][1] for episode in env.episodes])
    return [np.bincount(half, minlength=4) / 1000 for half in np.split(actions, 2)]


def test_epsilon_is_the_share_of_random_actions():
    _, late = shares(learning_rate=1.0, epsilon=0.4)
    # Action 2 is right, and a quarter of the random ones are, too. The standard error
    # of a share among 1000 is at most 0.016.
    assert late == pytest.approx([0.1, 0.1, 0.7, 0.1], abs=0.05)


def test_equally_good_actions_are_chosen_equally_often():
    for half in shares(learning_rate=0.0, epsilon=0.0):
        assert half == pytest.approx([0.25] * 4, abs=0.05)


def test_epsilon_changes_by_the_same_amount_each_episode():
    early, late = shares(learning_rate=1.0, epsilon=1.0, final_epsilon=0.0)
    # On average 0.75 and 0.25 of the actions are random.
    assert early == pytest.approx([0.1875, 0.1875, 0.4375, 0.1875], abs=0.05)
    assert late == pytest.approx([0.0625, 0.0625, 0.8125, 0.0625], abs=0.05)


@given(
    rewards=st.lists(st.floats(0, 1), min_size=1, max_size=8),
    rate=st.floats(0, 1),
    discount=st.floats(0, 0.9),
)
def test_values_stay_within_what_rewards_can_sum_to(rewards, rate, discount):
    ends = [False] * (len(rewards) - 1) + [True]
    steps = [(n % 3, r, end, False) for n, (r, end) in enumerate(zip(rewards, ends))]
    table = QLearner(rate, discount, n_episodes=3).fit(Script(steps)).q_table_
    assert table.min() >= 0
    assert table.max() <= 1 / (1 - discount) + 1e-9


def test_numbers_may_start_anywhere():
    moved = QLearner(1.0, 0.5, 0.5, n_episodes=50, random_state=0).fit(Chain(start=7))
    plain = QLearner(1.0, 0.5, 0.5, n_episodes=50, random_state=0).fit(Chain())
    assert moved.q_table_.tolist() == plain.q_table_.tolist()
    states = np.arange(5)
    assert (moved.predict(states + 7) == plain.predict(states) + 7).all()


@pytest.mark.parametrize(
    "space", [MultiDiscrete([3, 4]), Tuple([Discrete(3), Discrete(4)])], ids=str
)
def test_states_of_several_parts_have_a_number(space):
    script = Script([((2, 1), 5.0, True, False)], space, first=(1, 3))
    learner = QLearner(1.0, n_episodes=1).fit(script)
    assert learner.q_table_.shape == (12, 1)
    number = np.ravel_multi_index((1, 3), (3, 4))
    assert np.flatnonzero(learner.q_table_).tolist() == [number]
    assert learner.predict([[1, 3], [0, 0]]).tolist() == [0, 0]


def test_blackjack_has_a_table():
    learner = QLearner(n_episodes=5, random_state=0).fit(BlackjackEnv())
    assert learner.q_table_.shape == (32 * 11 * 2, 2)
    assert learner.predict([[20, 10, 0]]).shape == (1,)


def test_the_first_of_equally_good_actions_is_predicted():
    learner = QLearner(0.0, n_episodes=1).fit(Bandit())
    assert learner.predict([0, 0]).tolist() == [0, 0]


def test_a_limit_of_time_of_gymnasium_is_a_truncation():
    endless = gymnasium.wrappers.TimeLimit(Script([(0, 1.0, False, False)] * 9), 2)
    learner = QLearner(1.0, 0.5, n_episodes=1).fit(endless)
    assert learner.q_table_[0, 0] == 1.5


def test_a_copy_and_a_pickle_predict_the_same():
    learner = QLearner(1.0, 0.5, n_episodes=50, random_state=0).fit(Chain())
    again = clone(learner)
    assert not hasattr(again, "q_table_")
    assert (again.fit(Chain()).q_table_ == learner.q_table_).all()
    loaded = pickle.loads(pickle.dumps(learner))
    assert (loaded.predict(range(5)) == learner.predict(range(5))).all()


def test_a_failed_fit_leaves_the_table_as_it_was():
    learner = QLearner(1.0, 0.5, n_episodes=50, random_state=0).fit(Chain())
    before = learner.q_table_
    with pytest.raises(ValueError, match="must give finite rewards, got nan"):
        learner.fit(Script([(0, float("nan"), True, False)]))
    assert learner.q_table_ is before


def test_an_action_is_a_plain_integer_for_the_environment():
    env = Recorder(Bandit())
    QLearner(n_episodes=5, random_state=0).fit(env)
    assert {type(episode[0][1]) for episode in env.episodes} == {int}


def vector():
    return gymnasium.vector.SyncVectorEnv([Chain, Chain])


class OldReset(Chain):
    def reset(self, **kwargs):
        return super().reset(**kwargs)[0]


WRONG = [
    (lambda: Chain, TypeError, "env given to QLearner must be an environment as in "
     "gymnasium, with reset, step, observation_space, action_space, got the class "
     "Chain. Chain() would be an object of it."),
    (lambda: np.eye(2), TypeError, "env given to QLearner must be an environment"),
    (vector, TypeError, "must be a single environment, got 2 in a SyncVectorEnv."),
    (lambda: Script([], Box(0, 1)), TypeError, "observation_space of the env given to "
     "QLearner must be Discrete, a MultiDiscrete of one axis or a Tuple of Discrete"),
    (lambda: Script([], MultiBinary(3)), TypeError, "observation_space of the env"),
    (lambda: Script([], MultiDiscrete([[2, 2]])), TypeError, "observation_space of"),
    (lambda: Script([], Dict(a=Discrete(2))), TypeError, "observation_space of the"),
    (lambda: Script([], Tuple([Box(0, 1)])), TypeError, "observation_space of the env"),
    (lambda: Script([], actions=Box(0, 1)), TypeError, "action_space of the env given "
     "to QLearner must be Discrete, got Box(0.0, 1.0, (1,), float32)."),
    (lambda: Script([], MultiDiscrete([10_000] * 3)), ValueError, "The table of "
     "QLearner can have 100000000 entries, but the env has 1000000000000 states and 1 "
     "actions. Use DQNPolicy."),
    (lambda: Script([], first=3), ValueError, "A state given to QLearner must be one "
     "of the environment's 3, got 3."),
    (lambda: Script([], first=1.0), TypeError, "A state given to QLearner must be an "
     "integer, got 1.0."),
    (lambda: Script([], MultiDiscrete([2, 3]), first=(0,)), TypeError, "A state given "
     "to QLearner must be 2 integers, got (0,)."),
    (lambda: Script([(0, None, True, False)]), TypeError, "The env given to QLearner "
     "must give numbers as rewards, got None."),
    (lambda: Script([(0, np.nan, True, False)]), ValueError, "The env given to "
     "QLearner must give finite rewards, got nan."),
    (lambda: Script([(0, 1.0, "False", False)]), TypeError, "terminated in the step of "
     "the env given to QLearner must be a bool, got 'False'."),
    (lambda: Script([(0, 1.0, True)]), TypeError, "step of the env given to QLearner "
     "must return an observation, a reward, terminated, truncated and a dict, as in "
     "gymnasium, got (0, 1.0, True, {})."),
    (OldReset, TypeError, "reset of the env given to QLearner must return an "
     "observation and a dict, as in gymnasium, got 0."),
]  # fmt: skip


@pytest.mark.parametrize(("make", "kind", "message"), WRONG)
def test_what_is_no_such_environment_is_refused_by_name(make, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        QLearner().fit(make())


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_values_without_bound_are_an_error():
    learner = QLearner(1.0, 1.0, n_episodes=99)
    with pytest.raises(
        ValueError, match="A value of QLearner grew beyond what a float"
    ):
        learner.fit(Script([(0, 1e307, False, True)]))
    assert not hasattr(learner, "q_table_")


def test_states_to_predict_are_checked():
    learner = QLearner(n_episodes=1, max_steps=5)
    with pytest.raises(NotFittedError):
        learner.predict([0])
    learner.fit(Chain())
    with pytest.raises(ValueError, match=r"must have the shape \(n,\), got \(\)"):
        learner.predict(3)
    with pytest.raises(TypeError, match="must be integers, got float64"):
        learner.predict([0.5])
    with pytest.raises(ValueError, match="one of the environment's 5, got 5"):
        learner.predict([0, 5])
    assert learner.predict([]).shape == (0,)
