"""A comparison of strategies: learning curves, and the differences with intervals."""

import numpy as np

from skbal._utils.optional import require
from skbal.plotting._curves import AcquisitionCurveDisplay, curves_of

OWNER = "ComparisonDisplay"


class ComparisonDisplay:
    """Learning curves on the left; on the right, each strategy minus the reference.

    Make one with `from_comparison`. An interval that does not touch the line at zero is
    a difference that the repeats can show; its words stand below the name.

    Parameters
    ----------
    n_labels : dict of str to array-like of shape (n_steps,)
        For each strategy, the labels at which it was scored.
    scores : dict of str to array-like of shape (n_repeats, n_steps)
        For each strategy, the scores of its repeats there.
    differences : dict of str to tuple of float
        For each strategy but the reference the mean difference and the ends of its
        interval, NaN where there is none.
    values : dict of str to array-like of shape (n_repeats,), optional
        For each of these strategies, the difference of each repeat.
    verdicts : dict of str to str, optional
        For each of these strategies, the difference in words.
    reference : str, default="random"
        What the differences are taken from, for the axis.
    confidence : float, optional
        Of the intervals, for the axis.
    score_name : str, default="Score"
        What the score is, for the axes.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (2,)
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        The figure they are in.
    curves_ : AcquisitionCurveDisplay
        The learning curves.
    points_ : dict of str to matplotlib.container.ErrorbarContainer
        The differences, in the colours of the curves; the small dots below each are
        its repeats.

    See Also
    --------
    skbal.experiments.compare : Makes a comparison.

    Examples
    --------
    >>> from skbal.plotting import ComparisonDisplay
    >>> display = ComparisonDisplay(
    ...     n_labels={"BALD": [20, 30], "Random": [20, 30]},
    ...     scores={"BALD": [[0.7, 0.9]], "Random": [[0.7, 0.8]]},
    ...     differences={"BALD": (0.05, 0.02, 0.08)},
    ...     verdicts={"BALD": "better than random"},
    ... )
    >>> display.plot().axes_[1].get_yticklabels()[0].get_text().splitlines()
    ['BALD', 'better than random']
    """

    def __init__(
        self,
        *,
        n_labels,
        scores,
        differences,
        values=None,
        verdicts=None,
        reference="random",
        confidence=None,
        score_name="Score",
    ):
        self.n_labels = n_labels
        self.scores = scores
        self.differences = differences
        self.values = values
        self.verdicts = verdicts
        self.reference = reference
        self.confidence = confidence
        self.score_name = score_name

    @classmethod
    def from_comparison(cls, comparison, *, axes=None, band="sem", line_kw=None):
        """Draw a comparison.

        Parameters
        ----------
        comparison : skbal.experiments.Comparison
            As `skbal.experiments.compare` makes it.
        axes : array-like of matplotlib.axes.Axes of shape (2,), optional
            Where to draw; None makes a new figure.
        band : {"std", "sem", "range"} or None, default="sem"
            Of the curves, as in `AcquisitionCurveDisplay.plot`.
        line_kw : dict, optional
            Goes on to ``ax.plot`` for every curve.

        Returns
        -------
        display : ComparisonDisplay
            Drawn.

        Raises
        ------
        ValueError
            If a run has no scores.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        n_labels, scores = curves_of(comparison.histories)
        display = cls(
            n_labels=n_labels,
            scores=scores,
            differences={
                n: (d.mean, d.low, d.high) for n, d in comparison.differences.items()
            },
            values={n: d.values for n, d in comparison.differences.items()},
            verdicts=comparison.verdicts,
            reference=comparison.reference_in_words,
            confidence=comparison.confidence,
            score_name=comparison.score_name,
        )
        return display.plot(axes, band=band, line_kw=line_kw)

    def plot(self, axes=None, *, band="sem", line_kw=None):
        """Draw the curves, and the differences beside them.

        Parameters
        ----------
        axes : array-like of matplotlib.axes.Axes of shape (2,), optional
            Where to draw; None makes a new figure.
        band : {"std", "sem", "range"} or None, default="sem"
            Of the curves, as in `AcquisitionCurveDisplay.plot`.
        line_kw : dict, optional
            Goes on to ``ax.plot`` for every curve.

        Returns
        -------
        self : ComparisonDisplay
            With what was drawn as ``curves_`` and ``points_``.

        Raises
        ------
        ValueError
            If ``axes`` are not two, or a difference belongs to no curve.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        self._check()
        self.axes_ = _two_axes(axes)
        self.figure_ = self.axes_[0].figure
        self.curves_ = AcquisitionCurveDisplay(
            n_labels=self.n_labels, scores=self.scores, score_name=self.score_name
        ).plot(self.axes_[0], band=band, line_kw=line_kw)
        self._draw_differences(self.axes_[1])
        return self

    def _check(self):
        for name in self.differences:
            if name not in self.n_labels:
                raise ValueError(
                    f"differences of {OWNER} must belong to the curves "
                    f"{', '.join(map(repr, self.n_labels))}, got {name!r}."
                )

    def _draw_differences(self, ax):
        self.points_ = {}
        ax.axvline(0, color="0.6", linewidth=1, zorder=0)
        for place, (name, (mean, low, high)) in enumerate(self.differences.items()):
            color = self.curves_.lines_[name].get_color()
            values = (self.values or {}).get(name, [])
            ax.scatter(
                values, [place + 0.15] * len(values), s=8, color=color, alpha=0.6
            )
            known = np.isfinite([low, high]).all()
            self.points_[name] = ax.errorbar(
                mean,
                place,
                xerr=[[mean - low], [high - mean]] if known else None,
                fmt="o",
                capsize=4,
                color=color,
            )
        labels = [self._label(name) for name in self.differences]
        ax.set_yticks(range(len(labels)), labels)
        ax.set_ylim(len(labels) - 0.5, -0.5)  # the first on top, as in the legend
        ax.locator_params(axis="x", nbins=6)
        ax.set_xlabel(f"Area minus that of {self.reference}{self._interval()}")

    def _label(self, name):
        verdict = (self.verdicts or {}).get(name)
        return name if verdict is None else f"{name}\n{verdict}"

    def _interval(self):
        if self.confidence is None:
            return ""
        return f",\nwith {100 * self.confidence:g}% intervals"


def _two_axes(axes):
    if axes is None:
        pyplot = require("matplotlib.pyplot", "examples", OWNER)
        _, axes = pyplot.subplots(ncols=2, figsize=(11, 4.5), layout="constrained")
    axes = np.ravel(axes)
    if len(axes) != 2:
        raise ValueError(f"axes of {OWNER} must be two, got {len(axes)}.")
    return axes
