"""Which network is trained, which is taken, and the rows on their way into it."""

import copy
import pickle
import threading

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetBinaryClassifier, NeuralNetClassifier, NeuralNetRegressor
from torch import nn

from skbal._utils.random_streams import random_streams
from skbal.models import (
    BayesianLinearRegression,
    LastLayerClassifier,
    LastLayerRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
)
from tests.models._last_layer.networks import Fragile, InPlace, Skip, mlp

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
LABELS = np.array(["ant", "bee", "cat"])[np.digitize(X[:, 0], [-0.5, 0.5])]
Y = X[:, 0] * X[:, 1] + 0.1 * RNG.normal(size=60)


def small(**changes):
    """Return an untrained network of skbal that trains in a moment."""
    return MCDropoutClassifier(
        **{
            "module__hidden_units": (8,),
            "max_epochs": 3,
            "standardize": False,
            **changes,
        }
    )


def small_regressor(**changes):
    return MCDropoutRegressor(module__hidden_units=(8,), max_epochs=3, **changes)


def classifier(network=None, **parameters):
    head = BayesianLinearRegression(noise_variance=0.1)
    return LastLayerClassifier(
        small() if network is None else network, head, **parameters
    )


@pytest.fixture(scope="module")
def trained():
    return small(random_state=0).fit(X, LABELS)


@torch.no_grad()
def forward(layers, x):
    x = torch.tensor(x, dtype=torch.float32)
    for layer in layers:
        x = layer(x)
    return x.numpy()


# ---------------------------------------------------------------- which network


def test_a_network_is_cloned_and_trained():
    network = small()
    model = classifier(network).fit(X, LABELS)
    assert not hasattr(network, "net_")
    assert model.network_.classes_.tolist() == ["ant", "bee", "cat"]
    layers = model.network_.net_.module_.eval()
    np.testing.assert_array_equal(model.transform(X), forward([*layers][:-1], X))


def test_a_trained_network_is_trained_anew_in_a_clone(trained):
    before = copy.deepcopy(trained.net_.module_.state_dict())
    model = classifier(trained).fit(X, LABELS)
    assert model.network_ is not trained
    for key, value in trained.net_.module_.state_dict().items():
        assert torch.equal(value, before[key])


def test_a_trained_network_is_taken_where_none_is_to_be_trained(trained):
    assert classifier(trained, refit_network=False).fit(X, LABELS).network_ is trained
    assert classifier(trained).fit(X, LABELS, refit_network=False).network_ is trained


def test_an_untrained_network_is_trained_once_where_none_is_to_be_trained():
    model = classifier(refit_network=False).fit(X, LABELS)
    network = model.network_
    weights = network.net_.module_[0].weight.clone()
    model.fit(X[:20], LABELS[:20])
    assert model.network_ is network
    assert torch.equal(network.net_.module_[0].weight, weights)
    assert model.fit(X, LABELS, refit_network=True).network_ is not network


def test_a_frozen_network_is_taken_and_survives_clone(trained):
    model = classifier(FrozenEstimator(trained))
    assert clone(model).fit(X, LABELS).network_ is trained
    assert model.fit(X[:30], LABELS[:30], refit_network=True).network_ is trained


@pytest.mark.parametrize("network", [small(), NeuralNetClassifier(mlp)])
def test_a_frozen_network_must_be_fitted(network):
    with pytest.raises(NotFittedError):
        classifier(FrozenEstimator(network)).fit(X, LABELS)


def test_a_torch_module_is_taken_as_trained():
    module = mlp().train()
    model = classifier(module).fit(X, LABELS)
    assert model.network_ is module
    assert module.training
    np.testing.assert_array_equal(
        model.transform(X), forward(copy.deepcopy(module).eval()[:2], X)
    )


def test_a_frozen_torch_module_is_shared_by_clones():
    module = mlp()
    model = clone(classifier(FrozenEstimator(module)))
    assert model.fit(X, LABELS).network_ is module
    other = clone(classifier(module)).fit(X, LABELS).network_
    assert other is not module


def test_a_module_of_another_form_needs_a_named_layer():
    with pytest.raises(ValueError, match="network of LastLayerClassifier, Skip"):
        classifier(Skip()).fit(X, LABELS)
    model = classifier(Skip(), feature_layer="dropout").fit(X, LABELS)
    assert model.transform(X).shape == (60, 8)
    assert model._last_dense() is None


def test_a_skorch_net_is_trained_on_codes_of_the_labels():
    net = NeuralNetClassifier(
        mlp, criterion=nn.NLLLoss, max_epochs=2, train_split=None, verbose=0
    )
    model = classifier(net, random_state=0).fit(X, LABELS)
    assert not hasattr(net, "module_")
    layers = copy.deepcopy(model.network_.module_).eval()
    np.testing.assert_array_equal(model.transform(X), forward(layers[:2], X))
    again = clone(model).fit(X, LABELS)
    np.testing.assert_array_equal(again.transform(X), model.transform(X))


def test_a_skorch_net_for_two_classes_has_one_output():
    net = NeuralNetBinaryClassifier(
        nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 1)),
        train_split=None,
        max_epochs=2,
        verbose=0,
    )
    model = classifier(net).fit(X, np.where(Y > 0, "yes", "no"))
    assert model.transform(X).shape == (60, 5)


@pytest.mark.parametrize("y", [Y, np.c_[Y, -Y]])
def test_a_skorch_net_is_trained_on_numbers(y):
    n_outputs = y.reshape(60, -1).shape[1]
    net = NeuralNetRegressor(
        DropoutlessNet,
        module__n_outputs=n_outputs,
        max_epochs=2,
        train_split=None,
        verbose=0,
    )
    model = LastLayerRegressor(net, BayesianLinearRegression()).fit(X, y)
    assert model.predict(X).shape == y.shape


class DropoutlessNet(nn.Sequential):
    def __init__(self, n_outputs):
        super().__init__(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, n_outputs))


def test_a_fitted_skorch_net_is_taken_where_none_is_to_be_trained():
    net = NeuralNetRegressor(DropoutlessNet(1), verbose=0).initialize()
    model = LastLayerRegressor(net, BayesianLinearRegression(), refit_network=False)
    assert model.fit(X, Y).network_ is net
    assert LastLayerRegressor(FrozenEstimator(net)).fit(X, Y).network_ is net


def test_the_same_seed_gives_the_same_fit():
    first, second = (classifier(random_state=3).fit(X, LABELS) for _ in range(2))
    np.testing.assert_array_equal(first.transform(X), second.transform(X))
    np.testing.assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    other = classifier(random_state=4).fit(X, LABELS)
    assert not np.array_equal(first.transform(X), other.transform(X))


def test_a_network_keeps_its_own_seed_where_none_is_given():
    first, second = (classifier(small(random_state=5)).fit(X, LABELS) for _ in "ab")
    np.testing.assert_array_equal(first.transform(X), second.transform(X))


# ------------------------------------------------------------------ its last layer


def test_the_last_dense_layer_completes_the_network(trained):
    model = classifier(FrozenEstimator(trained)).fit(X, LABELS)
    weight, bias = model._last_dense()
    assert weight.dtype == bias.dtype == np.float64
    logits = forward(trained.net_.module_.eval(), X)
    np.testing.assert_allclose(
        model.transform(X) @ weight + bias, logits, rtol=1e-5, atol=1e-5
    )


class Doubled(nn.Linear):
    """A dense layer whose weights do not say what it does."""

    def forward(self, x):
        return super().forward(2 * x)


class Sequences(nn.Module):
    """Makes a sequence of two steps of a row."""

    def forward(self, x):
        return x.reshape(len(x), 2, 2)


@pytest.mark.parametrize("layers", [[Doubled(4, 3)], [Sequences(), nn.Linear(2, 3)]])
def test_no_weights_are_given_where_they_do_not_act_on_the_features(layers):
    model = classifier(nn.Sequential(*layers)).fit(X, LABELS)
    assert model.transform(X).shape == (60, 4)
    assert model._last_dense() is None


def test_a_dense_layer_without_bias_has_a_bias_of_zero():
    network = nn.Sequential(nn.Linear(4, 3, bias=False))
    model = classifier(network).fit(X, LABELS)
    weight, bias = model._last_dense()
    np.testing.assert_array_equal(weight, network[0].weight.detach().numpy().T)
    np.testing.assert_array_equal(bias, np.zeros(3))


# ---------------------------------------------------------------------------- rows


def test_chunks_of_features_make_up_the_whole(trained, monkeypatch):
    model = classifier(FrozenEstimator(trained)).fit(X, LABELS)
    whole = model.transform(X)
    monkeypatch.setattr(
        "skbal.models._last_layer._frozen.rows_within", lambda *a, **k: 7
    )
    chunks = list(model._feature_chunks(X))
    assert len(chunks) == 9
    assert [rows.start for rows, _ in chunks] == list(range(0, 60, 7))
    joined = np.concatenate([features for _, features in chunks])
    np.testing.assert_allclose(joined, whole, rtol=1e-5, atol=1e-6)


def test_the_wider_the_rows_the_shorter_the_chunks(trained):
    model = classifier(FrozenEstimator(trained)).fit(X, LABELS)
    long = np.zeros((3000, 4))
    assert len(list(model._feature_chunks(long))) == 1
    assert len(list(model._feature_chunks(long, bytes_per_row=2**16))) == 3


def test_images_go_through_in_both_shapes():
    images = RNG.random(size=(20, 1, 8, 8)).astype(np.float32)
    y = np.arange(20) % 2
    network = {"module__n_filters": 2, "module__hidden_units": 5, "max_epochs": 1}
    whole = classifier(MCDropoutClassifier(**network), random_state=0).fit(images, y)
    assert whole.transform(images).shape == (20, 5)
    flat = classifier(
        MCDropoutClassifier(image_shape=(8, 8), **network), random_state=0
    ).fit(images.reshape(20, 64), y)
    np.testing.assert_array_equal(
        flat.transform(images.reshape(20, 64)), whole.transform(images)
    )
    with pytest.raises(ValueError, match="LastLayerClassifier has rows of shape"):
        whole.transform(images[..., :7])


def test_a_network_that_changes_its_rows_does_not_reach_the_callers():
    network = nn.Sequential(InPlace(), nn.Linear(4, 3))
    rows = X.astype(np.float32)
    kept = rows.copy()
    model = classifier(network).fit(rows, LABELS)
    np.testing.assert_array_equal(rows, kept)
    features = model.transform(rows)
    np.testing.assert_array_equal(rows, kept)
    np.testing.assert_allclose(features, 2 * kept + 1, rtol=1e-6)


def test_a_memory_map_is_read_only_and_stays_so(tmp_path, trained):
    rows = np.memmap(tmp_path / "rows", dtype=np.float32, mode="w+", shape=X.shape)
    rows[:] = X
    rows.flush()
    pool = np.memmap(tmp_path / "rows", dtype=np.float32, mode="r", shape=X.shape)
    model = classifier(FrozenEstimator(trained)).fit(pool, LABELS)
    np.testing.assert_array_equal(model.transform(pool), model.transform(X))


def test_streams_and_flags_stay_also_after_an_error(trained):
    network = nn.Sequential(Fragile(), nn.Dropout(), nn.Linear(4, 3)).train()
    model = classifier(network).fit(X, LABELS)
    before = random_streams()
    with pytest.raises(ValueError, match="too large"):
        model.predict_proba(X + 1000)
    with pytest.raises(ValueError, match="contains NaN"):
        model.predict_proba(np.full_like(X, np.nan))
    model.predict_proba(X)
    assert random_streams() == before
    assert all(layer.training for layer in network.modules())
    assert not any(layer._forward_pre_hooks for layer in network.modules())


def test_two_threads_at_once_get_what_one_gets(trained):
    model = classifier(FrozenEstimator(trained)).fit(X, LABELS)
    expected = model.predict_samples(X, random_state=0)
    results = []

    def draw():
        results.extend(model.predict_samples(X, random_state=0) for _ in range(5))

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 10
    for draws in results:
        np.testing.assert_array_equal(draws, expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_features_on_cuda_are_those_on_the_cpu():
    on_cpu = classifier(mlp()).fit(X, LABELS)
    on_cuda = classifier(mlp().to("cuda")).fit(X, LABELS)
    np.testing.assert_allclose(on_cuda.transform(X), on_cpu.transform(X), atol=1e-4)


def test_columns_must_be_those_that_a_taken_network_knows():
    frame = pd.DataFrame(X, columns=list("abcd"))
    network = small().fit(frame, LABELS)
    model = classifier(FrozenEstimator(network)).fit(frame, LABELS)
    assert model.feature_names_in_.tolist() == list("abcd")
    assert model.transform(frame).shape == (60, 8)
    with pytest.raises(ValueError, match=r"has the columns \['d', 'c', 'b', 'a'"):
        classifier(FrozenEstimator(network)).fit(frame[list("dcba")], LABELS)
    with pytest.raises(ValueError, match=r"was fitted on rows of shape \(4,\)"):
        classifier(FrozenEstimator(network)).fit(X[:, :3], LABELS)


def test_features_have_names(trained):
    model = classifier(FrozenEstimator(trained)).fit(X, LABELS)
    names = model.get_feature_names_out()
    assert names.tolist() == [f"lastlayerclassifier{i}" for i in range(8)]
    frame = model.set_output(transform="pandas").transform(X)
    assert frame.columns.tolist() == names.tolist()


def test_features_that_are_not_finite_are_refused():
    network = mlp()
    with torch.no_grad():
        network[0][0].weight.fill_(torch.nan)
    with pytest.raises(ValueError, match="training may have diverged"):
        classifier(network).fit(X, LABELS)


def test_a_pipeline_may_end_in_it_or_go_on_from_it():
    ending = make_pipeline(StandardScaler(), classifier()).fit(X, LABELS)
    assert ending.predict(X).shape == (60,)
    between = make_pipeline(classifier(), LogisticRegression()).fit(X, LABELS)
    features = between[0].transform(X)
    alone = LogisticRegression().fit(features, LABELS)
    np.testing.assert_array_equal(between.predict(X), alone.predict(features))


def test_it_can_be_pickled(trained):
    model = classifier(FrozenEstimator(trained)).fit(X, LABELS)
    copied = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(copied.predict_proba(X), model.predict_proba(X))


# --------------------------------------------------------------------- parameters


def test_parts_that_are_none_can_be_set_by_name():
    model = LastLayerRegressor()
    assert model.get_params()["head__optimize"] == "evidence"
    assert model.get_params()["network__max_epochs"] == 50
    assert model.get_params(deep=False)["head"] is None
    model.set_params(head__prior_variance=3.0, network__max_epochs=2)
    assert model.head.prior_variance == 3.0
    assert model.head.optimize == "evidence"
    assert model.network.max_epochs == 2
    model.set_params(head=None, head__noise_variance=2.0)
    assert (model.head.prior_variance, model.head.noise_variance) == (1.0, 2.0)


def test_a_part_that_was_given_keeps_its_other_parameters():
    model = LastLayerRegressor(head=BayesianLinearRegression(noise_variance=0.5))
    head = model.head
    model.set_params(head__prior_variance=3.0)
    assert model.head is head
    assert head.noise_variance == 0.5


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="Invalid parameter 'nonsense'"):
        LastLayerRegressor().set_params(head__nonsense=3)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"network": 3}, TypeError, "network of LastLayerClassifier must be .* got 3"),
        ({"network": nn.Linear}, TypeError, "a torch.nn.Module instance"),
        ({"network": small_regressor()}, TypeError, "must be a classifier"),
        ({"refit_network": "no"}, TypeError, "must be True or False"),
        ({"feature_layer": "8"}, ValueError, "feature_layer of LastLayerClassifier"),
        ({"random_state": "x"}, TypeError, "random_state of LastLayerClassifier must"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    with pytest.raises(error, match=message):
        classifier().set_params(**parameters).fit(X, LABELS)


def test_a_classifier_is_no_network_to_train_for_a_regressor():
    with pytest.raises(TypeError, match="must be a regressor to be trained"):
        LastLayerRegressor(small()).fit(X, Y)


@pytest.mark.parametrize("method", ["transform", "predict", "predict_samples"])
def test_before_fit_there_is_nothing(method):
    with pytest.raises(NotFittedError):
        getattr(classifier(), method)(X)
