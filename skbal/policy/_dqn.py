"""A deep Q-network: Q-learning for states that are not few."""

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import (
    check_parameters,
    count,
    count_in_memory,
    flag,
    own,
    positive,
    real,
    seed,
)
from skbal._utils.progress import progress_bar
from skbal._utils.random import check_seed, next_seed, stream
from skbal._utils.threads import one_thread
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import check_count
from skbal.policy._acting import reset, step
from skbal.policy._choosing import epsilon_greedy
from skbal.policy._dqn_file import read_policy, write_policy
from skbal.policy._policy import Policy
from skbal.policy._replay import ReplayMemory
from skbal.policy._seen import Seen
from skbal.policy._spaces import check_env, layout_of
from skbal.policy._value_network import new_network

_training = lazy_module("skbal.policy._q_training")


def _check_hidden_units(value, name, owner):
    if not isinstance(value, (list, tuple)) or not len(value):
        raise TypeError(
            f"{name} of {owner} must be a sequence of integers >= 1, got {value!r}."
        )
    for n_units in value:
        check_count(n_units, name, owner)


class DQNPolicy(Policy):
    """Deep Q-network: learns by trial and error which row or strategy comes next.

    A network estimates the sum of discounted rewards after each action, for which
    `QLearner` has a table. It learns from random batches of past steps, and its targets
    are computed by an older copy of itself [1]_. The network
    chooses the next action and its copy values it, because the larger of two noisy
    estimates is too large on average [2]_.

    If an observation has a row for each action, as that of `ActiveLearningEnv` with
    ``actions="candidates"``, all rows go through one network with one output. Then the
    number of candidates may differ when the policy is used.

    Parameters
    ----------
    hidden_units : sequence of int, default=(64, 64)
        Number of units of each hidden layer.
    learning_rate : float, default=0.001
        Learning rate of Adam.
    discount : float, default=0.99
        What a reward one step later is worth, in [0, 1].
    epsilon : float, default=1.0
        Probability of an action at random at first.
    final_epsilon : float, default=0.05
        The same at the end.
    exploration : float, default=0.5
        Share of the steps in which the first probability falls to the last one, by the
        same amount in each step.
    n_steps : int, default=10000
        Number of steps in the environment.
    warm_up : int, default=500
        Number of steps before the first gradient step. Their actions are random, and
        their observations give the mean and the standard deviation by which features
        are standardised.
    batch_size : int, default=64
        Number of steps of the memory in a gradient step.
    memory_size : int, default=50000
        Number of steps that are remembered.
    train_every : int, default=1
        Number of steps in the environment for each gradient step.
    target_update : int, default=250
        Number of gradient steps after which the older copy is renewed.
    double : bool, default=True
        Whether the network chooses the next action that its copy values [2]_. With
        False the copy does both [1]_.
    verbose : bool, default=False
        Whether to show a progress bar over steps.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the network, the choice of actions, the batches and the environment. An
        integer gives the same network at every call on one machine.

    Attributes
    ----------
    chooses : {"rows", "strategies"}
        What the policy chooses.
    strategies : list of callable or None
        Clones of the strategies of the environment.
    network_ : ValueNetwork
        The network. Its arrays are in ``layers``, pairs of weights and biases.
    episode_returns_ : ndarray of shape (n_episodes,)
        Sum of the rewards of each complete episode, not discounted.
    episode_lengths_ : ndarray of shape (n_episodes,)
        Number of steps of each of them.
    losses_ : ndarray of shape (n_gradient_steps,)
        Huber loss of each gradient step.

    See Also
    --------
    QLearner : The same idea with a table.
    ActiveLearningEnv : The environment in which rows are labelled.
    LearnedQuery : Makes a query strategy of a policy.

    Notes
    -----
    ``save`` writes one file of plain data and tensors, and ``load`` reads it, without
    pickle. A policy that was loaded predicts without torch.

    What is learned depends on the seed more than for most models, and what is learned
    on few tables may be wrong on others. Compare it with `skbal.query.Random` and a
    fixed strategy by `skbal.experiments.compare`, on tables that it has not seen.

    References
    ----------
    .. [1] V. Mnih et al. (2015), Human-level control through deep reinforcement
       learning. Nature 518, 529-533, algorithm 1.
    .. [2] H. van Hasselt, A. Guez and D. Silver (2016), Deep reinforcement learning
       with double Q-learning. AAAI, equation 4.

    Examples
    --------
    Two steps to the right, then the episode is over:

    >>> import gymnasium
    >>> from skbal.policy import DQNPolicy
    >>> class Corridor(gymnasium.Env):
    ...     observation_space = gymnasium.spaces.Box(0, 2, (1,))
    ...     action_space = gymnasium.spaces.Discrete(2)
    ...     def reset(self, *, seed=None, options=None):
    ...         self.place = 0
    ...         return [0.0], {}
    ...     def step(self, action):
    ...         self.place = max(self.place + (1 if action == 1 else -1), 0)
    ...         return [self.place], float(self.place == 2), self.place == 2, False, {}
    >>> policy = DQNPolicy(discount=0.5, n_steps=600, warm_up=100, random_state=0)
    >>> policy.fit(Corridor()).predict([[0.0], [1.0]]).tolist()
    [1, 1]
    """

    _uses_torch = True

    _parameter_rules = {
        "hidden_units": own(_check_hidden_units, "a sequence of integers >= 1", [0]),
        "learning_rate": positive(),
        "discount": real(0, 1),
        "epsilon": real(0, 1),
        "final_epsilon": real(0, 1),
        "exploration": real(0, 1),
        "n_steps": count(1),
        "warm_up": count(1),
        "batch_size": count_in_memory(1),
        "memory_size": count_in_memory(1),
        "train_every": count(1),
        "target_update": count(1),
        "double": flag(),
        "verbose": flag(),
        "random_state": seed(),
    }

    def __init__(
        self,
        hidden_units=(64, 64),
        *,
        learning_rate=0.001,
        discount=0.99,
        epsilon=1.0,
        final_epsilon=0.05,
        exploration=0.5,
        n_steps=10000,
        warm_up=500,
        batch_size=64,
        memory_size=50000,
        train_every=1,
        target_update=250,
        double=True,
        verbose=False,
        random_state=None,
    ):
        self.hidden_units = hidden_units
        self.learning_rate = learning_rate
        self.discount = discount
        self.epsilon = epsilon
        self.final_epsilon = final_epsilon
        self.exploration = exploration
        self.n_steps = n_steps
        self.warm_up = warm_up
        self.batch_size = batch_size
        self.memory_size = memory_size
        self.train_every = train_every
        self.target_update = target_update
        self.double = double
        self.verbose = verbose
        self.random_state = random_state

    @property
    def chooses(self):
        """What the policy chooses, "rows" or "strategies"."""
        network = getattr(self, "network_", None)
        return "rows" if network is None or network.per_row else "strategies"

    @property
    def strategies(self):
        """The strategies that it was trained with, or None."""
        return getattr(self, "_strategies", None)

    def fit(self, env, y=None):
        """Learn by acting in an environment.

        Parameters
        ----------
        env : gymnasium.Env
            An environment with ``Discrete`` actions. Its observations are a ``Box`` of
            shape (n_features,), or of shape (n_actions, n_features) with a row for each
            action. It is seeded at the first ``reset``.
        y : None
            Ignored.

        Returns
        -------
        self : DQNPolicy
            The fitted object.

        Raises
        ------
        TypeError
            If ``env`` is no such environment, what it returns is not as in gymnasium,
            or a parameter is of the wrong kind.
        ValueError
            If a parameter has a wrong value, the environment gives a reward or an
            observation that is not finite or has another shape, or the loss does not
            stay finite.
        ImportError
            If torch is not installed.
        """
        check_parameters(self)
        owner = type(self).__name__
        if self.warm_up >= self.n_steps:
            raise ValueError(
                f"warm_up of {owner} must be less than n_steps, {self.n_steps}, got "
                f"{self.warm_up}: nothing would be learned."
            )
        check_env(env, owner)
        n_actions, n_features, per_row = layout_of(env, owner)
        rng = stream(check_seed(self.random_state, owner), "deep q-network")
        shape = (n_actions, n_features) if per_row else (n_features,)
        n_outputs = 1 if per_row else n_actions
        with one_thread(self), all_or_nothing(self):
            network = new_network(
                n_features, self.hidden_units, n_outputs, per_row, rng
            )
            self.network_, self._first_action = network, int(env.action_space.start)
            self._strategies = _strategies_of(env)
            self._seen = Seen()
            memory = ReplayMemory(min(self.memory_size, self.n_steps), shape)
            self._learn(env, memory, rng)
        return self

    def predict(self, observations):
        """Return the best action for some observations.

        Parameters
        ----------
        observations : array-like of shape (n, n_features) or (n, n_actions, n_features)
            As the environment gives them.

        Returns
        -------
        actions : ndarray of shape (n,), dtype=intp
            Actions as the environment takes them, the first of equally good ones.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If the observations have another shape.
        """
        return self.q_values(observations).argmax(axis=1) + self._first_action

    def q_values(self, observations):
        """Return the estimated value of each action.

        Parameters
        ----------
        observations : array-like of shape (n, n_features) or (n, n_actions, n_features)
            As the environment gives them.

        Returns
        -------
        values : ndarray of shape (n, n_actions), dtype=float32
            The estimated sum of discounted rewards.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If the observations have another shape.
        """
        check_is_fitted(self)
        observations = np.asarray(observations, dtype=np.float32)
        per_row, n = self.network_.per_row, self.network_.n_features
        wanted = f"(n, n_actions, {n})" if per_row else f"(n, {n})"
        if observations.ndim != 2 + per_row or observations.shape[-1] != n:
            raise ValueError(
                f"observations given to {type(self).__name__} must have the shape "
                f"{wanted}, got {observations.shape}."
            )
        return self.network_.values(observations)

    def score_candidates(self, features, state):
        check_is_fitted(self)
        if self.chooses != "rows":
            return super().score_candidates(features, state)
        states = np.tile(state, (len(features), 1))
        self._check_sees(states.shape[1] + np.shape(features)[1])
        values = self.q_values(np.hstack([states, features])[np.newaxis])
        return values[0].astype(np.float64)

    def choose_strategy(self, state):
        check_is_fitted(self)
        if self.chooses != "strategies":
            return super().choose_strategy(state)
        self._check_sees(len(state))
        return int(self.q_values(np.asarray(state)[np.newaxis])[0].argmax())

    def outside(self, n_classes, n_labels, n_pool):
        check_is_fitted(self)
        return self._seen.outside(n_classes, n_labels)

    def save(self, path):
        """Write the policy to a file, without pickle.

        Parameters
        ----------
        path : str or os.PathLike
            An existing file is replaced. The file appears whole or not at all.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        TypeError
            If a parameter or a strategy has no plain form, such as a function.
        """
        check_is_fitted(self)
        write_policy(self, path)

    @classmethod
    def load(cls, path):
        """Read a policy from a file.

        Parameters
        ----------
        path : str or os.PathLike
            A file that `save` wrote.

        Returns
        -------
        policy : DQNPolicy

        Raises
        ------
        ValueError
            If it is no such file, or is damaged.
        OSError
            If it cannot be read.
        """
        return read_policy(cls, path)

    def _check_sees(self, n_features):
        """Raise a ValueError unless it was trained on so many features."""
        if n_features != self.network_.n_features:
            raise ValueError(
                f"{type(self).__name__} was trained in an environment with "
                f"{self.network_.n_features} features, and is given {n_features}. To "
                "choose rows or strategies, fit it in an ActiveLearningEnv."
            )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "episode_returns_")

    def _learn(self, env, memory, rng):
        network, owner = self.network_, type(self).__name__
        trainer = _training.Trainer(
            network, self.learning_rate, self.discount, self.double
        )
        losses, episodes, is_over, seeds = [], [], True, {"seed": next_seed(rng)}
        shape = memory.shape
        all_steps = range(self.n_steps)
        with progress_bar(all_steps, show=self.verbose, unit="steps") as bar:
            for number in bar:
                if is_over:
                    observation, info = reset(env, owner, **seeds)
                    observation, seeds = _checked(observation, shape, owner), {}
                    self._seen.look(info)
                    episodes.append([])
                values = network.values(observation[np.newaxis])[0]
                action = epsilon_greedy(values, self._epsilon(number), rng)
                following, reward, terminated, truncated, info = step(
                    env, action + self._first_action, owner
                )
                following = _checked(following, shape, owner)
                _check_size(reward, owner)
                self._seen.look(info)
                episodes[-1].append(reward)
                memory.add(observation, action, reward, following, terminated)
                observation, is_over = following, terminated or truncated
                losses += self._train(trainer, memory, number, len(losses), rng)
        self.losses_ = np.array(losses)
        complete = episodes if is_over else episodes[:-1]
        self.episode_returns_ = np.array([sum(rewards) for rewards in complete])
        self.episode_lengths_ = np.array([len(rewards) for rewards in complete])

    def _epsilon(self, step):
        """Return the probability of a random action in a step."""
        if step < self.warm_up:
            return 1.0
        n_steps = self.exploration * self.n_steps
        share = min(step / n_steps, 1.0) if n_steps else 1.0
        return self.epsilon + share * (self.final_epsilon - self.epsilon)

    def _train(self, trainer, memory, step, n_before, rng):
        """Make the gradient step that is due, and return a list of its loss."""
        if step + 1 == self.warm_up:
            _standardise(self.network_, memory.steps().observations)
            trainer.copy_to_target()
        if step < self.warm_up or step % self.train_every:
            return []
        loss = trainer.step(memory.sample(self.batch_size, rng))
        if not np.isfinite(loss):
            raise ValueError(
                f"The loss of {type(self).__name__} became {loss} in step {step}. "
                "Lower learning_rate, or rescale the rewards of the env."
            )
        if (n_before + 1) % self.target_update == 0:
            trainer.copy_to_target()
        return [loss]


def _checked(observation, shape, owner):
    must = f"The env given to {owner} must give finite observations of shape {shape}"
    try:
        # A copy, since an environment may change its array in the next step.
        array = np.array(observation, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{must}, got {observation!r:.80}: {error}") from error
    if array.shape != shape:
        raise ValueError(f"{must}, got one of shape {array.shape}.")
    if not np.isfinite(array).all():
        raise ValueError(f"{must}, got {array.tolist()!r:.80}.")
    return array


def _check_size(reward, owner):
    largest = float(np.finfo(np.float32).max)
    if abs(reward) > largest:
        raise ValueError(
            f"The env given to {owner} must give rewards within {-largest:.3g} and "
            f"{largest:.3g}, got {reward}."
        )


def _standardise(network, observations):
    """Let the network see features of mean 0 and deviation 1; constants stay 0."""
    rows = observations.reshape(-1, network.n_features).astype(np.float64)
    deviation = rows.std(axis=0)
    network.offset = rows.mean(axis=0).astype(np.float32)
    network.scale = np.where(deviation > 1e-6, deviation, 1).astype(np.float32)


def _strategies_of(env):
    strategies = getattr(getattr(env, "unwrapped", env), "strategies", None)
    if strategies is None:
        return None
    return [clone(strategy, safe=False) for strategy in strategies]
