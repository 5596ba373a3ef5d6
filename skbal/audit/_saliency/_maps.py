"""The result of a question about saliency: one map per row."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal.audit._result import AuditResult
from skbal.audit._saliency._rows import spatial_axes

_LARGEST_GAP = 0.05  # share of the change that integrated gradients may miss

_SUBJECTS = {
    "prediction": "the prediction depends",
    "mutual_information": "the disagreement between posterior draws depends",
    "entropy": "the uncertainty depends",
    "variance": "the variance between posterior draws depends",
}


@dataclass(frozen=True, eq=False, repr=False)
class SaliencyMaps(AuditResult):
    """What predictions or their uncertainties depend on, one map per row.

    The result of `saliency` and `uncertainty_saliency`.

    Parameters
    ----------
    maps : ndarray of shape (n_samples, ...), dtype=float64
        The maps, in the shape of the images. Rows that are no images have one value per
        column. With the methods "gradient" and "smooth", a value is the change of the
        explained number per unit of the pixel. With "integrated" and "occlusion" it is
        a part of that number, which is lost if the pixel is replaced by the baseline.
    images : ndarray of the shape of ``maps``, dtype=float64
        The rows that were explained. NaN for text, dates and missing values.
    values : ndarray of shape (n_samples,), dtype=float64
        The number that is explained: the mean probability of a class, the mean of a
        regression in the units of y, or an uncertainty, in nats for entropies.
    baseline_values : ndarray of shape (n_samples,) or None
        The same number for the baseline. Only with "integrated".
    targets : ndarray of shape (n_samples,) or None
        The class whose probability is explained, or the number of the output of a
        regression. None for uncertainties.
    of : str
        What is explained: "prediction", "mutual_information", "entropy" or "variance".
    method : str
        The method.
    feature_names : list or None
        Names of the columns, if X was a data frame.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import saliency
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> found = saliency(forest, X[::30], method="occlusion", random_state=0)
    >>> found.maps.shape
    (5, 4)
    >>> found.to_frame()["mean_absolute"].idxmax()
    'petal length (cm)'
    """

    maps: np.ndarray
    images: np.ndarray
    values: np.ndarray
    baseline_values: np.ndarray | None
    targets: np.ndarray | None
    of: str
    method: str
    feature_names: list | None

    @property
    def completeness_gap(self):
        """What "integrated" misses: sum of a map minus change from the baseline.

        An ndarray of shape (n_samples,) in the units of ``values``, or None for the
        other methods.
        """
        if self.baseline_values is None:
            return None
        sums = self.maps.reshape(len(self.maps), -1).sum(axis=1)
        return sums - (self.values - self.baseline_values)

    @property
    def concern(self):
        """True if integrated gradients miss more than 5% of what they should explain.

        None for the other methods, whose maps alone show nothing good or bad.
        """
        gap = self._relative_gap()
        return None if gap is None else bool(gap > _LARGEST_GAP)

    @property
    def verdict(self):
        """Where half of the maps lie, on average, in one sentence."""
        flat = abs(self.over_channels).reshape(len(self.maps), -1)
        is_zero = ~flat.any(axis=1)
        unit, row = ("columns", "row") if self.maps.ndim == 2 else ("pixels", "image")
        rows = f"{len(flat):,} {row}" + ("s" if len(flat) > 1 else "")
        what = f"what {_SUBJECTS[self.of]} on"
        if is_zero.all():
            return (
                f"The maps of {rows}, of {what}, are zero everywhere (method: "
                f"{self.method}): no small change of a pixel changes anything."
            )
        half = np.mean([_n_for_half(row) for row in flat[~is_zero]])
        n = flat.shape[1]
        sentence = (
            f"On average over {rows}, half of {what} lies in {_count(half)} of {n:,} "
            f"{unit} ({half / n:.1%}; method: {self.method})"
        )
        if is_zero.any():
            sentence += f"; {is_zero.sum():,} of the maps are zero everywhere"
        gap = self._relative_gap()
        if gap is not None:
            sentence += f"; the maps miss {gap:.1%} of the change from the baseline"
        return f"{sentence}."

    def _relative_gap(self):
        gap = self.completeness_gap
        if gap is None:
            return None
        change = abs(self.values - self.baseline_values).mean()
        return float(abs(gap).mean() / change) if change else 0.0

    @property
    def over_channels(self):
        """Return the maps summed over channels, (n_samples, ...)."""
        if self.maps.ndim != 4:
            return self.maps
        is_first = spatial_axes(self.maps.shape[1:]) == (1, 2)
        return self.maps.sum(axis=1 if is_first else 3)

    def to_frame(self):
        """Return a table: one row per column of X, or one per image.

        Returns
        -------
        frame : pandas.DataFrame
            For columns: ``mean`` and ``mean_absolute`` of the map over the rows. For
            images: ``target`` (for predictions), ``value``, the place of the largest
            absolute value of the map (``height`` and ``width``, in pixels from the
            upper left corner) and ``n_pixels_for_half``, the smallest number of pixels
            that hold half of the sum of absolute values.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "SaliencyMaps.to_frame")
        if self.maps.ndim == 2:
            names = self.feature_names or list(range(self.maps.shape[1]))
            columns = {
                "mean": self.maps.mean(axis=0),
                "mean_absolute": abs(self.maps).mean(axis=0),
            }
            return pandas.DataFrame(columns, index=pandas.Index(names, name="column"))
        maps = abs(self.over_channels)
        flat = maps.reshape(len(maps), -1)
        height, width = np.unravel_index(flat.argmax(axis=1), maps.shape[1:])
        columns = {} if self.targets is None else {"target": self.targets}
        columns |= {"value": self.values, "height": height, "width": width}
        columns["n_pixels_for_half"] = [_n_for_half(row) for row in flat]
        return pandas.DataFrame(columns)


def _count(mean):
    """Return a mean number of pixels as text, with a digit only where it tells."""
    return f"{mean:.1f}" if mean < 100 else f"{mean:,.0f}"


def _n_for_half(row):
    """Return the smallest number of entries that hold half of the sum, 0 if it is 0."""
    if not row.any():
        return 0
    sums = np.cumsum(np.sort(row)[::-1])
    return int(np.searchsorted(sums, sums[-1] / 2) + 1)
