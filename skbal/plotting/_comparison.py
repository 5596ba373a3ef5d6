"""A comparison of strategies: learning curves, and differences with intervals."""

import numpy as np

from skbal._utils.matplotlib_style import axes_or_new_grid
from skbal.plotting._curves import AcquisitionCurveDisplay, check_band, curves_of

OWNER = "ComparisonDisplay"


class ComparisonDisplay:
    """Learning curves, and beside them the differences from the reference.

    Make one with `from_comparison`. If an interval does not touch the line at zero, the
    repeats are enough to show a difference. The verdict is below the name of the
    strategy.

    Parameters
    ----------
    n_labels : dict of str to array-like of shape (n_steps,)
        For each strategy, the numbers of labels at which it was scored.
    scores : dict of str to array-like of shape (n_repeats, n_steps)
        For each strategy, the scores of its repeats at these numbers of labels.
    differences : dict of str to tuple of float
        For each strategy except the reference, the mean difference and the two ends of
        its interval. The ends are NaN if there is no interval.
    values : dict of str to array-like of shape (n_repeats,), optional
        For each of these strategies, the difference in each repeat.
    verdicts : dict of str to str, optional
        For each of these strategies, the verdict in words.
    reference : str, default="random"
        Name of the reference, for the label of the x axis.
    confidence : float, optional
        Confidence of the intervals, for the label of the x axis.
    score_name : str, default="Score"
        Label of the y axis of the learning curves.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (2,)
        The axes of the curves and of the differences.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    curves_ : AcquisitionCurveDisplay
        The learning curves.
    points_ : dict of str to matplotlib.container.ErrorbarContainer
        The mean differences with their intervals, in the colours of the curves. A small
        dot below marks each repeat.

    See Also
    --------
    skbal.experiments.compare : Make a comparison.

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
    def from_comparison(cls, comparison, *, ax=None, band="sem", line_kw=None):
        """Plot a comparison.

        Parameters
        ----------
        comparison : skbal.experiments.Comparison
            The result of `skbal.experiments.compare`.
        ax : array-like of matplotlib.axes.Axes of shape (2,), optional
            The two axes to draw on. ``None`` makes a new figure.
        band : {"std", "sem", "t", "range", "quartiles"} or None, default="sem"
            Band of the curves, as in `AcquisitionCurveDisplay.plot`.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every curve.

        Returns
        -------
        display : ComparisonDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If ``comparison`` is none.
        ValueError
            If a run has no scores.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not hasattr(comparison, "histories") or isinstance(comparison, type):
            raise TypeError(
                f"comparison of {OWNER} must be a Comparison, such as "
                f"skbal.experiments.compare returns, got {comparison!r}."
            )
        n_labels, scores = curves_of(comparison.histories, f"histories of {OWNER}")
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
        return display.plot(ax, band=band, line_kw=line_kw)

    def plot(self, ax=None, *, band="sem", line_kw=None):
        """Plot the curves, and the differences beside them.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes of shape (2,), optional
            The two axes to draw on. ``None`` makes a new figure.
        band : {"std", "sem", "t", "range", "quartiles"} or None, default="sem"
            Band of the curves, as in `AcquisitionCurveDisplay.plot`.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every curve.

        Returns
        -------
        self : ComparisonDisplay
            With ``curves_`` and ``points_``.

        Raises
        ------
        ValueError
            If ``ax`` does not hold two axes, or a difference belongs to no curve.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        self._check()
        check_band(band, OWNER)
        self.axes_ = axes_or_new_grid(ax, (1, 2), OWNER, figsize=(11, 4.5))[0]
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
        ax.set_ylim(len(labels) - 0.5, -0.5)  # the first on top, like in the legend
        ax.locator_params(axis="x", nbins=6)
        ax.set_xlabel(f"Area minus that of {self.reference}{self._interval()}")

    def _label(self, name):
        verdict = (self.verdicts or {}).get(name)
        return name if verdict is None else f"{name}\n{verdict}"

    def _interval(self):
        if self.confidence is None:
            return ""
        return f",\nwith {100 * self.confidence:g}% intervals"
