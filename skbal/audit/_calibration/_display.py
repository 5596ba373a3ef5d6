"""The reliability diagram: how often it happened against how likely it was called."""

from typing import NamedTuple

import numpy as np

from skbal._utils.arrays import as_array
from skbal._utils.matplotlib_style import (
    axes_or_new,
    check_ax,
    check_line_kw,
    legend_label,
    line_style,
)
from skbal._utils.validation import check_option
from skbal.audit._calibration._bins import (
    bin_of,
    binned,
    check_n_bins,
    number_of_bins,
)
from skbal.audit._calibration._error import STRATEGIES, check_level
from skbal.audit._calibration._inputs import check_predictions, probabilities_of
from skbal.audit._calibration._intervals import wilson_interval

_NAME = "ReliabilityDisplay"
_N_BARS = 20  # of the histogram of probabilities
_BARS_UP_TO = 0.2  # height of its tallest bar, as a share of the axes


class ReliabilityCurve(NamedTuple):
    """What was said and what happened in the bins of one curve."""

    said: np.ndarray  # (n_bins,): mean probability
    happened: np.ndarray  # (n_bins,): share of the rows
    n_rows: np.ndarray  # (n_bins,)
    histogram: np.ndarray  # (20,): rows in equal parts of [0, 1]


class ReliabilityDisplay:
    """Reliability diagram of class probabilities.

    Make one with `from_estimator` or `from_predictions`. Below the diagonal, what was
    predicted happened less often than the model said: it is too sure.

    Scikit-learn's `sklearn.calibration.CalibrationDisplay` is for two classes and shows
    no intervals.

    Parameters
    ----------
    curves : dict of str to tuple
        For each label of a curve the mean probability, the share of rows in which it
        came true and the number of rows in each bin, of shape (n_bins,) each, and the
        number of rows in 20 equal parts of [0, 1].
    level : float, default=0.05
        The intervals of the shares have the confidence 1 - ``level``.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the plot.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : dict of str to matplotlib.lines.Line2D
        The curves, by their labels.
    bars_ : dict of str to matplotlib.collections.LineCollection
        Wilson's intervals of the shares, by the labels of the curves.
    histogram_ : matplotlib.container.BarContainer or None
        The numbers of rows, if there is a single curve. The tallest bar is a fifth of
        the axes.

    See Also
    --------
    calibration_error : The numbers, and a test.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.audit import ReliabilityDisplay
    >>> rng = np.random.default_rng(0)
    >>> y_prob = rng.dirichlet([1, 1, 1], size=500)
    >>> y_true = [rng.choice(["cat", "dog", "eel"], p=p) for p in y_prob]
    >>> display = ReliabilityDisplay.from_predictions(y_true, y_prob, show="classes")
    >>> list(display.lines_)
    ['cat', 'dog', 'eel']
    """

    def __init__(self, *, curves, level=0.05):
        self.curves = curves
        self.level = level

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        show="confidence",
        n_bins=None,
        strategy="quantile",
        level=0.05,
        name=None,
        ax=None,
        line_kw=None,
    ):
        """Plot the reliability of a fitted classifier.

        Parameters
        ----------
        estimator : estimator or learner
            A fitted classifier with ``predict_proba``, or one that makes draws.
        X : array-like of shape (n_samples, ...)
            Rows that the model was not fitted on.
        y : array-like of shape (n_samples,)
            Their true labels.
        show, n_bins, strategy, level, name, ax, line_kw
            See `from_predictions`.

        Returns
        -------
        display : ReliabilityDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        _check_request(n_bins, strategy, level, ax, line_kw)
        y_prob, classes = probabilities_of(estimator, X, _NAME)
        return cls.from_predictions(
            y,
            y_prob,
            classes=classes,
            show=show,
            n_bins=n_bins,
            strategy=strategy,
            level=level,
            name=type(estimator).__name__ if name is None else name,
            ax=ax,
            line_kw=line_kw,
        )

    @classmethod
    def from_predictions(
        cls,
        y_true,
        y_prob,
        *,
        classes=None,
        show="confidence",
        n_bins=None,
        strategy="quantile",
        level=0.05,
        name=None,
        ax=None,
        line_kw=None,
    ):
        """Plot the reliability of class probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            The true labels.
        y_prob : array-like of shape (n_samples,), (n_samples, n_classes) or \
(n_samples, n_draws, n_classes)
            Class probabilities, as in `calibration_error`.
        classes : array-like of shape (n_classes,), optional
            Labels of the columns. ``None`` takes those in ``y_true`` in ascending
            order, or the columns of a data frame that are named like the labels.
        show : {"confidence", "classes"} or array-like, default="confidence"
            "confidence" draws one curve, of the likeliest class. "classes" draws a
            curve of each class against all others. A list of labels draws those of
            these classes.
        n_bins : int, optional
            Number of bins. ``None`` is one per 25 rows, from 1 to 15.
        strategy : {"uniform", "quantile"}, default="quantile"
            Bins of equal width, or of equally many rows.
        level : float, default=0.05
            The intervals of the shares have the confidence 1 - ``level``.
        name : str, optional
            Label of the curve of the likeliest class.
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every curve.

        Returns
        -------
        display : ReliabilityDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type, shape or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        level = _check_request(n_bins, strategy, level, ax, line_kw)
        codes, probabilities, classes = check_predictions(
            y_true, y_prob, classes, _NAME
        )
        n_bins = number_of_bins(n_bins, len(codes))
        columns = _check_show(show, classes)
        if columns is None:
            right = probabilities.argmax(axis=1) == codes
            label = "Likeliest class" if name is None else str(name)
            events = {label: (probabilities.max(axis=1), right)}
        else:
            events = {
                str(classes[column]): (probabilities[:, column], codes == column)
                for column in columns
            }
        curves = {key: _curve(*of, n_bins, strategy) for key, of in events.items()}
        return cls(curves=curves, level=level).plot(ax, line_kw=line_kw)

    def plot(self, ax=None, *, line_kw=None):
        """Plot the curves, their intervals, and the numbers of rows of a single curve.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        line_kw : dict, optional
            Keyword arguments passed to ``ax.plot`` for every curve.

        Returns
        -------
        self : ReliabilityDisplay
            With ``lines_``, ``bars_`` and ``histogram_``.

        Raises
        ------
        TypeError
            If an argument has a wrong type.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        line_kw = check_line_kw(line_kw, _NAME)
        self.ax_ = ax = axes_or_new(ax, _NAME)
        self.figure_ = ax.figure
        self.lines_, self.bars_, self.histogram_ = {}, {}, None
        ax.plot([0, 1], [0, 1], color="0.5", linestyle=":", label="As said")
        for number, (label, curve) in enumerate(self.curves.items()):
            self._draw(
                label, ReliabilityCurve(*curve), {**line_style(number), **line_kw}
            )
        if len(self.curves) == 1:
            self._draw_histogram(ReliabilityCurve(*next(iter(self.curves.values()))))
        ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
        ax.set(xlabel="Probability, as said", ylabel="Share of rows, as it happened")
        ax.legend(loc="best")
        return self

    def _draw(self, label, curve, style):
        # Points at a share of 0 or 1 lie on the edge of the axes.
        own = {
            "label": legend_label(label),
            "marker": "o",
            "markersize": 4,
            "clip_on": False,
        }
        style = {**own, **style}
        (line,) = self.ax_.plot(curve.said, curve.happened, **style)
        low, high = wilson_interval(
            curve.happened * curve.n_rows, curve.n_rows, 1 - self.level
        )
        self.lines_[label] = line
        self.bars_[label] = self.ax_.vlines(
            curve.said, low, high, color=line.get_color(), alpha=0.5
        )

    def _draw_histogram(self, curve):
        edges = np.linspace(0, 1, len(curve.histogram) + 1)
        tallest = curve.histogram.max()
        self.histogram_ = self.ax_.bar(
            edges[:-1],
            curve.histogram / tallest * _BARS_UP_TO,
            width=edges[1],
            align="edge",
            color="0.85",
            zorder=0,
            label=f"Rows (tallest bar: {tallest})",
        )


def _curve(said, happened, n_bins, strategy):
    bins = binned(said, happened, bin_of(said, n_bins, strategy))
    histogram = np.histogram(said, bins=_N_BARS, range=(0, 1))[0]
    return ReliabilityCurve(*bins, histogram)


def _check_show(show, classes):
    """Return the columns to draw, or None for the likeliest class."""
    if isinstance(show, str):
        check_option(show, "show", ("confidence", "classes"), _NAME)
        return None if show == "confidence" else range(len(classes))
    wanted = as_array(show, f"show of {_NAME}")
    if wanted.ndim != 1 or not wanted.size:
        raise ValueError(
            f"show of {_NAME} must be 'confidence', 'classes' or a list of labels, got "
            f"{show!r}."
        )
    known = classes.tolist()
    unknown = [label for label in wanted.tolist() if label not in known]
    if unknown:
        raise ValueError(
            f"show of {_NAME} must hold labels of classes, got {unknown[0]!r}, but "
            f"classes are {known!r}."
        )
    return [known.index(label) for label in wanted.tolist()]


def _check_request(n_bins, strategy, level, ax, line_kw):
    """Return the level, and check what does not depend on the predictions."""
    check_n_bins(n_bins, _NAME)
    check_option(strategy, "strategy", STRATEGIES, _NAME)
    check_ax(ax, _NAME)
    check_line_kw(line_kw, _NAME)
    return check_level(level, _NAME)
