"""Weights saved and loaded without pickle, also files of someone else's making."""

import json
import os
import pickle
import struct
import tempfile

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from torch import nn

from skbal.models import (
    BayesByBackpropClassifier,
    BayesByBackpropRegressor,
    DeepEnsembleClassifier,
    DeepEnsembleRegressor,
    DeepEnsembleVoteRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MCDropoutVoteRegressor,
    SWAGClassifier,
    SWAGRegressor,
)

FAST = {"max_epochs": 2, "random_state": 0}
SMALL = {**FAST, "module__hidden_units": (8,)}
X = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
LABELS = np.where(X[:, 0] > 0.5, "cat", np.where(X[:, 1] > 0, "dog", "a bird"))
NUMBERS = 100 + 5 * X[:, :2]
VOTES = np.stack([np.round(10 / (1 + np.exp(-X[:, :2]))), np.full((40, 2), 10)], axis=2)
IMAGES = (load_digits().data[:40] / 16).astype(np.float32)


class Own(nn.Module):
    """Has buffers, and one tensor under two names."""

    def __init__(self, n_outputs=3):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.again = nn.Linear(4, 4)
        self.again.weight = self.first.weight
        self.norm = nn.BatchNorm1d(4)
        self.drop = nn.Dropout(0.3)
        self.last = nn.Linear(4, n_outputs)

    def forward(self, x):
        x = self.norm(self.again(self.first(x).relu()))
        return self.last(self.drop(x))


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.LazyLinear(5), nn.Dropout(), nn.Linear(5, 3))

    def forward(self, x):
        return self.layers(x)


CASES = {
    "classes": (MCDropoutClassifier(n_draws=5, **SMALL), X, LABELS),
    "numbered classes": (MCDropoutClassifier(n_draws=5, **SMALL), X, X[:, 0] > 0),
    "deterministic": (MCDropoutClassifier(deterministic=True, **SMALL), X, LABELS),
    "prior": (MCDropoutClassifier(prior_length_scale=0.3, **SMALL), X, LABELS),
    "image rows": (
        MCDropoutClassifier(image_shape=(8, 8), module__n_filters=2, **SMALL | {
            "module__hidden_units": 5}), IMAGES, np.arange(40) % 3),
    "images": (
        MCDropoutClassifier(module__n_filters=2, **SMALL | {
            "module__hidden_units": 5}), IMAGES.reshape(-1, 1, 8, 8), LABELS),
    "own class": (MCDropoutClassifier(Own, **FAST), X, LABELS),
    "own instance": (MCDropoutClassifier(Own(), **FAST), X, LABELS),
    "lazy": (MCDropoutClassifier(Lazy, **FAST), X, LABELS),
    "probabilities": (
        MCDropoutClassifier(nn.Sequential(nn.Dropout(), nn.Linear(4, 3), nn.Softmax(1)),
                            **FAST), X, LABELS),
    "numbers": (MCDropoutRegressor(**SMALL), X, NUMBERS),
    "one number": (MCDropoutRegressor(**SMALL), X, NUMBERS[:, 0]),
    "votes": (MCDropoutVoteRegressor(**SMALL), X, VOTES),
    "beta-binomial": (
        MCDropoutVoteRegressor(likelihood="beta-binomial", **SMALL), X, VOTES),
    "ensemble": (DeepEnsembleClassifier(n_members=3, **SMALL), X, LABELS),
    "own ensemble": (DeepEnsembleClassifier(Own, n_members=2, **FAST), X, LABELS),
    "ensemble of numbers": (DeepEnsembleRegressor(n_members=2, **SMALL), X, NUMBERS),
    "ensemble of votes": (
        DeepEnsembleVoteRegressor(n_members=2, **SMALL), X, VOTES[:, 0]),
    "last layer": (BayesByBackpropClassifier(n_draws=4, **SMALL), X, LABELS),
    "last layer of numbers": (BayesByBackpropRegressor(**SMALL), X, NUMBERS),
    "a layer alone": (BayesByBackpropRegressor(nn.Linear(4, 2), **FAST), X, NUMBERS),
    "SWAG": (SWAGClassifier(n_snapshots=3, n_draws=4, **SMALL), X, LABELS),
    "SWAG of numbers": (SWAGRegressor(n_snapshots=3, n_draws=4, **SMALL), X, NUMBERS),
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.safetensors"


def saved(path, **params):
    """Return a fitted classifier whose weights are in the file."""
    model = MCDropoutClassifier(**{**SMALL, **params}).fit(X, LABELS)
    model.save_weights(path)
    return model


def header_of(path):
    with safe_open(path, framework="pt") as file:
        return json.loads(file.metadata()["skbal"])


def rewrite(path, change, tensors=None):
    """Change the header of a file in place, or its tensors."""
    header = header_of(path)
    header = change(header) or header
    text = header if isinstance(header, str) else json.dumps(header)
    save_file(tensors or load_file(path), path, {"skbal": text})


# --------------------------------------------------------------------- what comes back


@pytest.mark.parametrize("name", CASES)
def test_what_is_loaded_predicts_the_same(name, path):
    model, rows, y = CASES[name]
    model = clone(model).fit(rows, y)
    model.save_weights(path)
    loaded = clone(model).load_weights(path)
    np.testing.assert_array_equal(
        loaded.predict_samples(rows, random_state=1),
        model.predict_samples(rows, random_state=1),
    )
    np.testing.assert_array_equal(loaded.predict(rows), model.predict(rows))
    learned = {key for key in vars(model) if key.endswith("_")}
    assert {key for key in vars(loaded) if key.endswith("_")} == learned
    for key in ("classes_", "draw_seed_", "n_steps_", "row_shape_", "n_features_in_"):
        if key in learned:
            np.testing.assert_array_equal(getattr(loaded, key), getattr(model, key))
            assert type(getattr(loaded, key)) is type(getattr(model, key))


def test_columns_of_votes_and_frames_come_back(path):
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = MCDropoutVoteRegressor(likelihood="beta-binomial", **SMALL)
    model.fit(frame, VOTES).save_weights(path)
    loaded = clone(model).load_weights(path)
    assert list(loaded.feature_names_in_) == list("abcd")
    np.testing.assert_array_equal(
        loaded.predict_interval(frame, 7), model.predict_interval(frame, 7)
    )
    np.testing.assert_array_equal(
        loaded.predict_concentration(frame), model.predict_concentration(frame)
    )
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(frame[["b", "a", "c", "d"]])


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["a", "bb", "c"]),
        np.array(["a", "bb", "c"], dtype=object),
        np.array([-1, 5, 7]),
        np.array([-1, 5, 7], dtype=np.int8),
        np.array([1.0, 2.0, 5.0]),
        np.array([False, True]),
    ],
    ids=lambda labels: labels.dtype.str,
)
def test_labels_keep_their_values_and_dtype(path, labels):
    model = MCDropoutClassifier(**SMALL).fit(X, labels[np.arange(40) % len(labels)])
    model.save_weights(path)
    found = clone(model).load_weights(path).classes_
    assert found.dtype == model.classes_.dtype
    assert found.tolist() == model.classes_.tolist()


def test_a_fitted_estimator_takes_other_weights(path):
    model = saved(path)
    other = clone(model).fit(X[:, :3], np.arange(40) % 2)
    np.testing.assert_array_equal(
        other.load_weights(path).predict_proba(X), model.predict_proba(X)
    )


def test_a_warm_start_continues_from_loaded_weights(path):
    model = saved(path, warm_start=True)
    before = model.predict_proba(X)
    loaded = MCDropoutClassifier(**SMALL, warm_start=True, lr=1e-9)
    loaded.load_weights(path).fit(X, LABELS)
    loaded.draw_seed_ = model.draw_seed_
    np.testing.assert_allclose(loaded.predict_proba(X), before, atol=1e-5)
    with pytest.raises(ValueError, match="the first fit did not see"):
        loaded.fit(X, np.arange(40) % 2)


@pytest.mark.parametrize("model", [
    MCDropoutClassifier(warm_start=True, prior_length_scale=0.3, **SMALL),
    MCDropoutClassifier(warm_start=True, optimizer="SGD", optimizer__momentum=0.9,
                        **SMALL),
    MCDropoutClassifier(warm_start=True, optimizer="SGD", **SMALL),
    DeepEnsembleClassifier(n_members=2, warm_start=True, **SMALL),
], ids=["Adam", "momentum", "no memory", "ensemble"])  # fmt: skip
def test_with_the_optimizer_a_warm_start_takes_the_steps_it_would_have_taken(
    model, path
):
    whole = clone(model).fit(X[:30], LABELS[:30])
    whole.save_weights(path, optimizer=True)
    loaded = clone(model).load_weights(path)
    for part in (whole, loaded):
        part.fit(X, LABELS).fit(X, LABELS)
    np.testing.assert_array_equal(loaded.predict_proba(X), whole.predict_proba(X))


def test_without_the_optimizer_a_warm_start_takes_other_steps(path):
    whole = saved(path, warm_start=True)
    loaded = MCDropoutClassifier(warm_start=True, **SMALL).load_weights(path)
    assert not any(name.startswith("optimizer") for name in load_file(path))
    for part in (whole, loaded):
        part.fit(X, LABELS)
    assert np.abs(loaded.predict_proba(X) - whole.predict_proba(X)).max() > 1e-5


@pytest.mark.parametrize("key", [
    "optimizer/1/0/exp_avg", "optimizer/0/99/exp_avg", "optimizer/0/exp_avg",
    "optimizer/-1/0/exp_avg", "optimizer/0/0/exp_avg",
])  # fmt: skip
def test_an_optimizer_of_another_network_is_refused(key, path):
    model = saved(path, warm_start=True)
    before = model.predict_proba(X)
    tensors = {**load_file(path), key: torch.zeros(3, 3, 3)}
    rewrite(path, lambda header: None, tensors)
    with pytest.raises(ValueError, match=f"cannot be loaded .* its tensor '{key}'"):
        model.load_weights(path)
    np.testing.assert_array_equal(model.predict_proba(X), before)


def test_an_optimizer_that_keeps_other_things_is_not_saved(path):
    model = MCDropoutClassifier(optimizer="Adafactor", **SMALL).fit(X, LABELS)
    with pytest.raises(TypeError, match="optimizer of MCDropoutClassifier must keep"):
        model.save_weights(path, optimizer=True)
    assert not path.exists()
    model.save_weights(path)


def test_the_file_holds_tensors_and_plain_data(path):
    model = CASES["ensemble"][0]
    clone(model).fit(X, LABELS).save_weights(str(path))
    names = set(load_file(path))
    assert {"members.0.0.weight", "members.2.3.bias"} <= names
    header = header_of(path)
    assert header["estimator"] == "DeepEnsembleClassifier"
    assert header["format"] == 1
    assert header["state"]["classes"]["values"] == ["a bird", "cat", "dog"]


def test_random_streams_stay_where_they_are(path):
    saved(path)
    state = torch.get_rng_state()
    MCDropoutClassifier(**SMALL).load_weights(path)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_failed_write_leaves_the_old_file(path, monkeypatch):
    model = saved(path)
    before = path.read_bytes()

    def fail(*args):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        model.save_weights(path)
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]


def test_there_is_nothing_to_save_before_fit(path):
    with pytest.raises(NotFittedError):
        MCDropoutClassifier().save_weights(path)


def test_classes_of_other_kinds_cannot_be_saved(path):
    days = np.array(["2020-01-01", "2020-01-02"], dtype="M8[D]")[np.arange(40) % 2]
    model = MCDropoutClassifier(**SMALL).fit(X, LABELS)
    model.classes_ = np.unique(days)
    with pytest.raises(TypeError, match="classes_ of MCDropoutClassifier must be str"):
        model.save_weights(path)


# ----------------------------------------------------------------- what is not the same


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (MCDropoutRegressor(**SMALL), "weights of estimator 'MCDropoutClassifier', "
         "but this is 'MCDropoutRegressor'"),
        (DeepEnsembleClassifier(**SMALL), "but this is 'DeepEnsembleClassifier'"),
        (MCDropoutClassifier(module__hidden_units=(9,)), r"tensor '0.weight' is float32"
         r" of shape \(8, 4\), in this network float32 of shape \(9, 4\)"),
        (MCDropoutClassifier(module__hidden_units=(8, 8)), r"missing are \['6.weight'|"
         r"missing are \['4|in this network"),
        (MCDropoutClassifier(Own), "its tensors are not those|of module 'DropoutMLP'"),
        (MCDropoutClassifier(image_shape=(2, 2)), "at least 8x8 pixels"),
        (MCDropoutClassifier(image_shape=(3, 3)), "which is 9 values"),
    ],
)  # fmt: skip
def test_another_estimator_is_refused_and_stays_unfitted(path, model, message):
    saved(path)
    with pytest.raises(ValueError, match=message) as caught:
        model.load_weights(path)
    assert str(path) in str(caught.value)
    assert not hasattr(model, "classes_")
    with pytest.raises(NotFittedError):
        model.predict(X)


def test_other_members_and_likelihoods_are_refused(path):
    clone(CASES["ensemble"][0]).fit(X, LABELS).save_weights(path)
    with pytest.raises(ValueError, match="holds 3 members, but n_members is 5"):
        DeepEnsembleClassifier(**SMALL).load_weights(path)
    clone(CASES["votes"][0]).fit(X, VOTES).save_weights(path)
    message = "likelihood is 'binomial' there, but 'beta-binomial' here"
    with pytest.raises(ValueError, match=message):
        MCDropoutVoteRegressor(likelihood="beta-binomial").load_weights(path)


def test_a_refused_file_leaves_what_was_fitted(path):
    model = saved(path)
    before = model.predict_proba(X)
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="not a safetensors file"):
        model.load_weights(path)
    np.testing.assert_array_equal(model.predict_proba(X), before)


# ------------------------------------------------------- files of someone else's making


MADE_BY_EVIL = os.path.join(tempfile.gettempdir(), "skbal_was_here")


class Evil:
    def __reduce__(self):
        return os.mkdir, (MADE_BY_EVIL,)


def pickled(path):
    path.write_bytes(pickle.dumps(Evil()))


def saved_by_torch(path):
    torch.save({"x": Evil()}, path)


def truncated(path):
    path.write_bytes(path.read_bytes()[:-10])


def truncated_header(path):
    path.write_bytes(path.read_bytes()[:50])


def corrupted_header(path):
    content = bytearray(path.read_bytes())
    content[20:40] = b"\xff" * 20
    path.write_bytes(content)


def huge_header(path):
    path.write_bytes(struct.pack("<Q", 2**60) + b"{}")


def overlapping_tensors(path):
    entry = {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 4]}
    text = json.dumps({"0.weight": entry}).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"\0" * 4)


def without_header(path):
    save_file(load_file(path), path)


def change(**entries):
    def apply(path):
        rewrite(path, lambda header: {**header, **entries})

    return apply


def change_state(**entries):
    def apply(path):
        rewrite(path, lambda header: header["state"].update(entries))

    return apply


def no_json(path):
    rewrite(path, lambda header: "{")


def deep_json(path):
    rewrite(path, lambda header: "[" * 100_000)


def other_dtype(path):
    tensors = {name: tensor.double() for name, tensor in load_file(path).items()}
    rewrite(path, lambda header: None, tensors)


def labels(values, dtype="<U6"):
    return change_state(classes={"values": values, "dtype": dtype})


HOSTILE = {
    function.__name__: function
    for function in (
        pickled, saved_by_torch, truncated, truncated_header, corrupted_header,
        huge_header, overlapping_tensors, without_header, no_json, deep_json,
        other_dtype,
    )
} | {
    "other format": change(format=2),
    "no format": change(format=None),
    "state is a list": change(state=[1]),
    "estimator is a number": change(estimator=3),
    "module": change(module="os.system"),
    "huge row": change_state(row_shape=[2**50], n_features_in=2**50),
    "huger row": change_state(row_shape=[2**80], n_features_in=2**80),
    "negative row": change_state(row_shape=[-4], n_features_in=-4),
    "row of a huge number of axes": change_state(row_shape=[4] * 1000),
    "image": change_state(row_shape=[4, 4, 4]),
    "huge image": change_state(row_shape=[4, 10**9, 10**9]),
    "huge image of a network for images": change_state(row_shape=[1, 2**40, 2**40]),
    "no axes": change_state(row_shape=[]),
    "row is a string": change_state(row_shape="4"),
    "row is a float": change_state(row_shape=[4.0]),
    "row is true": change_state(row_shape=[True], n_features_in=True),
    "other features": change_state(n_features_in=5),
    "names": change_state(feature_names_in=["a"]),
    "names are numbers": change_state(feature_names_in=[1, 2, 3, 4]),
    "no classes": labels([]),
    "two classes": labels(["a", "b"]),
    "equal classes": labels(["a", "a", "b"]),
    "wide classes": labels(["a", "b", "c"], "<U99999999"),
    "classes as objects of dtype": labels(["a", "b", "c"], "O,O"),
    "classes of nested lists": labels([["a"], ["b"], ["c"]]),
    "classes of numbers": labels(["a", "b", "c"], "<i8"),
    "overflowing classes": labels([1, 2, 10**30], "<i8"),
    "classes without dtype": change_state(classes={"values": ["a", "b", "c"]}),
    "classes are a list": change_state(classes=["a", "b", "c"]),
    "output kind": change_state(output_kind="__import__('os')"),
    "output kind is none": change_state(output_kind=None),
    "negative seed": change_state(draw_seed=-1),
    "huge seed": change_state(draw_seed=2**70),
    "seed is a string": change_state(draw_seed="0"),
    "steps": change_state(n_steps=-2),
    "no rows": change_state(n_samples=0),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_of_someone_elses_making_is_an_error_that_names_it(name, path):
    saved(path)
    HOSTILE[name](path)
    model = MCDropoutClassifier(**SMALL)
    with pytest.raises(ValueError, match="cannot be loaded into MCDropoutCl") as caught:
        model.load_weights(path)
    assert str(path) in str(caught.value)
    assert not hasattr(model, "row_shape_")
    assert not os.path.exists(MADE_BY_EVIL)


@pytest.mark.parametrize(
    "entries",
    [
        {"y_mean": [1.0]},
        {"y_mean": [1.0, None]},
        {"y_mean": [1.0, "2"]},
        {"y_mean": [1.0, 10**400]},
        {"y_scale": [1.0]},
        {"y_ndim": 3},
        {"y_n_samples": 1.5},
    ],
)
def test_wrong_scales_of_y_are_refused(path, entries):
    model = MCDropoutRegressor(**SMALL).fit(X, NUMBERS)
    model.save_weights(path)
    change_state(**entries)(path)
    with pytest.raises(ValueError, match="cannot be loaded into MCDropoutRegressor"):
        clone(model).load_weights(path)


@pytest.mark.parametrize(
    "entries",
    [
        {"n_questions": 10**15},
        {"n_questions": 1},
        {"start": [1.0]},
        {"likelihood": "poisson"},
        {"has_question_axis": 1},
    ],
)
def test_wrong_states_of_votes_are_refused(path, entries):
    model = MCDropoutVoteRegressor(**SMALL).fit(X, VOTES)
    model.save_weights(path)
    change_state(**entries)(path)
    with pytest.raises(ValueError, match="cannot be loaded into MCDropoutVoteRegr"):
        clone(model).load_weights(path)


@pytest.mark.parametrize(
    "entries",
    [
        {"questions": "x"},
        {"questions": "[" * 100_000},
        {"questions": '[["shape", ["a", "b"]]]'},
        {"questions": '[["shape", ["a", "c", "b"]]]'},
        {"questions": 3},
        {"n_questions": 10**15},
        {"start": [1.0, 2.0]},
        {"likelihood": "binomial"},
    ],
)
def test_wrong_states_of_counts_are_refused(path, entries):
    questions = [("shape", ["a", "b", "c"])]
    counts = np.stack([VOTES[:, 0, 0]] * 3, axis=1)
    model = MCDropoutVoteRegressor(
        likelihood="multinomial", questions=questions, **SMALL
    ).fit(X, counts)
    model.save_weights(path)
    change_state(**entries)(path)
    with pytest.raises(ValueError, match="cannot be loaded into MCDropoutVoteRegr"):
        clone(model).load_weights(path)


def test_a_missing_file_has_the_error_of_python(path):
    with pytest.raises(FileNotFoundError):
        MCDropoutClassifier().load_weights(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("posterior/weight_mean_"), "its tensors of the posterior are"),
        (lambda t: t.update({"posterior/more": torch.ones(2)}), "its tensors of the p"),
        (lambda t: t["posterior/weight_mean_"].fill_(np.nan), "mean_' must be f"),
        (lambda t: t["posterior/weight_variance_"].fill_(-1), "not those of a distrib"),
        (lambda t: t.update({"posterior/weight_mean_": torch.ones(3).double()}),
         "'weight_mean_' is not that of a network"),
        (lambda t: t.update({"posterior/weight_variance_": torch.ones(67)}),
         "'weight_variance_' is not that of a network"),
        (lambda t: t.update({"posterior/weight_deviations_": torch.ones(1, 67)}),
         "not those of a distribution"),
    ],
)  # fmt: skip
def test_changed_moments_of_weights_are_refused(path, change, message):
    model = SWAGClassifier(n_snapshots=3, **SMALL).fit(X, LABELS)
    assert model.weight_mean_.shape == (67,)
    model.save_weights(path)
    tensors = load_file(path)
    change(tensors)
    rewrite(path, lambda header: None, tensors)
    with pytest.raises(ValueError, match=message):
        clone(model).load_weights(path)
