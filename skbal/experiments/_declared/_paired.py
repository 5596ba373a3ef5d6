"""Differences between two arms of an experiment, paired by seed."""

import numpy as np


def gap(of, own, other):
    """Return the function that reads a difference between arms, paired by seed.

    Parameters
    ----------
    of : callable
        Takes the result of a unit.
    own, other : str
        The arms. The second is subtracted from the first.

    Returns
    -------
    values : callable
        Takes a `Reproduction` and returns the difference of each seed that was run of
        both arms, shape (n_seeds,).
    """

    def values(found):
        first, second = found.results(own), found.results(other)
        both = [seed for seed in first if seed in second]
        # Infinite less infinite, where neither got there, is NaN.
        with np.errstate(invalid="ignore"):
            pairs = [np.array([of(first[s]), of(second[s])], float) for s in both]
            return np.array([own - other for own, other in pairs])

    return values
