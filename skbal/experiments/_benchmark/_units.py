"""The runs of a benchmark out of its units: which are complete, and their numbers."""

from collections import defaultdict

import numpy as np

from skbal.experiments._benchmark._declared import BETWEEN

OWNER = "benchmark"


def runs_of(units):
    """Return the results of units by table, strategy and repeat.

    Parameters
    ----------
    units : list of dict
        As `reproduce` keeps them.

    Returns
    -------
    runs : dict of (str, str) to dict of int to dict
    """
    runs = defaultdict(dict)
    for unit in units:
        # The first one, if two processes did the same unit.
        place = runs[tuple(unit["arm"].split(BETWEEN))]
        place.setdefault(unit["seed"], unit["result"])
    return dict(runs)


def n_complete(runs, strategy, tables):
    """Return how many first repeats of a strategy are there on all tables."""
    places = [runs.get((table, strategy), {}) for table in tables]
    number = 0
    while all(number in place for place in places):
        number += 1
    return number


def check_marks(runs, marks):
    """Raise an error if runs are of another table or strategy of the same name.

    Parameters
    ----------
    runs : dict of (str, str) to dict of int to dict
        As `runs_of` returns them.
    marks : dict of (str, str) to str
        What the runs of a table and a strategy must have.

    Raises
    ------
    ValueError
        The message names the table and the strategy.
    """
    for place, mark in marks.items():
        for result in runs.get(place, {}).values():
            if result["of"] != mark:
                table, strategy = place
                raise ValueError(
                    f"output of {OWNER} holds runs of another table {table!r} or "
                    f"another strategy {strategy!r} of the same name. Give yours "
                    "another name, or another output."
                )


def columns(runs, tables, strategies, n_repeats):
    """Return scores, first numbers of labels and seconds of complete runs.

    Parameters
    ----------
    runs : dict of (str, str) to dict of int to dict
        As `runs_of` returns them.
    tables, strategies : list of str
        Their names.
    n_repeats : int
        Number of repeats.

    Returns
    -------
    scores : dict of str to dict of str to ndarray of shape (n_repeats, n_steps)
        By table and strategy.
    n_labels : dict of str to int
        Labels at the first step, by table.
    seconds : dict of str to dict of str to ndarray of shape (n_repeats,)
        Processor time of a query.
    """
    scores, n_labels, seconds = {}, {}, {}
    for table in tables:
        scores[table], seconds[table] = {}, {}
        for strategy in strategies:
            results = [runs[table, strategy][number] for number in range(n_repeats)]
            curves = np.array([result["score"] for result in results])
            scores[table][strategy] = curves
            times = np.array([result["seconds"] for result in results])
            seconds[table][strategy] = times / max(curves.shape[1] - 1, 1)
            n_labels[table] = results[0]["n_labels"]
    return scores, n_labels, seconds
