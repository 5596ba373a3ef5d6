"""Maps that know nothing of the network are found out; those that do are not."""

import json
import warnings

import numpy as np
import pytest
import skorch
import torch
from scipy import stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal.audit import SaliencySanity, saliency_sanity_check
from skbal.audit._saliency import _sanity
from skbal.audit._saliency._maps import SaliencyMaps
from skbal.audit._saliency._shuffling import layers_of, with_shuffled_weights
from skbal.models import DeepEnsembleClassifier, MCDropoutClassifier
from tests.audit._saliency.networks import IMAGES, LABELS, smooth_classifier

FLAT = IMAGES.reshape(40, 36).astype(np.float64)


@pytest.fixture(scope="module")
def model():
    return smooth_classifier(max_steps=60)


def check(estimator, X=IMAGES, y=None, **options):
    return saliency_sanity_check(estimator, X, y, random_state=0, **options)


@pytest.mark.parametrize("of", ["prediction", "mutual_information"])
def test_gradients_depend_on_the_weights(model, of):
    found = check(model, of=of, n_images=15)
    assert found.concern is False
    assert found.stages == ("dense", "convolution")
    assert found.rank_correlation.shape == (2, 15)
    assert found.structural_similarity.shape == (2, 15)
    assert "they depend on what was learned" in found.verdict


def test_unsigned_counts_are_counts(model):
    results = [
        check(
            model, method="occlusion", patch=kind(3), stride=kind(2),
            n_images=kind(3), n_repeats=kind(1),
        ).to_dict()
        for kind in (int, np.uint8)
    ]  # fmt: skip
    assert results[0] == results[1]


def edges(estimator, X, **options):
    """Return maps of the image alone, whoever has learned what."""
    return SaliencyMaps(
        maps=abs(np.diff(X, axis=3, prepend=0.0)), images=X, values=np.zeros(len(X)),
        baseline_values=None, targets=None, of="prediction", method="edges",
        feature_names=None,
    )  # fmt: skip


def test_a_map_of_edges_is_found_out(model, monkeypatch):
    monkeypatch.setattr(_sanity, "saliency", edges)
    with pytest.warns(UserWarning, match="hardly show what was learned"):
        found = check(model, n_images=10)
    assert found.concern is True
    np.testing.assert_allclose(found.rank_correlation, 1.0)
    np.testing.assert_allclose(found.structural_similarity, 1.0)


def test_maps_of_noise_do_not_tell(model, monkeypatch):
    rng = np.random.default_rng(0)

    def noise(estimator, X, **options):
        found = edges(estimator, X)
        found.maps[:] = rng.random(X.shape)
        return found

    monkeypatch.setattr(_sanity, "saliency", noise)
    found = check(model, n_images=10)
    assert found.concern is None
    assert "they differ by chance alone" in found.verdict


def test_the_interval_is_the_t_interval_over_images(model):
    found = check(model, n_images=12)
    last = found.rank_correlation[-1]
    expected = stats.ttest_1samp(last, 0).confidence_interval(0.95)
    np.testing.assert_allclose(found.interval, expected)
    frame = found.to_frame()
    assert frame["stage"].tolist() == list(found.stages)
    np.testing.assert_allclose(frame["rank_correlation"].iloc[-1], last.mean())
    assert json.loads(json.dumps(found.to_dict()))["concern"] is False


def test_the_same_seed_gives_the_same_result(model):
    first, again = (check(model, n_images=4, method="smooth", n_points=2) for _ in "ab")
    np.testing.assert_array_equal(first.rank_correlation, again.rank_correlation)
    np.testing.assert_array_equal(first.reference, again.reference)


def test_labels_of_a_forest_are_permuted():
    forest = RandomForestClassifier(20, max_depth=3, random_state=0).fit(FLAT, LABELS)
    options = {"method": "occlusion", "n_images": 10, "n_repeats": 2}
    found = check(forest, FLAT, LABELS, **options)
    assert found.stages == ("labels",)
    assert found.structural_similarity is None
    # The forest fitted again to the true labels is the same one.
    np.testing.assert_allclose(found.reference, 1.0)
    assert found.concern is False


def test_a_pipeline_around_a_network_is_checked_by_occlusion():
    pipeline = make_pipeline(
        StandardScaler(), MCDropoutClassifier(max_steps=30, lr=0.01, random_state=0)
    ).fit(FLAT, LABELS)
    found = check(pipeline, FLAT, method="occlusion", n_images=3, n_draws=5)
    assert len(found.stages) == 3
    assert found.stages[0] == layers_of(pipeline)[0]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(36, 3)

    def forward(self, x):
        return self.dense(x)


def test_shuffled_weights_are_those_of_a_copy_in_another_order():
    net = skorch.NeuralNetClassifier(
        Net, criterion=nn.CrossEntropyLoss, max_epochs=1, train_split=None, verbose=0
    ).fit(FLAT.astype(np.float32), np.arange(40) % 3)
    ensemble = DeepEnsembleClassifier(n_members=2, max_steps=1, random_state=0)
    ensemble.fit(FLAT, LABELS)
    stream = torch.get_rng_state()
    for estimator in (net, ensemble):
        layers = layers_of(estimator)
        copied = with_shuffled_weights(estimator, layers[:1], seed=0)
        nets = [[net], [copied]]
        if estimator is ensemble:
            nets = [estimator.members_, copied.members_]
        for before, after in zip(*nets):
            pairs = zip(
                before.module_.named_parameters(), after.module_.named_parameters()
            )
            for (name, old), (_, new) in pairs:
                assert new is not old
                is_chosen = name.startswith(layers[0])
                if name.endswith("weight") or not is_chosen:
                    assert torch.equal(new, old) != is_chosen
                assert torch.equal(new.flatten().sort()[0], old.flatten().sort()[0])
    assert torch.equal(torch.get_rng_state(), stream)


def sanity(ranks, interval, reference=0.9):
    return SaliencySanity(
        stages=("0",), rank_correlation=np.array([ranks]), structural_similarity=None,
        reference=np.full(len(ranks), reference), interval=interval, threshold=0.8,
        randomised="weights", method="gradient",
    )  # fmt: skip


@pytest.mark.parametrize(("ranks", "interval", "concern"), [
    ([0.1, 0.2], (0.0, 0.3), False),
    ([0.9, 0.8], (0.73, 1.0), True),  # 0.72 is 0.8 times 0.9
    ([0.7, 0.8], (0.71, 0.79), None),
    ([0.6, 0.8], (0.5, 0.71), False),
    ([0.4], (np.nan, np.nan), None),
])  # fmt: skip
def test_the_concern_is_about_the_interval(ranks, interval, concern):
    found = sanity(ranks, interval)
    assert found.concern is concern
    assert f"{np.mean(ranks):.2f}" in found.verdict
    assert sanity(ranks, interval, reference=0.3).concern is None


def test_maps_that_are_zero_cannot_change():
    found = sanity([np.nan, np.nan], (np.nan, np.nan), reference=np.nan)
    assert found.concern is None
    assert "zero everywhere" in found.verdict


REFUSED = [
    ({"of": "margin"}, ValueError, "of of saliency_sanity_check must be 'prediction'"),
    ({"randomise": "all"}, ValueError, "randomise of saliency_sanity_check must be"),
    ({"n_images": 0}, ValueError, "n_images of saliency_sanity_check must be"),
    ({"n_repeats": 0}, ValueError, "n_repeats of saliency_sanity_check must be"),
    ({"threshold": 2}, ValueError, "threshold of saliency_sanity_check must be"),
    ({"random_state": -1}, ValueError, "random_state of saliency_sanity_check must be"),
    ({"estimator": "net"}, TypeError, "estimator of saliency_sanity_check must be"),
    ({"randomise": "labels"}, ValueError, "y of saliency_sanity_check must be the lab"),
    ({"randomise": "labels", "y": [1]}, ValueError, "X and y given to saliency_sanity"),
    (
        {"estimator": LogisticRegression(), "randomise": "weights"},
        TypeError, "randomise='weights' of saliency_sanity_check needs a network",
    ),
    ({"method": "edges"}, ValueError, "method of saliency must be 'gradient'"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED)
def test_a_wrong_argument_is_named(model, wrong, error, message):
    arguments = {"estimator": model, "X": IMAGES, "random_state": 0, **wrong}
    with warnings.catch_warnings(), pytest.raises(error, match=f"^{message}"):
        saliency_sanity_check(**arguments)
