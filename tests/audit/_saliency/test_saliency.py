"""Maps against finite differences, sums and loops; who may ask, and what is refused."""

import numpy as np
import pandas as pd
import pytest
import skorch
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from torch import nn

from skbal import ActiveLearner, predict_samples
from skbal._utils.random import stream
from skbal._utils.random_streams import random_streams
from skbal.audit import saliency, uncertainty_saliency
from skbal.audit._saliency import _gradients
from skbal.exceptions import NoDrawsError
from skbal.information import (
    mutual_information,
    predictive_entropy,
    predictive_variance,
)
from skbal.models import (
    DeepEnsembleClassifier,
    LaplaceClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
    MCDropoutRegressor,
)
from tests.audit._saliency.networks import IMAGES, LABELS, smooth_classifier

SEED = 5
X = IMAGES[:3].astype(np.float64)
FLAT = IMAGES.reshape(40, 36).astype(np.float64)
VALUES = {
    "mutual_information": mutual_information,
    "entropy": predictive_entropy,
    "variance": predictive_variance,
}


@pytest.fixture(scope="module")
def model():
    return smooth_classifier()


@pytest.fixture(scope="module")
def forest():
    return RandomForestClassifier(12, random_state=0).fit(FLAT, LABELS)


def draws_in_float64(model, X):
    function = model._torch_draws(X, None, SEED)
    with torch.no_grad():
        draws = function(torch.tensor(X), range(function.n_draws))
    return draws.numpy().swapaxes(0, 1)


def differences(model, value, points, step=1e-4):
    """Return central differences of a number per row, at several points per row.

    The points have the shape (n_points, n_rows, 1, 6, 6).
    """
    units = step * np.eye(36).reshape(36, 1, 1, 1, 6, 6)
    up, down = (
        value(draws_in_float64(model, (points + k * units[:, np.newaxis]).reshape(
            -1, 1, 6, 6
        )))
        for k in (1, -1)
    )  # fmt: skip
    slopes = ((up - down) / (2 * step)).reshape(36, *points.shape[:2])
    return np.moveaxis(slopes, 0, -1).reshape(points.shape)


def explained(model, of, **options):
    if of == "prediction":
        return saliency(model, X, random_state=SEED, **options)
    return uncertainty_saliency(model, X, of=of, random_state=SEED, **options)


def value_of(model, of):
    if of != "prediction":
        return VALUES[of]
    best = draws_in_float64(model, X).mean(axis=1).argmax(axis=1)

    def value(draws):  # of the three rows, which may come several times
        mean = draws.mean(axis=1).reshape(-1, len(X), draws.shape[2])
        return mean[:, np.arange(len(X)), best].ravel()

    return value


OF = ["prediction", *VALUES]


@pytest.mark.parametrize("of", OF)
def test_gradients_are_finite_differences(model, of):
    found = explained(model, of)
    value = value_of(model, of)
    expected = differences(model, value, X[np.newaxis])[0]
    assert abs(expected).max() > 1e-4
    np.testing.assert_allclose(found.maps, expected, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(found.values, value(draws_in_float64(model, X)))


@pytest.mark.parametrize("of", OF)
def test_smooth_maps_are_means_of_finite_differences_at_noisy_copies(model, of):
    found = explained(model, of, method="smooth", n_points=2, noise=0.3)
    scale = 0.3 * (X.max(axis=(1, 2, 3)) - X.min(axis=(1, 2, 3))).reshape(3, 1, 1, 1)
    noise = [stream(SEED, "noise", k).standard_normal((1, 6, 6)) for k in range(2)]
    points = X + scale * np.array(noise)[:, np.newaxis]
    each = differences(model, value_of(model, of), points)
    np.testing.assert_allclose(found.maps, np.mean(each, axis=0), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("of", OF)
def test_integrated_maps_are_integrals_of_finite_differences(model, of):
    found = explained(model, of, method="integrated", n_points=20, baseline=0.5)
    # Simpson's rule instead of Gauss-Legendre nodes
    shares = np.linspace(0, 1, 49).reshape(-1, 1, 1, 1, 1)
    each = differences(model, value_of(model, of), 0.5 + shares * (X - 0.5))
    weights = np.array([1, *[4, 2] * 23, 4, 1]) / 144
    expected = (X - 0.5) * np.tensordot(weights, each, axes=1)
    largest = abs(expected).max()
    np.testing.assert_allclose(found.maps, expected, rtol=1e-3, atol=1e-4 * largest)


@pytest.mark.parametrize("of", OF)
def test_integrated_maps_sum_to_the_change_from_the_baseline(model, of):
    found = explained(model, of, method="integrated", n_points=30)
    value = value_of(model, of)
    zero = np.zeros_like(X)
    change = value(draws_in_float64(model, X)) - value(draws_in_float64(model, zero))
    np.testing.assert_allclose(found.maps.sum(axis=(1, 2, 3)), change, atol=1e-7)
    np.testing.assert_allclose(found.completeness_gap, 0, atol=1e-7)
    assert found.concern is False


def test_few_points_leave_a_gap_that_is_reported():
    steep = smooth_classifier()
    with torch.no_grad():
        for weight in steep.net_.module_.parameters():
            weight *= 20
    found = saliency(steep, X, method="integrated", n_points=1, random_state=0)
    sums = found.maps.sum(axis=(1, 2, 3))
    gap = sums - (found.values - found.baseline_values)
    np.testing.assert_allclose(found.completeness_gap, gap)
    assert abs(gap).max() > 0.05
    assert found.concern is True


@pytest.mark.parametrize("of", OF)
def test_occlusion_is_the_mean_fall_over_the_patches_that_hide_a_pixel(model, of):
    found = explained(model, of, method="occlusion", patch=3, stride=2, baseline=0.5)
    value = value_of(model, of)

    def drawn(X):
        return predict_samples(model, X, random_state=SEED).astype(np.float64)

    before = value(drawn(X))
    total, count = np.zeros(X.shape), np.zeros(X.shape)
    # From 0, 2 and 4: the last patch of three pixels sticks out.
    for top in (0, 2, 4):
        for left in (0, 2, 4):
            hidden = X.copy()
            hidden[:, :, top : top + 3, left : left + 3] = 0.5
            fall = (before - value(drawn(hidden))).reshape(3, 1, 1, 1)
            total[:, :, top : top + 3, left : left + 3] += fall
            count[:, :, top : top + 3, left : left + 3] += 1
    np.testing.assert_allclose(found.maps, total / count, rtol=1e-4, atol=1e-6)


def test_few_draws_and_rows_at_a_time_change_nothing(model, monkeypatch):
    options = {"method": "smooth", "n_points": 3}
    whole = {of: explained(model, of, **options) for of in OF}
    monkeypatch.setattr(_gradients.PassSizes, "fitting", lambda self, n_draws: (2, 4))
    for of in OF:
        parts = explained(model, of, **options)
        np.testing.assert_allclose(parts.maps, whole[of].maps, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(parts.values, whole[of].values)
        one = explained(model, of, batch_size=1, **options)
        np.testing.assert_allclose(one.maps, whole[of].maps, rtol=1e-9, atol=1e-12)


def test_a_map_does_not_depend_on_the_other_rows(model):
    options = {"method": "smooth", "n_points": 2, "random_state": 1}
    both = uncertainty_saliency(model, IMAGES[:6], **options).maps
    again = uncertainty_saliency(model, IMAGES[5::-1], **options).maps
    np.testing.assert_allclose(again[::-1], both, atol=1e-12)


def test_nothing_else_is_changed(model):
    module = model.net_.module_
    weights = {name: w.clone() for name, w in module.state_dict().items()}
    modes = [part.training for part in module.modules()]
    gradients = [
        None if w.grad is None else w.grad.clone() for w in module.parameters()
    ]
    streams = random_streams(), torch.get_rng_state()
    given = IMAGES[:2].copy()
    for method in ("gradient", "smooth", "integrated", "occlusion"):
        uncertainty_saliency(model, given, method=method, n_points=2)
    assert random_streams() == streams[0]
    assert torch.equal(torch.get_rng_state(), streams[1])
    assert modes == [part.training for part in module.modules()]
    assert all(torch.equal(w, weights[k]) for k, w in module.state_dict().items())
    for weight, before in zip(module.parameters(), gradients):
        assert weight.requires_grad
        assert (weight.grad is None) == (before is None)
        assert before is None or torch.equal(weight.grad, before)
    assert (given == IMAGES[:2]).all()


@pytest.mark.parametrize("context", [torch.no_grad, torch.inference_mode])
def test_gradients_are_on_wherever_the_caller_has_them_off(context):
    model = MCDropoutClassifier(
        nn.Sequential(
            nn.Flatten(), nn.Linear(36, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3)
        ),
        max_steps=1,
        random_state=0,
    ).fit(IMAGES, LABELS)
    expected = saliency(model, IMAGES[:2], random_state=0).maps
    with context():
        found = saliency(model, IMAGES[:2], random_state=0).maps
        assert not torch.is_grad_enabled()
    np.testing.assert_array_equal(found, expected)
    assert torch.is_grad_enabled()


def test_targets_are_classes_by_their_labels(model):
    mean = draws_in_float64(model, X).mean(axis=1)
    predicted = saliency(model, X, random_state=SEED)
    best = model.classes_[mean.argmax(axis=1)]
    assert predicted.targets.tolist() == best.tolist()
    asked = saliency(model, X, target=["no", "yes", "no"], random_state=SEED)
    np.testing.assert_allclose(asked.values, mean[[0, 1, 2], [0, 2, 0]])
    # Probabilities sum to one, so the maps of all classes sum to zero.
    each = [saliency(model, X, target=c, random_state=SEED) for c in model.classes_]
    np.testing.assert_allclose(sum(found.maps for found in each), 0, atol=1e-12)
    np.testing.assert_array_equal(asked.maps[1], each[2].maps[1])


def test_a_certain_network_in_float32_still_has_a_gradient():
    network = nn.Sequential(nn.Flatten(), nn.Dropout(0.1), nn.Linear(36, 2))
    sure = MCDropoutClassifier(network, max_steps=1, random_state=0)
    sure.fit(IMAGES[:10], np.arange(10) % 2)
    with torch.no_grad():
        weight = sure.net_.module_[2].weight
        weight.copy_(torch.tensor([[0.8], [-0.8]]).expand(2, 36))
    found = saliency(sure, IMAGES[:2], random_state=0)
    assert (predict_samples(sure, IMAGES[:2], random_state=0)[..., 0] == 1).all()
    assert (found.maps > 0).all()


FEW = {"max_steps": 1, "random_state": 0}
TAKEN = {
    "ensemble": DeepEnsembleClassifier(n_members=2, **FEW),
    "last layer": LastLayerClassifier(MCDropoutClassifier(**FEW)),
    "Laplace": LaplaceClassifier(MCDropoutClassifier(**FEW)),
    "pipeline of nothing else": make_pipeline(
        "passthrough", MCDropoutClassifier(**FEW)
    ),
    "learner": ActiveLearner(MCDropoutClassifier(**FEW)),
}


@pytest.mark.parametrize("name", TAKEN)
def test_gradients_explain_each_kind_of_network(name):
    estimator = TAKEN[name]
    estimator.fit(FLAT, LABELS)
    for ask in (saliency, uncertainty_saliency):
        found = ask(estimator, FLAT[:2], random_state=0, n_draws=2)
        assert found.maps.shape == (2, 36)
        assert abs(found.maps).max() > 0
    draws = predict_samples(estimator, FLAT[:2], 2, random_state=0)
    np.testing.assert_allclose(found.values, mutual_information(draws), atol=1e-5)


def test_regressors_and_their_variance_are_explained():
    model = MCDropoutRegressor(**FEW).fit(FLAT, FLAT[:, :2] * 10)
    found = saliency(model, FLAT[:2], target=1, random_state=0)
    draws = predict_samples(model, FLAT[:2], random_state=0)
    np.testing.assert_allclose(found.values, draws.mean(axis=1)[:, 1], rtol=1e-5)
    spread = uncertainty_saliency(model, FLAT[:2], of="variance", random_state=0)
    np.testing.assert_allclose(spread.values, predictive_variance(draws), rtol=1e-4)
    linear = LinearRegression().fit(FLAT, FLAT[:, 0] * 3)
    found = saliency(linear, FLAT[:4], method="occlusion")
    # What is lost if a column becomes 0: coefficient times value.
    np.testing.assert_allclose(found.maps, FLAT[:4] * linear.coef_, atol=1e-12)


class Logits(nn.Module):
    """A skorch module for two or three classes."""

    def __init__(self, n_outputs=3):
        super().__init__()
        self.dense = nn.Linear(36, n_outputs)

    def forward(self, x):
        return self.dense(x.flatten(1))


def skorch_net(criterion=nn.CrossEntropyLoss):
    return skorch.NeuralNetClassifier(
        Logits, criterion=criterion, max_epochs=1, train_split=None, verbose=0
    )


def test_skorch_nets_are_explained_by_their_one_prediction():
    codes = np.arange(40) % 3
    net = skorch_net().fit(FLAT.astype(np.float32), codes)
    rows = FLAT[:3].astype(np.float32)
    found = saliency(net, rows)
    p = net.predict_proba(rows).astype(np.float64)
    best = p.argmax(axis=1)
    np.testing.assert_allclose(found.values, p.max(axis=1), rtol=1e-5)
    # d p_c / d x = p_c (w_c - sum_j p_j w_j)
    w = net.module_.dense.weight.detach().numpy()
    expected = p.max(axis=1)[:, np.newaxis] * (w[best] - p @ w)
    np.testing.assert_allclose(found.maps, expected, rtol=1e-4, atol=1e-6)
    nothing = uncertainty_saliency(net, rows)
    np.testing.assert_allclose(nothing.values, 0, atol=1e-12)
    np.testing.assert_allclose(nothing.maps, 0, atol=1e-12)
    with pytest.raises(ValueError, match="n_draws of saliency must be None or 1 for"):
        saliency(net, rows, n_draws=2)


class OneLogit(Logits):
    def forward(self, x):
        return super().forward(x)[:, 0]


@pytest.mark.parametrize(("kind", "module", "criterion"), [
    (skorch.NeuralNetBinaryClassifier, OneLogit, nn.BCEWithLogitsLoss),
    (skorch.NeuralNetClassifier, Logits, nn.CrossEntropyLoss),
    (skorch.NeuralNetRegressor, Logits, nn.MSELoss),
])  # fmt: skip
def test_other_skorch_nets_give_what_they_predict(kind, module, criterion):
    net = kind(module, criterion=criterion, max_epochs=1, train_split=None, verbose=0)
    y = np.arange(40) % (3 if kind is skorch.NeuralNetClassifier else 2)
    if kind is skorch.NeuralNetRegressor:
        y = FLAT[:, :3]
    elif kind is skorch.NeuralNetBinaryClassifier:
        y = y.astype(np.float32)
    rows = FLAT.astype(np.float32)
    net.fit(rows, y.astype(np.float32) if y.ndim == 2 else y)
    found = saliency(net, rows[:4])
    if kind is skorch.NeuralNetRegressor:
        expected = net.predict(rows[:4])[:, 0]
    else:
        expected = net.predict_proba(rows[:4]).max(axis=1)
    np.testing.assert_allclose(found.values, expected, rtol=1e-5)
    step = 1e-2 * found.maps / np.linalg.norm(found.maps, axis=1, keepdims=True)
    up = saliency(net, (rows[:4] + step).astype(np.float32)).values
    assert (up > found.values).all()


def test_forests_frames_and_string_labels_are_explained_by_occlusion(forest):
    names = [f"pixel {k}" for k in range(36)]
    frame = pd.DataFrame(FLAT, columns=names)
    of_frame = RandomForestClassifier(12, random_state=0).fit(frame, LABELS)
    found = saliency(
        of_frame, frame[:4], method="occlusion", baseline=FLAT.mean(axis=0)
    )
    p = of_frame.predict_proba(frame[:4])
    best = p.argmax(axis=1)
    hidden = frame[:4].copy()
    hidden["pixel 7"] = FLAT[:, 7].mean()
    fall = p.max(axis=1) - of_frame.predict_proba(hidden)[np.arange(4), best]
    np.testing.assert_allclose(found.maps[:, 7], fall, atol=1e-12)
    assert found.to_frame().index.tolist() == names
    as_images = saliency(forest, FLAT[:2], method="occlusion", image_shape=(6, 6))
    assert as_images.maps.shape == (2, 6, 6)


def test_pipelines_are_explained_by_occlusion():
    pipeline = make_pipeline(StandardScaler(), MCDropoutClassifier(**FEW))
    pipeline.fit(FLAT, LABELS)
    found = uncertainty_saliency(
        pipeline, FLAT[:2], method="occlusion", n_draws=3, random_state=0
    )
    draws = predict_samples(pipeline, FLAT[:2], 3, random_state=0)
    np.testing.assert_allclose(found.values, mutual_information(draws), atol=1e-6)


def test_images_may_have_colours_last():
    colours = np.repeat(IMAGES[:, 0, :, :, np.newaxis], 3, axis=3)
    pipeline = make_pipeline(
        FunctionTransformer(lambda X: X.reshape(len(X), -1)),
        RandomForestClassifier(5, random_state=0),
    ).fit(colours, LABELS)
    found = saliency(pipeline, colours[:2], method="occlusion", patch=2)
    assert found.maps.shape == (2, 6, 6, 3)
    assert (np.ptp(found.maps, axis=3) == 0).all()


def test_a_gaussian_process_is_explained_with_draws_that_are_joint():
    model = GaussianProcessClassifier(random_state=0).fit(FLAT[:, :3], LABELS)
    found = uncertainty_saliency(
        model, FLAT[:1, :3], method="occlusion", n_draws=5, random_state=0
    )
    versions = np.repeat(FLAT[:1, :3], 4, axis=0)
    versions[[1, 2, 3], [0, 1, 2]] = 0
    values = mutual_information(predict_samples(model, versions, 5, random_state=0))
    np.testing.assert_allclose(found.maps[0], values[0] - values[1:], atol=1e-10)


REFUSED = [
    ({"method": "guided"}, ValueError, "method of saliency must be 'gradient', "),
    ({"n_points": 0}, ValueError, "n_points of saliency must be an integer >= 1"),
    ({"noise": -0.1}, ValueError, "noise of saliency must be a real number >= 0"),
    ({"patch": 0}, ValueError, "patch of saliency must be an integer >= 1"),
    ({"stride": 1.5}, TypeError, "stride of saliency must be an integer >= 1"),
    ({"batch_size": 0}, ValueError, "batch_size of saliency must be an integer >= 1"),
    ({"n_draws": 0}, ValueError, "n_draws of saliency must be an integer >= 1"),
    ({"random_state": "x"}, TypeError, "random_state of saliency must be None, an int"),
    ({"target": "maybe"}, ValueError, "target of saliency must be a class of the est"),
    ({"target": ["no"]}, ValueError, "target of saliency must be one class, or one f"),
    ({"baseline": np.nan}, ValueError, "baseline of saliency must be a finite number"),
    ({"baseline": [1, 2]}, ValueError, r"baseline of saliency .* got shape \(2,\)"),
    ({"image_shape": (5, 6)}, ValueError, "image_shape of saliency is"),
    ({"X": IMAGES[:0]}, ValueError, r"X given to saliency is empty: its shape is \(0,"),
    ({"X": IMAGES[0, 0, 0]}, ValueError, r"X given to saliency .* got shape \(6,\)"),
    ({"X": IMAGES * np.nan}, ValueError, "X given to saliency must be finite numbers"),
    ({"X": [["a", "b"]]}, ValueError, "X given to saliency must be rows of numbers"),
]


@pytest.mark.parametrize(("wrong", "error", "message"), REFUSED)
def test_a_wrong_argument_is_named(model, wrong, error, message):
    arguments = {"X": X, **wrong}
    with pytest.raises(error, match=f"^{message}"):
        saliency(model, arguments.pop("X"), **arguments)


def test_who_cannot_answer_is_told_what_to_use(model, forest):
    with pytest.raises(TypeError, match="estimator of saliency must be an estimator"):
        saliency(MCDropoutClassifier, X)
    with pytest.raises(NotFittedError):
        saliency(MCDropoutClassifier(), X)
    with pytest.raises(NotFittedError):
        uncertainty_saliency(RandomForestClassifier(), FLAT, method="occlusion")
    two_classes = skorch_net().fit(FLAT.astype(np.float32), np.arange(40) % 2)
    with pytest.raises(ValueError, match="a probability for each class, got 3 for the"):
        saliency(two_classes, FLAT[:2].astype(np.float32))
    columns = RandomForestClassifier(3).fit(FLAT, np.stack([LABELS, LABELS], axis=1))
    with pytest.raises(TypeError, match="must predict one column of labels, but Rand"):
        saliency(columns, FLAT[:2], method="occlusion")
    with pytest.raises(TypeError, match=r"got RandomForestC.*Use method='occlusion'"):
        saliency(forest, FLAT[:2])
    steps = make_pipeline(StandardScaler(), MCDropoutClassifier(**FEW))
    steps.fit(FLAT, LABELS)
    with pytest.raises(TypeError, match="with StandardScaler before the MCDropoutCl"):
        saliency(steps, FLAT[:2])
    regressor = RandomForestRegressor(3).fit(FLAT, FLAT[:, 0])
    with pytest.raises(TypeError, match="of='mutual_information' of uncertainty_sal"):
        uncertainty_saliency(regressor, FLAT[:2], method="occlusion")
    with pytest.raises(ValueError, match="of of uncertainty_saliency must be 'mutual"):
        uncertainty_saliency(model, X, of="margin")
    labels_only = SVC().fit(FLAT, LABELS)
    with pytest.raises(TypeError, match="must have predict_proba, but SVC predicts"):
        saliency(labels_only, FLAT[:2], method="occlusion")
    with pytest.raises(NoDrawsError, match="SVC"):
        uncertainty_saliency(labels_only, FLAT[:2], method="occlusion")
    regressor = LinearRegression().fit(FLAT, FLAT[:, :2])
    with pytest.raises(ValueError, match="target of saliency must be the number of an"):
        saliency(regressor, FLAT[:2], method="occlusion", target=2)


@given(
    sizes=st.tuples(*[st.integers(0, 2**28)] * 3),
    n_draws=st.integers(1, 500),
    memory=st.integers(1, 2**27),
)
def test_a_pass_fits_into_memory_or_is_the_smallest(sizes, n_draws, memory):
    found = _gradients.PassSizes(*sizes)
    rows, draws = found.fitting(n_draws, memory)
    assert 1 <= draws <= n_draws
    assert rows >= 1
    assert found.of(rows, draws) <= memory or (rows, draws) == (1, 1)


def test_the_measured_sizes_predict_those_of_larger_passes(model):
    function = model._torch_draws(X, None, 0)
    x = torch.tensor(X[:1])
    sizes = _gradients.pass_sizes(function, x)
    one = _gradients._kept_bytes(function, x.clone(), 1)
    many = _gradients._kept_bytes(function, x.repeat(20, 1, 1, 1), 5)
    of_rows, of_draws = 19 * sizes.per_row, 4 * sizes.per_draw
    expected = one + of_rows + of_draws + 99 * sizes.per_row_and_draw
    assert abs(many - expected) < 0.1 * expected


def test_unsigned_counts_do_not_wrap():
    # 255 + 1 patches of an image would be 0 of them.
    X = np.random.default_rng(0).random((6, 256))
    forest = RandomForestClassifier(3, random_state=0).fit(X, [0, 1] * 3)
    counts = {"patch": 1, "stride": 1, "batch_size": 255, "n_draws": 3}
    plain, unsigned = (
        uncertainty_saliency(
            forest, X, method="occlusion", random_state=0, image_shape=(16, 16),
            **{name: kind(value) for name, value in counts.items()},
        )
        for kind in (int, np.uint8)
    )  # fmt: skip
    np.testing.assert_array_equal(plain.maps, unsigned.maps)
