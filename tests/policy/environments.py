"""Small environments whose optimum is known, and value iteration to find it."""

import gymnasium
import numpy as np
from gymnasium.spaces import Discrete


class Chain(gymnasium.Env):
    """A row of places: action 1 goes right, action 0 back to the first place.

    Parameters
    ----------
    n_places : int
        The last one ends the episode, with reward 1.
    slip : float
        Probability that a step goes where the other action would.
    start : int
        Number of the first place, and of the first action.
    """

    def __init__(self, n_places=5, slip=0.0, start=0):
        self.observation_space = Discrete(n_places, start=start)
        self.action_space = Discrete(2, start=start)
        self.start = start
        self.P = {s: self._outcomes(s, n_places, slip) for s in range(n_places)}

    def _outcomes(self, place, n_places, slip):
        right, last = place + 1, n_places - 1
        if place == last:
            return {action: [(1.0, last, 0.0, True)] for action in range(2)}
        outcomes = {}
        for action, shares in enumerate([(1 - slip, slip), (slip, 1 - slip)]):
            outcomes[action] = [
                (share, there, float(there == last), there == last)
                for share, there in zip(shares, (0, right))
                if share
            ]
        return outcomes

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = 0
        return self.start, {}

    def step(self, action):
        outcomes = self.P[self.place][int(action) - self.start]
        which = self.np_random.choice(len(outcomes), p=[one[0] for one in outcomes])
        _, self.place, reward, terminated = outcomes[which]
        return self.place + self.start, reward, terminated, False, {}


class Script(gymnasium.Env):
    """Gives the same transitions in each episode, whatever the actions are.

    Parameters
    ----------
    steps : list of tuple
        Next state, reward, terminated and truncated.
    states, actions : gymnasium.Space
        The spaces.
    first : object
        The first state.
    """

    def __init__(self, steps, states=None, actions=None, first=0):
        self.steps, self.first = steps, first
        self.observation_space = Discrete(3) if states is None else states
        self.action_space = Discrete(1) if actions is None else actions

    def reset(self, *, seed=None, options=None):
        self.left = iter(self.steps)
        return self.first, {}

    def step(self, action):
        return *next(self.left), {}


class Recorder(gymnasium.Wrapper):
    """Keeps the transitions of each episode."""

    episodes = ()

    def reset(self, **kwargs):
        self.state, info = self.env.reset(**kwargs)
        self.episodes = [*self.episodes, []]
        return self.state, info

    def step(self, action):
        result = self.env.step(action)
        self.episodes[-1].append((self.state, action, *result[:3]))
        self.state = result[0]
        return result


def value_iteration(env, discount):
    """Return the optimal Q(s, a) of an environment with a table ``P``."""
    P = env.unwrapped.P
    values = np.zeros(len(P))
    while True:
        q = np.array([[
            sum(p * (r + discount * (not end) * values[s]) for p, s, r, end in outcomes)
            for outcomes in P[state].values()
        ] for state in sorted(P)])  # fmt: skip
        if np.abs(q.max(axis=1) - values).max() < 1e-12:
            return q
        values = q.max(axis=1)


def play(env, choose, seed=None):
    """Return the rewards of an episode with actions ``choose(state)``."""
    state, _ = env.reset(seed=seed)
    rewards, is_over = [], False
    while not is_over:
        state, reward, terminated, truncated, _ = env.step(choose(state))
        rewards.append(reward)
        is_over = terminated or truncated
    return rewards
