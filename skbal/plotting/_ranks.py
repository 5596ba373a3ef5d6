"""Mean ranks of strategies on many tables, with the critical difference."""

from skbal._utils.matplotlib_style import COLOURS, axes_or_new

OWNER = "RankDisplay"
_BETTER, _WORSE, _OPEN = "better", "worse", "not distinguishable"
# Colour and marker both tell what was found, for print without colour.
_LOOKS = {
    _BETTER: {"color": COLOURS[0], "marker": "o"},
    _WORSE: {"color": COLOURS[1], "marker": "v"},
    _OPEN: {"color": "0.45", "marker": "s", "markerfacecolor": "white"},
    "reference": {"color": "black", "marker": "D"},
}
_ROW = 0.24  # inches for a strategy


class RankDisplay:
    """Mean ranks of strategies with intervals: those that overlap may be as good.

    Make one with `from_benchmark`. Each interval is as wide as the critical difference,
    half of it on either side. So two strategies differ significantly by Nemenyi's test
    if their intervals do not overlap [1]_. The band is the interval of the reference.

    Parameters
    ----------
    mean_ranks : dict of str to float
        For each strategy its mean rank, 1 is the best. They are drawn in this order.
    critical_difference : float
        The difference of mean ranks below which two strategies are not distinguishable.
    reference : str, optional
        The strategy whose interval is the band.
    verdicts : dict of str to str, optional
        For each strategy but the reference, what a test against it tells, such as
        "better than random". It decides the marker.
    n_tables : int, optional
        Number of tables, for the label of the axis.
    test_name : str, optional
        The test that the verdicts are from, for the title of the legend.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        The axes.
    figure_ : matplotlib.figure.Figure
        The figure that contains them.
    points_ : dict of str to matplotlib.container.ErrorbarContainer
        The mean rank of each strategy with its interval.

    See Also
    --------
    skbal.experiments.benchmark : Make the ranks.

    References
    ----------
    .. [1] J. Demšar (2006), Statistical Comparisons of Classifiers over Multiple Data
       Sets, Journal of Machine Learning Research 7, section 3.2.

    Examples
    --------
    >>> from skbal.plotting import RankDisplay
    >>> display = RankDisplay(
    ...     mean_ranks={"Margin": 1.2, "Random": 1.8}, critical_difference=0.5
    ... ).plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['Margin', 'Random']
    """

    def __init__(
        self,
        *,
        mean_ranks,
        critical_difference,
        reference=None,
        verdicts=None,
        n_tables=None,
        test_name=None,
    ):
        self.mean_ranks = mean_ranks
        self.critical_difference = critical_difference
        self.reference = reference
        self.verdicts = verdicts
        self.n_tables = n_tables
        self.test_name = test_name

    @classmethod
    def from_benchmark(cls, result, *, ax=None):
        """Plot the ranks of a benchmark.

        Parameters
        ----------
        result : skbal.experiments.BenchmarkResult
            The result of `skbal.experiments.benchmark`.
        ax : matplotlib.axes.Axes, optional
            The axes to draw on. ``None`` makes a new figure.

        Returns
        -------
        display : RankDisplay
            The display, with its plot drawn.

        Raises
        ------
        TypeError
            If ``result`` is none.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        if not hasattr(result, "mean_ranks") or isinstance(result, type):
            raise TypeError(
                f"result of {OWNER} must be a BenchmarkResult, such as "
                f"skbal.experiments.benchmark returns, got {result!r:.60}."
            )
        display = cls(
            mean_ranks=result.mean_ranks,
            critical_difference=result.critical_difference,
            reference=result.reference,
            verdicts=result.verdicts,
            n_tables=len(result.tables),
            test_name="Wilcoxon's test",
        )
        return display.plot(ax)

    def plot(self, ax=None):
        """Plot the mean ranks with their intervals, the first strategy on top.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            The axes to draw on. ``None`` makes a new figure.

        Returns
        -------
        self : RankDisplay
            With ``points_``.

        Raises
        ------
        TypeError
            If ``ax`` is no Axes.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        names = list(self.mean_ranks)
        self.ax_ = axes_or_new(ax, OWNER)
        self.figure_ = self.ax_.figure
        if ax is None:
            self.figure_.set_size_inches(7, 1.2 + _ROW * len(names))
            self.figure_.set_layout_engine("constrained")
        half = self.critical_difference / 2
        if self.reference in self.mean_ranks:
            middle = self.mean_ranks[self.reference]
            self.ax_.axvspan(middle - half, middle + half, color="0.9", zorder=0)
        self.points_ = {
            name: self.ax_.errorbar(
                rank, place, xerr=half, capsize=3, linestyle="none", **self._look(name)
            )
            for place, (name, rank) in enumerate(self.mean_ranks.items())
        }
        self.ax_.set_yticks(range(len(names)), names)
        self.ax_.set_ylim(len(names) - 0.4, -0.6)
        on = "" if self.n_tables is None else f" on {self.n_tables} tables"
        self.ax_.set_xlabel(f"Mean rank{on} (1 is best), with the critical difference")
        self._draw_legend()
        return self

    def _look(self, name):
        return _LOOKS[self._kind(name)]

    def _kind(self, name):
        if name == self.reference:
            return "reference"
        words = (self.verdicts or {}).get(name, "")
        return next((kind for kind in (_BETTER, _WORSE) if kind in words), _OPEN)

    def _draw_legend(self):
        if not self.verdicts:
            return
        first = {self._kind(name): points for name, points in self.points_.items()}
        kinds = [kind for kind in (_BETTER, _WORSE, _OPEN) if kind in first]
        than = "random" if self.reference == "Random" else self.reference
        by = "" if self.test_name is None else f", by {self.test_name}"
        self.ax_.legend(
            [first[kind].lines[0] for kind in kinds],
            kinds,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),  # above, where it hides no interval
            ncols=len(kinds),
            fontsize="small",
            title=f"Against {than}{by}",
            title_fontsize="small",
        )
