"""Differences between a strategy and the reference, repeat by repeat."""

from dataclasses import dataclass, field

import numpy as np

from skbal.experiments._intervals import mean_interval


@dataclass(frozen=True)
class PairedDifference:
    """The area of a strategy minus that of the reference, with an interval.

    Parameters
    ----------
    mean : float
        Mean over the repeats, in the unit of the score. Positive if the strategy is
        better.
    low, high : float
        Ends of the interval. NaN if the repeats do not show how much they vary.
    values : ndarray of shape (n_repeats,)
        The difference of each repeat.
    """

    mean: float
    low: float
    high: float
    values: np.ndarray = field(repr=False, compare=False)

    @property
    def n_repeats(self):
        """Number of repeats."""
        return len(self.values)

    def verdict(self, reference="random"):
        """Return what the interval tells in words.

        Parameters
        ----------
        reference : str, default="random"
            Name of the reference in the sentence.

        Returns
        -------
        verdict : str
            "better than random" if the interval lies above 0, "worse than random" if it
            lies below 0, and otherwise "not distinguishable on 5 repeats".
        """
        if not np.isfinite(self.mean):
            return "not known: a score is nan or infinite"
        if self.n_repeats == 1:
            return "not known: 1 repeat tells no scatter"
        if self.low > 0:
            return f"better than {reference}"
        if self.high < 0:
            return f"worse than {reference}"
        return f"not distinguishable on {self.n_repeats} repeats"


def paired_difference(areas, reference, confidence, n_resamples, seed):
    """Return the difference between two strategies that were run in pairs.

    Parameters
    ----------
    areas, reference : ndarray of shape (n_repeats,)
        Areas of the strategy and of the reference in the same repeats.
    confidence : float
        Confidence level, in (0, 1).
    n_resamples : int
        Number of bootstrap samples.
    seed : int
        Seeds the bootstrap.

    Returns
    -------
    difference : PairedDifference
    """
    with np.errstate(invalid="ignore"):  # two infinite scores have no difference
        values = np.asarray(areas) - np.asarray(reference)
        mean = float(values.mean())
    low, high = mean_interval(values, confidence, n_resamples, seed)
    return PairedDifference(mean, low, high, values)
