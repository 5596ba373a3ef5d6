"""The cells of a search: scores with intervals, and the learning curve in each."""

import numpy as np

from skbal._utils.matplotlib_style import axes_or_new_grid, check_ax
from skbal._utils.optional import require
from skbal._utils.paper import check_width, paper_style, save_figure
from skbal._utils.validation import check_real
from skbal.plotting._search_cells import (
    OWNER,
    cells_of,
    mean_and_half_width,
    numbers_of_labels,
    ratio_of_splits,
    score_names,
)

_PALE, _DARK = "#f7fbff", "#7fb2d9"  # light enough for black letters and lines
_NO_CELL = "0.9"
_CELL = {True: 0.75, False: 0.36}  # height in inches, with curves and without
_AROUND = 0.75  # inches for ticks and labels above and below


class SearchDisplay:
    """Mean scores of the cells of a search, with the learning curve of each.

    Make one with `from_search`. A new figure has the width and the letters of a printed
    column. `save` embeds the fonts.

    Parameters
    ----------
    params : tuple of str
        Names of one parameter or two: the columns, and the rows.
    values : tuple of list of str
        The values of each parameter.
    means : array-like of shape (n_rows, n_columns)
        Mean score of each cell. NaN where nothing was tried or the fit failed.
    half_widths : array-like of shape (n_rows, n_columns)
        Half of the interval of each mean. NaN where there is none.
    best : tuple of int
        Row and column of the best cell.
    n_labels : array-like of shape (n_steps,), optional
        Numbers of labels of the learning curves.
    curves : tuple of ndarray of shape (n_rows, n_columns, n_steps), optional
        Mean of the learning curves, and half of its interval.
    notes : array-like of str of shape (n_rows, n_columns), optional
        A line below the numbers of each cell.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes of the cells.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    image_ : matplotlib.image.AxesImage
        The colours of the cells.
    texts_ : ndarray of matplotlib.text.Text of shape (n_rows, n_columns)
        The numbers in the cells.
    cell_axes_ : ndarray of matplotlib.axes.Axes of shape (n_rows, n_columns) or None
        The axes of the curves, if there are curves.
    lines_ : dict of tuple of int to matplotlib.lines.Line2D
        The curve in each cell, by row and column.
    bands_ : dict of tuple of int to matplotlib.collections.PolyCollection
        Its band.

    See Also
    --------
    skbal.simulation.LearningCurveScores : Scorer that keeps the curves.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skbal.plotting import SearchDisplay
    >>> search = GridSearchCV(
    ...     DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 3]}
    ... ).fit(*load_iris(return_X_y=True))
    >>> display = SearchDisplay.from_search(search)
    >>> print(display.texts_[0, 2].get_text())
    0.960
    ±0.052
    """

    def __init__(
        self,
        *,
        params,
        values,
        means,
        half_widths,
        best,
        n_labels=None,
        curves=None,
        notes=None,
    ):
        self.params = params
        self.values = values
        self.means = means
        self.half_widths = half_widths
        self.best = best
        self.n_labels = n_labels
        self.curves = curves
        self.notes = notes

    @classmethod
    def from_search(
        cls, search, params=None, *, score=None, test_to_train=None, ax=None, width=85
    ):
        """Plot the cells of a fitted search.

        Parameters
        ----------
        search : GridSearchCV, RandomizedSearchCV, HalvingGridSearchCV or \
HalvingRandomSearchCV
            A fitted search, over a simulation or any other estimator.
        params : str or sequence of str, optional
            Names of one parameter or two: the columns, and the rows. ``None`` takes all
            that were searched. Any other parameter has its value in the best candidate.
        score : str, optional
            Name of the score, if the scorer returned several. ``None`` takes the one by
            which the search chose.
        test_to_train : float, optional
            Number of test rows per training row in a split, for the intervals. ``None``
            is 1 / (k - 1) for k folds, also if they are repeated, and the ratio of the
            shares for random splits, such as those of ``ShuffleSplit``. Give it for
            splits of other kinds. 0 gives Student's interval for independent splits,
            which is too narrow.
        ax : matplotlib.axes.Axes, optional
            See `plot`.
        width : float, default=85
            See `plot`.

        Returns
        -------
        display : SearchDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If ``search`` is not a search.
        ValueError
            If it is not fitted, more than two parameters were searched and ``params``
            does not say which, one has more than 12 values, or a name is not known.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.

        Notes
        -----
        The intervals are 95 % intervals of the mean over splits. The training sets of
        splits share rows, so the plain interval would be too narrow. It is widened by
        the correction of Nadeau and Bengio [1]_. It describes one cell and does not
        test the difference between two.

        In a halving search, a cell has the numbers of the last round that it took part
        in. Its resources are below them: cells of different rounds are not comparable.

        A search does not keep its models, so there are no curves unless the scorer is a
        `skbal.simulation.LearningCurveScores`, or returned numbers named ``at_20``,
        ``at_30`` and so on. They cannot be had later without
        repeating all runs.

        References
        ----------
        .. [1] C. Nadeau and Y. Bengio (2003), Inference for the Generalization Error,
           Machine Learning 52, 239-281, section 4.
        """
        results = _checked_results(search)
        score = _checked_score(score, search, results)
        if test_to_train is None:
            test_to_train = ratio_of_splits(search.cv, search.n_splits_)
        test_to_train = check_real(test_to_train, "test_to_train", OWNER, low=0)
        cells = cells_of(search, params, score)

        def spread(key):
            return mean_and_half_width(results, key, cells.index, test_to_train)

        curves = {n: spread(f"at_{n}") for n in numbers_of_labels(results)}
        # Numbers of labels that no run had say nothing.
        known = {n: c for n, c in curves.items() if np.isfinite(c[0]).any()}
        means, half_widths = spread(score)
        display = cls(
            params=cells.params,
            values=cells.values,
            means=means,
            half_widths=half_widths,
            best=cells.best,
            n_labels=list(known) or None,
            curves=tuple(np.stack(c, axis=-1) for c in zip(*known.values())) or None,
            notes=_resources(search, results, cells.index),
        )
        return display.plot(ax, width=width)

    def plot(self, ax=None, *, width=85):
        """Plot the cells.

        The best cell has a thick frame. In the others, its curve is a dashed line.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Axes to draw on. ``None`` makes a new figure.
        width : float, default=85
            Width of a new figure in millimetres. 85 is a column of most journals, 175
            a page.

        Returns
        -------
        self : SearchDisplay
            With ``image_``, ``texts_``, ``cell_axes_``, ``lines_`` and ``bands_``.

        Raises
        ------
        TypeError, ValueError
            If an argument is wrong.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        width = check_width(width, OWNER)
        check_ax(ax, OWNER)
        means = np.asarray(self.means, dtype=np.float64)
        height = _CELL[self.curves is not None] * len(means) + _AROUND
        with paper_style(OWNER, ax):
            if ax is None:
                size = (width, height)
                ax = axes_or_new_grid(None, (1, 1), OWNER, figsize=size)[0, 0]
            self.ax_, self.figure_ = ax, ax.figure
            self._draw_colours(means)
            self.cell_axes_, self.lines_, self.bands_ = None, {}, {}
            if self.curves is not None:
                self._draw_curves(means.shape)
            self._draw_texts(means)
            self._draw_frame()
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

    def _draw_colours(self, means):
        colors = require("matplotlib.colors", "examples", OWNER)
        pale_to_dark = colors.LinearSegmentedColormap.from_list("cells", [_PALE, _DARK])
        ax = self.ax_
        self.image_ = ax.imshow(
            np.ma.masked_invalid(means),
            cmap=pale_to_dark.with_extremes(bad=_NO_CELL),
            origin="lower",
            aspect="auto",
            interpolation="nearest",
        )
        short = [name.rpartition("__")[2] for name in self.params]
        names = short if len(set(short)) == len(short) else self.params
        ax.set_xticks(range(means.shape[1]), self.values[0])
        ax.set_xlabel(names[0])
        if len(self.params) == 2:
            ax.set_yticks(range(means.shape[0]), self.values[1])
            ax.set_ylabel(names[1])
        else:
            ax.set_yticks([])
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        for cut in np.arange(1, means.shape[1]) - 0.5:
            ax.axvline(cut, color="white", linewidth=1.5)
        for cut in np.arange(1, means.shape[0]) - 0.5:
            ax.axhline(cut, color="white", linewidth=1.5)

    def _draw_curves(self, shape):
        self.cell_axes_ = np.empty(shape, dtype=object)
        limits = self._limits()
        best = self.curves[0][self.best]
        for place in np.ndindex(shape):
            row, column = place
            where = (column - 0.5, row - 0.5, 1, 1)
            cell = self.ax_.inset_axes(where, transform=self.ax_.transData)
            self.cell_axes_[place] = cell
            _dress(cell, limits, row == shape[0] - 1, column == shape[1] - 1)
            mean, half = self.curves[0][place], self.curves[1][place]
            if np.isnan(mean).all():
                continue
            if place != tuple(self.best):
                cell.plot(self.n_labels, best, "--", color="0.45", linewidth=0.7)
            (line,) = cell.plot(self.n_labels, mean, color="black")
            self.lines_[place] = line
            if not np.isnan(half).all():
                self.bands_[place] = cell.fill_between(
                    self.n_labels, mean - half, mean + half, color="black", alpha=0.18,
                    linewidth=0,
                )  # fmt: skip

    def _limits(self):
        mean, half = self.curves
        half = np.nan_to_num(half)
        low, high = np.nanmin(mean - half), np.nanmax(mean + half)
        first, last = min(self.n_labels), max(self.n_labels)
        side, gap = 0.08 * (last - first) or 1, 0.06 * (high - low) or 0.05
        # The numbers stand below the end of the curves.
        return (first - side, last + side), (low - 6 * gap, high + gap)

    def _draw_texts(self, means):
        with_curves = self.curves is not None
        self.texts_ = np.empty(means.shape, dtype=object)
        for row, column in np.ndindex(means.shape):
            place = (column, row)
            look = {"ha": "center", "va": "center"}
            if with_curves:
                place = (column + 0.45, row - 0.44)
                look = {"ha": "right", "va": "bottom"}
            words = self._words(row, column, means)
            if (row, column) == tuple(self.best):
                look["weight"] = "bold"
            # In the axes of a cell, the numbers would be behind its curve.
            self.texts_[row, column] = self.ax_.text(
                *place, words, fontsize="small", linespacing=1, zorder=7, **look
            )

    def _words(self, row, column, means):
        mean, half = means[row, column], np.asarray(self.half_widths)[row, column]
        note = "" if self.notes is None else np.asarray(self.notes)[row, column]
        words = ["–"] if np.isnan(mean) else [_number(mean)]
        if np.isfinite(half):
            words.append(f"±{_number(half)}")
        return "\n".join([*words, *([note] if note else [])])

    def _draw_frame(self):
        patches = require("matplotlib.patches", "examples", OWNER)
        row, column = self.best
        frame = patches.Rectangle(
            (column - 0.5, row - 0.5), 1, 1, fill=False, linewidth=1.6, zorder=8,
            edgecolor="black", clip_on=False,
        )  # fmt: skip
        self.ax_.add_patch(frame)


def _dress(cell, limits, is_top, is_right):
    """Give the axes of a cell their limits, and ticks on the outside of the figure."""
    cell.set(xlim=limits[0], ylim=limits[1])
    cell.patch.set_visible(False)
    cell.spines[:].set_visible(False)
    cell.locator_params(nbins=3)
    cell.xaxis.tick_top()
    cell.yaxis.tick_right()
    cell.tick_params(labeltop=is_top, labelright=is_right, colors="0.35")
    cell.tick_params(axis="x", top=is_top)
    cell.tick_params(axis="y", right=is_right)
    if is_top and is_right:
        cell.set_xlabel("Labels", color="0.35")
        cell.xaxis.set_label_position("top")
        cell.set_ylabel("Score", color="0.35")
        cell.yaxis.set_label_position("right")


def _number(value):
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"


def _checked_results(search):
    is_search = hasattr(search, "fit") and hasattr(search, "cv")
    if isinstance(search, type) or not is_search or not hasattr(search, "refit"):
        got = search.__name__ if isinstance(search, type) else type(search).__name__
        raise TypeError(
            f"search of {OWNER} must be a fitted search, such as GridSearchCV, got "
            f"{got}."
        )
    if not hasattr(search, "cv_results_"):
        raise ValueError(
            f"search of {OWNER} must be fitted, this {type(search).__name__} is not: "
            "call its fit first."
        )
    return search.cv_results_


def _checked_score(score, search, results):
    names = score_names(results)
    if score is None:
        chosen_by = search.refit if isinstance(search.refit, str) else "score"
        score = chosen_by if chosen_by in names else names[0]
    if score not in names:
        raise ValueError(
            f"score of {OWNER} must be a score of the search, "
            f"{' or '.join(map(repr, names))}, got {score!r}."
        )
    return score


def _resources(search, results, index):
    """Return what each cell of a halving search was given, or None."""
    if "n_resources" not in results:
        return None
    numbers = np.asarray(results["n_resources"])[index]
    unit = {"n_samples": "rows"}.get(search.resource, search.resource)
    words = np.array([f"{n} {unit}" for n in numbers.flat], dtype=object)
    return np.where(index < 0, "", words.reshape(index.shape))
