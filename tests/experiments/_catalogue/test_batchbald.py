import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue import _batchbald
from skbal.experiments._catalogue._batchbald import (
    CURVES,
    IMAGE_SHAPE,
    repeated,
    strategy_of,
)
from skbal.experiments._catalogue._stopped import rows_of
from skbal.query import BALD, BatchBALD, Random

BATCH = load_experiment("batchbald")


def published(arm, measure):
    [number] = [n for n in BATCH.published if (n.arm, n.measure) == (arm, measure)]
    return number.value


def test_there_is_an_arm_for_each_strategy_and_number_of_copies():
    assert list(BATCH.arms)[:4] == [
        "BatchBALD",
        "BALD",
        "Random",
        "BatchBALD, 2 copies",
    ]
    assert BATCH.arms["BALD, 5 copies"] == (BALD, 5)
    assert len(BATCH.arms) == 15


def test_the_published_numbers_say_that_copies_harm_bald_and_not_batchbald():
    assert published("BatchBALD", "labels to 90%") == 102
    assert published("BALD", "labels to 90%") == 158
    with_200 = "accuracy with 200 labels"
    for n in (2, 3, 5):
        batch, single, random = (
            published(f"{name}, {n} copies", with_200)
            for name in ("BatchBALD", "BALD", "Random")
        )
        assert batch > random > single
    # Where a run never got there, there is no number.
    with pytest.raises(ValueError, match="not enough values"):
        published("BALD, 3 copies", "labels to 90%")


def test_the_table_counts_the_first_labels():
    result = {"n_labels": [20, 30, 40], "score": [0.5, 0.79, 0.8]}
    unit = {"arm": "BALD", "seed": 0, "result": result}
    found = Reproduction(BATCH, [unit], [])
    assert found.values("labels to 80%", "BALD").tolist() == [40]
    assert found.values("labels to 90%", "BALD").tolist() == [np.inf]
    assert found.values("accuracy with 40 labels", "BALD").tolist() == [0.8]


def some_rows():
    rng = np.random.default_rng(0)
    X = rng.random((12, 784), dtype=np.float32)
    data = X[:10], np.arange(10) % 5, X[10:], np.arange(2)
    settings = {"n_valid": 4, "n_images": None}
    return rows_of(ExperimentUnit("BALD", None, 3, settings, data), IMAGE_SHAPE)


def test_the_pool_and_the_validation_rows_get_noise_and_the_test_does_not():
    rows = some_rows()
    copies = repeated(rows, 3, 0.1, seed=3)
    assert copies.X.shape == (18, *IMAGE_SHAPE)
    assert copies.y.tolist() == rows.y.tolist() * 3
    noise = copies.X.reshape(3, 6, -1) - rows.X.reshape(6, -1)
    # Four standard errors of the SD of n normal numbers are 4 / sqrt(2 n).
    near = {"rel": 4 / np.sqrt(2 * noise.size)}
    assert noise.std() == pytest.approx(0.1, **near)
    pairs = np.corrcoef(noise.reshape(3, -1))[np.triu_indices(3, 1)]
    assert np.abs(pairs).max() < 4 / np.sqrt(noise[0].size)
    valid = (copies.X_valid - rows.X_valid).ravel()
    assert valid.std() == pytest.approx(0.1, rel=4 / np.sqrt(2 * valid.size))
    # Not the noise of the pool.
    own = np.corrcoef(valid, noise[0].ravel()[: valid.size])[0, 1]
    assert abs(own) < 4 / np.sqrt(valid.size)
    assert copies.X_test is rows.X_test


def test_strategies_get_as_many_draws_as_the_settings_say():
    assert strategy_of(BatchBALD, 10).n_draws == 10
    assert isinstance(strategy_of(Random, 10), Random)


def test_published_curves_stand_behind_ours(tmp_path):
    keys = [key for of_pool in CURVES.values() for key in of_pool.values()]
    n, accuracy = [[20.0, 30.0, 40.0]] * 2, [[0.5, 0.6, 0.9], [0.7, 1.0, np.nan]]
    n = [n[0], [20.0, 30.0, np.nan]]  # a run that ended early
    curves = {f"{key}__n": n for key in keys} | {
        f"{key}__acc": accuracy for key in keys
    }
    np.savez(tmp_path / "reference_curves.npz", **curves)
    figure = Reproduction(BATCH, [], []).plot(data=tmp_path)
    lines = [line for ax in figure.axes for line in ax.lines]
    assert len(lines) == len(keys) == 11
    assert {line.get_label() for line in lines} == {
        f"{name}, published" for name in ("BatchBALD", "BALD", "Random")
    }
    of_panels = [[line.get_color() for line in ax.lines] for ax in figure.axes[:5]]
    assert of_panels[1] == of_panels[2] == of_panels[4]
    assert of_panels[0] == of_panels[1][:2]  # no published runs of random choice
    assert len(set(of_panels[1])) == 3
    assert [text.get_text() for text in figure.axes[3].texts] == ["not run"]
    assert lines[0].get_xdata().tolist() == [20, 30]
    assert lines[0].get_ydata().tolist() == [0.6, 0.8]


@pytest.mark.parametrize(("n_repeats", "expected"), [(1, 100), (2, 10)])
def test_the_pool_without_copies_has_more_draws(monkeypatch, n_repeats, expected):
    def curve_of(unit, rows, strategy):
        return unit.settings["n_draws"], strategy.n_draws

    monkeypatch.setattr(_batchbald, "curve_of", curve_of)
    X = np.random.default_rng(0).random((12, 784), dtype=np.float32)
    data = X[:10], np.arange(10) % 5, X[10:], np.arange(2)
    settings = {**BATCH.settings, "n_valid": 4, "n_images": None}
    unit = ExperimentUnit("BALD", (BALD, n_repeats), 3, settings, data)
    assert BATCH.run(unit) == (expected, expected)
