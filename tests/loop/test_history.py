"""A history is its records, and loses nothing on the way to a table or to JSON."""

import csv
import json
import math
import sys

import numpy as np
import pandas as pd
import pytest

from skbal.loop import History, Record
from tests._utils.html import read_table


@pytest.fixture
def history():
    return History(
        [
            Record(0, 20, 0.5, (3, 1), (), 0.25, 0.0, 0.125),
            Record(1, 30, 0.8, (7, 9), (9,), 1.5, 0.5, 0.25),
            Record(2, 40, 0.75, (0, 2)),
        ]
    )


def test_it_is_a_sequence_of_records(history):
    assert len(history) == 3
    assert [record.step for record in history] == [0, 1, 2]
    assert history[-1].n_labels == 40
    assert history[:2] == History(list(history)[:2])
    with pytest.raises(IndexError):
        history[3]


def test_arrays_hold_the_curve(history):
    np.testing.assert_array_equal(history.n_labels, [20, 30, 40])
    np.testing.assert_array_equal(history.scores, [0.5, 0.8, 0.75])
    assert History().scores.shape == History().n_labels.shape == (0,)


@pytest.mark.parametrize(
    ("target", "n_labels"), [(0.4, 20), (0.5, 20), (0.6, 30), (0.8, 30), (0.81, None)]
)
def test_labels_to_a_score_are_those_of_the_first_step_there(history, target, n_labels):
    assert history.labels_to(target) == n_labels


def test_a_history_without_scores_reaches_nothing():
    history = History([Record(0, 20)])
    assert math.isnan(history.scores[0])
    assert history.labels_to(-1.0) is None


def test_a_target_that_is_no_number_is_refused(history):
    with pytest.raises(TypeError, match=r"target_score of History\.labels_to"):
        history.labels_to("high")


def test_the_table_has_one_row_a_step_and_one_column_a_field(history):
    frame = history.to_frame()
    assert list(frame["n_labels"]) == [20, 30, 40]
    assert list(frame["indices"]) == [(3, 1), (7, 9), (0, 2)]
    assert list(frame["seconds_training"]) == [0.25, 1.5, 0.0]
    assert frame["rejected"][1] == (9,)
    assert list(History().to_frame().columns) == list(frame.columns)


def test_without_pandas_the_error_names_the_extra(history, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"History\.to_frame needs pandas.*examples"):
        history.to_frame()


def test_a_way_through_strict_json_changes_nothing(history):
    history.append(Record(3, 50))
    text = json.dumps(history.to_records(), allow_nan=False)
    again = History.from_records(json.loads(text))
    assert again == history
    assert again[1].seconds_training == 1.5
    assert math.isnan(again[3].score)


def test_a_way_through_csv_changes_nothing(history, tmp_path):
    history.append(Record(3, 50, cost=7.25, skipped=(4, 5)))
    history.to_frame().to_csv(tmp_path / "history.csv", index=False)
    read = pd.read_csv(tmp_path / "history.csv")
    again = History.from_records(read.to_dict("records"))
    assert again == history
    assert again[1].indices == (7, 9)
    assert again[3].skipped == (4, 5)
    # Also as text, without pandas.
    with (tmp_path / "history.csv").open() as file:
        rows = [row for row in csv.DictReader(file)]
    assert History.from_records(rows[:3]) == history[:3]


def test_times_do_not_make_two_histories_differ(history):
    slower = History(Record(0, 20, 0.5, (3, 1), (), 9.0, 9.0, 9.0) for _ in range(1))
    assert slower == history[:1]
    assert slower != history
    assert History([Record(0, 20, 0.5, (3, 2))]) != history[:1]


def test_only_records_are_taken(history):
    with pytest.raises(TypeError, match="must be a Record"):
        history.append({"step": 3})


def test_its_repr_says_where_it_stands(history):
    assert repr(history) == "History(3 steps, 40 labels, score 0.75)"
    assert repr(History()) == "History(0 steps)"


def test_a_notebook_shows_the_steps_as_a_table(history):
    title, rows, notes = read_table(history._repr_html_())
    assert title == repr(history)
    assert rows[0][:4] == ["step", "n_labels", "score", "rejected"]
    assert rows[1:3] == [
        ["0", "20", "0.5000", "0", "0.25", "0.00", "0.12"],
        ["1", "30", "0.8000", "1", "1.50", "0.50", "0.25"],
    ]
    assert len(rows) == 1 + len(history)
    assert notes == []


def test_a_notebook_shows_no_score_where_there_is_none():
    _, rows, _ = read_table(History([Record(0, 20)])._repr_html_())
    assert rows[1][2] == ""
    assert len(read_table(History()._repr_html_())[1]) == 1
