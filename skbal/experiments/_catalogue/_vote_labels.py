"""Which galaxies to label: learning curves of VoteBALD and of random rows.

The data, the network and the sizes of "smooth?" and "bar?" are those of the study
``vote_active``, whose runs are units here. They have no RMSE, which was not kept.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.isotonic import IsotonicRegression

from skbal._utils.threads import one_thread
from skbal.experiments._catalogue._galaxy_votes import (
    QUESTIONS,
    error_of_share,
    galaxy_network,
    made_galaxies,
)
from skbal.experiments._declared._experiment import Measure
from skbal.experiments._runs import RunSettings, prepare
from skbal.query import Random, VoteBALD
from skbal.seeding import RandomSeed
from skbal.simulation._build import build_loop

FIRST_SEED = 100  # of the galaxies
# First labels, labels per query, queries.
SIZES = {"smooth": [20, 20, 9], "bar": [50, 50, 9], "spiral": [20, 20, 9]}
SCORE, RMSE = "log-likelihood of a vote", "RMSE of the share"


class Labels(NamedTuple):
    """A run of active learning.

    Parameters
    ----------
    question : str
        "smooth", "bar" or "spiral".
    strategy : type
        The query strategy.
    """

    question: str
    strategy: type


STRATEGIES = {"VoteBALD": VoteBALD, "random": Random}
LABELS = {
    f"{question}?, {name}": Labels(question, strategy)
    for question in SIZES
    for name, strategy in STRATEGIES.items()
}


def labelled(unit):
    """Return the learning curve of a run of active learning.

    Parameters
    ----------
    unit : ExperimentUnit
        Its part is a `Labels`.

    Returns
    -------
    result : dict
        ``n_labels``, ``score`` (the mean log-likelihood of a vote on other galaxies)
        and ``rmse`` of each step.
    """
    settings = _run_settings(unit)
    start = prepare(settings, 0, seed=unit.seed)
    X_test, votes = settings.X[start.held_out], settings.y[start.held_out]
    strategy = unit.part.strategy()
    if isinstance(strategy, VoteBALD):
        strategy.set_params(n_votes=int(votes[0, 1]))
    errors = []
    with one_thread(settings.estimator, strategy):
        loop = build_loop(settings, start, strategy)
        for _ in loop:
            errors.append(error_of_share(loop.learner.estimator.predict(X_test), votes))
    history = loop.history_
    return {
        "n_labels": history.n_labels.tolist(),
        "score": np.round(history.scores, 5).tolist(),
        "rmse": errors,
    }


def _run_settings(unit):
    """Return the settings of a run, which are those of the study ``vote_active``."""
    settings, question = unit.settings, unit.part.question
    if question == "spiral":
        X, votes = unit.data
    else:
        X, votes = made_galaxies(settings["n_galaxies"], FIRST_SEED + unit.seed)
        votes = votes[:, QUESTIONS.index(question)]
    n_first, n_instances, n_queries = settings["sizes"][question]
    n_steps = settings["training_steps"][question]
    return RunSettings(
        owner="reproduce",
        estimator=galaxy_network(n_steps, settings["n_draws"], device=unit.device),
        X=X,
        y=votes,
        regression=True,
        new_states=True,
        n_queries=n_queries,
        n_instances=n_instances,
        initial=RandomSeed(n_first),
        test_size=0.25,
    )


def saved(what, random, own):
    """Return how many of its galaxies VoteBALD saves to the last score of random.

    Both curves are made monotone, and are linear between steps.

    Parameters
    ----------
    what : {"score", "rmse"}
        The curve.
    random, own : dict
        Results of two units with the same seed.

    Returns
    -------
    saved : float
        In percent; below 0 if it needs more. Infinite if it never got there, and NaN if
        this was not kept.

    Examples
    --------
    >>> random = {"n_labels": [10, 20, 30], "rmse": [0.3, 0.25, 0.2]}
    >>> own = {"n_labels": [10, 20, 30], "rmse": [0.3, 0.2, 0.1]}
    >>> round(saved("rmse", random, own), 1)
    33.3
    """
    if what not in random or what not in own:
        return float("nan")
    of_random, of_own = (_monotone(result, what) for result in (random, own))
    target = of_random[-1]
    if of_own[-1] < target:
        return float("inf")
    needed = _first_at(own["n_labels"], of_own, target)
    of_all = _first_at(random["n_labels"], of_random, target)
    return float(100 * (1 - needed / of_all))


def _monotone(result, what):
    """Return the nearest curve that never falls, of the score or of minus the RMSE."""
    sign = -1 if what == "rmse" else 1
    return IsotonicRegression().fit_transform(
        result["n_labels"], sign * np.array(result[what])
    )


def _first_at(n_labels, curve, target):
    """Return the number of labels at which an ascending curve first has a value."""
    place = int(np.argmax(curve >= target))
    if place == 0:
        return n_labels[0]
    low, high = curve[place - 1 : place + 1]
    part = (target - low) / (high - low)
    return n_labels[place - 1] + part * (n_labels[place] - n_labels[place - 1])


def _last(what, result):
    return result[what][-1] if what in result else float("nan")


def mean_gain(what, random, own):
    """Return by how much a curve lies above that of random, in the mean over labels.

    Parameters
    ----------
    what : {"score", "rmse"}
        The curve.
    random, own : dict
        Results of two units with the same seed and numbers of labels.

    Returns
    -------
    gain : float
        NaN if it was not kept.

    Examples
    --------
    >>> random = {"n_labels": [10, 20, 40], "score": [0.0, 0.0, 0.0]}
    >>> mean_gain("score", random, {"n_labels": [10, 20, 40], "score": [0, 3, 3]})
    2.5
    """
    if what not in random or what not in own:
        return float("nan")
    n_labels = np.array(own["n_labels"])
    difference = np.subtract(own[what], random[what])
    area = np.sum(np.diff(n_labels) * (difference[1:] + difference[:-1]) / 2)
    return float(area / (n_labels[-1] - n_labels[0]))


def pairs():
    """Yield for each question its name, the arm of VoteBALD and that of random.

    Yields
    ------
    question, active, random : str
    """
    for question in SIZES:
        yield (f"{question}?", *(f"{question}?, {name}" for name in STRATEGIES))


def name_saved(question, what):
    """Return the name of a measure of `saved`.

    Parameters
    ----------
    question : str
        The question, with its mark.
    what : str
        `SCORE` or `RMSE`.

    Returns
    -------
    name : str
    """
    return f"{question}: galaxies saved to the last {what} of random, %"


def label_measures():
    """Yield the measures of the arms with labels."""
    curves = {"score": (SCORE, 4), "rmse": (RMSE, 3)}
    for question, active, random in pairs():
        for what, (name, n_digits) in curves.items():
            both = {"arms": (active, random), "n_digits": n_digits}
            end = f"{question}: {name} at the end"
            yield Measure(end, partial(_last, what), **both)
            pair = {"arms": (active,), "versus": random}
            mean = f"{question}: {name}, mean over the curve, minus random"
            of = partial(mean_gain, what)
            yield Measure(mean, of, n_digits=4, **pair)
            yield Measure(name_saved(question, name), partial(saved, what), **pair)


def findings(reproduction):
    """Return in words whether VoteBALD beats random rows.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.

    Returns
    -------
    sentences : list of str
        One for each question that was run with both strategies.
    """
    return list(filter(None, (_finding(reproduction, *pair) for pair in pairs())))


def _finding(reproduction, question, active, random):
    name = f"{question}: {SCORE}, mean over the curve, minus random"
    gains = reproduction.values(name, active)
    reached = reproduction.values(name_saved(question, SCORE), active)
    if not len(gains):
        return None
    n_below, n_there = int((gains < 0).sum()), int(np.isfinite(reached).sum())
    verb = "beats" if gains.mean() > 0 else "does not beat"
    return (
        f"{question} VoteBALD {verb} random rows in the mean of {len(gains)} runs: "
        f"its {SCORE} is lower in {n_below} of them, by the mean over the curve, and "
        f"it reaches the last score of random in {n_there}."
    )


def draw_curve(ax, arm, results, colour):
    """Draw the mean learning curve of an arm, with a band from lowest to highest.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    arm : str
        The arm.
    results : collection of dict
        Its results. Nothing is drawn if there are none.
    colour : str
        A colour.
    """
    results = list(results)
    if not results:
        return
    [n_labels] = {tuple(result["n_labels"]) for result in results}
    scores = np.array([result["score"] for result in results])
    ax.plot(n_labels, scores.mean(axis=0), color=colour, label=arm.split(", ")[1])
    band = {"color": colour, "alpha": 0.15, "linewidth": 0}
    ax.fill_between(n_labels, scores.min(axis=0), scores.max(axis=0), **band)
    ax.legend(fontsize="small", loc="lower right")
