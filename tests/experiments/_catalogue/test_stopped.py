import warnings
from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from skbal.exceptions import TooFewDrawsWarning
from skbal.experiments import ExperimentUnit
from skbal.experiments._catalogue._stopped import (
    TRAINING,
    curve_of,
    rows_of,
    split,
    stopped_network,
)
from skbal.experiments._catalogue._stopped_torch import (
    Again,
    TwoConvolutions,
    ValidatedOn,
    best_epoch,
)
from skbal.loop import ActiveLearningLoop
from skbal.models._networks._batches import ArrayDataset
from skbal.query import BALD, Random

SHAPE = (1, 16, 16)
SETTINGS = {
    **TRAINING,
    "n_filters": [4, 4],
    "hidden_units": 16,
    "max_epochs": 6,
    "epoch_size": 60,
    "patience": 2,
    "n_draws": 5,
    "n_images": None,
    "n_valid": 30,
    "n_per_class": 2,
    "n_instances": 4,
    "n_labels": 18,
    "stop_at": None,
}


def stripes(seed, n=120):
    """Return images of three classes, which are bright in different rows."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    X = rng.random((n, *SHAPE[1:]), dtype=np.float32)
    for number, image in zip(y, X):
        image[5 * number : 5 * number + 5] += 0.3
    return X.reshape(n, -1), y


def unit_of(**changed):
    data = (*stripes(0), *stripes(1, 30))
    return ExperimentUnit("BALD", None, 1, {**SETTINGS, **changed}, data)


@given(n_samples=st.integers(4, 60), n_valid=st.integers(1, 3), seed=st.integers(0, 99))
def test_no_validation_row_is_in_the_pool(n_samples, n_valid, seed):
    valid, pool = split(n_samples, {"n_valid": n_valid, "n_images": None}, seed)
    assert sorted([*valid, *pool]) == list(range(n_samples))
    assert len(valid) == n_valid
    few, some = split(n_samples, {"n_valid": n_valid, "n_images": 1}, seed)
    assert few.tolist() == valid.tolist()
    assert len(some) == 1
    assert some[0] in pool


def test_a_pool_that_is_too_large_is_an_error():
    with pytest.raises(ValueError, match=r"n_images must be .* 1 and 7, .* got 8"):
        split(10, {"n_valid": 3, "n_images": 8}, 0)


def test_rows_are_standardized_by_the_training_images():
    unit = unit_of()
    rows = rows_of(unit, SHAPE)
    X, y, X_test, y_test = unit.data
    each = np.concatenate([rows.X.reshape(90, -1), rows.X_valid.reshape(30, -1)])
    assert each.mean() == pytest.approx(0, abs=1e-5)
    assert each.std() == pytest.approx(1, abs=1e-5)
    assert rows.X.dtype == np.float32
    back = rows.X_test.reshape(30, -1) * X.std() + X.mean()
    np.testing.assert_allclose(back, X_test, atol=1e-5)
    assert rows.y_test.tolist() == y_test.tolist()
    # An image and its class stay together.
    valid, pool = split(120, unit.settings, unit.seed)
    np.testing.assert_allclose(
        rows.X.reshape(90, -1) * X.std() + X.mean(), X[pool], atol=1e-5
    )
    assert rows.y.tolist() == y[pool].tolist()
    assert rows.y_valid.tolist() == y[valid].tolist()


@pytest.mark.parametrize(
    ("image_shape", "n_pixels"), [((1, 28, 28), 16), ((3, 32, 32), 25)]
)
def test_the_network_has_the_layers_of_the_paper(image_shape, n_pixels):
    network = TwoConvolutions(image_shape, 47, (32, 64), 128)
    # Each filter has 5x5 weights for each channel, and a bias.
    sizes = [layer.numel() for layer in network.parameters()]
    channels = image_shape[0]
    assert sizes == [
        *(32 * channels * 25, 32, 64 * 32 * 25, 64),
        *(64 * n_pixels * 128, 128, 128 * 47, 47),
    ]
    assert network(torch.zeros(2, *image_shape)).shape == (2, 47)


@given(n=st.integers(1, 9), length=st.integers(1, 40))
def test_an_epoch_has_each_row_equally_often(n, length):
    rows = np.arange(n, dtype=np.float32)
    again = Again(ArrayDataset(rows, rows), length)
    X, y = again.__getitems__(list(range(len(again))))
    assert len(again) == max(n, length)
    counts = np.bincount(X.numpy().astype(int), minlength=n)
    assert counts.max() - counts.min() <= 1
    assert X.tolist() == y.tolist()


def test_training_takes_the_epoch_that_is_best_on_the_validation_rows():
    unit = unit_of()
    rows = rows_of(unit, SHAPE)
    model = stopped_network(unit, rows).set_params(random_state=0)
    first = np.arange(12)
    model.fit(rows.X[first], rows.y[first])
    history = model.net_.history
    accuracies = history[:, "valid_acc"]
    sizes = [
        batch["train_batch_size"]
        for epoch in history
        for batch in epoch["batches"]
        if "train_batch_size" in batch
    ]
    # The 60 rows of an epoch are one batch, though there are only 12 labels.
    assert sizes == [60] * len(accuracies)
    best = int(np.argmax(accuracies))  # the first one of equal ones
    assert len(accuracies) == min(best + 1 + SETTINGS["patience"], 6)
    # Its weights: with dropout off they have that accuracy again.
    with torch.no_grad():
        outputs = model.net_.module_.eval()(torch.from_numpy(rows.X_valid))
    again = np.mean(outputs.argmax(dim=1).numpy() == rows.y_valid)
    assert again == pytest.approx(accuracies[best])


def test_a_loss_is_best_when_low():
    assert best_epoch("valid_loss", 3).lower_is_better
    assert not best_epoch("valid_acc", 3).lower_is_better


def test_clones_share_the_validation_rows():
    split_off = ValidatedOn(np.zeros((2, 1)), np.zeros(2), 10)
    assert deepcopy(split_off) is split_off


def test_a_run_that_was_killed_goes_on_in_the_same_way(tmp_path, monkeypatch):
    unit = unit_of(max_epochs=2)
    rows = rows_of(unit, SHAPE)

    def without_times(result):
        return {k: v for k, v in result.items() if k != "seconds"}

    whole = without_times(curve_of(unit, rows, BALD(n_draws=5)))
    assert whole["n_labels"] == [6, 10, 14, 18]

    kept = replace(unit, unfinished=tmp_path / "unit.unfinished")
    save, n_saved = ActiveLearningLoop.save, []

    def save_and_die(loop, path):
        save(loop, path)
        n_saved.append(len(loop.history_))
        if len(n_saved) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(ActiveLearningLoop, "save", save_and_die)
    with pytest.raises(KeyboardInterrupt):
        curve_of(kept, rows, BALD(n_draws=5))
    assert kept.unfinished.exists()
    assert without_times(curve_of(kept, rows, BALD(n_draws=5))) == whole
    assert len(n_saved) == 4  # and no step was done twice


def test_a_run_may_begin_without_labels_of_all_classes():
    size = {k: v for k, v in SETTINGS.items() if k != "n_per_class"}
    unit = replace(unit_of(), settings={**size, "n_first": 2, "max_epochs": 1})
    result = curve_of(unit, rows_of(unit, SHAPE), BALD())
    assert result["n_labels"] == [2, 6, 10, 14, 18]


class Warns(Random):
    def __call__(self, *args, **options):
        warnings.warn("ten draws", TooFewDrawsWarning, stacklevel=2)
        warnings.warn("something else", UserWarning, stacklevel=2)
        return super().__call__(*args, **options)


def test_a_run_does_not_warn_of_settings_that_the_papers_have():
    # Of three labels of three classes, scikit-learn says that they may be numbers.
    unit = unit_of(n_per_class=1, n_labels=7, max_epochs=1)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        curve_of(unit, rows_of(unit, SHAPE), Warns())
    assert [str(w.message) for w in found] == ["something else"]
