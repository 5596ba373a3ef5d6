"""A strategy against the reference, repeat by repeat."""

from dataclasses import dataclass, field

import numpy as np

from skbal.experiments._intervals import mean_interval


@dataclass(frozen=True)
class PairedDifference:
    """The area of a strategy minus that of the reference, with its interval.

    Parameters
    ----------
    mean : float
        Over the repeats, in the unit of the score; above 0 the strategy is better.
    low, high : float
        The ends of the interval; NaN where the repeats cannot tell how far they
        scatter.
    values : ndarray of shape (n_repeats,)
        One difference a repeat.
    """

    mean: float
    low: float
    high: float
    values: np.ndarray = field(repr=False, compare=False)

    @property
    def n_repeats(self):
        """How many repeats there are."""
        return len(self.values)

    def verdict(self, reference="random"):
        """Return in words what the interval says.

        Parameters
        ----------
        reference : str, default="random"
            Against whom, for the words.

        Returns
        -------
        verdict : str
            "better than random" if the interval lies above 0, "worse than random" if it
            lies below, else "not distinguishable on 5 repeats".
        """
        if np.isnan(self.mean):
            return "not known: a score is nan"
        if self.n_repeats == 1:
            return "not known: 1 repeat tells no scatter"
        if self.low > 0:
            return f"better than {reference}"
        if self.high < 0:
            return f"worse than {reference}"
        return f"not distinguishable on {self.n_repeats} repeats"


def paired_difference(areas, reference, confidence, n_resamples, seed):
    """Return the difference of two strategies that were run in pairs.

    Parameters
    ----------
    areas, reference : ndarray of shape (n_repeats,)
        Of the strategy and of the reference, from the same repeats.
    confidence : float
        In (0, 1).
    n_resamples : int
        Of the bootstrap.
    seed : int
        Of the bootstrap.

    Returns
    -------
    difference : PairedDifference
    """
    values = np.asarray(areas) - np.asarray(reference)
    low, high = mean_interval(values, confidence, n_resamples, seed)
    return PairedDifference(float(values.mean()), low, high, values)
