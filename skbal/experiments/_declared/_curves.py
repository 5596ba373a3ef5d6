"""Units that are one run of active learning: a learning curve, kept step by step."""

from functools import partial

import numpy as np

from skbal._utils.threads import one_thread
from skbal.experiments._runs import RunSettings, prepare
from skbal.loop import ActiveLearningLoop, History, Record
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.seeding import BalancedSeed, RandomSeed
from skbal.simulation._build import build_loop
from skbal.stopping import TargetScore


def learning_curve(unit, estimator, strategy):
    """Return the result of a unit that is one run of active learning.

    All arms of a seed have the same first labels, and models and strategies with the
    same seeds, as in `compare`. A run that was killed goes on after its last step.

    Parameters
    ----------
    unit : ExperimentUnit
        Its data are the pool, its labels, the test rows and theirs. Its settings have
        ``n_per_class`` (first labels of each class) or ``n_first`` (random first
        labels), ``n_instances`` (per query), ``n_labels`` (at the end) and ``stop_at``
        (a score at which it ends, or None).
    estimator : estimator
        The model.
    strategy : QueryStrategy
        The query strategy.

    Returns
    -------
    result : dict
        ``n_labels`` and ``score`` of each step, ``queried`` (the rows asked about, the
        first ones in the first step), and ``seconds`` for training, querying and
        testing.
    """
    settings = _run_settings(unit, estimator)
    start = prepare(settings, unit.seed, seed=0)
    with one_thread(estimator, strategy):
        loop = _loop(unit, settings, start, strategy)
        for _ in loop:
            if unit.unfinished is not None:
                loop.save(unit.unfinished)
    return _columns(loop.history_)


def _run_settings(unit, estimator):
    X, y, X_test, y_test = unit.data
    size = unit.settings
    n_first, initial = _first(size, y)
    target = size["stop_at"]
    return RunSettings(
        owner="reproduce",
        estimator=estimator,
        X=X,
        y=y,
        regression=False,
        new_states=True,
        n_queries=(size["n_labels"] - n_first) // size["n_instances"],
        n_instances=size["n_instances"],
        initial=initial,
        stopping=None if target is None else TargetScore(target),
        X_test=X_test,
        y_test=y_test,
    )


def _first(size, y):
    """Return the number of first labels, and what selects their rows."""
    if "n_first" in size:
        return size["n_first"], RandomSeed(size["n_first"])
    n_per_class = size["n_per_class"]
    return n_per_class * len(np.unique(y)), BalancedSeed(n_per_class=n_per_class)


def _loop(unit, settings, start, strategy):
    loop = build_loop(settings, start, strategy)
    if unit.unfinished is None or not unit.unfinished.exists():
        return loop
    return ActiveLearningLoop.load(
        unit.unfinished,
        settings.X,
        LabelOracle(settings.y),
        learner=loop.learner,
        X_test=settings.X_test,
        y_test=settings.y_test,
    )


def _columns(history):
    return {
        "n_labels": history.n_labels.tolist(),
        "score": [round(float(score), 5) for score in history.scores],
        "queried": [list(map(int, record.indices)) for record in history],
        "seconds": {
            name: round(sum(getattr(r, f"seconds_{name}") for r in history), 1)
            for name in ("training", "querying", "testing")
        },
    }


def history_of(result):
    """Return the history of a unit from its result.

    Parameters
    ----------
    result : dict
        As `learning_curve` returns it.

    Returns
    -------
    history : History
        Its times are zero.
    """
    columns = zip(result["n_labels"], result["score"], result["queried"])
    return History(
        Record(step=step, n_labels=n, score=score, indices=tuple(rows))
        for step, (n, score, rows) in enumerate(columns)
    )


def acquired_to(score):
    """Return the function that reads how many labels were acquired up to a score.

    Parameters
    ----------
    score : float
        The score.

    Returns
    -------
    of : callable
        Takes a result of `learning_curve`. The first labels are not counted. Infinite
        if the run never got there.

    Examples
    --------
    >>> curve = {"n_labels": [20, 30, 40], "score": [0.5, 0.8, 0.9]}
    >>> acquired_to(0.8)(curve), acquired_to(0.95)(curve)
    (10, inf)
    """
    return partial(_acquired_to, score)


def _acquired_to(target, result):
    for n_labels, score in zip(result["n_labels"], result["score"]):
        if score >= target:
            return n_labels - result["n_labels"][0]
    return float("inf")


def score_after(n_acquired):
    """Return the function that reads the score after so many acquired labels.

    Parameters
    ----------
    n_acquired : int
        The number of labels. The first ones are not counted.

    Returns
    -------
    of : callable
        Takes a result of `learning_curve`. NaN if there is no such step.

    Examples
    --------
    >>> curve = {"n_labels": [20, 30, 40], "score": [0.5, 0.8, 0.9]}
    >>> score_after(10)(curve), score_after(50)(curve)
    (0.8, nan)
    """
    return partial(_score_after, n_acquired)


def _score_after(n_acquired, result):
    scores = dict(zip(result["n_labels"], result["score"]))
    return scores.get(result["n_labels"][0] + n_acquired, float("nan"))


def times_fewer(score):
    """Return the function that reads how many times as many labels another arm needs.

    Parameters
    ----------
    score : float
        The score.

    Returns
    -------
    of : callable
        Takes the result of the other arm and that of this one. Infinite if one of them
        never got there.

    Examples
    --------
    >>> random = {"n_labels": [20, 30, 40], "score": [0.5, 0.6, 0.9]}
    >>> own = {"n_labels": [20, 30], "score": [0.5, 0.9]}
    >>> times_fewer(0.9)(random, own)
    2.0
    """
    return partial(_times_fewer, score)


def _times_fewer(target, other, own):
    n_other, n_own = _acquired_to(target, other), _acquired_to(target, own)
    if not n_own or n_own == float("inf"):
        return float("inf")
    return n_other / n_own


def draw_curves(ax, reproduction, arms):
    """Draw mean learning curves of arms, with bands from the lowest to the highest.

    A curve ends where the first of its runs ended.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    reproduction : Reproduction
        Its units are runs of `learning_curve`.
    arms : list of str
        The arms to draw. Those without a result are left out.

    Returns
    -------
    lines : dict of str to matplotlib.lines.Line2D
        The curve of each arm.
    """
    found = {arm: reproduction.results(arm).values() for arm in arms}
    runs = {
        arm: [_acquired_only(history_of(result)) for result in results]
        for arm, results in found.items()
        if results
    }
    if not runs:
        return {}
    display = AcquisitionCurveDisplay.from_histories(runs, ax=ax, band="range")
    ax.set(xlabel="Acquired images", ylabel="Test accuracy")
    return display.lines_


def _acquired_only(history):
    first = int(history.n_labels[0])
    return History(
        Record(step=r.step, n_labels=r.n_labels - first, score=r.score) for r in history
    )
