"""Gal, Islam and Ghahramani (2017), Figure 2: dropout on and off at prediction time."""

import warnings
from functools import partial

import numpy as np

from skbal.exceptions import TooFewDrawsWarning
from skbal.experiments._catalogue import _gal2017
from skbal.experiments._catalogue._digits import load_digits, network
from skbal.experiments._declared._claims import Claim, Statement
from skbal.experiments._declared._curves import (
    acquired_to,
    draw_curves,
    learning_curve,
    score_after,
)
from skbal.experiments._declared._experiment import Experiment, Measure
from skbal.experiments._declared._paired import gap
from skbal.query import BALD, MaxEntropy, VariationRatios

STRATEGIES = {
    "BALD": BALD,
    "Variation ratios": VariationRatios,
    "Max entropy": MaxEntropy,
}
OFF = ", dropout off"
# The strategy, and whether dropout is off at prediction time.
ARMS = {
    f"{name}{OFF * off}": (strategy, off)
    for name, strategy in STRATEGIES.items()
    for off in (False, True)
}
BUDGETS = (20, 50, 100, 150, 200)
PAPER_SAYS = "draws are better than a single prediction with as many labels"
DIFFERENCES = (
    "With a single prediction the mutual information of every image is 0, so BALD with "
    "dropout off asks about random images.",
    "The paper has a figure and no numbers. So the table has none to compare with.",
    "Accuracies with as many labels are compared seed by seed. A run that has ended "
    "keeps its last accuracy, so it may be better than that.",
    *_gal2017.DIFFERENCES[:6],
)


def run(unit):
    """Return the learning curve of a unit."""
    strategy, off = unit.part
    with warnings.catch_warnings():
        if off:
            # What it says of BALD is what this experiment shows.
            warnings.simplefilter("ignore", TooFewDrawsWarning)
        return learning_curve(
            unit,
            network(unit, deterministic=off),
            strategy(pool_subsample=unit.settings["pool_subsample"]),
        )


def points_above_off(name, n_acquired, reproduction):
    """Return how much more accurate draws are than a single prediction.

    Parameters
    ----------
    name : str
        The strategy.
    n_acquired : tuple of int
        Numbers of acquired labels, over which the difference is averaged.
    reproduction : Reproduction
        What was run.

    Returns
    -------
    points : ndarray of shape (n_seeds,)
        Percentage points, one for each seed that was run in both ways.
    """
    of = partial(_held, n_acquired)
    return 100 * gap(of, name, f"{name}{OFF}")(reproduction)


def _held(n_acquired, result):
    """Return the mean score after so many labels. A run that ended keeps its last."""
    n_labels = np.array(result["n_labels"])
    steps = np.searchsorted(n_labels, n_labels[0] + np.array(n_acquired), "right") - 1
    return np.array(result["score"])[steps].mean()


def claims():
    """Return what Figure 2 of the paper shows of each strategy.

    Returns
    -------
    claims : tuple of Claim
    """
    return tuple(_claim(name) for name in STRATEGIES)


def _claim(name):
    def statement(words, *n_acquired):
        return Statement(words, partial(points_above_off, name, n_acquired))

    each = [statement(f"points above, after {n} images", n) for n in BUDGETS]
    curve = range(10, BUDGETS[-1] + 1, 10)
    mean = statement(f"points above, mean up to {BUDGETS[-1]} images", *curve)
    return Claim(f"{name}: {PAPER_SAYS}", "Figure 2", (mean, *each))


def draw(figure, reproduction, curves):
    """Draw Figure 2 of the paper: one panel for each acquisition function."""
    figure.set_size_inches(11, 4)
    panels = figure.subplots(1, len(STRATEGIES), sharex=True, sharey=True)
    for ax, name in zip(panels, STRATEGIES):
        lines = draw_curves(ax, reproduction, [name, f"{name}{OFF}"])
        for arm, line in lines.items():
            line.set_label("dropout off" if arm.endswith(OFF) else "dropout on")
        ax.set_title(name)
        ax.label_outer()
        if lines:
            ax.legend(loc="lower right")


EXPERIMENT = Experiment(
    name="deterministic",
    title="Dropout on and off at prediction time, on MNIST",
    question=(
        "What is the uncertainty of the weights worth? The same networks, trained with "
        "dropout, ask once with draws and once with a single prediction."
    ),
    paper=_gal2017.PAPER.replace("section 5.", "section 5.2."),
    arms=ARMS,
    settings=_gal2017.SETTINGS,
    quick=_gal2017.QUICK,
    load=load_digits,
    run=run,
    n_seeds=_gal2017.N_SEEDS_PUBLISHED,
    measures=(
        Measure(_gal2017.AFTER_40, score_after(40), n_digits=3),
        Measure(_gal2017.AT_10, acquired_to(0.9)),
        Measure(_gal2017.AT_5, acquired_to(0.95)),
    ),
    differences=DIFFERENCES,
    draw=draw,
    claims=claims(),
    shares="gal2017",
)
