"""Accuracy under changes of images, beside the images."""

import numpy as np

from skbal._utils.matplotlib_style import axes_or_new_grid, check_ax_grid, line_style
from skbal.audit._invariance._report import invariance_report
from skbal.audit._invariance._result import MEASURES, InvarianceReport

_NAME = "InvarianceDisplay"
_INCHES = 1.7  # height of a row
_LABELS = {
    "accuracy": "accuracy",
    "same": "same class as unchanged",
    "entropy": "entropy (nats)",
    "mutual_information": "mutual information (nats)",
    "distance": "total-variation distance",
}


class InvarianceDisplay:
    """How predictions change under transforms, and what these do to an image.

    Make one with `from_estimator` or `from_result`. Each transform is a row of the
    figure: on the left the numbers against its strength, with intervals, and to the
    right of them the first image at each strength.

    Parameters
    ----------
    result : InvarianceReport
        Result of `invariance_report`.

    Attributes
    ----------
    ax_ : ndarray of matplotlib.axes.Axes of shape (n_transforms, 1 + n_strengths)
        The axes. Where a transform has fewer strengths, they are empty.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    lines_ : dict of (str, str) to matplotlib.container.ErrorbarContainer
        The curves, by transform and measure.
    images_ : list of matplotlib.image.AxesImage
        The images.

    See Also
    --------
    invariance_report : The numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.audit import InvarianceDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(10, random_state=0).fit(X[:900], y[:900])
    >>> display = InvarianceDisplay.from_estimator(
    ...     forest, X[900:], {"shift": [0, 1, 2]}, y[900:], image_shape=(8, 8)
    ... )
    >>> display.ax_.shape
    (1, 4)
    """

    def __init__(self, *, result):
        self.result = result

    @classmethod
    def from_estimator(
        cls, estimator, X, transforms, y=None, *, measures=None, ax=None, **report_kw
    ):
        """Make the report and plot it.

        Parameters
        ----------
        estimator, X, transforms, y
            See `invariance_report`.
        measures, ax
            See `plot`.
        **report_kw
            Keyword arguments of `invariance_report`.

        Returns
        -------
        display : InvarianceDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            As of that function, or if an argument of the plot is invalid.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        check_ax_grid(None, (1,), _NAME)
        _check_measures(measures, y is not None)
        result = invariance_report(estimator, X, transforms, y, **report_kw)
        return cls(result=result).plot(ax, measures=measures)

    @classmethod
    def from_result(cls, result, *, measures=None, ax=None):
        """Plot a report.

        Parameters
        ----------
        result : InvarianceReport
            Result of `invariance_report`.
        measures, ax
            See `plot`.

        Returns
        -------
        display : InvarianceDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError, ValueError
            If an argument is invalid.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not isinstance(result, InvarianceReport):
            raise TypeError(
                f"result of {_NAME} must be an InvarianceReport, got {result!r}."
            )
        return cls(result=result).plot(ax, measures=measures)

    def plot(self, ax=None, *, measures=None):
        """Plot the numbers and the images.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes, optional
            A grid with a row for each transform, and a column more than the most
            strengths. ``None`` makes a new figure.
        measures : sequence of str, optional
            What is plotted, of "accuracy", "same", "entropy", "mutual_information" and
            "distance". ``None`` is the accuracy, if it is known, and "same".

        Returns
        -------
        self : InvarianceDisplay
            With ``lines_`` and ``images_``.

        Raises
        ------
        TypeError, ValueError
            If an argument has a wrong type or value.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        result = self.result
        measures = _check_measures(measures, result.accuracy is not None)
        names = list(dict.fromkeys(result.transforms[1:]))
        of_name = [np.flatnonzero(np.array(result.transforms) == n) for n in names]
        shape = len(names), 1 + max(map(len, of_name))
        size = (2.2 * _INCHES + _INCHES * (shape[1] - 1), _INCHES * shape[0] + 0.4)
        ratios = [2.2] + [1] * (shape[1] - 1)
        self.ax_ = axes_or_new_grid(ax, shape, _NAME, figsize=size, width_ratios=ratios)
        self.figure_ = self.ax_[0, 0].figure
        self.lines_, self.images_ = {}, []
        for axes, name, lines in zip(self.ax_, names, of_name):
            self._draw_numbers(axes[0], name, lines, measures)
            self._draw_images(axes[1:], lines)
        self.ax_[0, 0].legend(fontsize="small")
        return self

    def _draw_numbers(self, ax, name, lines, measures):
        strengths = [self.result.strengths[line] for line in lines]
        is_numeric = all(isinstance(each, (int, float)) for each in strengths)
        places = strengths if is_numeric else np.arange(len(lines))
        for number, measure in enumerate(measures):
            values = getattr(self.result, measure)[lines]
            ends = self.result.intervals[measure][lines].T
            self.lines_[name, measure] = ax.errorbar(
                places,
                values,
                np.maximum(np.abs(ends - values), 0),
                label=_LABELS[measure],
                marker="o",
                markersize=3,
                capsize=2,
                **line_style(number),
            )
        ax.set(ylabel=name, xticks=places)
        ax.set_xticklabels([_label(strength) for strength in strengths])
        if not {"entropy", "mutual_information"} & set(measures):
            ax.set_ylim(-0.03, 1.03)

    def _draw_images(self, axes, lines):
        images = self.result.examples[lines]
        ends = {"vmin": images.min(), "vmax": images.max()}
        for ax, image, line in zip(axes, images, lines):
            if image.ndim == 3:
                image = (image - ends["vmin"]) / max(np.ptp(images), 1e-12)
            self.images_.append(ax.imshow(image, cmap="gray", **ends))
            ax.set_title(self.result.words[line], fontsize="small")
        for ax in axes:
            ax.set_axis_off()


def _label(strength):
    """Return a strength as it stands below a curve."""
    if isinstance(strength, float):
        return f"{strength:g}"
    return "" if strength is None else str(strength)


def _check_measures(measures, has_labels):
    """Return the names of what is plotted."""
    if measures is None:
        return ("accuracy", "same") if has_labels else ("same",)
    known = MEASURES if has_labels else MEASURES[1:]
    names = [measures] if isinstance(measures, str) else list(measures)
    if not names or any(name not in known for name in names):
        hint = "" if has_labels else " The accuracy needs y."
        raise ValueError(
            f"measures of {_NAME} must be names of {known}, got {measures!r}.{hint}"
        )
    return tuple(names)
