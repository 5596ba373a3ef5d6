"""BatchBALD on drawn signs of 47 classes, which need no file."""

from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._stopped import NETWORK

AT = (97, 197, 297)

EXPERIMENT = _many_classes.declare(
    "glyphs",
    at=AT,
    claims=_many_classes.order(AT),
    title="BatchBALD with 47 classes, on drawn signs",
    question=(
        "With 47 classes, a batch that BALD chooses may hold several images of a class "
        "and none of many others. Is BatchBALD better?"
    ),
    settings={
        **_many_classes.SETTINGS,
        "images": "glyphs",
        "n_classes": 47,
        "n_images": 20_000,
        "n_per_class": 1,
        "n_labels": 297,
    },
    differences=(
        *NETWORK,
        "The paper has EMNIST, of which this is a stand-in without a download: 20,000 "
        "signs of an invented alphabet. So there is no published number beside ours.",
        _many_classes.START,
        "There are 1,024 validation images, and 5,000 for the test.",
    ),
    draw=_many_classes.draw_with({}, "Signs of 47 classes"),
    n_seeds=5,
)
