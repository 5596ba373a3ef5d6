"""The rows of the table, and the numbers of the report."""

from functools import partial

from skbal.experiments._catalogue._uncertainty2025 import _arms as arms
from skbal.experiments._catalogue._uncertainty2025._answers import (
    excess,
    mean_score,
    per_query,
    score_at,
    share,
)
from skbal.experiments._catalogue._uncertainty2025._last_layers import POSTERIORS
from skbal.experiments._declared._curves import acquired_to
from skbal.experiments._declared._experiment import Measure, Published

SOURCE, N_PUBLISHED = "UDL report", 3
N_INSTANCES = 10  # answers to a query
N_EARLY = 5  # queries of "the first acquisition steps"
N_NOISY, N_PENALISED = 20, 10  # queries of a run
REJECTED, EXCESS = "rejected a query", "rejected above the noise, %"
FIRST = "points above random first labels"
FEWER = "images fewer to 95%, %"
EARLY_GAIN = "points above penalty 0, queries 1 to 5"
LATE_GAIN = "points above penalty 0, after 10 queries"
# Rejected answers a step of ten: Tables 2 and 3.
TABLES = {
    (arms.DYNAMIC, 0.0): 0.39,
    (arms.DYNAMIC, 0.1): 1.47,
    (arms.DYNAMIC, 0.2): 2.98,
    (arms.DYNAMIC, 0.3): 4.96,
    ("BALD, filter 0.1", 0.2): 3.18,
    ("BALD, filter 0.25", 0.2): 5.10,
}
# Points of accuracy and percent of images, in the text.
KMEANS_GAIN, EARLY_PENALTY_GAIN, BALD_GAIN, ACCELERATION = 20, 5, 3, 21


def fewer(target):
    """Return the function that reads how many percent fewer images an arm needs.

    Parameters
    ----------
    target : float
        The accuracy to be reached.

    Returns
    -------
    of : callable
        Takes the result of the arm to compare with, and that of this arm. Infinite if
        only one of them got there, with the sign of the better one, and NaN if neither
        did.

    Examples
    --------
    >>> base = {"n_labels": [20, 120], "score": [0.5, 0.95]}
    >>> own = {"n_labels": [20, 95], "score": [0.5, 0.95]}
    >>> fewer(0.95)(base, own)
    25.0
    """
    return partial(_fewer, acquired_to(target))


def _fewer(acquired, base, own):
    n_base, n_own = acquired(base), acquired(own)
    if float("inf") in (n_base, n_own):
        return n_base - n_own  # infinite, or NaN if both are
    return 100 * (1 - n_own / n_base) if n_base else float("nan")


def _above(of):
    return lambda other, own: of(own) - of(other)


def _noisy():
    names = tuple(arms.NOISY)
    for step in (N_EARLY, N_NOISY):
        name = f"accuracy after {step} queries, %"
        yield Measure(name, score_at(step), arms=names, n_digits=1)
    yield Measure(REJECTED, per_query("rejected"), arms=arms.FILTERED, n_digits=2)
    for noise in arms.NOISES[1:]:
        some = tuple(a for a in arms.FILTERED if arms.NOISY[a][1] == noise)
        yield Measure(excess_at(noise), excess(noise, N_INSTANCES), arms=some)
    some = tuple(a for a in arms.FILTERED if arms.NOISY[a][1])
    wrong = "wrong_rejected"
    for name, of in (
        ("wrong among the rejected", share(wrong, "rejected")),
        ("rejected among the wrong", share(wrong, "wrong")),
    ):
        yield Measure(name, of, arms=some, n_digits=2)


def excess_at(noise):
    """Return the name of the measure of too many rejected answers.

    Parameters
    ----------
    noise : float
        Probability of a wrong answer.

    Returns
    -------
    name : str
    """
    return f"{EXCESS} (noise {noise:.0%})"


def _penalties():
    for pool in arms.POOLS:
        some = tuple(a for a in arms.PENALISED if a.endswith(", copies") == bool(pool))
        base = arms.penalty_arm(0, pool)
        for name, of in (
            (EARLY_GAIN, mean_score(1, N_EARLY)),
            (LATE_GAIN, score_at(N_PENALISED)),
        ):
            yield Measure(f"{name}{pool}", _above(of), base, some, n_digits=1)
    some = tuple(a for a in arms.PENALISED if a.endswith(", copies"))
    yield Measure("copies in a batch", _copies, arms=some, n_digits=1)


def _copies(result):
    return sum(result["alike"]) / len(result["alike"])


def _to_target():
    names = tuple(arms.TO_TARGET)
    yield Measure("accuracy at first, %", score_at(0), arms=names, n_digits=1)
    for target in (0.9, 0.95):
        yield Measure(f"images to {target:.0%}", acquired_to(target), arms=names)
    yield Measure(FEWER, fewer(0.95), arms.BALANCED, names, n_digits=0)
    yield Measure(FIRST, _above(score_at(0)), arms.BALANCED, names, n_digits=1)


def _layers():
    for own, other in zip(POSTERIORS, reversed(POSTERIORS)):
        some = (arms.layer_arm(own),)
        for name in (own, other):
            for step in (N_PENALISED, N_NOISY):
                words = f"RMSE, {name} on these labels, after {step} queries"
                of = score_of(f"rmse, {name}", step)
                yield Measure(words, of, arms=some, n_digits=4)
    some = tuple(map(arms.layer_arm, POSTERIORS))
    for name in POSTERIORS:
        words = f"predictive variance, {name}, after {N_NOISY} queries"
        of = score_of(f"variance, {name}", N_NOISY)
        yield Measure(words, of, arms=some, n_digits=4)
    words = f"accuracy of the last layer after {N_NOISY} queries, %"
    yield Measure(words, score_at(N_NOISY), arms=some, n_digits=1)


def score_of(name, step):
    """Return the function that reads a number after so many queries.

    Parameters
    ----------
    name : str
        Name of a list in the result of a unit.
    step : int
        The number of queries.

    Returns
    -------
    of : callable
        NaN if there is no such step.

    Examples
    --------
    >>> score_of("rmse, exact", 1)({"rmse, exact": [0.3, 0.25]})
    0.25
    """
    return lambda result: score_at(step, scale=1)({"score": result[name]})


MEASURES = (*_noisy(), *_penalties(), *_to_target(), *_layers())


def published():
    """Return the numbers of Tables 2 and 3, and those of the text."""
    for (kind, noise), number in TABLES.items():
        arm = arms.noisy_arm(kind, noise)
        yield Published(arm, REJECTED, number, SOURCE, N_PUBLISHED)
        if noise:
            above = 100 * (number / (noise * N_INSTANCES) - 1)
            yield Published(arm, excess_at(noise), above, SOURCE)
    small = arms.penalty_arm(arms.SMALL)
    for arm, measure, number in (
        (small, EARLY_GAIN, EARLY_PENALTY_GAIN),
        (arms.MEANS, FIRST, KMEANS_GAIN),
        (arms.BOTH, FEWER, ACCELERATION),
    ):
        yield Published(arm, measure, number, SOURCE, N_PUBLISHED)
