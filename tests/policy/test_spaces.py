import re

import gymnasium
import pytest
from gymnasium.spaces import Box, Discrete

from skbal.policy import DQNPolicy, QLearner


class Own(gymnasium.Env):
    """What somebody writes in ten lines: states 0 and 1, and one action."""

    observation_space, action_space = Discrete(2), Discrete(1)

    def reset(self, seed=None):
        return 0, {}

    def step(self, action):
        return 1, 3.0, True, False, {}


class OldReset(Own):
    def reset(self):
        return 0, {}


class OldBox(OldReset):
    observation_space = Box(-1, 1, (1,))


@pytest.mark.parametrize(("env", "message"), [
    ("FrozenLake-v1", "an environment as in gymnasium, with reset, step, "
     "observation_space, action_space, got 'FrozenLake-v1'. "
     "gymnasium.make('FrozenLake-v1') makes the environment of this name."),
    (Own, "got the class Own. Own() would be an object of it."),
    (gymnasium.Env(), "an object of Env without observation_space and action_space."),
    (OldReset(), "reset of the env given to QLearner must take a seed, as in "
     "gymnasium: reset(*, seed=None, options=None). That of OldReset does not."),
    (gymnasium.wrappers.OrderEnforcing(OldReset()), "That of OldReset does not."),
])  # fmt: skip
def test_what_newcomers_give_is_refused_with_what_to_do(env, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        QLearner().fit(env)


def test_a_network_asks_for_the_same():
    with pytest.raises(TypeError, match="env given to DQNPolicy must take a seed"):
        DQNPolicy().fit(OldBox())


def test_a_seed_is_enough_and_options_may_be_missing():
    assert QLearner(1.0, n_episodes=1).fit(Own()).q_table_.tolist() == [[3.0], [0.0]]
