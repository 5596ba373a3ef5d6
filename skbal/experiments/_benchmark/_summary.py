"""A benchmark as a table in plain text."""

import numpy as np

from skbal.experiments._benchmark._scores import N_DECIMALS
from skbal.experiments._summary import aligned


def wins_of(result, name):
    """Return on how many tables a strategy is above and below the reference.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.
    name : str
        The strategy.

    Returns
    -------
    better, worse : tuple of int
        The number of tables, and of those whose interval leaves out 0.
    """
    gains = [result.gains[table][name] for table in result.tables]
    means = np.array([gain.mean for gain in gains])
    surely = np.array([gain.low > 0 or gain.high < 0 for gain in gains])
    better, worse = means > 0, means < 0
    return (
        (int(better.sum()), int((better & surely).sum())),
        (int(worse.sum()), int((worse & surely).sum())),
    )


def mean_gain(result, name):
    """Return the mean over tables of the gain over the reference, in hundredths."""
    gains = [result.gains[table][name].mean for table in result.tables]
    return float(np.round(100 * np.mean(gains), N_DECIMALS))


def summary_table(result):
    """Return a benchmark as lines of text, aligned in columns.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.

    Returns
    -------
    text : str
    """
    header = ["strategy", "mean rank", f"minus {result.reference}, in 100ths"]
    header += ["better on", "worse on", "p", "verdict", "s per query"]
    rows = [_row(result, name) for name in result.mean_ranks]
    title = (
        f"{len(result.strategies)} strategies on {len(result.tables)} tables, "
        f"{in_repeats(result)}"
    )
    return "\n".join([title, "", *aligned([header, *rows]), "", *notes_of(result)])


def in_repeats(result):
    """Return the number of repeats in words."""
    return "1 repeat" if result.n_repeats == 1 else f"{result.n_repeats} repeats"


def _row(result, name):
    seconds = result.seconds_per_query.get(name)
    cost = "" if seconds is None else f"{seconds:.3f}"
    rank = f"{result.mean_ranks[name]:.2f}"
    if name == result.reference:
        return [name, rank, "", "", "", "", "(reference)", cost]
    (better, surely_better), (worse, surely_worse) = wins_of(result, name)
    return [
        name,
        rank,
        f"{mean_gain(result, name):+.2f}",
        f"{better} ({surely_better})",
        f"{worse} ({surely_worse})",
        f"{result.p_values[name]:.3f}",
        result.verdicts[name],
        cost,
    ]


def notes_of(result):
    """Return what a reader of the table must know, each in a sentence or two.

    Parameters
    ----------
    result : BenchmarkResult
        The benchmark.

    Returns
    -------
    notes : list of str
    """
    level = f"{100 * result.confidence:g}%"
    test = result.friedman
    notes = [
        f"Friedman's test (Iman and Davenport): F = {test.f:.1f}, p = "
        f"{test.p_value:.2g}. Mean ranks that differ by less than "
        f"{result.critical_difference:.2f} are not distinguishable (Nemenyi, {level}).",
        "p is of Wilcoxon's signed-rank test over tables, corrected by Holm's method. "
        f"In brackets is the number of tables whose {level} interval leaves out 0, "
        "each for itself.",
    ]
    if result.incomplete:
        notes.append(
            f"Left out, since runs are missing: {', '.join(result.incomplete)}."
        )
    return notes
