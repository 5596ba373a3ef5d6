"""What a benchmark says in words: where random choice is enough, and what beats it."""

from dataclasses import dataclass

import numpy as np

from skbal.experiments._benchmark._tables import CLASSIFICATION, REGRESSION

RIVALS = {CLASSIFICATION: "Margin", REGRESSION: "PredictiveVariance"}
NEAR = 0.01  # in the unit of the score: so near to the best that it hardly matters


@dataclass(frozen=True)
class Findings:
    """What a benchmark says of one of its strategies, and of those beside it.

    Parameters
    ----------
    name : str
        The strategy.
    place : int
        Its place by mean rank, from 1.
    better, worse : list of str
        Strategies that are better or worse than it by the test over tables.
    best_on : list of str
        Tables on which no strategy has a higher mean.
    near_on : list of str
        Further tables on which the best mean is higher by less than `NEAR`.
    beaten_on : list of str
        Tables on which a strategy is better by an interval over repeats that allows for
        the number of strategies (Bonferroni). Empty for one repeat.
    most_behind : float
        The largest distance from the best mean of a table.
    most_behind_on : str
        That table.
    """

    name: str
    place: int
    better: list
    worse: list
    best_on: list
    near_on: list
    beaten_on: list
    most_behind: float
    most_behind_on: str


def findings_of(result, name):
    """Return what a benchmark says of a strategy.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.
    name : str
        The strategy.

    Returns
    -------
    findings : Findings
    """
    compared = result.with_reference(name)
    verdicts = {n: compared.verdicts.get(n, "") for n in result.mean_ranks}
    behind = behind_best(result, name)
    worst = int(np.argmax(behind))
    return Findings(
        name=name,
        place=list(result.mean_ranks).index(name) + 1,
        better=[n for n, words in verdicts.items() if words.startswith("better")],
        worse=[n for n, words in verdicts.items() if words.startswith("worse")],
        best_on=[t for t, gap in zip(result.tables, behind) if gap == 0],
        near_on=[t for t, gap in zip(result.tables, behind) if 0 < gap < NEAR],
        beaten_on=_beaten_on(result, name),
        most_behind=float(behind[worst]),
        most_behind_on=result.tables[worst],
    )


def _beaten_on(result, name):
    level = 1 - (1 - result.confidence) / max(len(result.strategies) - 1, 1)
    compared = type(result)(result.scores, name, confidence=level)
    return [
        table
        for table, gains in compared.gains.items()
        if any(gain.low > 0 for gain in gains.values())
    ]


def behind_best(result, name):
    """Return how far the mean of a strategy is below the best mean of each table.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.
    name : str
        The strategy.

    Returns
    -------
    behind : ndarray of shape (n_tables,)
        0 where it is the best.
    """
    own = result.mean_areas[:, result.strategies.index(name)]
    return result.mean_areas.max(axis=1) - own


def within_critical_difference(result):
    """Return the strategies that Nemenyi's test does not tell from the best one.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.

    Returns
    -------
    names : list of str
        Without the best itself, in the order of their mean ranks.
    """
    (_, best), *others = result.mean_ranks.items()
    return [n for n, rank in others if rank - best < result.critical_difference]


def alike(result):
    """Return groups of strategies that had the same scores wherever they were run.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.

    Returns
    -------
    groups : list of list of str
        Each of two strategies or more, in alphabetical order.
    """
    groups = {}
    for name in sorted(result.strategies):
        curves = [result.scores[table][name].tobytes() for table in result.tables]
        groups.setdefault(tuple(curves), []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def on_tables(result, tables):
    """Return the part of a benchmark on some of its tables.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.
    tables : list of str
        One or more of its tables.

    Returns
    -------
    part : BenchmarkResult
    """
    return type(result)(
        {table: result.scores[table] for table in tables}, result.reference
    )
