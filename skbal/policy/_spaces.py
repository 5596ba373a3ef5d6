"""States and actions of an environment as numbers 0, 1, 2, ...

Spaces are known by what they have, as those of gymnasium do. So gymnasium itself is not
imported here.
"""

import inspect
import math
from numbers import Integral
from operator import index

import numpy as np

from skbal._utils.pickled_version import KnowsItsVersion


class NumberedStates(KnowsItsVersion):
    """Numbers the observations of a discrete space.

    Parameters
    ----------
    sizes : tuple of int
        How many values each part of an observation can take.
    starts : tuple of int
        The smallest value of each part.
    is_single : bool
        Whether an observation is one number, and not a sequence of numbers.
    owner : str
        Name of the caller, for messages.

    Examples
    --------
    An observation of two parts, with 3 and 4 values:

    >>> states = NumberedStates((3, 4), (0, 0), False, "QLearner")
    >>> states.n, states.number((1, 2))
    (12, 6)
    """

    def __init__(self, sizes, starts, is_single, owner):
        self.sizes = sizes
        self.starts = starts
        self.is_single = is_single
        self.owner = owner

    @property
    def n(self):
        """Number of states."""
        return math.prod(self.sizes)

    def number(self, observation):
        """Return the number of a state, as an int.

        Parameters
        ----------
        observation : int or sequence of int
            As the environment gives it.

        Returns
        -------
        number : int
            In the order of `numpy.ravel_multi_index`.

        Raises
        ------
        TypeError
            If it is no integer, or no sequence of integers.
        ValueError
            If there is no such state.
        """
        parts, number = self._parts(observation), 0
        for part, start, size in zip(parts, self.starts, self.sizes, strict=True):
            place = part - start
            if not 0 <= place < size:
                raise ValueError(
                    f"A state given to {self.owner} must be one of the environment's "
                    f"{self.n}, got {observation!r}."
                )
            number = number * size + place
        return number

    def _parts(self, observation):
        """Return the parts of a state as integers."""
        n_parts = len(self.sizes)
        try:
            parts = (observation,) if self.is_single else tuple(observation)
            parts = [index(part) for part in parts]
        except TypeError:
            parts = None
        if parts is None or len(parts) != n_parts:
            what = "an integer" if self.is_single else f"{n_parts} integers"
            raise TypeError(
                f"A state given to {self.owner} must be {what}, got "
                f"{observation!r:.80}."
            )
        return parts

    def numbers(self, observations):
        """Return the numbers of several states.

        Parameters
        ----------
        observations : array-like of shape (n,) or (n, n_parts)
            States as the environment gives them.

        Returns
        -------
        numbers : ndarray of shape (n,), dtype=intp

        Raises
        ------
        TypeError
            If they are no integers.
        ValueError
            If they have another shape, or there is no such state.
        """
        array = np.asarray(observations)
        wanted = "(n,)" if self.is_single else f"(n, {len(self.sizes)})"
        fits = array.ndim == 1 if self.is_single else (
            array.ndim == 2 and array.shape[1] == len(self.sizes)
        )  # fmt: skip
        if not fits:
            raise ValueError(
                f"states given to {self.owner} must have the shape {wanted}, got "
                f"{array.shape}."
            )
        if array.dtype.kind not in "iu" and array.size:
            raise TypeError(
                f"states given to {self.owner} must be integers, got {array.dtype}."
            )
        return np.array([self.number(state) for state in array.tolist()], dtype=np.intp)


def numbered_states(env, owner):
    """Return what numbers the states of an environment.

    Parameters
    ----------
    env : gymnasium.Env
        Its observation space must be ``Discrete``, a ``MultiDiscrete`` of one axis, or
        a ``Tuple`` of ``Discrete`` spaces.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    states : NumberedStates

    Raises
    ------
    TypeError
        If the space is another one.
    """
    space = env.observation_space
    if is_discrete(space):
        return NumberedStates((int(space.n),), (int(space.start),), True, owner)
    sizes = np.asarray(getattr(space, "nvec", ()))
    if sizes.ndim == 1 and len(sizes):
        starts = getattr(space, "start", np.zeros_like(sizes))
        return NumberedStates(
            tuple(sizes.tolist()), tuple(starts.tolist()), False, owner
        )
    parts = getattr(space, "spaces", ())
    if isinstance(parts, tuple) and parts and all(map(is_discrete, parts)):
        sizes = tuple(int(part.n) for part in parts)
        starts = tuple(int(part.start) for part in parts)
        return NumberedStates(sizes, starts, False, owner)
    raise TypeError(
        f"observation_space of the env given to {owner} must be Discrete, a "
        "MultiDiscrete of one axis or a Tuple of Discrete spaces, since a table has a "
        f"row for each state, got {space}."
    )


def layout_of(env, owner):
    """Return what the observations of an environment with numbers look like.

    Parameters
    ----------
    env : gymnasium.Env
        With ``Discrete`` actions.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    n_actions, n_features : int
        Number of actions, and of features of an observation or of each of its rows.
    per_row : bool
        Whether an observation has a row for each action.

    Raises
    ------
    TypeError
        If the observations are no ``Box`` of shape (n_features,) or (n_actions,
        n_features).
    """
    space, n_actions = env.observation_space, int(env.action_space.n)
    is_box = hasattr(space, "low") and hasattr(space, "high")
    shape = tuple(space.shape) if is_box else ()
    if len(shape) == 1 or (len(shape) == 2 and shape[0] == n_actions):
        return n_actions, shape[-1], len(shape) == 2
    raise TypeError(
        f"observation_space of the env given to {owner} must be a Box of shape "
        f"(n_features,) or (n_actions, n_features) with n_actions = {n_actions}, got "
        f"{space}. gymnasium.wrappers.FlattenObservation gives other spaces one axis."
    )


def is_discrete(space):
    """Return whether a space is the numbers from ``start`` to ``start + n - 1``."""
    n = getattr(space, "n", None)
    return isinstance(n, Integral) and hasattr(space, "start") and space.shape == ()


def check_env(env, owner):
    """Raise a TypeError unless this is one environment with discrete actions.

    Parameters
    ----------
    env : object
        What the caller was given.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    TypeError
        If it is a class, several environments at once, or no environment, its actions
        are not ``Discrete``, or its ``reset`` takes no seed.
    """
    needed = ("reset", "step", "observation_space", "action_space")
    missing = [name for name in needed if not hasattr(env, name)]
    if isinstance(env, type) or missing:
        raise TypeError(
            f"env given to {owner} must be an environment as in gymnasium, with "
            f"{', '.join(needed)}, got {_what_came(env, missing)}"
        )
    if hasattr(env, "num_envs"):
        raise TypeError(
            f"env given to {owner} must be a single environment, got {env.num_envs} in "
            f"a {type(env).__name__}."
        )
    if not is_discrete(env.action_space):
        raise TypeError(
            f"action_space of the env given to {owner} must be Discrete, got "
            f"{env.action_space}."
        )
    for part in (env, getattr(env, "unwrapped", env)):
        if not _takes_seed(part.reset):
            raise TypeError(
                f"reset of the env given to {owner} must take a seed, as in gymnasium: "
                f"reset(*, seed=None, options=None). That of {type(part).__name__} "
                "does not."
            )


def _what_came(env, missing):
    """Return the end of a message about what is no environment."""
    if isinstance(env, type):
        return f"the class {env.__name__}. {env.__name__}() would be an object of it."
    if isinstance(env, str):
        return f"{env!r}. gymnasium.make({env!r}) makes the environment of this name."
    if len(missing) < 4:
        return f"an object of {type(env).__name__} without {' and '.join(missing)}."
    return f"{env!r:.80}."


def _takes_seed(reset):
    try:
        inspect.signature(reset).bind(seed=0)
    except TypeError:
        return False
    except ValueError:  # a function without a signature, written in C
        return True
    return True
