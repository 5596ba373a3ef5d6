"""Saliency of data frames with text, dates and missing values."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skbal import predict_samples
from skbal.audit import (
    SaliencyDisplay,
    saliency,
    saliency_sanity_check,
    uncertainty_saliency,
)
from skbal.audit._saliency._tables import columns_without_numbers, table_of
from skbal.information import mutual_information

COLUMNS = ["age", "n_visits", "city", "plan", "is_new", "since"]


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    n = 120
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 80, n).astype(float),
            "n_visits": rng.integers(0, 9, n),
            "city": rng.choice(["Bern", "Chur"], n),
            "plan": pd.Categorical(rng.choice(["basic", "full"], n)),
            "is_new": rng.random(n) < 0.3,
            "since": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(n), "D"),
        },
        index=[f"p{k}" for k in range(n)],
    )
    y = np.where((frame.age > 50) ^ (frame.city == "Bern"), "leaves", "stays")
    frame.loc[rng.random(n) < 0.2, "age"] = np.nan
    frame["city"] = frame["city"].astype(object)
    frame.loc[rng.random(n) < 0.1, "city"] = None
    return frame, y


@pytest.fixture(scope="module")
def model(people):
    prepare = make_column_transformer(
        (SimpleImputer(), ["age", "n_visits"]),
        (OneHotEncoder(handle_unknown="ignore"), ["city", "plan", "is_new"]),
    )
    forest = RandomForestClassifier(20, random_state=0)
    return make_pipeline(prepare, forest).fit(*people)


HIDDEN = {
    "age": 40.0,
    "n_visits": 2,
    "city": "Chur",
    "plan": "full",
    "is_new": False,
    "since": pd.Timestamp("2026-02-01"),
}


@pytest.mark.parametrize("form", [dict, pd.Series, list, "frame"])
def test_maps_are_falls_of_the_probability_with_one_column_replaced(
    people, model, form
):
    rows = people[0][:15]
    given = {
        dict: HIDDEN,
        pd.Series: pd.Series(HIDDEN),
        list: list(HIDDEN.values()),
        "frame": pd.DataFrame([HIDDEN]),
    }[form]
    found = saliency(model, rows, method="occlusion", baseline=given)
    p = model.predict_proba(rows)
    best = p.argmax(axis=1)
    for place, (name, value) in enumerate(HIDDEN.items()):
        changed = rows.copy()
        changed[name] = value
        fall = p.max(axis=1) - model.predict_proba(changed)[np.arange(15), best]
        np.testing.assert_allclose(found.maps[:, place], fall, atol=1e-12)
    assert abs(found.maps[:, COLUMNS.index("city")]).max() > 0.05
    assert found.to_frame().index.tolist() == COLUMNS


def test_a_hidden_value_may_be_missing(people, model):
    rows = people[0][:15]
    hidden = {**HIDDEN, "age": np.nan, "n_visits": np.nan, "city": None, "plan": None}
    found = saliency(model, rows, method="occlusion", baseline=hidden)
    best = model.predict_proba(rows).argmax(axis=1)
    p = model.predict_proba(rows.assign(city=None))[np.arange(15), best]
    np.testing.assert_allclose(found.maps[:, 2], found.values - p, atol=1e-12)


def test_the_usual_hidden_row_is_the_typical_one(people):
    frame, _ = people
    table = table_of(frame, None, "saliency")
    row = table.as_given(table.baseline).iloc[0]
    assert row["age"] == np.nanmedian(frame["age"])
    assert row["n_visits"] == np.median(frame["n_visits"])
    for name in ("city", "plan", "is_new"):
        assert row[name] == frame[name].value_counts().idxmax()
    assert row["since"] == frame["since"].sort_values().iloc[59:61].mean()


def test_rows_come_back_as_they_were(people):
    frame, _ = people
    table = table_of(frame, HIDDEN, "saliency")
    back = table.as_given(table.values)
    pd.testing.assert_frame_equal(back, frame.reset_index(drop=True))
    missing = frame["city"].isna().to_numpy()
    assert all(value is None for value in back["city"][missing])
    np.testing.assert_array_equal(table.numbers[:, 0], frame["age"])
    np.testing.assert_array_equal(table.numbers[:, 1], frame["n_visits"])
    assert np.isnan(table.numbers[:, [2, 3, 5]]).all()


def test_uncertainty_display_and_sanity_check_take_such_tables(people, model):
    frame, y = people
    kw = {"method": "occlusion", "n_draws": 20, "random_state": 0}
    found = uncertainty_saliency(model, frame[:5], **kw)
    information = mutual_information(
        predict_samples(model, frame[:5], 20, random_state=0)
    )
    np.testing.assert_allclose(found.values, information, atol=1e-12)
    assert (found.maps[:, COLUMNS.index("since")] == 0).all()
    display = SaliencyDisplay.from_estimator(model, frame[:5], method="occlusion")
    assert len(display.bars_) == 6
    sanity = saliency_sanity_check(
        model, frame, y, method="occlusion", n_images=20, n_repeats=1, random_state=0
    )
    assert sanity.rank_correlation.shape == (1, 20)


def test_only_columns_that_are_no_finite_numbers_are_named(people):
    frame, _ = people
    assert columns_without_numbers(frame) == ["age", "city", "plan", "since"]
    numbers = pd.DataFrame({"a": [1, 2], "b": [True, False], "c": [0.5, 1.5]})
    assert columns_without_numbers(numbers) == []
    assert columns_without_numbers(numbers.astype(object)) == []
    assert columns_without_numbers(numbers.to_numpy()) == []


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"method": "gradient"}, TypeError, "method='gradient', but column 'age' is n"),
        ({"baseline": 0.0}, ValueError, "0.0, which is nothing for column 'city'"),
        ({"baseline": "Bern"}, ValueError, "'Bern', which is nothing for column"),
        ({"baseline": [1, 2]}, ValueError, "with its 6 columns, got 2 values"),
        ({"baseline": {"age": 1}}, ValueError, "it has no column 'n_visits'"),
        ({"baseline": {**HIDDEN, "plan": "gold"}}, ValueError, "is no category of"),
        ({"baseline": {**HIDDEN, "age": "old"}}, ValueError, "is none of column 'age'"),
        ({"baseline": {**HIDDEN, "n_visits": "x"}}, ValueError, "column 'n_visits'"),
        ({"baseline": {**HIDDEN, "since": "x"}}, ValueError, "column 'since'"),
        ({"X": slice(0)}, ValueError, "X given to saliency is empty"),
        ({"image_shape": (2, 3)}, ValueError, "must be rows of numbers"),
    ],
)
def test_what_cannot_be_right_is_refused(people, model, options, error, words):
    rows = people[0][options.pop("X", slice(5))]
    with pytest.raises(error, match=words):
        saliency(model, rows, **{"method": "occlusion", **options})


def test_text_in_a_frame_of_another_library_is_refused():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"kind": ["disc", "halo"]})
    model = DummyClassifier().fit([[0], [1]], [0, 1])
    with pytest.raises(ValueError, match="values need a data frame of pandas"):
        saliency(model, frame, method="occlusion")
