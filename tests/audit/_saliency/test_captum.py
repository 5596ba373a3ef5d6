"""Our maps are those of captum, where that is installed (``skbal[saliency]``)."""

import numpy as np
import pytest
import torch

from skbal.audit import saliency
from tests.audit._saliency.networks import IMAGES, smooth_classifier

attr = pytest.importorskip("captum.attr", reason="needs captum, an optional peer")

X = IMAGES[:3].astype(np.float64)


@pytest.fixture(scope="module")
def model():
    # One prediction without draws: captum explains a single network.
    return smooth_classifier(deterministic=True)


def expected(model, kind, targets, **options):
    module = model.net_.module_.eval()

    def probabilities(x):
        return module(x).softmax(dim=1)

    given = torch.tensor(X, requires_grad=True)
    found = kind(probabilities).attribute(given, target=targets, **options)
    return found.detach().numpy()


@pytest.mark.parametrize(("kind", "theirs", "ours"), [
    ("Saliency", {"abs": False}, {"method": "gradient"}),
    (
        "IntegratedGradients",
        {"baselines": 0.2, "n_steps": 20, "method": "gausslegendre"},
        {"method": "integrated", "baseline": 0.2, "n_points": 20},
    ),
    (
        "Occlusion",
        {"sliding_window_shapes": (1, 2, 2), "strides": (1, 1, 1), "baselines": 0.0},
        {"method": "occlusion", "patch": 2, "stride": 1},
    ),
])  # fmt: skip
def test_a_map_is_that_of_captum(model, kind, theirs, ours):
    found = saliency(model, X, **ours)
    targets = torch.tensor(np.searchsorted(model.classes_, found.targets))
    maps = expected(model, getattr(attr, kind), targets, **theirs)
    np.testing.assert_allclose(found.maps, maps, rtol=1e-5, atol=1e-7)
