"""What an experiment of a paper is, declared before it is run."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from skbal._utils.validation import check_count
from skbal.experiments._declared._claims import Claim
from skbal.experiments._declared._plain import check_plain, check_tuple


@dataclass(frozen=True)
class Published:
    """A number that somebody published.

    Parameters
    ----------
    arm : str
        The arm of the experiment that it belongs to.
    measure : str
        Name of the measure.
    value : float
        The number, in the unit of the measure.
    source : str
        The paper or the code that it is from. Each source is a column of the table.
    n_seeds : int, optional
        Number of runs that the number is the mean of. With it, the table says whether
        the number agrees with ours.

    Examples
    --------
    >>> from skbal.experiments import Published
    >>> Published("BALD", "labels to 5% error", 335, "Gal et al. 2017", n_seeds=3).value
    335
    """

    arm: str
    measure: str
    value: float
    source: str
    n_seeds: int | None = None


@dataclass(frozen=True)
class Measure:
    """A number that is read from the result of a unit.

    Parameters
    ----------
    name : str
        Its name in the table, with its unit.
    of : callable
        Takes the result of a unit and returns a float: infinity if the unit never got
        there, NaN if it does not have this measure, for instance in the quick version.
    versus : str, optional
        An arm to compare with. ``of`` then takes two results: that of this arm with the
        same seed, and that of the unit.
    arms : tuple of str, optional
        The arms that have this measure. None means all, without ``versus``.
    n_digits : int, default=0
        Digits after the point in the table.

    Examples
    --------
    >>> from skbal.experiments import Measure
    >>> ratio = Measure(
    ...     "random / arm", lambda random, own: random["n"] / own["n"], versus="Random"
    ... )
    >>> ratio.of({"n": 30}, {"n": 10})
    3.0
    """

    name: str
    of: Callable
    versus: str | None = None
    arms: tuple | None = None
    n_digits: int = 0

    def belongs_to(self, arm):
        """Return whether an arm has this measure.

        Parameters
        ----------
        arm : str
            Name of the arm.

        Returns
        -------
        belongs : bool
        """
        return arm != self.versus and (self.arms is None or arm in self.arms)


@dataclass(frozen=True)
class Experiment:
    """An experiment of a paper: what is run, what is read from it, what was published.

    It is run in units. A unit is one arm with one seed. An arm is usually a query
    strategy, sometimes a variant of the model or of the data. Units share nothing but
    the data, so they may be run in any order and on any machine.

    Parameters
    ----------
    name : str
        A short name for the command line: lower-case letters, digits and ``-``.
    title : str
        What it is about, in a few words.
    question : str
        The question of the experiment, in one or a few sentences.
    paper : str
        The paper, with authors, year, title and section.
    arms : dict of str to object
        For each arm, what ``run`` needs to know of it, such as a query strategy.
    settings : dict of str to object
        The size and the parameters of the experiment as plain data: the budget, the
        rows, the training. They identify files of results.
    load : callable
        Takes the data folder (or None) and the settings, and returns the data.
    run : callable
        Takes an `ExperimentUnit` and returns its result: a dict of plain data that JSON
        can hold.
    measures : tuple of Measure
        The rows of the table.
    n_seeds : int, default=3
        Number of seeds of each arm. Seeds are 0, 1, and so on. All arms of a seed
        should begin in the same way, so that they can be compared in pairs.
    quick : dict of str to object, optional
        Settings that differ with ``--quick``, which takes less than two minutes.
        ``n_seeds`` may be among them.
    published : tuple of Published, optional
        What others found.
    differences : tuple of str, optional
        What differs from the paper, each in one sentence.
    draw : callable or dict of str to (str, callable), optional
        Takes a matplotlib figure, a `Reproduction` and the published curves (a dict of
        arrays, which may be empty), and draws the figure in the form of the paper. If
        there are several figures, each has a short name, a caption and a callable.
    findings : callable, optional
        Takes a `Reproduction`, and returns a list of sentences on what its numbers say.
        They stand below the table, except for the quick size.
    shares : str, optional
        Name of an experiment whose units, where arms have the same names and the
        settings are equal, are units of this one. They are taken from its file, if it
        is in the same folder.
    claims : tuple of Claim, optional
        What the paper says in words. The page has a verdict on each.
    counterparts : dict of str to str, optional
        For each figure and table of the paper, where its counterpart is: the name of an
        experiment or of a figure, or else a few words.

    Raises
    ------
    ValueError
        If the name has other characters, ``n_seeds`` is not positive, there are no
        arms, an arm has two measures of the same name, a measure is of an arm that
        there is not, a published number is of an arm that does not have its measure, or
        a setting of ``quick`` is none of ``settings``.
    TypeError
        If arms are not named by strings, settings are not plain data, or measures,
        published numbers or claims are something else.

    Examples
    --------
    >>> from skbal.experiments import Experiment, Measure, Published
    >>> coins = Experiment(
    ...     name="coins",
    ...     title="How often does a coin show heads?",
    ...     question="Is a coin fair?",
    ...     paper="Anonymous (1900), On coins, section 1.",
    ...     arms={"fair": 0.5, "bent": 0.8},
    ...     settings={"n_throws": 1000},
    ...     load=lambda folder, settings: None,
    ...     run=lambda unit: {"heads": unit.part * unit.settings["n_throws"]},
    ...     measures=(Measure("heads", lambda result: result["heads"]),),
    ...     published=(Published("fair", "heads", 498, "Anonymous 1900"),),
    ...     quick={"n_throws": 10},
    ... )
    >>> coins.sized(quick=True)["n_throws"]
    10
    """

    name: str
    title: str
    question: str
    paper: str
    arms: Mapping
    settings: Mapping
    load: Callable
    run: Callable
    measures: tuple
    n_seeds: int = 3
    quick: Mapping = field(default_factory=dict)
    published: tuple = ()
    differences: tuple = ()
    draw: Callable | Mapping | None = None
    findings: Callable | None = None
    shares: str | None = None
    claims: tuple = ()
    counterparts: Mapping = field(default_factory=dict)

    def __post_init__(self):
        if not isinstance(self.name, str) or not re.fullmatch("[a-z0-9-]+", self.name):
            raise ValueError(
                "name of Experiment must have lower-case letters, digits and -, got "
                f"{self.name!r}."
            )
        owner = f"Experiment {self.name!r}"
        check_count(self.n_seeds, "n_seeds", owner)
        check_count(self.quick.get("n_seeds", 1), "n_seeds in quick", owner)
        check_plain(self.settings, f"settings of {owner}")
        check_plain(self.quick, f"quick of {owner}")
        check_tuple(self.measures, "measures", Measure, owner)
        check_tuple(self.published, "published", Published, owner)
        check_tuple(self.claims, "claims", Claim, owner)
        self._check_arms()
        self._check_measures()
        self._check_published()
        if unknown := set(self.quick) - {*self.settings, "n_seeds"}:
            raise ValueError(
                f"quick of {owner} must change settings that there are "
                f"({', '.join(self.settings)} and n_seeds), got {sorted(unknown)}."
            )

    def _check_arms(self):
        must = f"arms of Experiment {self.name!r} must be a dict of names"
        if not isinstance(self.arms, Mapping):
            raise TypeError(f"{must}, got {self.arms!r:.60}.")
        if not self.arms:
            raise ValueError(f"{must}, got none.")
        for name in self.arms:
            if not isinstance(name, str):
                raise TypeError(f"{must}, which are strings, got {name!r}.")

    def _check_published(self):
        names = list(dict.fromkeys(measure.name for measure in self.measures))
        seen = set()
        for number in self.published:
            if number.arm not in self.arms or number.measure not in names:
                raise ValueError(
                    f"published of Experiment {self.name!r} must be of one of its arms "
                    f"({', '.join(self.arms)}) and measures ({', '.join(names)}), got "
                    f"{number.arm!r} and {number.measure!r}."
                )
            if not self.measure(number.measure, number.arm).belongs_to(number.arm):
                raise ValueError(
                    f"published of Experiment {self.name!r} must be of an arm that has "
                    f"its measure, but {number.arm!r} does not have "
                    f"{number.measure!r}."
                )
            key = (number.arm, number.measure, number.source)
            if key in seen:
                raise ValueError(
                    f"published of Experiment {self.name!r} must have one number of an "
                    f"arm, a measure and a source, got two of {', '.join(key)}."
                )
            seen.add(key)

    def _check_measures(self):
        names = [
            (measure.name, arm)
            for measure in self.measures
            for arm in filter(measure.belongs_to, self.arms)
        ]
        if twice := [name for name in names if names.count(name) > 1]:
            name, arm = twice[0]
            raise ValueError(
                f"measures of Experiment {self.name!r} must have different names, but "
                f"{arm!r} has two of the name {name!r}."
            )
        for measure in self.measures:
            others = {measure.versus, *(measure.arms or ())} - {None, *self.arms}
            if others:
                raise ValueError(
                    f"measures of Experiment {self.name!r} must be of its arms "
                    f"({', '.join(self.arms)}), got {sorted(others)} in "
                    f"{measure.name!r}."
                )

    def sized(self, quick=False):
        """Return the settings.

        Parameters
        ----------
        quick : bool, default=False
            Whether those of ``--quick``.

        Returns
        -------
        settings : dict of str to object
        """
        changed = {k: v for k, v in self.quick.items() if k != "n_seeds"}
        return {**self.settings, **(changed if quick else {})}

    def command(self, quick=False):
        """Return the command that runs it, which its files note.

        Parameters
        ----------
        quick : bool, default=False
            Whether in the size of ``--quick``.

        Returns
        -------
        command : str
        """
        return f"skbal reproduce {self.name}{' --quick' * quick}"

    def seeds(self, quick=False):
        """Return the seeds of each arm.

        Parameters
        ----------
        quick : bool, default=False
            Whether those of ``--quick``.

        Returns
        -------
        seeds : range
        """
        return range(self.quick.get("n_seeds", self.n_seeds) if quick else self.n_seeds)

    def units(self, quick=False):
        """Return all units, one seed after the other.

        Parameters
        ----------
        quick : bool, default=False
            Whether those of ``--quick``.

        Returns
        -------
        units : list of (str, int)
            Arms and seeds.
        """
        return [(arm, seed) for seed in self.seeds(quick) for arm in self.arms]

    def measure(self, name, arm):
        """Return the measure of a name that an arm has.

        Parameters
        ----------
        name : str
            Name of a measure. Different arms may have different ones of the same name.
        arm : str
            Name of the arm.

        Returns
        -------
        measure : Measure
            The first one of this name if the arm has none.
        """
        same = [measure for measure in self.measures if measure.name == name]
        return next((one for one in same if one.belongs_to(arm)), same[0])

    def sources(self):
        """Return who published numbers, in the order in which they are declared.

        Returns
        -------
        sources : list of str
        """
        return list(dict.fromkeys(number.source for number in self.published))

    def figures(self):
        """Return the figures, by their short names.

        Returns
        -------
        figures : dict of str to (str, callable)
            The caption, and what draws it. The name of an only figure is "".
        """
        if self.draw is None:
            return {}
        if isinstance(self.draw, Mapping):
            return dict(self.draw)
        return {"": (f"{self.title}: the figure of the runs", self.draw)}


@dataclass(frozen=True)
class ExperimentUnit:
    """One arm with one seed, as the ``run`` of an `Experiment` gets it.

    Parameters
    ----------
    arm : str
        Name of the arm.
    part : object
        What the experiment says about the arm.
    seed : int
        The seed, from 0.
    settings : dict of str to object
        The settings of the experiment, in its size.
    data : object
        What ``load`` of the experiment returned.
    device : str, default="cpu"
        Where networks run.
    unfinished : pathlib.Path, optional
        A file in which a long unit may save its state, to continue from there if it is
        killed. It is removed when the unit is finished. None if nothing is saved.

    Examples
    --------
    >>> from skbal.experiments import ExperimentUnit
    >>> ExperimentUnit("fair", 0.5, seed=2, settings={"n_throws": 10}, data=None).device
    'cpu'
    """

    arm: str
    part: object
    seed: int
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    data: object = field(default=None, repr=False)
    device: str = "cpu"
    unfinished: object = None
