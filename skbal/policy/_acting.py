"""One step in an environment, whose results are checked."""

from numbers import Real

import numpy as np


def reset(env, owner, **seeds):
    """Start an episode.

    Parameters
    ----------
    env : gymnasium.Env
        The environment.
    owner : str
        Name of the caller, for messages.
    **seeds
        ``seed``, or nothing.

    Returns
    -------
    observation : object
        As the environment gives it.
    info : dict

    Raises
    ------
    TypeError
        If the environment returns something else.
    """
    found = env.reset(**seeds)
    if not _is_like(found, 2):
        raise TypeError(
            f"reset of the env given to {owner} must return an observation and a dict, "
            f"as in gymnasium, got {found!r:.80}."
        )
    return found


def step(env, action, owner):
    """Make a step.

    Parameters
    ----------
    env : gymnasium.Env
        The environment.
    action : int
        As the environment takes it.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    observation : object
        As the environment gives it.
    reward : float
        Finite.
    terminated, truncated : bool
    info : dict

    Raises
    ------
    TypeError
        If the environment returns something else.
    ValueError
        If the reward is not finite.
    """
    found = env.step(action)
    if not _is_like(found, 5):
        raise TypeError(
            f"step of the env given to {owner} must return an observation, a reward, "
            f"terminated, truncated and a dict, as in gymnasium, got {found!r:.80}."
        )
    observation, reward, terminated, truncated, info = found
    for name, value in (("terminated", terminated), ("truncated", truncated)):
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(
                f"{name} in the step of the env given to {owner} must be a bool, got "
                f"{value!r:.80}."
            )
    reward = _checked_reward(reward, owner)
    return observation, reward, bool(terminated), bool(truncated), info


def _is_like(found, n_parts):
    """Return whether these are so many parts, of which the last is ``info``."""
    is_sequence = isinstance(found, (tuple, list)) and len(found) == n_parts
    return is_sequence and isinstance(found[-1], dict)


def _checked_reward(reward, owner):
    if isinstance(reward, np.ndarray) and reward.ndim == 0:
        reward = reward[()]
    must = f"The env given to {owner} must give"
    if not isinstance(reward, (Real, np.bool_)):
        raise TypeError(f"{must} numbers as rewards, got {reward!r:.80}.")
    if not np.isfinite(reward):
        raise ValueError(f"{must} finite rewards, got {reward}.")
    return float(reward)
