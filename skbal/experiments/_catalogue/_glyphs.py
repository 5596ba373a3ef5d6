"""BatchBALD on drawn signs of 47 classes, which need no file."""

from dataclasses import replace

from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._batchbald import PAPER, STRATEGIES
from skbal.experiments._catalogue._panels import draw_panel
from skbal.experiments._catalogue._stopped import NETWORK
from skbal.experiments._declared._experiment import Experiment

EACH = ", one of each class first"
AT_EACH = (97, 197, 297)
STARTS = {
    "random": _many_classes.FROM_FIVE,
    "each class": {"n_per_class": 1, "n_labels": AT_EACH[-1]},
}
QUICK_STARTS = {
    "random": {**_many_classes.FROM_TEN, "n_labels": 40},
    "each class": {"n_per_class": 1, "n_labels": 40},
}
FROM_FIVE = {name: name for name in STRATEGIES}
FROM_EACH = {name: f"{name}{EACH}" for name in STRATEGIES}
# The strategy, and the first labels.
ARMS = {
    arm: (STRATEGIES[name], start)
    for start, arms in zip(STARTS, (FROM_FIVE, FROM_EACH))
    for name, arm in arms.items()
}


def _but_labels(settings):
    """Return settings without ``n_labels``, which the first labels decide."""
    return {name: value for name, value in settings.items() if name != "n_labels"}


SETTINGS = {
    **_but_labels(_many_classes.SETTINGS),
    "images": "glyphs",
    "n_classes": 47,
    "n_images": 20_000,
    "starts": STARTS,
}


def run(unit):
    """Return the learning curve of a unit."""
    strategy, start = unit.part
    settings = {**unit.settings, **unit.settings["starts"][start]}
    return _many_classes.run(replace(unit, part=strategy, settings=settings))


def draw(figure, reproduction, curves):
    """Draw a panel for each kind of first labels."""
    figure.set_size_inches(11, 4.5)
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    draw_panel(left, reproduction, FROM_FIVE)
    left.set_title("From five labels of random signs")
    draw_panel(right, reproduction, FROM_EACH)
    right.set_title("From one label of each class")
    right.label_outer()


EXPERIMENT = Experiment(
    name="glyphs",
    title="BatchBALD with 47 classes, on drawn signs",
    question=(
        "With 47 classes, a batch that BALD chooses may hold several images of a class "
        "and none of many others. Is BatchBALD better?"
    ),
    paper=PAPER,
    arms=ARMS,
    settings=SETTINGS,
    quick={**_but_labels(_many_classes.QUICK), "starts": QUICK_STARTS},
    load=_many_classes.load,
    run=run,
    n_seeds=5,
    measures=(
        *_many_classes.accuracies((40, *_many_classes.AT), tuple(FROM_FIVE)),
        *_many_classes.accuracies(AT_EACH, tuple(FROM_EACH.values())),
        _many_classes.TO_30,
    ),
    claims=(
        *_many_classes.order(_many_classes.AT),
        *_many_classes.order(AT_EACH, EACH),
    ),
    differences=(
        *NETWORK,
        "The paper has EMNIST, of which this is a stand-in without a download: 20,000 "
        "signs of an invented alphabet. So there is no published number beside ours.",
        _many_classes.START,
        "In the arms “one of each class first”, each class has one first label. Labels "
        "are counted with the first ones.",
        "There are 1,024 validation images, and 5,000 for the test. The paper's epochs "
        "of EMNIST have four times as many rows, and 16,384 images validate them.",
    ),
    draw=draw,
)
