"""Learning curves: score against labels, mean and band over repeats."""

from functools import reduce

import numpy as np

from skbal.loop import History
from skbal.plotting._style import axes_or_new, full_names, line_style

_BANDS = ("std", "sem", "range", None)


class AcquisitionCurveDisplay:
    """Score against labels for query strategies, mean and band over repeats.

    Make one with `from_histories`.

    Parameters
    ----------
    n_labels : dict of str to array-like of shape (n_steps,)
        For each strategy, the labels at which it was scored.
    scores : dict of str to array-like of shape (n_repeats, n_steps)
        For each strategy, the scores of its repeats there.
    score_name : str, default="Score"
        What the score is, for the y axis.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes drawn on.
    figure_ : matplotlib.figure.Figure
        The figure they are in.
    lines_ : dict of str to matplotlib.lines.Line2D
        The mean of each strategy.
    bands_ : dict of str to matplotlib.collections.PolyCollection
        The band of each strategy that has one: more than one repeat is needed.

    See Also
    --------
    skbal.loop.ActiveLearningLoop : Makes the histories.

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
        """Draw the learning curves of some histories.

        Of repeats that were scored at different numbers of labels, those numbers are
        drawn that all repeats of the strategy share.

        Parameters
        ----------
        histories : dict of str to History or list of History
            For each strategy its repeats, or its only one.
        ax : matplotlib.axes.Axes, optional
            Where to draw; None makes a new figure.
        band : {"std", "sem", "range"} or None, default="std"
            As in `plot`.
        score_name : str, default="Score"
            What the score is, for the y axis.
        line_kw : dict, optional
            As in `plot`.

        Returns
        -------
        display : AcquisitionCurveDisplay
            Drawn.

        Raises
        ------
        TypeError
            If ``histories`` is no dict of histories.
        ValueError
            If it is empty, if a history has no scores, or if the repeats of a
            strategy share no number of labels.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        n_labels, scores = curves_of(histories)
        display = cls(n_labels=n_labels, scores=scores, score_name=score_name)
        return display.plot(ax, band=band, line_kw=line_kw)

    def plot(self, ax=None, *, band="std", score_name=None, line_kw=None):
        """Draw the mean of each strategy, with a band over its repeats.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; None makes a new figure.
        band : {"std", "sem", "range"} or None, default="std"
            One standard deviation of the repeats to either side (with n - 1 in its
            denominator), one standard error of the mean, from the lowest to the
            highest repeat, or nothing.
        score_name : str, optional
            What the score is; None is the display's own ``score_name``.
        line_kw : dict, optional
            Goes on to ``ax.plot`` for every strategy.

        Returns
        -------
        self : AcquisitionCurveDisplay
            With what was drawn as ``lines_`` and ``bands_``.

        Raises
        ------
        ValueError
            If ``band`` is none of these, or the scores do not fit the labels.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` brings it.
        """
        if band not in _BANDS:
            raise ValueError(
                f"band of {type(self).__name__} must be one of "
                f"{', '.join(map(repr, _BANDS))}, got {band!r}."
            )
        curves = {name: self._curve(name) for name in self.n_labels}
        owner = type(self).__name__
        ax = axes_or_new(ax, owner)
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_, self.bands_ = {}, {}
        for number, (name, curve) in enumerate(curves.items()):
            style = {**line_style(number), "label": name, **full_names(line_kw, owner)}
            self._draw(name, *curve, band, style)
        ax.set(xlabel="Labels", ylabel=score_name or self.score_name)
        ax.legend()
        return self

    def _draw(self, name, labels, scores, band, style):
        (line,) = self.ax_.plot(labels, scores.mean(axis=0), **style)
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
                f"scores of {type(self).__name__} for {name!r} must have the shape "
                f"(n_repeats, {len(labels)}), as there are {len(labels)} n_labels, "
                f"got {scores.shape}."
            )
        return labels, scores


def curves_of(histories):
    """Return the labels and the scores of histories, as arrays.

    Parameters
    ----------
    histories : dict of str to History or list of History
        For each strategy its repeats, or its only one.

    Returns
    -------
    n_labels : dict of str to ndarray of shape (n_steps,)
        The numbers of labels that all repeats of the strategy share.
    scores : dict of str to ndarray of shape (n_repeats, n_steps)
        The scores there.

    Raises
    ------
    TypeError, ValueError
        If they are no histories with scores and shared labels.
    """
    n_labels, scores = {}, {}
    for name, repeats in _check_histories(histories).items():
        n_labels[name], scores[name] = _on_shared_labels(name, repeats)
    return n_labels, scores


def _check_histories(histories):
    if not isinstance(histories, dict):
        raise TypeError(
            "histories of AcquisitionCurveDisplay must be a dict of the name of a "
            f"strategy to its histories, got {type(histories).__name__}."
        )
    if not histories:
        raise ValueError("histories of AcquisitionCurveDisplay is empty.")
    return {name: _as_repeats(name, value) for name, value in histories.items()}


def _as_repeats(name, value):
    repeats = value if isinstance(value, (list, tuple)) else [value]
    for history in repeats:
        if not isinstance(history, History):
            raise TypeError(
                f"histories of AcquisitionCurveDisplay for {name!r} must be of the "
                f"class History (the history_ of a loop), got {type(history).__name__}."
            )
        if not np.isfinite(history.scores).all():
            raise ValueError(
                f"histories of AcquisitionCurveDisplay for {name!r} must have scores: "
                "give the loop X_test and y_test."
            )
    if not repeats:
        raise ValueError(f"histories of AcquisitionCurveDisplay for {name!r} is empty.")
    return repeats


def _on_shared_labels(name, repeats):
    grids = [history.n_labels for history in repeats]
    # Of steps with the same number of labels (a clean-up, say) the last counts.
    shared = reduce(np.intersect1d, map(np.unique, grids))
    if not len(shared):
        raise ValueError(
            f"histories of AcquisitionCurveDisplay for {name!r} share no number of "
            f"labels: {', '.join(str(grid.tolist()) for grid in grids)}."
        )
    scores = [
        history.scores[np.searchsorted(grid, shared, side="right") - 1]
        for history, grid in zip(repeats, grids)
    ]
    return shared, np.stack(scores)


def _band(scores, band):
    if band == "range":
        return scores.min(axis=0), scores.max(axis=0)
    mean, spread = scores.mean(axis=0), scores.std(axis=0, ddof=1)
    if band == "sem":
        spread = spread / np.sqrt(len(scores))
    return mean - spread, mean + spread
