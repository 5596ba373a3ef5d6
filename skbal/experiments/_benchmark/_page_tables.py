"""The tables of the page "Which strategy?", as rows of reStructuredText."""

import numpy as np

from skbal import query
from skbal.experiments._benchmark._findings import (
    NEAR,
    RIVALS,
    behind_best,
    findings_of,
)
from skbal.experiments._benchmark._models import MODELS
from skbal.experiments._benchmark._summary import mean_gain, wins_of
from skbal.experiments._benchmark._tables import OWN, known_tables


def best_table(results):
    """Return where random rows are best, and where the plain strategy of a task is.

    Parameters
    ----------
    results : dict of str to BenchmarkResult
        By the name of the model.

    Returns
    -------
    header : list of str
    rows : list of list of str
        Two for each model.
    """
    header = ["model", "strategy", "place", "best on", f"less than {NEAR:g} below on"]
    header += ["surely beaten on", "most below the best"]
    rows = []
    for name, result in results.items():
        for strategy in (result.reference, RIVALS[MODELS[name].task]):
            found = findings_of(result, strategy)
            rows.append(
                [
                    name,
                    links([strategy]),
                    f"{found.place} of {len(result.strategies)}",
                    ", ".join(found.best_on) or "no table",
                    ", ".join(found.near_on) or "no table",
                    ", ".join(found.beaten_on) or "no table",
                    f"{found.most_behind:.3f} ({found.most_behind_on})",
                ]
            )
    return header, rows


def strategies_table(result):
    """Return what the page says of each strategy, the best mean rank first.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.

    Returns
    -------
    header : list of str
    rows : list of list of str
    """
    surely = _surely(result, "surely")
    header = ["strategy", "mean rank", "mean gain", f"better on{surely}"]
    header += [f"worse on{surely}", "than random", "most below the best", "ms"]
    return header, [_strategy_row(result, name) for name in result.mean_ranks]


def _strategy_row(result, name):
    behind = behind_best(result, name)
    seconds = result.seconds_per_query.get(name)
    last = f"{100 * behind.max():.1f} ({result.tables[int(behind.argmax())]})"
    cost = "" if seconds is None else f"{1000 * seconds:.1f}"
    first = [links([name]), f"{result.mean_ranks[name]:.1f}"]
    if name == result.reference:
        return [*first, "", "", "", "", last, cost]
    (better, surely_better), (worse, surely_worse) = wins_of(result, name)
    word = result.verdicts[name].split()[0]
    return [
        *first,
        f"{mean_gain(result, name):+.2f}",
        f"{better}{_surely(result, surely_better)}",
        f"{worse}{_surely(result, surely_worse)}",
        word if word in ("better", "worse") else "open",
        last,
        cost,
    ]


def tables_table(result, task):
    """Return what the page says of each table.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.
    task : {"classification", "regression"}
        Its task.

    Returns
    -------
    header : list of str
    rows : list of list of str
    """
    rival, sources = RIVALS[task], known_tables(task)
    header = ["table", "from", "first labels", "random", f"gain of {rival}"]
    surely = _surely(result, "surely")
    header += ["best", "its gain", f"better than random{surely}", f"worse{surely}"]
    return header, [_table_row(result, t, rival, sources) for t in result.tables]


def _table_row(result, table, rival, sources):
    gains = result.gains[table]
    place = result.mean_areas[result.tables.index(table)].argmax()
    best = result.strategies[int(place)]
    of_best = _gain(gains[best]) if best in gains else ""
    return [
        table,
        sources.get(table, OWN),
        str(result.n_labels.get(table, "")),
        f"{result.areas[table][result.reference].mean():.3f}",
        _gain(gains[rival]),
        links([best]),
        of_best,
        str(sum(gain.mean > 0 for gain in gains.values()))
        + _surely(result, sum(gain.low > 0 for gain in gains.values())),
        str(sum(gain.mean < 0 for gain in gains.values()))
        + _surely(result, sum(gain.high < 0 for gain in gains.values())),
    ]


def _surely(result, words):
    """Return words in brackets if there are intervals."""
    return f" ({words})" if result.n_repeats > 1 else ""


def _gain(gain):
    if np.isnan(gain.low):
        return f"{100 * gain.mean:+.1f}"
    half = 100 * (gain.high - gain.low) / 2
    return f"{100 * gain.mean:+.1f} ± {half:.1f}"


def links(names):
    """Return names in a row, with links for those of `skbal.query`.

    Parameters
    ----------
    names : list of str
        The names.

    Returns
    -------
    text : str
        In reStructuredText.

    Examples
    --------
    >>> links(["Margin", "mine"])
    ':class:`~skbal.query.Margin` and ``mine``'
    """
    linked = [
        f":class:`~skbal.query.{name}`" if name in query.__all__ else f"``{name}``"
        for name in names
    ]
    if len(linked) < 2:
        return "".join(linked)
    return f"{', '.join(linked[:-1])} and {linked[-1]}"
