"""The benchmark as an experiment: an arm is a strategy on a table, a seed a repeat.

So its units are run where they are missing, and kept when done, as those of a paper.
"""

import hashlib
import re
from dataclasses import dataclass

import numpy as np
from sklearn import config_context

from skbal.experiments._benchmark._episode import episode
from skbal.experiments._benchmark._tables import OWN, REGRESSION
from skbal.experiments._declared._experiment import Experiment

PREFIX = "benchmark-"
BETWEEN = " | "  # the table and the strategy in the name of an arm
QUICK = {"n_queries": 3, "n_seeds": 2}


class BenchmarkExperiment(Experiment):
    """The benchmark of a model, which has a command of its own."""

    def command(self, quick=False):
        """Return the command that runs it, which its files note."""
        name = self.name.removeprefix(PREFIX)
        return f"skbal benchmark {name}{' --quick' * quick}"


@dataclass(frozen=True)
class Parts:
    """What the units of a benchmark share."""

    tables: dict
    strategies: dict
    estimator: object
    marks: dict


def declared(name, task, model, parts, size, n_repeats):
    """Return the benchmark of a model as an experiment.

    Parameters
    ----------
    name : str
        Name of the model in the file of its units.
    task : {"classification", "regression"}
        The task.
    model : str
        The model as a file notes it.
    parts : Parts
        Tables, strategies and the model.
    size : dict
        The settings of `episode`.
    n_repeats : int
        Number of repeats.

    Returns
    -------
    experiment : BenchmarkExperiment
        Its units go repeat by repeat, and in a repeat table by table.
    """
    return BenchmarkExperiment(
        name=f"{PREFIX}{name}",
        title=f"All strategies with the model {name}",
        question="Which strategy should be used on a table?",
        paper="",
        arms={
            f"{table}{BETWEEN}{strategy}": (table, strategy)
            for table in parts.tables
            for strategy in parts.strategies
        },
        settings={"model": model, "task": task, **size},
        load=lambda folder, settings: parts,
        run=run_unit,
        measures=(),
        n_seeds=n_repeats,
        quick=QUICK,
    )


def run_unit(unit):
    """Return the result of a strategy on a table in a repeat."""
    table, strategy = unit.part
    parts, regression = unit.data, unit.settings["task"] == REGRESSION
    result = episode(
        parts.tables[table],
        parts.estimator,
        parts.strategies[strategy],
        unit.seed,
        unit.settings,
        regression=regression,
    )
    return {**result, "of": parts.marks[table, strategy]}


def marks_of(tables, strategies):
    """Return a few letters for each table and strategy, that change if these do.

    Parameters
    ----------
    tables : dict of str to Table
        The tables.
    strategies : dict of str to QueryStrategy
        The strategies.

    Returns
    -------
    marks : dict of (str, str) to str
        They depend on the parameters of the strategy that are not its defaults, and on
        the size and the means of the table, rounded, since last digits differ between
        processors. Those of your own tables depend on the order of rows, too.
    """
    words = {name: _table_in_words(table) for name, table in tables.items()}
    return {
        (table, name): _digest(f"{words[table]} {_in_words(strategy)}")
        for table in tables
        for name, strategy in strategies.items()
    }


def _table_in_words(table):
    numbers = [np.abs(table.X).mean(), np.abs(table.y).mean()]
    if table.source == OWN:  # may come in another order under the same name
        later = np.linspace(1, 2, len(table.y))
        numbers += [later @ np.abs(table.X).mean(axis=1), later @ np.abs(table.y)]
    return f"{table.X.shape} " + " ".join(f"{number:.5g}" for number in numbers)


def _in_words(strategy):
    # A parameter that a later version adds must not make all runs anew.
    with config_context(print_changed_only=True):
        return re.sub(r" at 0x[0-9A-Fa-f]+", "", repr(strategy))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:8]
