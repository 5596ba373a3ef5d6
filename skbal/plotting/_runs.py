"""Runs in a figure for a paper: curves, published curves, and labels to a score."""

from collections.abc import Mapping

import numpy as np

from skbal._utils.matplotlib_style import DASHES, axes_or_new_grid, legend_label
from skbal._utils.paper import check_width, paper_style, save_figure
from skbal._utils.validation import as_numbers, check_real
from skbal.plotting._curves import AcquisitionCurveDisplay, check_band, curves_of
from skbal.plotting._labels_needed import labels_needed
from skbal.plotting._run_sources import histories_of

OWNER = "RunDisplay"
_HEIGHT = 0.62  # of the curves, in widths of the figure
_ROW = 0.22  # inches for a strategy below the curves
_LABELS = 0.42  # inches for the ticks and the label of an axis
_GREYS = ("0.55", "0.35", "0.7")


class RunDisplay:
    """Learning curves of runs, and below them the labels needed to reach a score.

    Make one with `from_runs`. A new figure has the width and the letters of a printed
    column. `save` embeds the fonts.

    Parameters
    ----------
    n_labels : dict of str to array-like of shape (n_steps,)
        For each strategy, the numbers of labels at which it was scored.
    scores : dict of str to array-like of shape (n_repeats, n_steps)
        For each strategy, the scores of its repeats at these numbers of labels.
    needed : dict of float to dict of str to LabelsNeeded, optional
        For each target score and strategy, the labels that the repeats needed, as
        `from_runs` finds them.
    reference : dict of str to tuple, optional
        Published curves, see `from_runs`.
    score_name : str, default="Score"
        Label of the y axis of the curves.

    Attributes
    ----------
    axes_ : ndarray of matplotlib.axes.Axes of shape (1 + n_targets,)
        The axes of the curves, and those of each target score.
    ax_ : matplotlib.axes.Axes
        The first of them.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : dict of str to matplotlib.lines.Line2D
        The curve of each strategy.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        The band of each strategy with more than one repeat.
    reference_lines_ : dict of str to list of matplotlib.lines.Line2D
        The thin lines of each published curve.
    points_ : dict of float to dict of str to matplotlib.container.ErrorbarContainer
        For each target score, the median of each strategy with its interval.

    See Also
    --------
    ComparisonDisplay : Paired differences between strategies.
    AcquisitionCurveDisplay : The curves alone, in matplotlib's own style.

    Examples
    --------
    >>> from skbal.loop import History, Record
    >>> from skbal.plotting import RunDisplay
    >>> runs = {
    ...     "BALD": [
    ...         History([Record(0, 20, 0.70), Record(1, 30, 0.85)]),
    ...         History([Record(0, 20, 0.74), Record(1, 30, 0.79)]),
    ...     ]
    ... }
    >>> display = RunDisplay.from_runs(runs, target_score=0.8)
    >>> needed = display.needed[0.8]["BALD"]
    >>> needed.values, needed.n_reached
    (array([30., inf]), 1)
    """

    def __init__(
        self, *, n_labels, scores, needed=None, reference=None, score_name="Score"
    ):
        self.n_labels = n_labels
        self.scores = scores
        self.needed = needed
        self.reference = reference
        self.score_name = score_name

    @classmethod
    def from_runs(
        cls,
        runs,
        *,
        target_score=None,
        reference=None,
        band="t",
        confidence=0.95,
        score_name=None,
        ax=None,
        width=85,
        line_kw=None,
    ):
        """Plot the learning curves of runs.

        Parameters
        ----------
        runs : dict of str to run or list of runs, list of runs, run, Comparison or path
            A run is a `skbal.loop.History` or what has one as ``history_``: a loop, or
            a fitted `skbal.ActiveLearningClassifier`. In a dict, each strategy has a
            run or a list of repeats. Without names, runs are put together by the
            strategy that is noted in their ``provenance``. A path is a file of JSON
            lines with a unit of an experiment in each: a dict with its ``arm``, its
            ``seed`` and as ``result`` the lists ``n_labels`` and ``score``. What has
            such dicts as ``units`` is taken, too.
        target_score : float or list of float, optional
            Scores for which the labels needed are plotted below the curves.
        reference : dict of str to tuple of array-like, optional
            Published curves, drawn behind as thin lines: for each name its numbers of
            labels (n_steps,) and its scores, (n_steps,) or (n_repeats, n_steps). A
            curve with the name of a strategy has its colour.
        band : {"std", "sem", "t", "range", "quartiles"} or None, default="t"
            Band of the curves, as in `AcquisitionCurveDisplay.plot`.
        confidence : float, default=0.95
            Confidence level of the intervals of labels needed, in (0, 1).
        score_name : str, optional
            Label of the y axis. ``None`` takes that of a comparison, or "Score".
        ax : matplotlib.axes.Axes or array-like of them of shape (1 + n_targets,), \
optional
            See `plot`.
        width : float, default=85
            See `plot`.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every strategy.

        Returns
        -------
        display : RunDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If ``runs`` holds something that is no run, or an argument has a wrong type.
        ValueError
            If there is no run, a run has no scores, a file is damaged, or an argument
            has a wrong value.
        FileNotFoundError
            If there is no such file.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.

        Notes
        -----
        If the repeats of a strategy were scored at different numbers of labels, the
        curve has the numbers that all of them share.

        A run that never reached the target counts as if it needed more labels than all
        others, and is an open triangle at the end of its curve. The median of repeats
        is a filled marker. Its interval lies between two of the sorted repeats and
        assumes nothing about how they are distributed. Five repeats or fewer are too
        few for a confidence of 95 %: then the interval is their range, and the label of
        the axis says its confidence, 93.8 % for five and 75 % for three. An arrow at
        its end means that the upper end is not known.
        """
        names = histories_of(runs, OWNER)
        n_labels, scores = curves_of(names, f"runs of {OWNER}")
        confidence = _checked_confidence(confidence)
        display = cls(
            n_labels=n_labels,
            scores=scores,
            needed={
                target: {
                    name: labels_needed(repeats, target, confidence)
                    for name, repeats in names.items()
                }
                for target in _checked_targets(target_score)
            },
            reference=reference,
            score_name=score_name or getattr(runs, "score_name", "Score"),
        )
        return display.plot(ax, band=band, width=width, line_kw=line_kw)

    def plot(self, ax=None, *, band="t", width=85, line_kw=None):
        """Plot the curves, and the labels needed below them.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or array-like of them of shape (1 + n_targets,), \
optional
            The axes of the curves, and those of each target score. ``None`` makes a new
            figure.
        band : {"std", "sem", "t", "range", "quartiles"} or None, default="t"
            Band of the curves, as in `AcquisitionCurveDisplay.plot`.
        width : float, default=85
            Width of a new figure in millimetres. 85 is a column of most journals, 175
            a page.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every strategy.

        Returns
        -------
        self : RunDisplay
            With ``lines_``, ``bands_``, ``reference_lines_`` and ``points_``.

        Raises
        ------
        TypeError, ValueError
            If an argument is wrong, or a published curve has other shapes.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        check_band(band, OWNER)
        width = check_width(width, OWNER)
        published = _checked_reference(self.reference)
        with paper_style(OWNER, ax):
            self.axes_ = self._axes(ax, width)
            self.ax_, self.figure_ = self.axes_[0], self.axes_[0].figure
            curves = AcquisitionCurveDisplay(
                n_labels=self.n_labels, scores=self.scores, score_name=self.score_name
            ).plot(self.ax_, band=band, line_kw=line_kw)
            self.lines_, self.bands_ = curves.lines_, curves.bands_
            self._draw_reference(published)
            self._draw_legend()
            self.points_ = {
                target: self._draw_needed(panel, target, needed)
                for panel, (target, needed) in zip(
                    self.axes_[1:], (self.needed or {}).items()
                )
            }
        return self

    def save(self, file, **kwargs):
        """Save the figure with its fonts embedded, in its own size.

        Parameters
        ----------
        file : str, os.PathLike or binary file
            Where to. The ending chooses the format: ``.pdf``, ``.svg`` or ``.png``.
        **kwargs
            Passed to ``figure.savefig``, for instance ``format="pdf"`` for an open
            file. Pixels are 300 dpi if it does not say otherwise.

        Raises
        ------
        TypeError
            If ``file`` is neither a path nor a file.
        """
        save_figure(getattr(self, "figure_", None), file, OWNER, **kwargs)

    def _axes(self, ax, width):
        n_targets, n_names = len(self.needed or {}), len(self.n_labels)
        heights = [_HEIGHT * width, *[_ROW * n_names + _LABELS] * n_targets]
        return axes_or_new_grid(
            ax,
            (1 + n_targets, 1),
            OWNER,
            figsize=(width, sum(heights)),
            height_ratios=heights,
            sharex=True,
        )[:, 0]

    def _draw_reference(self, published):
        self.reference_lines_ = {}
        for number, (name, (labels, curves)) in enumerate(published.items()):
            line = self.lines_.get(name)
            color = _GREYS[number % len(_GREYS)] if line is None else line.get_color()
            look = {"color": color, "linewidth": 0.6, "alpha": 0.8, "zorder": 1}
            look["linestyle"] = DASHES[number % len(DASHES)]
            thin = self.ax_.plot(labels, curves.T, **look)
            words = name if line is None else f"{name}, published"
            thin[0].set_label(legend_label(words))
            self.reference_lines_[name] = thin

    def _draw_legend(self):
        legend = self.ax_.legend(labelspacing=0.3)
        legend.set_in_layout(False)  # or a long one would squeeze the axes

    def _draw_needed(self, panel, target, needed):
        self.ax_.axhline(target, color="0.6", linewidth=0.6, zorder=0)
        points = {
            name: self._draw_row(panel, place, name, row)
            for place, (name, row) in enumerate(needed.items())
        }
        names = [_with_number_reached(name, row) for name, row in needed.items()]
        panel.set_yticks(range(len(names)), names)
        panel.set_ylim(len(names) - 0.4, -0.6)  # the first on top, like in the legend
        panel.set_xlabel(f"Labels to {target:g}{_interval_in_words(needed.values())}")
        panel.tick_params(labelbottom=True)
        return points

    def _draw_row(self, panel, place, name, row):
        line = self.lines_[name]
        look = {"color": line.get_color(), "linestyle": "none", "clip_on": False}
        look["marker"] = line.get_marker()
        _draw_runs(panel, place + 0.28, row, {**look, "markersize": 2})
        # What is not known lies beyond the end of the longest run.
        end = row.last.max()
        low, middle, high = np.minimum([row.low, row.median, row.high], end)
        error = None if np.isnan(low) else [[middle - low], [high - middle]]
        if np.isinf(row.median):
            look |= {"marker": ">", "markerfacecolor": "white"}
        elif np.isinf(row.high):  # an arrow at the end of the bar
            panel.plot(end, place, **{**look, "marker": ">"})
        return panel.errorbar(middle, place, xerr=error, capsize=2, **look)


def _draw_runs(panel, place, row, look):
    """Draw a small marker for each run, an open triangle for one that ended before."""
    reached = np.isfinite(row.values)
    hollow = {"markerfacecolor": "none", "markeredgewidth": 0.5}
    # A line without points would have its place in the corner of the figure.
    for labels, style in (
        (row.values[reached], {**look, "alpha": 0.6}),
        (row.last[~reached], {**look, **hollow, "marker": ">"}),
    ):
        if len(labels):
            panel.plot(labels, [place] * len(labels), **style)


def _checked_confidence(confidence):
    confidence = check_real(confidence, "confidence", OWNER, low=0, high=1)
    if confidence in (0.0, 1.0):
        raise ValueError(
            f"confidence of {OWNER} must lie inside (0, 1), got {confidence}."
        )
    return confidence


def _checked_targets(target_score):
    if isinstance(target_score, np.ndarray):
        target_score = target_score.tolist()
    several = isinstance(target_score, (list, tuple))
    targets = target_score if several else [target_score]
    return [check_real(t, "target_score", OWNER) for t in targets if t is not None]


def _checked_reference(reference):
    """Return published curves: arrays (n_steps,) and (n_repeats, n_steps)."""
    if reference is None:
        return {}
    if not isinstance(reference, Mapping):
        raise TypeError(
            f"reference of {OWNER} must be a dict of names to (n_labels, scores), got "
            f"{type(reference).__name__}."
        )
    return {name: _checked_curve(name, curve) for name, curve in reference.items()}


def _checked_curve(name, curve):
    if not isinstance(curve, (tuple, list)) or len(curve) != 2:
        raise TypeError(
            f"reference of {OWNER} for {name!r} must be a pair (n_labels, scores), got "
            f"{curve!r:.60}."
        )
    must = f"reference of {OWNER} for {name!r} must be numbers"
    labels, scores = (as_numbers(part, must).astype(np.float64) for part in curve)
    scores = np.atleast_2d(scores)
    if labels.ndim != 1 or scores.ndim != 2 or scores.shape[1:] != labels.shape:
        raise ValueError(
            f"reference of {OWNER} for {name!r} must have scores of shape (n_steps,) "
            "or (n_repeats, n_steps) for n_labels of shape (n_steps,), got "
            f"{np.shape(curve[1])} for {labels.shape}."
        )
    return labels, scores


def _with_number_reached(name, row):
    if row.n_reached == len(row.values):
        return name
    return f"{name} ({row.n_reached}/{len(row.values)})"


def _interval_in_words(rows):
    levels = sorted({row.confidence for row in rows if row.confidence})
    if not levels:
        return ""
    more = "≥ " if len(levels) > 1 else ""
    return f": median, {more}{100 * levels[0]:.3g}% interval"
