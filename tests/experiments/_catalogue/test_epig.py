import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue import _epig
from skbal.experiments._catalogue._epig import choose, rows_of_pool

EPIG = load_experiment("epig")
SETTINGS = {"n_pool": 20, "n_rare": 5, "n_valid": 3, "n_target": 20}
Y = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 45))


def counts(rows):
    return np.bincount(Y[rows], minlength=10).tolist()


@pytest.mark.parametrize("pool", ["curated", "unbalanced", "redundant"])
def test_no_image_is_in_two_parts(pool):
    parts = choose(Y, pool, SETTINGS, 4)
    every = np.concatenate(parts)
    assert len(np.unique(every)) == len(every)
    assert np.array_equal(every, np.concatenate(choose(Y, pool, SETTINGS, 4)))
    assert not np.array_equal(every, np.concatenate(choose(Y, pool, SETTINGS, 5)))


def test_each_digit_has_as_many_images_as_the_settings_say():
    pool, valid, target = choose(Y, "curated", SETTINGS, 0)
    assert (counts(pool), counts(valid), counts(target)) == (
        [20] * 10,
        [3] * 10,
        [2] * 10,
    )
    pool, valid, target = choose(Y, "unbalanced", SETTINGS, 0)
    assert counts(pool) == [5] * 5 + [20] * 5
    assert counts(valid) == [1] * 5 + [10] * 5
    assert counts(target) == [2] * 10
    pool, _, target = choose(Y, "redundant", SETTINGS, 0)
    assert counts(pool) == [20] * 10
    assert counts(target) == [0, 10, 0, 0, 0, 0, 0, 10, 0, 0]


def test_too_few_images_are_an_error():
    with pytest.raises(ValueError, match=r"need 46 images of the digit 0, .* are 45"):
        choose(Y, "curated", {**SETTINGS, "n_pool": 41}, 0)


def unit_of(arm):
    # An image says which digit it is, and which row.
    X = np.stack([Y, np.arange(len(Y))], axis=1).astype(np.float32)
    X = np.repeat(X, 392, axis=1)
    settings = {**SETTINGS, "n_draws": 7, "pool_subsample": 30}
    data = X, Y, X[:100], Y[:100]
    return ExperimentUnit(arm, EPIG.arms[arm], 0, settings, data)


def digits_of(unit, images):
    X = unit.data[0]
    pixels = images.reshape(len(images), -1)[:, 0] * X.std() + X.mean()
    return np.rint(pixels).astype(int)


def test_the_redundant_task_is_to_tell_ones_sevens_and_others():
    unit = unit_of("EPIG, redundant")
    rows, target = rows_of_pool(unit, "redundant")
    classes = {1: 0, 7: 1}
    for images, y in ((rows.X, rows.y), (rows.X_valid, rows.y_valid)):
        digits = digits_of(unit, images).tolist()
        assert y.tolist() == [classes.get(digit, 2) for digit in digits]
    assert set(digits_of(unit, rows.X_test)) == {1, 7}
    assert len(rows.X_test) == np.isin(Y[:100], [1, 7]).sum()
    assert sorted(digits_of(unit, target)) == [1] * 10 + [7] * 10


def test_the_other_tasks_are_the_ten_digits():
    unit = unit_of("EPIG, unbalanced")
    rows, _ = rows_of_pool(unit, "unbalanced")
    assert rows.y.tolist() == digits_of(unit, rows.X).tolist()
    assert rows.y_test.tolist() == Y[:100].tolist()


def test_only_epig_has_targets(monkeypatch):
    seen = []
    monkeypatch.setattr(
        _epig, "curve_of", lambda unit, rows, strategy, **options: seen.append(strategy)
    )
    for name in ("EPIG", "BALD", "Random"):
        EPIG.run(unit_of(f"{name}, redundant"))
    epig, bald, random = seen
    _, target = rows_of_pool(unit_of("EPIG, redundant"), "redundant")
    assert np.array_equal(epig.X_target, target)
    for strategy in (epig, bald):
        assert (strategy.n_draws, strategy.pool_subsample) == (7, 30)
    assert type(random).__name__ == "Random"


def test_the_table_has_the_points_above_bald_of_the_same_pool():
    def unit(arm, score):
        result = {"n_labels": [20, 40], "score": [0.5, score]}
        return {"arm": arm, "seed": 0, "result": result}

    units = [
        unit("EPIG, curated", 0.8),
        unit("BALD, curated", 0.75),
        unit("BALD, unbalanced", 0.1),
    ]
    found = Reproduction(EPIG, units, [])
    measure = "curated, 40 labels: points of accuracy above BALD"
    assert found.values(measure, "EPIG, curated") == pytest.approx([5])


def test_the_figure_has_the_pools_that_were_asked():
    def titles(units):
        figure = Reproduction(EPIG, units, []).plot()
        return [ax.get_title() for ax in figure.axes]

    result = {"n_labels": [6, 7], "score": [0.5, 0.8], "queried": [[], [3]]}
    assert titles([{"arm": "BALD, redundant", "seed": 0, "result": result}]) == [
        "Redundant pool"
    ]
    assert len(titles([])) == 3
