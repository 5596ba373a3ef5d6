"""Data frames that come back as they were, and those that are refused."""

import datetime
import json

import numpy as np
import pandas as pd
import pytest

from skbal.campaign import Campaign, export_label_studio
from skbal.campaign._item_rows import rows_of


def test_every_kind_of_column_comes_back(tmp_path):
    times = ["2026-07-01T10:00:00.123456789", "2026-07-01T11:00", None]
    zoned = pd.to_datetime(pd.Series(times), format="ISO8601")
    frame = pd.DataFrame(
        {
            "digits": [1 / 3, 1.5e-20, 1e300],
            "edges": [np.inf, -np.inf, np.nan],
            "short": np.array([0.1, 1e-30, 2], dtype=np.float32),
            "whole": pd.array([2**60 + 1, None, 3], dtype="Int64"),
            "unsigned": np.array([2**64 - 1, 0, 1], dtype=np.uint64),
            "yes": pd.array([True, None, False], dtype="boolean"),
            "text": pd.array(["", "\x00é", None], dtype="string"),
            "day": zoned,
            "zoned": zoned.dt.tz_localize("Europe/Berlin"),
            "span": pd.to_timedelta([1, 10**15, None], unit="ns"),
            "rank": pd.Categorical([2, 1, 2], categories=[2, 1], ordered=True),
            "part": pd.Categorical([0.1 + 0.2, 0.5, np.nan]),
            "mixed": [[1, 2], "x", 0.1 + 0.2],
        }
    )
    with Campaign.create(tmp_path / "votes.db", frame, ["a", "b"]) as campaign:
        rows = rows_of(campaign.store, campaign.settings.items, np.arange(3))
    pd.testing.assert_frame_equal(rows, frame)


def test_infinity_is_a_text_in_json(tmp_path):
    frame = pd.DataFrame({"x": [np.inf, 0.5], "word": ["inf", "b"]})
    path = tmp_path / "tasks.json"
    with Campaign.create(tmp_path / "votes.db", frame, ["a", "b"]) as campaign:
        export_label_studio(campaign, path)
    # Not every reader knows the word Infinity.
    tasks = json.loads(path.read_text(), parse_constant=pytest.fail)
    assert [task["data"]["x"] for task in tasks] == ["inf", 0.5]


def test_a_frame_of_polars_is_kept_as_one_of_pandas(tmp_path):
    polars = pytest.importorskip("polars")
    time = datetime.datetime(2026, 7, 1, 10, 0, 0, 123456)
    frame = polars.DataFrame(
        {
            "whole": polars.Series([1, 2, 3], dtype=polars.Int8),
            "missing": [1, None, 3],
            "short": polars.Series([0.5, None, 2], dtype=polars.Float32),
            "yes": [True, False, True],
            "text": ["", None, "é"],
            "day": [datetime.date(2026, 7, 1), None, datetime.date(1999, 1, 2)],
            "time": [time, None, time],
            "zoned": polars.Series([time] * 3).dt.replace_time_zone("Europe/Berlin"),
            "span": [datetime.timedelta(hours=1), None, datetime.timedelta(9)],
            "kind": polars.Series(["x", None, "y"], dtype=polars.Categorical),
            "size": polars.Series(["b", "a", None], dtype=polars.Enum(["c", "b", "a"])),
            "several": [[1, 2], [], None],
        }
    )
    with Campaign.create(tmp_path / "votes.db", frame, ["a", "b"]) as campaign:
        rows = rows_of(campaign.store, campaign.settings.items, np.arange(3))
    expected = pd.DataFrame(
        {
            "whole": np.array([1, 2, 3], dtype=np.int8),
            "missing": [1, np.nan, 3],
            "short": np.array([0.5, np.nan, 2], dtype=np.float32),
            "yes": [True, False, True],
            "text": ["", None, "é"],
            "day": pd.to_datetime(["2026-07-01", None, "1999-01-02"]),
            "time": pd.to_datetime([time, None, time]),
            "zoned": pd.to_datetime([time] * 3).tz_localize("Europe/Berlin"),
            "span": pd.to_timedelta([1, None, 9 * 24], unit="h"),
            "kind": pd.Categorical(["x", None, "y"]),
            "size": pd.Categorical(["b", "a", None], categories=["c", "b", "a"]),
            "several": [[1, 2], [], None],
        }
    )
    for name in ("day", "time", "zoned", "span"):  # polars says how fine times are
        expected[name] = expected[name].astype(rows[name].dtype)
    pd.testing.assert_frame_equal(rows, expected)


TWICE = pd.DataFrame([[1, 2]], columns=["a", "a"])
PAIRS = pd.MultiIndex.from_tuples([("a", "b")])
DAYS = pd.to_datetime(["2026-01-01"])


@pytest.mark.parametrize(("frame", "error", "words"), [
    (TWICE, ValueError, "different names, got 'a' twice"),
    (pd.DataFrame([[1]], columns=PAIRS), TypeError, r"must have names, got \[\('a'"),
    (pd.DataFrame(index=[0, 1]), ValueError, "must have one column or more, got none"),
    (pd.DataFrame({"a": []}), ValueError, "must have one row or more, got none"),
    (pd.DataFrame({"a": [1j]}), TypeError, "column 'a' .* got complex128"),
    (pd.DataFrame({"a": DAYS.to_period("M")}), TypeError, r"got period\[M\]"),
    (pd.DataFrame({"a": [b"x"]}), TypeError, r"got b'x' \(bytes\)"),
    (pd.DataFrame({"a": [datetime.date(2026, 1, 1)]}), TypeError, "to_datetime"),
    (pd.DataFrame({"a": pd.Categorical(DAYS)}), TypeError, "categories of the column"),
    (pd.DataFrame({"a": ["\ud800"]}, dtype=object), ValueError, "column .a. .* UTF"),
])  # fmt: skip
def test_what_would_not_come_back_is_refused(tmp_path, frame, error, words):
    with pytest.raises(error, match=words):
        Campaign.create(tmp_path / "votes.db", frame, ["a", "b"])
    assert not list(tmp_path.iterdir())


def test_a_frame_that_pandas_cannot_take(tmp_path):
    class Lazy:
        columns, dtypes = ["a"], ["Int64"]

    with pytest.raises(TypeError, match="that is in memory, got Lazy"):
        Campaign.create(tmp_path / "votes.db", Lazy(), ["a", "b"])

    class Needy(Lazy):
        def to_pandas(self):
            raise ImportError("No module named 'pyarrow'")

    with pytest.raises(ImportError, match="Install pyarrow, or give a frame of pandas"):
        Campaign.create(tmp_path / "votes.db", Needy(), ["a", "b"])
