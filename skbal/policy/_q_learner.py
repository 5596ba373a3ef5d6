"""Q-learning with a table, for environments with few states and actions."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, flag, real, seed
from skbal._utils.progress import progress_bar
from skbal._utils.random import check_seed, next_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal.policy._acting import reset, step
from skbal.policy._choosing import epsilon_greedy
from skbal.policy._spaces import check_env, numbered_states

_MOST_VALUES = 10**8  # of a table, which then takes 0.8 GB


class QLearner(KnowsItsParameters, BaseEstimator):
    """Q-learning: learns from trial and error how good each action is in each state.

    A table has a row for each state s and a column for each action a. Its entry Q(s, a)
    estimates the sum of discounted rewards if a is done in s, and the best action ever
    after. After each step, which gave the reward r and led to the state s', one entry
    moves towards what was found [1]_:

    .. code-block:: text

        Q(s, a)  <-  (1 - alpha) Q(s, a)  +  alpha (r + gamma max_a' Q(s', a'))

    where alpha is ``learning_rate`` and gamma is ``discount``. In a terminal state
    there is no future, so the term with gamma is 0.

    Parameters
    ----------
    learning_rate : float, default=0.1
        The share alpha by which an entry moves, in [0, 1]. In an environment without
        chance, 1 is fastest. Where rewards or next states are random, small values
        average over them.
    discount : float, default=0.99
        What a reward one step later is worth, gamma, in [0, 1].
    epsilon : float, default=0.1
        Probability of an action at random, in [0, 1]. Otherwise the action is the best
        one of the table, and a random one of the best if there are several.
    n_episodes : int, default=1000
        Number of episodes to learn from.
    max_steps : int, optional
        An episode is cut off after this number of steps. ``None`` leaves the end to the
        environment.
    final_learning_rate : float, optional
        The learning rate of the last episode. It changes by the same amount from each
        episode to the next. ``None`` keeps it as it is.
    final_epsilon : float, optional
        The same for ``epsilon``.
    initial_value : float, default=0.0
        What all entries of the table are at first. A value above all that can be
        reached makes the learner try each action.
    verbose : bool, default=False
        Whether to show a progress bar over episodes.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of actions and the environment. An integer gives the same table
        at every call.

    Attributes
    ----------
    q_table_ : ndarray of shape (n_states, n_actions)
        The estimates Q(s, a). States and actions are in the order of their numbers. For
        states of several parts it is that of `numpy.ravel_multi_index`.
    n_visits_ : ndarray of shape (n_states, n_actions)
        How often each action was done in each state.
    episode_returns_ : ndarray of shape (n_episodes,)
        Sum of the rewards of each episode, not discounted.
    episode_lengths_ : ndarray of shape (n_episodes,)
        Number of steps of each episode.
    n_states_, n_actions_ : int
        Size of the table.

    See Also
    --------
    DQNPolicy : Learns a network instead of a table, for states that are not few.
    ActiveLearningEnv : An environment in which an episode is a run of active learning.

    Notes
    -----
    The table converges to the optimum if each action is done in each state again and
    again and the learning rate goes to 0 slowly enough [1]_. ``n_visits_`` shows where
    there was little to learn from.

    An episode that is *truncated*, say by a limit of time, is not over: its last entry
    still looks at the next state. Only a *terminated* one has no future.

    References
    ----------
    .. [1] C. J. C. H. Watkins and P. Dayan (1992), Q-learning. Machine Learning 8,
       279-292, equation 1 and the theorem.

    Examples
    --------
    A frozen lake of 4 x 4 fields: the way from the upper left to the lower right has 6
    steps, and there are holes.

    >>> import gymnasium
    >>> from skbal.policy import QLearner
    >>> lake = gymnasium.make("FrozenLake-v1", is_slippery=False)
    >>> learner = QLearner(
    ...     learning_rate=0.8, discount=0.9, epsilon=0.5, n_episodes=500, random_state=0
    ... ).fit(lake)
    >>> learner.q_table_.shape
    (16, 4)
    >>> state, _ = lake.reset()
    >>> n_steps, is_over = 0, False
    >>> while not is_over:
    ...     action = learner.predict([state])[0]
    ...     state, reward, is_over, _, _ = lake.step(action)
    ...     n_steps += 1
    >>> n_steps, float(reward)
    (6, 1.0)

    The reward comes after 6 steps, so at the start it is worth 0.9 to the power of 5:

    >>> print(f"{learner.q_table_[0].max():.4f} {0.9**5:.4f}")
    0.5905 0.5905
    """

    _parameter_rules = {
        "learning_rate": real(0, 1),
        "discount": real(0, 1),
        "epsilon": real(0, 1),
        "n_episodes": count(1),
        "max_steps": count(1, none=True),
        "final_learning_rate": real(0, 1, none=True),
        "final_epsilon": real(0, 1, none=True),
        "initial_value": real(),
        "verbose": flag(),
        "random_state": seed(),
    }

    def __init__(
        self,
        learning_rate=0.1,
        discount=0.99,
        epsilon=0.1,
        *,
        n_episodes=1000,
        max_steps=None,
        final_learning_rate=None,
        final_epsilon=None,
        initial_value=0.0,
        verbose=False,
        random_state=None,
    ):
        self.learning_rate = learning_rate
        self.discount = discount
        self.epsilon = epsilon
        self.n_episodes = n_episodes
        self.max_steps = max_steps
        self.final_learning_rate = final_learning_rate
        self.final_epsilon = final_epsilon
        self.initial_value = initial_value
        self.verbose = verbose
        self.random_state = random_state

    def fit(self, env, y=None):
        """Learn the table by playing episodes.

        Parameters
        ----------
        env : gymnasium.Env
            An environment with ``Discrete`` actions. Its observations are ``Discrete``,
            a ``MultiDiscrete`` of one axis, or a ``Tuple`` of ``Discrete``. It is
            seeded at the first ``reset``.
        y : None
            Ignored.

        Returns
        -------
        self : QLearner
            The fitted object.

        Raises
        ------
        TypeError
            If ``env`` is no such environment, what it returns is not as in gymnasium,
            or a parameter is of the wrong kind.
        ValueError
            If a parameter has a wrong value, the table would have more than 100 million
            entries, the environment gives a state that is none of its own or a reward
            that is not finite, or values grow beyond what a float can hold.
        """
        check_parameters(self)
        owner = type(self).__name__
        check_env(env, owner)
        states = numbered_states(env, owner)
        n_actions = int(env.action_space.n)
        _check_size(states.n, n_actions, owner)
        rng = stream(check_seed(self.random_state, owner), "q-learning")
        with all_or_nothing(self):
            self.n_states_, self.n_actions_ = states.n, n_actions
            self._states, self._first_action = states, int(env.action_space.start)
            self.q_table_ = np.full((states.n, n_actions), float(self.initial_value))
            self.n_visits_ = np.zeros((states.n, n_actions), dtype=np.int64)
            self._play_all(env, rng)
        return self

    def predict(self, states):
        """Return the best action in some states.

        Parameters
        ----------
        states : array-like of shape (n,) or (n, n_parts)
            States as the environment gives them, one number or several for each.

        Returns
        -------
        actions : ndarray of shape (n,), dtype=intp
            Actions as the environment takes them, the first of equally good ones.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        TypeError, ValueError
            If ``states`` are not states of the environment.
        """
        check_is_fitted(self)
        rows = self._states.numbers(states)
        return self.q_table_[rows].argmax(axis=1) + self._first_action

    def __sklearn_is_fitted__(self):
        return hasattr(self, "episode_returns_")

    def _play_all(self, env, rng):
        rates = _plan(self.learning_rate, self.final_learning_rate, self.n_episodes)
        epsilons = _plan(self.epsilon, self.final_epsilon, self.n_episodes)
        returns, lengths = [], []
        # Only the first reset is given a seed: later ones go on in the same stream.
        seeds = {"seed": next_seed(rng)}
        episodes = range(self.n_episodes)
        with progress_bar(episodes, show=self.verbose, unit="episodes") as bar:
            for episode in bar:
                observation, _ = reset(env, type(self).__name__, **seeds)
                seeds = {}
                how = rates[episode], epsilons[episode], rng
                total, length = self._play(env, observation, *how)
                returns.append(total)
                lengths.append(length)
        self.episode_returns_ = np.array(returns, dtype=float)
        self.episode_lengths_ = np.array(lengths)

    def _play(self, env, observation, learning_rate, epsilon, rng):
        """Play one episode, learn from each step, return its reward and length."""
        q = self.q_table_
        state = self._states.number(observation)
        total, length, is_over = 0.0, 0, False
        while not is_over:
            action = epsilon_greedy(q[state], epsilon, rng)
            observation, reward, terminated, truncated, _ = step(
                env, action + self._first_action, type(self).__name__
            )
            next_state = self._states.number(observation)

            # The rule of Q-learning. A terminal state has no future.
            future = 0.0 if terminated else q[next_state].max()
            q[state, action] = (1 - learning_rate) * q[state, action] + (
                learning_rate * (reward + self.discount * future)
            )

            if not np.isfinite(q[state, action]):
                raise ValueError(
                    f"A value of {type(self).__name__} grew beyond what a float can "
                    "hold. Rescale the rewards of the env, or lower discount."
                )
            self.n_visits_[state, action] += 1
            total, length, state = total + reward, length + 1, next_state
            is_over = terminated or truncated or length == self.max_steps
        return total, length


def _plan(first, last, n_episodes):
    """Return a number for each episode, (n_episodes,), on a line from first to last."""
    return np.linspace(first, first if last is None else last, n_episodes)


def _check_size(n_states, n_actions, owner):
    if n_states * n_actions > _MOST_VALUES:
        raise ValueError(
            f"The table of {owner} can have {_MOST_VALUES} entries, but the env has "
            f"{n_states} states and {n_actions} actions. Use DQNPolicy."
        )
