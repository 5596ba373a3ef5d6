import json

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_breast_cancer, load_digits

from skbal.audit import leakage_check

DIGITS = load_digits()
TABLE = load_breast_cancer()


def split(X, seed, n_test=120, n=600):
    rows = np.random.default_rng(seed).permutation(len(X))[:n]
    return X[rows[n_test:]], X[rows[:n_test]].copy()


def copied(how, images, rng):
    if how == "noise":
        return images + rng.normal(0, 0.5, images.shape)  # pixels are 0 to 16
    if how == "brightness":
        return 0.5 * images + 3
    if how == "moved":
        return np.roll(images, (1, -1), (1, 2))
    return images[:, :, ::-1]


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("noise", "as it is"),
        ("brightness", "as it is"),
        ("moved", "moved by a pixel"),
        ("mirrored", "mirrored"),
    ],
)
def test_near_copies_of_images_are_found_and_named(how, kind):
    train, test = split(DIGITS.images, 0)
    rng = np.random.default_rng(1)
    test[:12] = copied(how, train[:12], rng)
    result = leakage_check(train, test, random_state=0)
    assert result.concern is True
    found = {
        (a, b): k for a, b, k in zip(result.train_rows, result.test_rows, result.kind)
    }
    leaked = {(row, row) for row in range(12)}
    assert len(leaked & set(found)) >= 10
    assert len(set(found) - leaked) <= 4  # alike by chance
    kinds = [found[pair] for pair in leaked & set(found)]
    assert kinds.count(kind) >= 9
    assert f"{result.n_near} nearly" in result.verdict


def test_near_copies_in_a_table_are_found():
    train, test = split(TABLE.data, 3, n=500)
    test[:6] = train[10:16] * (
        1 + 0.002 * np.random.default_rng(0).normal(size=(6, 30))
    )
    result = leakage_check(train, test, random_state=0)
    assert result.concern is True
    pairs = set(zip(result.train_rows.tolist(), result.test_rows.tolist()))
    assert {(row + 10, row) for row in range(6)} <= pairs
    assert len(pairs) <= 7


def test_clean_sets_seldom_raise_concern():
    results = [
        leakage_check(*split(X, seed, n=500), random_state=0)
        for seed in range(4)
        for X in (DIGITS.images, TABLE.data)
    ]
    # At the level 0.05, two or more of eight have a probability of 0.06.
    assert sum(result.concern is True for result in results) <= 1
    silent = [result for result in results if result.concern is False]
    assert len(silent) >= 3
    assert "exactly or nearly" in silent[0].verdict


def test_exact_copies_are_counted_by_a_loop_and_labels_compared():
    train, test = split(DIGITS.data, 5)
    test[:10] = train[20:30]
    test[10] = train[20]
    y_train, y_test = np.zeros(len(train)), np.zeros(len(test))
    y_test[[2, 50]] = 1
    result = leakage_check(
        train, test, y_train=y_train, y_test=y_test, random_state=0, n_permutations=199
    )
    by_hand = [
        (a, b)
        for b, row in enumerate(test)
        for a in np.flatnonzero((train == row).all(axis=1))[:1]
    ]
    exact = result.kind == "exact"
    pairs = zip(result.train_rows[exact].tolist(), result.test_rows[exact].tolist())
    assert list(pairs) == by_hand
    assert result.n_exact == 11
    assert result.labels_differ.sum() == 1
    assert f"1 of the {len(result.kind)} pairs have different labels" in result.verdict
    assert result.p_value == 1 / 200
    assert result.expected < 5
    json.dumps(result.to_dict())


def test_data_that_repeat_themselves_are_no_leak_but_reported():
    rows = np.random.default_rng(0).integers(0, 3, size=(400, 3)).astype(float)
    result = leakage_check(rows[:300], rows[300:], random_state=0)
    assert result.n_exact == 100  # 27 different rows
    assert result.concern is None
    assert "repeat themselves" in result.verdict


def test_names_of_columns_and_rows_may_repeat():
    rows = np.random.default_rng(0).normal(size=(300, 3))
    rows[200:220] = rows[:20]
    index = np.arange(300) % 40
    frame = pd.DataFrame(rows, columns=["flux", "flux", "size"], index=index)
    result = leakage_check(frame[:200], frame[200:], random_state=0)
    array = leakage_check(rows[:200], rows[200:], random_state=0)
    assert result.to_dict() == array.to_dict()
    pd.testing.assert_frame_equal(result.to_frame(), array.to_frame())


def test_strings_in_a_frame_of_another_library_are_refused():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"kind": ["disc", "halo"] * 20})
    with pytest.raises(TypeError, match="strings in a data frame of pandas"):
        leakage_check(frame, frame)


def test_frames_with_strings_are_compared_and_name_their_index():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "size": rng.normal(size=300),
            "mass": rng.normal(size=300),
            "kind": rng.choice(["disc", "bulge"], 300),
            "seen": pd.Timestamp("2020-01-01") + pd.to_timedelta(range(300), "D"),
        },
        index=[f"g{number}" for number in range(300)],
    )
    frame.loc["g7", "mass"] = np.nan
    train, test = frame[:220], frame[220:].copy()
    test.iloc[0] = train.iloc[7]  # with the missing value
    test.iloc[1:8] = train.iloc[11:18]
    test.iloc[1:4, 0] += 1e-4
    test.iloc[4:8, 1] -= 1e-4
    result = leakage_check(train, test, random_state=0)
    assert (result.n_exact, result.concern) == (1, True)
    table = result.to_frame()
    assert len(table) <= 10  # some are alike by chance
    table = table[:8]
    assert table.train.tolist() == [f"g{n}" for n in (7, 11, 12, 13, 14, 15, 16, 17)]
    assert table.test.tolist() == [f"g{n}" for n in range(220, 228)]
    assert table.kind.tolist() == ["exact"] + ["as it is"] * 7


def test_all_forms_of_images_give_the_same_result():
    train, test = split(DIGITS.images, 2, n_test=60, n=300)
    test[:10] = train[:10, ::-1]
    forms = {
        "channels first": lambda X: X[:, np.newaxis],
        "channels last": lambda X: np.repeat(X[..., np.newaxis], 3, axis=-1),
        "flat": lambda X: X.reshape(len(X), -1),
        "frame": lambda X: pd.DataFrame(X.reshape(len(X), -1)),
    }
    expected = leakage_check(train, test, random_state=0)
    assert set(range(10)) <= set(expected.test_rows.tolist())
    assert expected.n_near <= 12  # some are alike by chance
    for name, form in forms.items():
        shape = (8, 8) if name in ("flat", "frame") else None
        result = leakage_check(
            form(train), form(test), image_shape=shape, random_state=0
        )
        assert result.test_rows.tolist() == expected.test_rows.tolist(), name
        assert np.count_nonzero(result.kind == "upside down") >= 10


def test_few_rows_are_looked_at_for_exact_copies_only():
    result = leakage_check([[0.0], [1.0]], [[1.0], [2.0]], random_state=0)
    assert (result.n_exact, result.looked_for_near, result.concern) == (1, False, None)
    none = leakage_check([[0.0], [1.0]], [[3.0]], random_state=0)
    assert none.concern is False
    assert "only this was looked for" in none.verdict


def test_the_same_seed_gives_the_same_result_and_arrays_stay():
    train, test = split(DIGITS.images, 1, n_test=50, n=200)
    before = train.copy(), test.copy()
    first, again = (leakage_check(train, test, random_state=3) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    np.testing.assert_array_equal(train, before[0])
    np.testing.assert_array_equal(test, before[1])


GOOD = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize(
    ("args", "options", "words"),
    [
        ((GOOD, GOOD[:, :1]), {}, r"same shape, got \(2,\) and \(1,\)"),
        ((GOOD, GOOD[:0]), {}, "X_test given to leakage_check must have at least one"),
        ((GOOD[:0], GOOD), {}, "X_train given to leakage_check must have at least one"),
        ((GOOD[:, 0], GOOD), {}, "X_train given to leakage_check must have two axes"),
        ((GOOD.astype(str), GOOD), {}, "X_train .* must hold numbers, got dtype <U"),
        ((csr_array(GOOD), GOOD), {}, "X_train given to leakage_check must be dense"),
        ((np.where(GOOD == 3, np.inf, GOOD), GOOD), {}, "must not hold infinity"),
        ((pd.DataFrame(GOOD), GOOD), {}, "both be data frames or both be arrays"),
        (
            (pd.DataFrame(GOOD), pd.DataFrame(GOOD, columns=["a", "b"])),
            {},
            "must have the same columns",
        ),
        ((GOOD, GOOD), {"image_shape": (3, 3)}, "image_shape of leakage_check"),
        ((np.zeros((3, 1, 2, 2, 2)),) * 2, {}, "must be images of shape"),
        ((np.full((3, 4, 4), np.nan),) * 2, {}, "must not hold NaN or infinity"),
        (
            (GOOD, GOOD),
            {"y_train": np.zeros(6)},
            "y_test of leakage_check must be given",
        ),
        (
            (GOOD, GOOD),
            {"y_test": np.zeros(6)},
            "y_train of leakage_check must be given",
        ),
        (
            (GOOD, GOOD),
            {"y_train": np.zeros(5), "y_test": np.zeros(6)},
            "6 rows and 5 y_train",
        ),
        ((GOOD, GOOD), {"level": 0}, "level of leakage_check must be larger than 0"),
        ((GOOD, GOOD), {"level": 1}, "level of leakage_check must be below 1"),
        ((GOOD, GOOD), {"level": "5%"}, "level of leakage_check must be a real number"),
        ((GOOD, GOOD), {"n_permutations": 9}, "n_permutations of leakage_check"),
        ((GOOD, GOOD), {"random_state": -1}, "random_state of leakage_check"),
    ],
)
def test_wrong_arguments_are_named(args, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        leakage_check(*args, **options)
