"""Kirsch et al. (2019), section 4.4: EMNIST, from files of the user."""

from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._stopped import NETWORK

CURVES = {
    "BatchBALD": "bb__emnist_multibald_bald_k10",
    "BALD": "bb__emnist_independent_bald_k10",
    "Random": "bb__emnist_balanced_independent_random_k10_b5",
}
N_PUBLISHED = 6

EXPERIMENT = _many_classes.declare(
    "emnist",
    at=_many_classes.AT,
    claims=_many_classes.order(_many_classes.AT),
    # Means of the raw runs that the authors published, with 100, 200 and 295 labels.
    table={
        "BatchBALD": (0.302, 0.424, 0.513),
        "BALD": (0.256, 0.379, 0.456),
        "Random": (0.283, 0.409, 0.487),
    },
    n_published=N_PUBLISHED,
    title="BatchBALD with the 47 classes of EMNIST",
    question=(
        "With 47 classes, a batch that BALD chooses may hold several images of a class "
        "and none of many others. Is BatchBALD better?"
    ),
    settings={
        **_many_classes.SETTINGS,
        "images": "EMNIST",
        "n_classes": 47,
        **_many_classes.AS_EMNIST,
        **_many_classes.FROM_FIVE,
    },
    quick=_many_classes.FROM_TEN,
    differences=(
        "EMNIST is read from the folder emnist in the folder of data, and never "
        "downloaded.",
        *NETWORK[:2],
        _many_classes.EPOCHS,
        _many_classes.START,
        "The published accuracies are means of the authors' raw runs.",
        "The quick version has drawn signs of 20 classes instead.",
    ),
    draw=_many_classes.draw_with(CURVES, "EMNIST, 47 classes"),
)
