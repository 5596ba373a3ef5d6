"""BatchBALD on drawn signs of 47 classes, which need no file."""

from dataclasses import replace

from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._batchbald import PAPER, STRATEGIES
from skbal.experiments._catalogue._panels import draw_panel
from skbal.experiments._catalogue._stopped import NETWORK
from skbal.experiments._declared._experiment import Experiment

SMALL, EACH = ", small pool", ", small pool, one of each class first"
AT_EACH = (97, 197, 297)
_SMALL_POOL = {"n_images": 20_000, "n_valid": 1024, "epoch_size": 5056}
# What differs from the other settings.
WAYS = {
    "as EMNIST": _many_classes.FROM_FIVE,
    "small pool": {**_SMALL_POOL, **_many_classes.FROM_FIVE},
    "each class": {**_SMALL_POOL, "n_per_class": 1, "n_labels": AT_EACH[-1]},
}
QUICK_WAYS = {
    "as EMNIST": _many_classes.FROM_TEN,
    "small pool": {"n_images": 200, **_many_classes.FROM_TEN},
    "each class": {"n_images": 200, "n_per_class": 1},
}
AS_EMNIST, FROM_FIVE, FROM_EACH = (
    {name: f"{name}{end}" for name in STRATEGIES} for end in ("", SMALL, EACH)
)
FROM_RANDOM = (*AS_EMNIST, *FROM_FIVE.values())
# The strategy, and the way.
ARMS = {
    arm: (STRATEGIES[name], way)
    for way, arms in zip(WAYS, (AS_EMNIST, FROM_FIVE, FROM_EACH))
    for name, arm in arms.items()
}
SETTINGS = {
    **_many_classes.SETTINGS,
    "images": "glyphs",
    "n_classes": 47,
    **_many_classes.AS_EMNIST,
    "ways": WAYS,
}


def run(unit):
    """Return the learning curve of a unit."""
    strategy, way = unit.part
    settings = {**unit.settings, **unit.settings["ways"][way]}
    n_rows = settings["n_images"] + settings["n_valid"]
    X, y, *test = unit.data  # the first signs do not depend on how many are drawn
    data = (X[:n_rows], y[:n_rows], *test)
    changed = replace(unit, part=strategy, settings=settings, data=data)
    return _many_classes.run(changed)


def draw(figure, reproduction, curves):
    """Draw a panel for each way."""
    figure.set_size_inches(12, 4.5)
    panels = figure.subplots(1, 3, sharex=True, sharey=True)
    titles = (
        "As many signs as EMNIST has",
        "Small pool, five random labels first",
        "Small pool, one label of each class first",
    )
    for ax, arms, title in zip(panels, (AS_EMNIST, FROM_FIVE, FROM_EACH), titles):
        draw_panel(ax, reproduction, arms)
        ax.set_title(title)
        ax.label_outer()


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
    quick={**_many_classes.QUICK, "ways": QUICK_WAYS},
    load=_many_classes.load,
    run=run,
    n_seeds=5,
    measures=(
        *_many_classes.accuracies((40, *_many_classes.AT), FROM_RANDOM),
        *_many_classes.accuracies(AT_EACH, tuple(FROM_EACH.values())),
        _many_classes.TO_30,
    ),
    claims=(
        *_many_classes.order(_many_classes.AT),
        *_many_classes.order(_many_classes.AT, SMALL),
        *_many_classes.order(AT_EACH, EACH),
    ),
    differences=(
        *NETWORK[:2],
        "The paper has EMNIST, of which this is a stand-in without a download: signs "
        "of an invented alphabet. So there is no published number beside ours.",
        "There are as many signs as EMNIST has images: 96,416 in the pool, and 16,384 "
        "that say when to stop a training. 5,000 others are the test.",
        _many_classes.EPOCHS,
        _many_classes.START,
        "In the arms “small pool”, the pool has 20,000 signs, 1,024 say when to stop, "
        "and epochs have 5,056 rows. In “one of each class first”, each class has one "
        "first label. Labels are counted with the first ones.",
    ),
    draw=draw,
)
