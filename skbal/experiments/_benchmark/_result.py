"""What a benchmark found: ranks of strategies, and tests between them."""

from functools import cached_property

import numpy as np

from skbal._utils.json_lines import read_lines
from skbal._utils.names import KnowsItsParameters
from skbal._utils.optional import require
from skbal.experiments._benchmark._ranks import (
    against,
    critical_difference,
    friedman_test,
    ranks_of,
)
from skbal.experiments._benchmark._scores import (
    N_DECIMALS,
    area_of,
    check_scores,
    gain_of,
)
from skbal.experiments._benchmark._summary import summary_table
from skbal.experiments._benchmark._units import (
    check_marks,
    columns,
    n_complete,
    runs_of,
)
from skbal.experiments._checks import check_confidence
from skbal.plotting import RankDisplay

OWNER = "BenchmarkResult"


class BenchmarkResult(KnowsItsParameters):
    """Scores of strategies on many tables, their ranks, and tests between them.

    `benchmark` returns one.

    Parameters
    ----------
    scores : dict of str to dict of str to array-like of shape (n_repeats, n_steps)
        For each table and each strategy, the scores of its runs: with the first labels
        and after each query. Higher is better. Each table has the same strategies.
    reference : str, default="Random"
        Name of the strategy that the others are compared with.
    confidence : float, default=0.95
        Confidence level of intervals and tests.
    seconds : dict of str to dict of str to array-like of shape (n_repeats,), optional
        Processor time of one query, for each table and strategy.
    n_labels : dict of str to int, optional
        For each table, the number of labels with which it was first scored.
    provenance : list of dict, optional
        How the runs were made: settings and versions.
    incomplete : tuple of str, default=()
        Strategies that are left out because some of their runs are missing.

    Attributes
    ----------
    tables, strategies : list of str
        Their names.
    n_repeats : int
        Number of runs of each strategy on each table.
    areas : dict of str to dict of str to ndarray of shape (n_repeats,)
        For each table and strategy, the mean score of each run over its labels.
    ranks : dict of str to ndarray of shape (n_tables,)
        For each strategy, its rank by the mean area: 1 is the best of a table, and
        equals share the mean of their ranks.
    mean_ranks : dict of str to float
        Their means over tables, the best first.
    friedman : tuple of float
        Friedman's ``chi_squared``, the ``f`` of Iman and Davenport, and its
        ``p_value``: do the strategies differ at all?
    critical_difference : float
        Mean ranks that differ by less are not distinguishable by Nemenyi's test, which
        allows for comparing all pairs.
    p_values : dict of str to float
        Of Wilcoxon's signed-rank test over tables against the reference, corrected by
        Holm's method for the number of strategies.
    verdicts : dict of str to str
        The same in words, for each strategy but the reference.
    gains : dict of str to dict of str to PairedDifference
        For each table and strategy, the area minus that of the reference, with
        Student's interval over repeats. Each holds for itself.
    seconds_per_query : dict of str to float
        Mean over tables and repeats. Empty without ``seconds``.

    See Also
    --------
    benchmark : Makes the runs.

    Notes
    -----
    A rank does not say by how much a strategy is better, and a gain does not say
    whether the strategy is better on other tables. Look at both. Tests over tables take
    each table as one observation, and say nothing about a single table [1]_.

    References
    ----------
    .. [1] J. Demšar (2006), Statistical Comparisons of Classifiers over Multiple Data
       Sets, Journal of Machine Learning Research 7, section 3.2.

    Examples
    --------
    >>> from skbal.experiments import BenchmarkResult
    >>> result = BenchmarkResult({
    ...     "iris": {"BALD": [[0.5, 0.9]], "Random": [[0.5, 0.7]]},
    ...     "wine": {"BALD": [[0.6, 0.8]], "Random": [[0.6, 0.9]]},
    ... })
    >>> result.mean_ranks
    {'BALD': 1.5, 'Random': 1.5}
    >>> result.verdicts
    {'BALD': 'not distinguishable on 2 tables'}
    """

    def __init__(
        self,
        scores,
        reference="Random",
        *,
        confidence=0.95,
        seconds=None,
        n_labels=None,
        provenance=None,
        incomplete=(),
    ):
        self.scores = check_scores(scores)
        self.tables = list(self.scores)
        self.strategies = list(self.scores[self.tables[0]])
        self.reference = self._check_strategy(reference, "reference")
        self.confidence = check_confidence(confidence, OWNER)
        self.seconds = seconds or {}
        self.n_labels = n_labels or {}
        self.provenance = list(provenance or [])
        self.incomplete = tuple(incomplete)

    @classmethod
    def from_units(
        cls, units, headers=(), *, reference="Random", tables=None, first=(),
        n_repeats=None, marks=None,
    ):  # fmt: skip
        """Return the result of units that are complete.

        Parameters
        ----------
        units : list of dict
            The units, as the file in the ``output`` of `benchmark` holds them.
        headers : list of dict
            What they are of.
        reference : str, default="Random"
            Name of the strategy that the others are compared with.
        tables : list of str, optional
            The tables. None takes all on which the reference was run.
        first : list of str
            Strategies that come first in ``strategies``, in this order.
        n_repeats : int, optional
            Number of repeats. None takes as many as the reference has on all tables.
            Strategies that have fewer are left out.
        marks : dict of (str, str) to str, optional
            What units of a table and a strategy must be marked with.

        Returns
        -------
        result : BenchmarkResult

        Raises
        ------
        ValueError
            If the reference has no complete repeat, or units have other marks.
        """
        runs = runs_of(units)
        check_marks(runs, marks or {})
        if tables is None:
            tables = list(dict.fromkeys(t for t, s in runs if s == reference))
        if n_repeats is None:
            n_repeats = n_complete(runs, reference, tables) if tables else 0
        if n_repeats == 0 or n_complete(runs, reference, tables) < n_repeats:
            raise ValueError(
                f"units of {OWNER} must hold runs of {reference!r} on all tables in "
                f"{n_repeats or 1} repeats, and some are missing."
            )
        names = list(dict.fromkeys([*first, *(strategy for _, strategy in runs)]))
        whole = [s for s in names if n_complete(runs, s, tables) >= n_repeats]
        scores, n_labels, seconds = columns(runs, tables, whole, n_repeats)
        return cls(
            scores,
            reference,
            seconds=seconds,
            n_labels=n_labels,
            provenance=headers,
            incomplete=[name for name in names if name not in whole],
        )

    @classmethod
    def load(cls, path, reference="Random", n_repeats=None):
        """Return the result of a file that `benchmark` has written.

        Parameters
        ----------
        path : str or os.PathLike
            The file, such as ``benchmark-forest.jsonl`` in the folder ``output``.
        reference : str, default="Random"
            Name of the strategy that the others are compared with.
        n_repeats : int, optional
            Number of repeats. None takes as many as the reference has on all tables.

        Returns
        -------
        result : BenchmarkResult

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it is damaged, or no repeat of the reference is complete.
        """
        lines = read_lines(path)
        if not lines:
            raise FileNotFoundError(f"path of {OWNER}.load must be a file, got {path}.")
        units = [line for line in lines if "arm" in line]
        headers = [line for line in lines if "arm" not in line]
        return cls.from_units(units, headers, reference=reference, n_repeats=n_repeats)

    def __repr__(self):
        return (
            f"{OWNER}({len(self.strategies)} strategies on {len(self.tables)} tables, "
            f"{self.n_repeats} repeats)"
        )

    def __str__(self):
        return self.summary()

    @property
    def n_repeats(self):
        """Number of runs of each strategy on each table."""
        return len(self.scores[self.tables[0]][self.reference])

    @cached_property
    def areas(self):
        """Mean score of each run over its labels, by table and strategy."""
        return {
            table: {name: area_of(curves) for name, curves in by_strategy.items()}
            for table, by_strategy in self.scores.items()
        }

    @cached_property
    def mean_areas(self):
        """Means of the areas over repeats, shape (n_tables, n_strategies)."""
        means = [
            [self.areas[t][s].mean() for s in self.strategies] for t in self.tables
        ]
        return np.round(means, N_DECIMALS)

    @cached_property
    def ranks(self):
        """Rank of each strategy on each table."""
        return dict(zip(self.strategies, ranks_of(self.mean_areas).T))

    @property
    def mean_ranks(self):
        """Mean rank of each strategy over tables, the best first."""
        means = {name: float(ranks.mean()) for name, ranks in self.ranks.items()}
        return dict(sorted(means.items(), key=lambda item: item[1]))

    @cached_property
    def friedman(self):
        """Friedman's test of whether the strategies differ at all."""
        return friedman_test(self.mean_areas)

    @cached_property
    def critical_difference(self):
        """Nemenyi's critical difference of mean ranks."""
        n_tables, n_strategies = self.mean_areas.shape
        return critical_difference(n_strategies, n_tables, self.confidence)

    @property
    def p_values(self):
        """Of Wilcoxon's test against the reference, corrected by Holm's method."""
        return {name: p_value for name, (p_value, _) in self._against.items()}

    @property
    def verdicts(self):
        """What the tests against the reference tell, in words."""
        than = "random" if self.reference == "Random" else self.reference
        return {
            name: f"not distinguishable on {len(self.tables)} tables"
            if p_value >= 1 - self.confidence
            else f"{'better' if sign > 0 else 'worse'} than {than}"
            for name, (p_value, sign) in self._against.items()
        }

    @cached_property
    def _against(self):
        column = self.strategies.index(self.reference)
        p_values, signs = against(self.mean_areas, column)
        found = zip(self.strategies, p_values.tolist(), signs.tolist())
        return {name: (p, sign) for name, p, sign in found if name != self.reference}

    @cached_property
    def gains(self):
        """Areas minus those of the reference, by table and strategy."""
        return {
            table: {
                name: gain_of(areas[name] - areas[self.reference], self.confidence)
                for name in self.strategies
                if name != self.reference
            }
            for table, areas in self.areas.items()
        }

    @cached_property
    def seconds_per_query(self):
        """Processor time of a query, mean over tables and repeats."""
        if not self.seconds:
            return {}
        return {
            name: float(np.mean([np.mean(self.seconds[t][name]) for t in self.tables]))
            for name in self.strategies
        }

    def with_reference(self, reference):
        """Return the same runs, compared with another strategy.

        Parameters
        ----------
        reference : str
            Name of the strategy.

        Returns
        -------
        result : BenchmarkResult
        """
        return BenchmarkResult(
            self.scores,
            self._check_strategy(reference, "reference"),
            confidence=self.confidence,
            seconds=self.seconds,
            n_labels=self.n_labels,
            provenance=self.provenance,
            incomplete=self.incomplete,
        )

    def summary(self):
        """Return the strategies as a table in plain text, the best rank first.

        Returns
        -------
        text : str
            For each strategy its mean rank, its mean gain over the reference, on how
            many tables it is better and worse, the corrected p value, the verdict, and
            the seconds of a query.
        """
        return summary_table(self)

    def plot(self, ax=None, **kwargs):
        """Draw the mean ranks with the critical difference.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            The axes to draw on. ``None`` makes a new figure.
        **kwargs
            Passed to `skbal.plotting.RankDisplay.from_benchmark`.

        Returns
        -------
        display : skbal.plotting.RankDisplay
        """
        return RankDisplay.from_benchmark(self, ax=ax, **kwargs)

    def to_frame(self):
        """Return all areas as one table, one row for each run.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns table, strategy, repeat and area.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", f"{OWNER}.to_frame")
        rows = [
            (table, strategy, repeat, float(area))
            for table, by_strategy in self.areas.items()
            for strategy, areas in by_strategy.items()
            for repeat, area in enumerate(areas)
        ]
        return pandas.DataFrame(rows, columns=["table", "strategy", "repeat", "area"])

    def _check_strategy(self, name, argument):
        if not isinstance(name, str) or name not in self.strategies:
            raise ValueError(
                f"{argument} of {OWNER} must be one of the strategies "
                f"{', '.join(map(repr, self.strategies))}, got {name!r}."
            )
        return name
