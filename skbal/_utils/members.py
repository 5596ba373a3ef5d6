"""The members of an ensemble, each of which is one draw."""

import numpy as np

from skbal._utils.random import stream


def number_of_draws(n_draws, members, ensemble):
    """Return ``n_draws``, or the number of members for None.

    Raises
    ------
    ValueError
        If the ensemble has fewer members.
    """
    if n_draws is None:
        return len(members)
    if n_draws > len(members):
        raise ValueError(
            f"n_draws is {n_draws}, but this {type(ensemble).__name__} has "
            f"{len(members)} members, and each gives one draw. Fit more members, or "
            "leave n_draws at None to use all."
        )
    return n_draws


def choose_members(members, n_draws, seed):
    """Return ``n_draws`` of the members in their order, the same for the same seed."""
    if n_draws == len(members):
        return list(members)
    chosen = stream(seed, "members").choice(len(members), n_draws, replace=False)
    return [members[number] for number in np.sort(chosen)]
