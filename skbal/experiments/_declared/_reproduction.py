"""What the units of an experiment say, beside what was published."""

from functools import cached_property

import numpy as np

from skbal._utils.optional import require
from skbal.experiments._declared._claims import claims_table
from skbal.experiments._declared._figure import draw, published_curves
from skbal.experiments._declared._table import notes_of, summary_of, table_of

OWNER = "Reproduction"


class Reproduction:
    """Units of an experiment that were run, and the published numbers.

    `reproduce` returns one.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    units : list of dict
        The units that were run: ``arm``, ``seed``, ``result``, ``seconds``, ``device``.
    headers : list of dict
        How they were made: the settings and the versions of the libraries.
    quick : bool, default=False
        Whether in the quick size.

    Attributes
    ----------
    missing : list of (str, int)
        The arms and seeds that were not run.

    Examples
    --------
    >>> from skbal.experiments import Experiment, Measure, Reproduction
    >>> experiment = Experiment(
    ...     name="waits",
    ...     title="Waiting times",
    ...     question="Which queue is faster?",
    ...     paper="Anonymous (1900), On queues.",
    ...     arms={"left": None, "right": None},
    ...     settings={},
    ...     load=lambda folder, settings: None,
    ...     run=lambda unit: {},
    ...     measures=(Measure("minutes", lambda result: result["minutes"]),),
    ...     n_seeds=2,
    ... )
    >>> units = [
    ...     {"arm": "left", "seed": seed, "result": {"minutes": 5 + seed}}
    ...     for seed in (0, 1)
    ... ]
    >>> found = Reproduction(experiment, units, [])
    >>> found.values("minutes", "left")
    array([5., 6.])
    >>> found.missing
    [('right', 0), ('right', 1)]
    """

    def __init__(self, experiment, units, headers, *, quick=False):
        self.experiment = experiment
        self.units = list(units)
        self.headers = list(headers)
        self.quick = quick

    def __str__(self):
        return self.summary()

    def __repr__(self):
        n_units = len(self.experiment.units(self.quick))
        done = n_units - len(self.missing)
        return f"{OWNER}({self.experiment.name!r}, {done} of {n_units} units)"

    @cached_property
    def _results(self):
        # The first one, if two processes did the same unit.
        found = {}
        for unit in self.units:
            found.setdefault((unit["arm"], unit["seed"]), unit["result"])
        return found

    @property
    def missing(self):
        """The arms and seeds that were not run."""
        units = self.experiment.units(self.quick)
        return [unit for unit in units if unit not in self._results]

    def results(self, arm):
        """Return the results of an arm.

        Parameters
        ----------
        arm : str
            Name of the arm.

        Returns
        -------
        results : dict of int to dict
            One for each seed that was run, in ascending order of the seeds.
        """
        seeds = self.experiment.seeds(self.quick)
        units = {seed: self._results.get((arm, seed)) for seed in seeds}
        return {seed: result for seed, result in units.items() if result is not None}

    def values(self, measure, arm):
        """Return a measure of an arm.

        Parameters
        ----------
        measure : str
            Name of the measure.
        arm : str
            Name of the arm.

        Returns
        -------
        values : ndarray of shape (n_seeds,)
            One number for each seed that was run and has the measure. If the measure
            compares with another arm, for each seed that was run of both.

        Raises
        ------
        ValueError
            If the experiment has no such measure or arm.
        """
        names = dict.fromkeys(one.name for one in self.experiment.measures)
        _check_among(measure, "measure", names)
        _check_among(arm, "arm", self.experiment.arms)
        measure, own = self.experiment.measure(measure, arm), self.results(arm)
        if measure.versus is None:
            values = [self._read(measure, arm, seed, own[seed]) for seed in own]
        else:
            others = self.results(measure.versus)
            both = [seed for seed in own if seed in others]
            values = [self._read(measure, arm, s, others[s], own[s]) for s in both]
        values = np.array(values, dtype=np.float64)
        return values[~np.isnan(values)]

    def _read(self, measure, arm, seed, *results):
        """Return a measure of a unit. None, which a file has for NaN, is NaN."""
        try:
            value = np.asarray(measure.of(*results), dtype=np.float64)
            if value.ndim:
                raise TypeError(f"A measure must be one number, got {value!r:.60}.")
        except Exception as error:
            error.add_note(
                f"{self.experiment.name}: measure {measure.name!r} of arm {arm!r}, "
                f"seed {seed}."
            )
            raise
        return float(value)

    def table(self):
        """Return our numbers beside the published ones, as text.

        Returns
        -------
        header : list of str
            The names of the columns: arm, measure, ours with its interval, one for each
            published source, and whether the first of these agrees with ours.
        rows : list of list of str
            One for each measure of each arm.
        """
        return table_of(self)

    def claims(self, others=None):
        """Return what the paper says in words, with verdicts from our numbers.

        Parameters
        ----------
        others : dict of str to Reproduction, optional
            The units of other experiments that claims are about. Without them, these
            claims count as not run.

        Returns
        -------
        header : list of str
            The names of the columns: the claim, its verdict, and for each of its
            statements our number, its value, and the rule with its result.
        rows : list of list of str
            One for each statement. The claim stands in its first row.
        """
        return claims_table(self, others)

    def notes(self):
        """Return what a reader of the table must know.

        Returns
        -------
        notes : list of str
            Sentences: what the columns are, what the experiment finds, what is missing,
            and whether the numbers are those of the quick version.
        """
        return notes_of(self)

    def summary(self):
        """Return the table in plain text, with a note on what its columns are.

        Returns
        -------
        text : str
        """
        return summary_of(self)

    def to_frame(self):
        """Return the numbers of all units.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns arm, seed, measure and value. Measures that compare with
            another arm are left out.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", f"{OWNER}.to_frame")
        rows = [
            (arm, seed, measure.name, self._read(measure, arm, seed, result))
            for arm in self.experiment.arms
            for seed, result in self.results(arm).items()
            for measure in self.experiment.measures
            if measure.versus is None and measure.belongs_to(arm)
        ]
        return pandas.DataFrame(rows, columns=["arm", "seed", "measure", "value"])

    def plot(self, figure=None, *, data=None, which=None):
        """Draw a figure of the paper, with published curves behind ours.

        Parameters
        ----------
        figure : matplotlib.figure.Figure, optional
            The figure to draw on. ``None`` makes a new one.
        data : str or os.PathLike, optional
            A folder with published curves, ``reference_curves.npz``. Without it, none
            are drawn.
        which : str, optional
            The short name of a figure, if the experiment has several
            (``experiment.figures()``). ``None`` draws the first one.

        Returns
        -------
        figure : matplotlib.figure.Figure

        Raises
        ------
        ValueError
            If the experiment has no figure, or none of this name.
        ImportError
            If matplotlib is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        return draw(self, figure, published_curves(data), which)


def _check_among(value, name, known):
    if value not in known:
        raise ValueError(
            f"{name} of {OWNER}.values must be one of {', '.join(map(repr, known))}, "
            f"got {value!r}."
        )
