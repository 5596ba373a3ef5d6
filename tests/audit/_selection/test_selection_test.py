"""The test of a selection: its level, what it names, and what rows it takes."""

import json
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from scipy import stats

from skbal.audit import selection_test

FAST = {"n_permutations": 99, "random_state": 0}


def normal(n=120, n_columns=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, n_columns))


def random_p_values(rows_of, n_runs=200):
    """Return p of selections that are random."""
    found = []
    for seed in range(n_runs):
        X = rows_of(np.random.default_rng(seed))
        result = selection_test(X[:10], X[10:], n_permutations=39, random_state=seed)
        found.append(result.p_value)
    return np.array(found)


@pytest.mark.parametrize("heavy", [False, True])
def test_p_of_random_selections_is_uniform(heavy):
    def rows_of(rng):
        shape = (30, 4)
        return rng.standard_cauchy(shape) if heavy else rng.integers(0, 3, shape)

    p_values = random_p_values(rows_of)
    for level in (0.05, 0.2, 0.5):
        n_small = np.count_nonzero(p_values <= level)
        # At most the level by theory; far below it would be a test that sleeps.
        assert stats.binom.sf(n_small - 1, 200, level) > 1e-3
        assert stats.binom.cdf(n_small, 200, 0.7 * level) > 1e-3


@pytest.mark.parametrize(
    ("change", "direction"),
    [
        (lambda rows: rows + 1.5, "higher"),
        (lambda rows: rows - 1.5, "lower"),
        (lambda rows: 4 * rows, "more extreme"),
        (lambda rows: 0.1 * rows, "more central"),
    ],
)
def test_the_feature_that_differs_is_named_with_its_direction(change, direction):
    X = normal()
    X[:40, 1] = change(X[:40, 1])
    names = ["mass", "redshift", "size"]
    result = selection_test(X[:40], X[40:], feature_names=names, **FAST)
    assert (result.features[0], result.directions[0]) == ("redshift", direction)
    assert result.concern is True
    assert "'redshift'" in result.verdict
    assert direction in result.verdict
    assert result.n_effective < 40


@pytest.mark.parametrize(("labelled", "direction"), [(1, "more"), (0, "less")])
@pytest.mark.parametrize("n_yes", [10, 45, 80])
def test_yes_or_no_is_more_or_less_often(labelled, direction, n_yes):
    X = pd.DataFrame(
        {"age": normal(90, 1)[:, 0], "smokes": [1.0] * n_yes + [0.0] * (90 - n_yes)}
    )
    X.loc[X["smokes"] == 0, "age"] = np.nan
    rows = np.flatnonzero(X["smokes"] == labelled)[:10]
    result = selection_test(X.iloc[rows], X.drop(rows), **FAST)
    by_name = result.to_frame().set_index("feature")["direction"]
    assert by_name["smokes"] == f"{direction} often"
    other = "less" if direction == "more" else "more"
    assert by_name["age is missing"] == f"{other} often"
    assert by_name["how typical the row is"] not in {"more often", "less often"}


def test_a_difference_in_the_combination_alone_is_seen():
    X = normal(300, 2)
    is_like = X[:, 0] * X[:, 1] > 0.3
    result = selection_test(X[is_like], X[~is_like], **FAST)
    assert result.p_value == 0.01
    assert result.auc > result.auc_random[1]


def test_no_feature_is_more_significant_than_the_test():
    for seed in range(5):
        X = normal(seed=seed)
        X[:30, 0] += 0.4
        result = selection_test(X[:30], X[30:], **FAST)
        assert (result.feature_p_values >= result.p_value).all()
        assert (np.diff(result.feature_p_values) >= 0).all()
        assert result.p_value >= 0.01


def test_a_random_selection_is_no_concern_and_few_rows_tell_nothing():
    X = normal()
    result = selection_test(X[:40], X[40:], **FAST)
    assert result.concern is False
    assert "look like a random sample" in result.verdict
    few = selection_test(X[:4], X[4:], **FAST)
    assert few.concern is None
    assert "too few" in few.verdict


def test_the_same_seed_gives_the_same_result_also_of_a_part_of_the_rows():
    X = normal(400)
    first, again, other = (
        selection_test(X[:150], X[150:], max_rows=100, random_state=seed)
        for seed in (0, 0, 1)
    )
    assert first.to_dict() == again.to_dict()
    assert first.auc != other.auc
    assert (first.n_labelled_used, first.n_pool_used) == (50, 50)
    assert (first.n_labelled, first.n_pool) == (150, 250)


def frame(n=120):
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "flux": rng.normal(size=n),
            "n_stars": pd.array(rng.integers(0, 5, n), dtype="Int64"),
            "field": pd.Categorical(rng.choice(["north", "south"], n)),
            "seen": pd.to_datetime("2026-01-01") + pd.to_timedelta(np.arange(n), "D"),
        }
    )


def test_frames_may_hold_strings_dates_and_missing_values():
    X = frame()
    X.loc[:29, "flux"] = np.nan
    X.loc[3:5, "n_stars"] = pd.NA
    result = selection_test(X[:30], X[30:], **FAST)
    names = set(result.feature_names)
    assert {"flux is missing", "n_stars is missing", "field = north", "seen"} <= names
    assert {"flux is missing", "seen"} <= set(result.features)
    by_name = result.to_frame().set_index("feature")
    assert by_name.loc["flux is missing", "labelled_mean"] == 1
    assert by_name.loc["flux is missing", "pool_mean"] == 0


def test_objects_in_an_array_and_sparse_rows_are_as_good_as_their_dense_twins():
    X = np.round(normal(60), 1)
    X[:20, 2] += 2
    dense = selection_test(X[:20], X[20:], **FAST)
    for twin in (X.astype(object), scipy.sparse.csr_array(X)):
        result = selection_test(twin[:20], twin[20:], **FAST)
        assert result.to_dict() == dense.to_dict()


def test_images_of_all_forms_are_the_same_rows():
    rng = np.random.default_rng(0)
    images = rng.random((80, 3, 20, 16))
    images[:30, 1, 4:6, 10:12] += 1
    forms = {
        "first": (images, {}),
        "last": (images.transpose(0, 2, 3, 1), {}),
        "flat": (images.reshape(80, -1), {"image_shape": (3, 20, 16)}),
    }
    results = [
        selection_test(X[:30], X[30:], **kwargs, **FAST) for X, kwargs in forms.values()
    ]
    assert results[0].features[0] == "pixels of rows 4-5, columns 10-11, channel 1"
    assert len({json.dumps(result.to_dict()) for result in results}) == 1


def test_grey_images_that_are_brighter_are_named_so():
    images = np.random.default_rng(0).random((60, 9, 9)) * 0.1
    images[:25] += np.linspace(0.2, 0.3, 25)[:, None, None]
    result = selection_test(images[:25], images[25:], **FAST)
    assert "brightness" in result.features


def kinds_of_pool():
    table = frame()
    table.loc[3:5, "flux"] = np.nan
    copies = normal()
    copies[[7, 8]] = copies[0]  # of a labelled row
    return {
        "array": normal(),
        "list": normal().tolist(),
        "images": normal().reshape(30, 3, 4),
        "frame": table,
        "sparse": scipy.sparse.csr_array(normal()),
        "with copies": copies,
    }


@pytest.mark.parametrize("kind", kinds_of_pool())
@pytest.mark.parametrize("max_rows", [2000, 50])
def test_the_whole_pool_is_as_good_as_the_rows_that_are_not_labelled(kind, max_rows):
    X = kinds_of_pool()[kind]
    rows = np.array([20, 3, 4, 5, 0, 9, 10, 11, 12, 13])
    others = np.setdiff1d(np.arange(120 if kind != "images" else 30), rows)
    whole, left = (
        selection_test(some(X, rows), pool, max_rows=max_rows, **FAST)
        for pool in (X, some(X, others))
    )
    assert (whole.n_left_out, left.n_left_out) == (10, 0)
    assert whole.n_pool == len(others)
    if kind == "with copies":  # which of the equal rows is taken out is all the same
        if max_rows == 2000:  # of fewer, others may be used
            assert whole.auc == pytest.approx(left.auc, abs=1e-9)
    else:
        assert whole.p_value == left.p_value
        assert whole.feature_p_values.tolist() == left.feature_p_values.tolist()
    note = " X_pool held the 10 labelled rows, too: they were left out of it."
    assert whole.verdict.endswith(note)
    assert whole.verdict.removesuffix(note) == left.verdict or kind == "with copies"


def some(X, rows):
    if isinstance(X, list):
        return [X[row] for row in rows]
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]


def test_p_of_random_rows_of_a_whole_pool_is_uniform():
    p_values = []
    for seed in range(100):
        X = np.random.default_rng(seed).normal(size=(30, 2))
        result = selection_test(X[:10], X, n_permutations=39, random_state=seed)
        assert result.n_left_out == 10
        p_values.append(result.p_value)
    n_small = np.count_nonzero(np.array(p_values) <= 0.2)
    assert stats.binom.sf(n_small - 1, 100, 0.2) > 1e-3
    assert stats.binom.cdf(n_small, 100, 0.14) > 1e-3


def test_where_it_cannot_be_told_which_rows_are_labelled_none_is_left_out():
    discrete = np.random.default_rng(0).integers(0, 2, size=(90, 3))
    result = selection_test(discrete[:30], discrete, **FAST)
    assert result.n_left_out == 0
    assert result.p_value > 0.05
    assert "left out" not in result.verdict
    few = normal()
    assert selection_test(few[:3], few, **FAST).n_left_out == 0


def test_a_pool_with_many_but_not_all_labelled_rows_is_an_error():
    X = normal()
    labelled = np.concatenate([X[:30], normal(1, seed=1)])
    with pytest.raises(ValueError, match=r"30 of 31 labelled rows are in it, too"):
        selection_test(labelled, X, **FAST)
    with pytest.raises(ValueError, match="must hold the rows that are not labelled"):
        selection_test(labelled, X, max_rows=60, **FAST)
    with pytest.raises(ValueError, match="2 rows that are not labelled, got 1: the"):
        selection_test(X[:-1], X, **FAST)


X = normal(40)


@pytest.mark.parametrize(
    "same",
    [
        lambda table: table.assign(seen=table["seen"].dt.tz_localize("UTC")),
        lambda table: table.assign(flux=[Decimal(value) for value in table["flux"]]),
    ],
)
def test_times_with_a_zone_and_decimals_are_numbers(same):
    table = frame()
    found, expected = (
        selection_test(each[:30], each[30:], **FAST) for each in (same(table), table)
    )
    assert found.p_value == expected.p_value
    assert found.feature_names == expected.feature_names


def test_unsigned_numbers_of_rows_are_numbers_of_rows():
    few = [
        selection_test(X[:9], X[9:], max_rows=number, **FAST).to_dict()
        for number in (20, np.uint8(20))
    ]
    assert few[0] == few[1]


TWICE = pd.DataFrame(X, columns=["a", "b", "a"])
TEXT = pd.DataFrame({"note": [f"a note, number {i}" for i in range(120)]})


@pytest.mark.parametrize(
    ("labelled", "pool", "changes", "error", "message"),
    [
        (X[:1], X[1:], {}, ValueError, "X_labelled of selection_test must hold"),
        (X[:9], X[9:9], {}, ValueError, "X_pool of selection_test must hold"),
        (X[:9], X[9:, :2], {}, ValueError, r"same shape, got \(3,\) and \(2,\)"),
        (X[:9, 0], X[9:, 0], {}, ValueError, r"reshape\(-1, 1\)"),
        (X[:9], [[0, np.inf, 0]] * 9, {}, ValueError, "'column 1' holds infinity"),
        (frame()[:9], X, {}, TypeError, "must both be frames or both be arrays"),
        (frame()[:9], frame()[["flux"]], {}, ValueError, "differ in .*n_stars"),
        (TEXT[:9], TEXT[9:], {}, ValueError, "'note' of the rows .* as free text"),
        (X[:9, :0], X[9:, :0], {}, ValueError, "at least one column, got none"),
        (TWICE[:9], TWICE[9:], {}, ValueError, r"different names, got \['a'\] twice"),
        (X[:9], X[9:], {"feature_names": "abc"}, TypeError, "feature_names of selecti"),
        (X[:9], X[9:], {"feature_names": 5}, TypeError, "feature_names of selection_t"),
        (X[:9], X[9:], {"n_permutations": 2**62}, ValueError, "n_permutations of sel"),
        (X[:9], X[9:], {"feature_names": ["a"]}, ValueError, "each of the 3 columns"),
        (X[:9], X[9:], {"image_shape": (2, 2)}, ValueError, "image_shape of selection"),
        (X[:9], X[9:], {"level": 0}, ValueError, "level of selection_test must lie"),
        (X[:9], X[9:], {"n_permutations": 9}, ValueError, "n_permutations of select"),
        (X[:9], X[9:], {"max_rows": 1}, ValueError, "max_rows of selection_test must"),
        (X[:9], X[9:], {"random_state": -1}, ValueError, "random_state of selection_t"),
        ("rows", X, {}, TypeError, "X_labelled of selection_test must be an array"),
        ([[{}]] * 3, [[{}]] * 3, {}, TypeError, "must hold numbers or strings"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(labelled, pool, changes, error, message):
    with pytest.raises(error, match=message):
        selection_test(labelled, pool, **changes)


def test_the_verdict_says_of_how_many_rows_a_sample_was_used():
    X = np.random.default_rng(0).normal(size=(150, 2))
    result = selection_test(X[:60], X[60:], max_rows=100, **FAST)
    assert "50 labelled rows" in result.verdict
    assert "50 of 90 unlabelled rows" in result.verdict
