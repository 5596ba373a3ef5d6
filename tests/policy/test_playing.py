import re

import gymnasium
import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete

from skbal.policy import DQNPolicy, QLearner
from tests.policy.environments import Script


class Own(gymnasium.Env):
    """What somebody writes in ten lines: states 0 and 1, and one action."""

    observation_space, action_space = Discrete(2), Discrete(1)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 1, 3.0, True, False, {}


class OwnBox(Own):
    observation_space = Box(-1, 1, (1,))


def changed(base, **methods):
    """Return an environment of which some methods are other ones."""
    return type("Own", (base,), methods)()


def seedless(self):
    return 0, {}


def positional(self, seed=None):
    return 0, {}


def alone(self, *, seed=None, options=None):
    return 0


def old_step(self, action):
    return 1, 3.0, True, {}


def rewarding(reward):
    return lambda self, action: (1, reward, True, False, {})


WRONG = [
    ({"reset": seedless}, TypeError, "reset of the env given to {} must take a seed, "
     "as gymnasium has it (and the older gym had not): reset(*, seed=None, "
     "options=None). That of Own does not."),
    ({"reset": alone}, TypeError, "reset of the env given to {} must return the tuple "
     "(observation, info), as gymnasium has it (and the older gym had not), got 0."),
    ({"step": lambda self, action: None}, TypeError, "step of the env given to {} must "
     "return the tuple (observation, reward, terminated, truncated, info)"),
    ({"step": old_step}, TypeError, "(and the older gym had not), got a tuple of 4."),
    ({"step": rewarding(None)}, TypeError, "The env given to {} must give a number as "
     "the reward of a step, got None."),
    ({"step": rewarding(np.ones(1))}, TypeError, "of a step, got array([1.])."),
    ({"step": rewarding("3")}, TypeError, "of a step, got '3'."),
    ({"step": rewarding(np.inf)}, ValueError, "must give finite rewards, got inf."),
]  # fmt: skip


@pytest.mark.parametrize(("methods", "kind", "message"), WRONG)
def test_what_an_own_environment_answers_wrongly_is_told_by_name(
    methods, kind, message
):
    for learner, base in ((QLearner(), Own), (DQNPolicy(), OwnBox)):
        if base is OwnBox and "step" in methods:
            methods = {**methods, "reset": lambda self, **ignored: ([0.0], {})}
        own = changed(base, **methods)
        expected = message.format(type(learner).__name__)
        for env in (own, gymnasium.wrappers.OrderEnforcing(own)):
            with pytest.raises(kind, match=re.escape(expected)):
                learner.fit(env)


@pytest.mark.parametrize("reward", [3, 3.0, np.float32(3), np.array(3), np.int64(3)])
def test_rewards_of_every_kind_of_number_are_taken(reward):
    env = changed(Own, step=rewarding(reward), reset=positional)
    assert QLearner(1.0, n_episodes=1).fit(env).q_table_.tolist() == [[3.0], [0.0]]


def test_an_error_of_the_environment_itself_is_left_as_it_is():
    env = Script([(0, 1.0, False, False)])  # it has no second step
    with pytest.raises(StopIteration):
        QLearner(n_episodes=1).fit(env)
