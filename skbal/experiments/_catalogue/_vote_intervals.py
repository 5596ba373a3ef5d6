"""Intervals of votes on made galaxies, by the number of draws of a network."""

from functools import partial
from typing import NamedTuple

import numpy as np

from skbal._utils.matplotlib_style import COLOURS
from skbal._utils.threads import one_thread
from skbal.datasets import make_galaxies
from skbal.experiments._catalogue._galaxy_votes import (
    IMAGE_SIZE,
    N_VOLUNTEERS,
    QUESTIONS,
    central_coverage,
    error_of_share,
    frequencies_within,
    turned,
)
from skbal.experiments._declared._experiment import Measure
from skbal.information import vote_distribution, vote_log_likelihood
from skbal.models import MCDropoutVoteRegressor

FIRST_SEED = 10  # of the galaxies
DRAWS = (1, 5, 10, 30)
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
N_REACH = 20  # votes, up to which distances are counted
FIFTH = "0.2 of the share"
WITHIN = {FIFTH: N_VOLUNTEERS // 5, "5 votes": 5, "10 votes": 10}


class Intervals(NamedTuple):
    """A network whose intervals of votes are measured.

    Parameters
    ----------
    likelihood : str
        The likelihood of the votes.
    dropout : float
        The dropout rate.
    """

    likelihood: str
    dropout: float


AS_PUBLISHED, OURS = "binomial, dropout 0.5", "beta-binomial, dropout 0.25"
INTERVALS = {
    AS_PUBLISHED: Intervals("binomial", 0.5),
    OURS: Intervals("beta-binomial", 0.25),
}


def intervals(unit):
    """Return coverage and score of a network's votes, by number of draws.

    Parameters
    ----------
    unit : ExperimentUnit
        Its part is an `Intervals`.

    Returns
    -------
    result : dict of str to dict
        For each number of draws and each question ``predicted`` and ``observed`` (how
        often k is within 0, 1, ... votes of its expectation), ``coverage`` of central
        intervals, the mean log-likelihood of a vote as ``score``, and the ``rmse`` of
        the share of yes.
    """
    settings, seed = unit.settings, unit.seed
    n_galaxies = settings["n_galaxies"]
    X, votes = make_galaxies(
        n_galaxies,
        IMAGE_SIZE,
        random_state=FIRST_SEED + seed,
        n_votes=N_VOLUNTEERS,
        return_X_y=True,
    )
    n_train = 3 * n_galaxies // 4
    model = _interval_network(unit)
    with one_thread(model):
        model.fit(X[:n_train], votes[:n_train])
        rho = model.predict_samples(X[n_train:], random_state=seed)
        concentration = model.predict_concentration(X[n_train:])
    rho = rho.astype(np.float64)
    shown = [n for n in DRAWS if n <= rho.shape[1]]
    return {str(n): _held(rho[:, :n], votes[n_train:], concentration) for n in shown}


def _interval_network(unit):
    settings = unit.settings
    return MCDropoutVoteRegressor(
        standardize=False,
        likelihood=unit.part.likelihood,
        module__dropout=unit.part.dropout,
        n_draws=settings["n_draws"],
        max_epochs=settings["max_epochs"],
        lr=settings["lr"],
        augment=turned,
        device=unit.device,
        random_state=unit.seed,
    )


def _held(rho, votes, concentration):
    """Return the numbers of each question from draws of rho."""
    logs = vote_log_likelihood(rho, votes, concentration).sum(axis=0)
    logs = logs / votes[..., 1].sum(axis=0)
    distributions = vote_distribution(rho, N_VOLUNTEERS, concentration)
    found = {}
    for number, question in enumerate(QUESTIONS):
        k, p = votes[:, number, 0], distributions[:, number]  # (n_samples, 41)
        predicted, observed = frequencies_within(p, k, N_REACH)
        share = p @ np.arange(p.shape[1]) / N_VOLUNTEERS
        found[question] = {
            "predicted": _rounded(predicted),
            "observed": _rounded(observed),
            "coverage": _rounded(central_coverage(p, k, LEVELS)),
            "score": round(float(logs[number]), 5),
            "rmse": error_of_share(share, votes[:, number]),
        }
    return found


def _rounded(values):
    return np.round(values, 5).tolist()


def error_within(question, n_votes, n_draws):
    """Return the function that reads how far predicted frequencies are off.

    Parameters
    ----------
    question : str
        The question.
    n_votes : int
        The votes within which k is of its expectation.
    n_draws : int
        The number of draws.

    Returns
    -------
    of : callable
        Takes the result of a unit. Predicted minus observed frequency, in points of
        percent: above 0 if the model is too sure. NaN without so many draws.

    Examples
    --------
    >>> held = {"predicted": [0.5, 1.0], "observed": [0.25, 1.0]}
    >>> error_within("bar", 0, 30)({"30": {"bar": held}})
    25.0
    """

    def of(result):
        held = result.get(str(n_draws), {}).get(question)
        if held is None:
            return float("nan")
        return 100 * (held["predicted"][n_votes] - held["observed"][n_votes])

    return of


def covered(question, level, n_draws):
    """Return the function that reads the coverage of central intervals.

    Parameters
    ----------
    question : str
        The question.
    level : float
        The level, one of `LEVELS`.
    n_draws : int
        The number of draws.

    Returns
    -------
    of : callable
        Takes the result of a unit. In percent. NaN without so many draws.
    """

    def of(result):
        held = result.get(str(n_draws), {}).get(question)
        return float("nan") if held is None else 100 * held["coverage"][at]

    at = LEVELS.index(level)
    return of


def _number(what, question, n_draws, result):
    return result.get(str(n_draws), {}).get(question, {}).get(what, float("nan"))


def name_within(question, where, n_draws):
    """Return the name of a measure of `error_within`.

    Parameters
    ----------
    question : str
        The question.
    where : str
        A name in `WITHIN`.
    n_draws : int
        The number of draws.

    Returns
    -------
    name : str
    """
    return f"{question}?: coverage error within {where}, {_draws(n_draws)}, points"


def interval_measures():
    """Yield the measures of the arms with intervals."""
    arms = {"arms": tuple(INTERVALS)}
    for question in reversed(QUESTIONS):
        for where, n_votes in WITHIN.items():
            for n in DRAWS if n_votes == WITHIN[FIFTH] else (DRAWS[0], DRAWS[-1]):
                of = error_within(question, n_votes, n)
                name = name_within(question, where, n)
                yield Measure(name, of, n_digits=1, **arms)
        for n in DRAWS:
            name = f"{question}?: votes in intervals of 80%, draws: {n}, %"
            yield Measure(name, covered(question, 0.8, n), n_digits=1, **arms)
        for n in (DRAWS[0], DRAWS[-1]):
            name = f"{question}?: log-likelihood of a vote, {_draws(n)}"
            yield Measure(
                name, partial(_number, "score", question, n), n_digits=4, **arms
            )
        of = partial(_number, "rmse", question, DRAWS[-1])
        yield Measure(f"{question}?: RMSE of the share", of, n_digits=3, **arms)


def draw_frequencies(ax, reproduction, arm):
    """Draw what one draw and all draws predict of "bar?", and what is observed.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    reproduction : Reproduction
        What was run.
    arm : str
        One of `INTERVALS`.
    """
    results = reproduction.results(arm).values()
    deviation = np.arange(N_REACH + 1) / N_VOLUNTEERS
    for n, colour in ((DRAWS[0], COLOURS[1]), (DRAWS[-1], COLOURS[0])):
        held = [result[str(n)]["bar"] for result in results if str(n) in result]
        for what, line in (("predicted", "--"), ("observed", "-")) if held else ():
            mean = np.mean([each[what] for each in held], axis=0)
            style = {"color": colour, "linestyle": line}
            ax.plot(deviation, 100 * mean, label=f"{what}, {_draws(n)}", **style)
    ax.set(title=f"bar?: {arm}", xlabel="Largest deviation of the share of yes")
    ax.set(ylabel="Galaxies within, %", ylim=(0, 102))
    if ax.lines:
        ax.legend(fontsize="small", loc="lower right")


def _draws(n):
    return "1 draw" if n == 1 else f"{n} draws"


def draw_coverage(ax, reproduction):
    """Draw the coverage of intervals of 80% against the number of draws.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    reproduction : Reproduction
        What was run.
    """
    for number, (arm, question) in enumerate(
        (arm, question) for arm in INTERVALS for question in QUESTIONS
    ):
        results = reproduction.results(arm).values()
        each = [[covered(question, 0.8, n)(r) for n in DRAWS] for r in results]
        if each:
            style = {"color": COLOURS[number // 2], "marker": "os"[number % 2]}
            label = f"{question}?, {INTERVALS[arm].likelihood}"
            ax.plot(DRAWS, np.mean(each, axis=0), label=label, **style)
    ax.set(title="Intervals of 80%", xlabel="Draws", ylabel="Votes inside, %")
    ax.set(xscale="log", ylim=(0, 100))
    ax.set_xticks(DRAWS, labels=map(str, DRAWS))
    ax.set_xticks([], minor=True)
    if ax.lines:
        ax.axhline(80, color="0.5", linewidth=1, linestyle="--")
        ax.legend(fontsize="small", loc="lower right")
