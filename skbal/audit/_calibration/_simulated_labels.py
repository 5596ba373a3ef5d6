"""An exact test of whether probabilities can be believed, by simulated labels."""

from typing import NamedTuple

import numpy as np

from skbal._utils.random import stream
from skbal.audit._calibration._bins import bin_of


class LabelTest(NamedTuple):
    """The p values of the test and of its three parts."""

    p_value: float
    mean: float  # are the likeliest classes right as often as said, over all rows?
    confidence: float  # the same, bin by bin
    classes: float  # is each class as frequent as said, bin by bin?
    expected: float  # the calibration error that chance alone makes


def label_test(codes, probabilities, n_bins, strategy, n_simulations, seed):
    """Return how often labels drawn from the probabilities look as wrong as the real.

    If the probabilities are right, then labels drawn from them are as good as the real
    labels (Bröcker and Smith [1]_). So the rank of the real ones among many drawn ones
    is uniform, and the p value exact for any number of rows, bins and classes. The
    ranks of the three parts are combined by the smallest of them, whose own rank is
    uniform, too (Westfall and Young [2]_).

    Parameters
    ----------
    codes : ndarray of shape (n_samples,)
        Column of the true class.
    probabilities : ndarray of shape (n_samples, n_classes)
        What the model said.
    n_bins : int
        Number of bins.
    strategy : {"uniform", "quantile"}
        See `bin_of`.
    n_simulations : int
        Number of sets of labels that are drawn.
    seed : int
        Seeds them.

    Returns
    -------
    test : LabelTest

    References
    ----------
    .. [1] J. Bröcker and L. A. Smith (2007), Increasing the reliability of reliability
       diagrams, Weather and Forecasting 22.
    .. [2] P. H. Westfall and S. S. Young (1993), Resampling-based multiple testing,
       Wiley.
    """
    parts = _Parts(probabilities, n_bins, strategy)
    rng = stream(seed, "labels")
    sums = np.cumsum(probabilities, axis=1)
    drawn = (_drawn(sums, rng) for _ in range(n_simulations))
    # The real labels come first: (1 + n_simulations, 3).
    found = np.array([parts.of(codes), *(parts.of(labels) for labels in drawn)])
    p_values = np.stack([_ranks(-column) for column in found.T], axis=1)
    smallest = p_values.min(axis=1)
    return LabelTest(
        float((smallest <= smallest[0]).mean()),
        *p_values[0].tolist(),
        float(found[1:, 1].mean()),
    )


class _Parts:
    """Three numbers that are large where labels contradict the probabilities."""

    def __init__(self, probabilities, n_bins, strategy):
        n_rows, n_classes = probabilities.shape
        self.n_classes, self.n_rows, self.n_bins = n_classes, n_rows, n_bins
        self.best = probabilities.argmax(axis=1)
        confidence = probabilities.max(axis=1)
        self.confidence = confidence.mean()
        self.bins = bin_of(confidence, n_bins, strategy)
        self.said = np.bincount(self.bins, confidence, n_bins)
        # A bin of each class has a number of its own: (n_samples, n_classes).
        of_classes = [bin_of(p, n_bins, strategy) for p in probabilities.T]
        self.cells = np.stack(of_classes, axis=1) + n_bins * np.arange(n_classes)
        self.said_of_classes = np.bincount(
            self.cells.ravel(), probabilities.ravel(), n_bins * n_classes
        )

    def of(self, codes):
        right = codes == self.best
        hits = np.bincount(self.bins, right, self.n_bins)
        cells = np.take_along_axis(self.cells, codes[:, np.newaxis], axis=1)[:, 0]
        counts = np.bincount(cells, minlength=len(self.said_of_classes))
        numbers = (
            abs(self.confidence - right.mean()),
            np.abs(self.said - hits).sum() / self.n_rows,
            np.abs(self.said_of_classes - counts).sum() / self.n_rows / self.n_classes,
        )
        return np.round(numbers, 12)  # what is equal but for rounding is a tie


def _drawn(sums, rng):
    """Return labels drawn from cumulative probabilities, (n_samples, n_classes)."""
    points = rng.random((len(sums), 1)) * sums[:, -1:]
    return (sums[:, :-1] <= points).sum(axis=1)


def _ranks(values):
    """Return for each value the share of all values that are not larger."""
    return np.searchsorted(np.sort(values), values, side="right") / len(values)
