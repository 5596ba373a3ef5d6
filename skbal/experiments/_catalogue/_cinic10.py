"""Kirsch et al. (2019), section 4.5: CINIC-10, from files of the user."""

from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._stopped import NETWORK

CURVES = {
    "BatchBALD": "bb__cinic10_nispc20_pretrained_multibald_bald_k50_b10",
    "BALD": "bb__cinic10_nispc20_pretrained_independent_bald_k50_b10",
}
N_PUBLISHED = 7
PHOTOGRAPHS = {
    **_many_classes.SETTINGS,
    "image_shape": [3, 32, 32],
    "n_classes": 10,
    "n_images": 20_000,
    "n_per_class": 20,
    "n_instances": 10,
    "n_labels": 500,
    "n_draws": 50,
}
QUICK = {"n_classes": 10, "n_per_class": 1, "n_draws": 10}
NO_VGG = (
    "The paper has a VGG-16 that was trained on ImageNet, whose weights skbal does not "
    "have. Here the small network learns from the labelled photographs alone. So the "
    "accuracies cannot be the published ones; compare the differences between the arms."
)
POOL = (
    "The pool are 20,000 random photographs, other ones with each seed, and 1,024 more "
    "are for validation. Runs end with 500 labels, the paper's with 1,390.",
    "The quick version has drawn signs of 10 classes instead.",
)

EXPERIMENT = _many_classes.declare(
    "cinic10",
    at=(300, 500),
    # Means of the raw runs that the authors published.
    table={"BatchBALD": (0.499, 0.538), "BALD": (0.498, 0.531)},
    n_published=N_PUBLISHED,
    quick=QUICK,
    title="BatchBALD on the photographs of CINIC-10",
    question="Is BatchBALD better than BALD on photographs, too?",
    settings={**PHOTOGRAPHS, "images": "CINIC-10"},
    differences=(
        "CINIC-10 is read from the folder cinic10 in the folder of data, and never "
        "downloaded.",
        NO_VGG,
        *NETWORK,
        *POOL,
    ),
    draw=_many_classes.draw_with(CURVES, "CINIC-10"),
)
