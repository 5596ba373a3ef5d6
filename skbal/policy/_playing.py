"""Plays an environment of gymnasium, and says by name what it answers wrongly."""

import inspect

import numpy as np

_SINCE = "as gymnasium has it (and the older gym had not)"


def start_episode(env, owner, **seeds):
    """Reset an environment.

    Parameters
    ----------
    env : gymnasium.Env
        What the caller was given.
    owner : str
        Name of the caller, for messages.
    **seeds
        Passed to ``reset``: a ``seed``, or nothing.

    Returns
    -------
    observation, info
        What ``reset`` returns.

    Raises
    ------
    TypeError
        If ``reset`` takes no seed or returns something else.
    """
    for part in (env, getattr(env, "unwrapped", env)) if seeds else ():
        if not _takes_seed(part.reset):
            raise TypeError(
                f"reset of the env given to {owner} must take a seed, {_SINCE}: "
                f"reset(*, seed=None, options=None). That of {type(part).__name__} "
                "does not."
            )
    answer = env.reset(**seeds)
    _check_answer(answer, "reset", ("observation", "info"), owner)
    return answer


def play_step(env, action, owner):
    """Do an action in an environment.

    Parameters
    ----------
    env : gymnasium.Env
        What the caller was given.
    action : int
        An action of the environment.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    observation, reward, terminated, truncated, info
        What ``step`` returns.

    Raises
    ------
    TypeError
        If ``step`` returns something else, or the reward is no number.
    ValueError
        If the reward is not finite.
    """
    answer = env.step(action)
    parts = ("observation", "reward", "terminated", "truncated", "info")
    _check_answer(answer, "step", parts, owner)
    _check_reward(answer[1], owner)
    return answer


def _takes_seed(reset):
    try:
        inspect.signature(reset).bind(seed=0)
    except TypeError:
        return False
    except ValueError:  # a function without a signature, written in C
        return True
    return True


def _check_answer(answer, method, parts, owner):
    if isinstance(answer, tuple) and len(answer) == len(parts):
        return
    got = f"{answer!r:.80}"
    if isinstance(answer, tuple):
        got = f"a tuple of {len(answer)}"
    raise TypeError(
        f"{method} of the env given to {owner} must return the tuple "
        f"({', '.join(parts)}), {_SINCE}, got {got}."
    )


def _check_reward(reward, owner):
    array = np.asarray(reward)
    if array.shape or array.dtype.kind not in "biuf":
        raise TypeError(
            f"The env given to {owner} must give a number as the reward of a step, got "
            f"{reward!r:.80}."
        )
    if not np.isfinite(array):
        raise ValueError(
            f"The env given to {owner} must give finite rewards, got {reward}."
        )
