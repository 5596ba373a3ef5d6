"""What statements read from units: differences and ratios, paired by seed."""

import numpy as np

from skbal.experiments._catalogue._uncertainty2025._measures import score_of


def change(gap_there, gap_here):
    """Return the function that reads how a difference between arms differs.

    Parameters
    ----------
    gap_there, gap_here : callable
        As `gap` returns them. The second is subtracted from the first.

    Returns
    -------
    values : callable
        Takes a `Reproduction`. Empty if one of them has other seeds.
    """

    def values(found):
        there, here = gap_there(found), gap_here(found)
        return there - here if len(there) == len(here) else np.empty(0)

    return values


def measured(measure, arm):
    """Return the function that reads a measure of an arm.

    Parameters
    ----------
    measure, arm : str
        Their names.

    Returns
    -------
    values : callable
        Takes a `Reproduction`.
    """
    return lambda found: found.values(measure, arm)


def largest_fall(result):
    """Return by how many points the accuracy fell below its best so far.

    Parameters
    ----------
    result : dict
        With the ``score`` of each step.

    Returns
    -------
    fall : float

    Examples
    --------
    >>> round(largest_fall({"score": [0.5, 0.8, 0.7, 0.9]}), 9)
    10.0
    """
    scores = 100 * np.array(result["score"])
    return float((np.maximum.accumulate(scores) - scores).max())


def ratio_within(name, other, arm, step):
    """Return the function that reads a ratio of two numbers of the same unit.

    Parameters
    ----------
    name, other : str
        Names of lists in the result of a unit.
    arm : str
        The arm.
    step : int
        The number of queries.

    Returns
    -------
    values : callable
        Takes a `Reproduction`.
    """
    own, base = score_of(name, step), score_of(other, step)
    return lambda found: np.array(
        [own(result) / base(result) for result in found.results(arm).values()]
    )


def gap_of_two(name, own, other_name, other):
    """Return the function of a step that reads a difference of two numbers.

    Parameters
    ----------
    name, other_name : str
        Names of lists in the results of units.
    own, other : str
        The arms. The second number is subtracted from the first.

    Returns
    -------
    at : callable
        Takes the number of queries, and returns a function of a `Reproduction`.
    """

    def at(step):
        def values(found):
            first, second = found.results(own), found.results(other)
            of, of_other = score_of(name, step), score_of(other_name, step)
            both = [seed for seed in first if seed in second]
            return np.array([of(first[s]) - of_other(second[s]) for s in both])

        return values

    return at
