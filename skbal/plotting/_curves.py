"""Learning curves: score against number of labels, mean and band over repeats."""

from functools import reduce

import numpy as np
from scipy import stats

from skbal._utils.matplotlib_style import (
    axes_or_new,
    check_line_kw,
    curve_style,
    legend_label,
)
from skbal._utils.validation import check_option
from skbal.loop import History

_BANDS = ("std", "sem", "t", "range", "quartiles", None)
_CONFIDENCE = 0.95  # of the band "t"


class AcquisitionCurveDisplay:
    """Score against number of labels, mean and band over repeats.

    Make one with `from_histories`.

    Parameters
    ----------
    n_labels : dict of str to array-like of shape (n_steps,)
        For each strategy, the numbers of labels at which it was scored.
    scores : dict of str to array-like of shape (n_repeats, n_steps)
        For each strategy, the scores of its repeats at these numbers of labels.
    score_name : str, default="Score"
        Label of the y axis.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the plot.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : dict of str to matplotlib.lines.Line2D
        The mean of each strategy, or its median with ``band="quartiles"``.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        The band of each strategy with more than one repeat.

    See Also
    --------
    skbal.loop.ActiveLearningLoop : Make the histories.
    RunDisplay : The same for a paper, with the labels needed to reach a score.

    Examples
    --------
    >>> from skbal.loop import History, Record
    >>> from skbal.plotting import AcquisitionCurveDisplay
    >>> repeats = [
    ...     History([Record(0, 20, 0.70), Record(1, 30, 0.85)]),
    ...     History([Record(0, 20, 0.74), Record(1, 30, 0.87)]),
    ... ]
    >>> display = AcquisitionCurveDisplay.from_histories({"BALD": repeats})
    >>> display.lines_["BALD"].get_ydata().round(2)
    array([0.72, 0.86])
    """

    def __init__(self, *, n_labels, scores, score_name="Score"):
        self.n_labels = n_labels
        self.scores = scores
        self.score_name = score_name

    @classmethod
    def from_histories(
        cls, histories, *, ax=None, band="std", score_name="Score", line_kw=None
    ):
        """Plot the learning curves of some histories.

        If the repeats of a strategy were scored at different numbers of labels, the
        curve has the numbers that all of them share.

        Parameters
        ----------
        histories : dict of str to History or list of History
            For each strategy, the history of each repeat, or a single history.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        band : {"std", "sem", "t", "range", "quartiles"} or None, default="std"
            See `plot`.
        score_name : str, default="Score"
            Label of the y axis.
        line_kw : dict, optional
            See `plot`.

        Returns
        -------
        display : AcquisitionCurveDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If ``histories`` is not a dict of histories.
        ValueError
            If ``histories`` is empty, a history has no scores, or the repeats of a
            strategy have no number of labels in common.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        n_labels, scores = curves_of(histories)
        display = cls(n_labels=n_labels, scores=scores, score_name=score_name)
        return display.plot(ax, band=band, line_kw=line_kw)

    def plot(self, ax=None, *, band="std", score_name=None, line_kw=None):
        """Plot the mean of each strategy, with a band over its repeats.

        Curves differ in colour, dashes and markers, so that they can be told apart in
        print without colour.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        band : {"std", "sem", "t", "range", "quartiles"} or None, default="std"
            Width of the band.

            - "std": one standard deviation of the repeats to either side, with n - 1 in
              its denominator;
            - "sem": one standard error of the mean to either side;
            - "t": Student's 95 % interval of the mean, at each number of labels;
            - "range": from the lowest to the highest repeat;
            - "quartiles": from the lower to the upper quartile of the repeats. The
              line is their median then;
            - None: no band.
        score_name : str, optional
            Label of the y axis. ``None`` uses the display's own ``score_name``.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every strategy.

        Returns
        -------
        self : AcquisitionCurveDisplay
            With ``lines_`` and ``bands_``.

        Raises
        ------
        ValueError
            If ``band`` is another value, or ``scores`` and ``n_labels`` differ in
            shape.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        owner = type(self).__name__
        check_band(band, owner)
        curves = {name: self._curve(name) for name in self.n_labels}
        line_kw = check_line_kw(line_kw, owner)
        ax = axes_or_new(ax, owner)
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_, self.bands_ = {}, {}
        for number, (name, curve) in enumerate(curves.items()):
            look = curve_style(number, len(curve[0]))
            style = {**look, "label": legend_label(name), **line_kw}
            self._draw(name, *curve, band, style)
        ax.set(xlabel="Labels", ylabel=score_name or self.score_name)
        ax.legend()
        return self

    def _draw(self, name, labels, scores, band, style):
        middle = np.median if band == "quartiles" else np.mean
        (line,) = self.ax_.plot(labels, middle(scores, axis=0), **style)
        self.lines_[name] = line
        if band is None or len(scores) == 1:
            return
        self.bands_[name] = self.ax_.fill_between(
            labels,
            *_band(scores, band),
            color=line.get_color(),
            alpha=0.2,
            linewidth=0,
        )

    def _curve(self, name):
        labels = np.asarray(self.n_labels[name])
        scores = np.asarray(self.scores[name], dtype=np.float64)
        if scores.ndim != 2 or scores.shape[1:] != labels.shape or not len(scores):
            raise ValueError(
                f"scores of {type(self).__name__} for {name!r} must have shape "
                f"(n_repeats, {len(labels)}), as there are {len(labels)} n_labels, "
                f"got shape {scores.shape}."
            )
        return labels, scores


def check_band(band, owner):
    """Raise an error unless ``band`` is one that `AcquisitionCurveDisplay` can draw.

    Parameters
    ----------
    band : {"std", "sem", "t", "range", "quartiles"} or None
        The argument.
    owner : str
        Name of the display, for messages.

    Raises
    ------
    ValueError
        If it is another value.
    """
    check_option(band, "band", _BANDS, owner)


def curves_of(histories, what="histories of AcquisitionCurveDisplay"):
    """Return the numbers of labels and the scores of histories, as arrays.

    Parameters
    ----------
    histories : dict of str to History or list of History
        For each strategy, the history of each repeat, or a single history.
    what : str, default="histories of AcquisitionCurveDisplay"
        The argument and its owner, for messages.

    Returns
    -------
    n_labels : dict of str to ndarray of shape (n_steps,)
        The numbers of labels that all repeats of the strategy share.
    scores : dict of str to ndarray of shape (n_repeats, n_steps)
        The scores at these numbers of labels.

    Raises
    ------
    TypeError, ValueError
        If they are not histories with scores and shared numbers of labels.
    """
    n_labels, scores = {}, {}
    for name, repeats in _check_histories(histories, what).items():
        n_labels[name], scores[name] = _on_shared_labels(name, repeats, what)
    return n_labels, scores


def _check_histories(histories, what):
    if not isinstance(histories, dict):
        raise TypeError(
            f"{what} must be a dict of the name of a strategy to its histories, got "
            f"{type(histories).__name__}."
        )
    if not histories:
        raise ValueError(f"{what} is empty.")
    return {name: _as_repeats(name, value, what) for name, value in histories.items()}


def _as_repeats(name, value, what):
    repeats = value if isinstance(value, (list, tuple)) else [value]
    for history in repeats:
        if not isinstance(history, History):
            raise TypeError(
                f"{what} for {name!r} must be of the "
                f"class History (the history_ of a loop), got {type(history).__name__}."
            )
        _check_scores(history, f"{what} for {name!r} must have scores")
    if not repeats:
        raise ValueError(f"{what} for {name!r} is empty.")
    return repeats


def _check_scores(history, must):
    finite = np.isfinite(history.scores)
    if not finite.any():
        raise ValueError(f"{must}: give the loop X_test and y_test.")
    if not finite.all():
        record = history[int(np.argmin(finite))]
        raise ValueError(
            f"{must} at each step, but that of step {record.step}, with "
            f"{record.n_labels} labels, is {record.score}. Draw the others, such as "
            "history[1:] without the first, or use a scoring that is always a number."
        )


def _on_shared_labels(name, repeats, what):
    grids = [history.n_labels for history in repeats]
    # Several steps may have the same number of labels, for instance after a clean-up.
    # The last of them counts.
    shared = reduce(np.intersect1d, map(np.unique, grids))
    if not len(shared):
        raise ValueError(
            f"{what} for {name!r} have no number of "
            f"labels in common: {', '.join(str(grid.tolist()) for grid in grids)}."
        )
    scores = [
        history.scores[np.searchsorted(grid, shared, side="right") - 1]
        for history, grid in zip(repeats, grids)
    ]
    return shared, np.stack(scores)


def _band(scores, band):
    if band == "range":
        return scores.min(axis=0), scores.max(axis=0)
    if band == "quartiles":
        return np.quantile(scores, [0.25, 0.75], axis=0)
    mean, spread = scores.mean(axis=0), scores.std(axis=0, ddof=1)
    if band != "std":
        spread = spread / np.sqrt(len(scores))
    if band == "t":
        spread = spread * stats.t.ppf((1 + _CONFIDENCE) / 2, len(scores) - 1)
    return mean - spread, mean + spread
