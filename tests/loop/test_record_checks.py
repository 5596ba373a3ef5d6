"""Records and histories hold what a loop writes, and nothing else."""

import numpy as np
import pytest

from skbal.loop import History, Record


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"n_labels": "many"}, TypeError, "n_labels of Record must be an integer"),
        ({"n_labels": None}, TypeError, "n_labels of Record"),
        ({"n_labels": 2.5}, TypeError, "n_labels of Record"),
        ({"n_labels": -3}, ValueError, "n_labels of Record .* got -3"),
        ({"step": "x"}, TypeError, "step of Record"),
        ({"score": "high"}, TypeError, "score of Record must be a number"),
        ({"score": None}, TypeError, "score of Record .* or NaN"),
        ({"score": 1j}, TypeError, "score of Record"),
        ({"cost": "x"}, TypeError, "cost of Record"),
        ({"indices": (-1,)}, ValueError, "indices of Record"),
        ({"rejected": ("a",)}, TypeError, "rejected of Record must be integers"),
    ],
)
def test_a_wrong_field_is_named(changes, error, message):
    with pytest.raises(error, match=message):
        Record(**{"step": 0, "n_labels": 3, "score": 0.5, **changes})


def test_numbers_of_numpy_are_numbers():
    record = Record(np.int64(0), np.uint8(3), np.float32(0.5), (np.int64(4),))
    assert record == Record(0, 3, 0.5, (4,))


@pytest.mark.parametrize("records", [None, 5, Record(0, 1)])
def test_what_is_no_list_of_records_is_refused(records):
    with pytest.raises(TypeError, match="records of History must be a list of Record"):
        History(records)


@pytest.mark.parametrize("records", [[1, 2], [{"step": 0}], "abc"])
def test_a_list_of_something_else_is_refused(records):
    with pytest.raises(TypeError, match="records of History must be a Record"):
        History(records)


def test_labels_that_were_paid_for_stay_paid_for():
    history = History([Record(0, 20)])
    with pytest.raises(ValueError, match="n_labels falls from 20 to 10"):
        history.append(Record(1, 10))
    assert len(history) == 1
    with pytest.raises(ValueError, match="order of the steps"):
        History([Record(1, 30), Record(0, 20)])


@pytest.mark.parametrize(
    ("plain", "error", "message"),
    [
        (None, TypeError, "records of History.from_records must be a list of dicts"),
        ("abc", TypeError, "must be a list of dicts"),
        ({"step": 0}, TypeError, "must be a list of dicts"),
        ([[1]], TypeError, "must be a list of dicts"),
        ([{"n_labels": 3}], TypeError, "step"),
        ([{"step": 0, "n_labels": 3, "colour": 1}], TypeError, "colour"),
        ([{"step": 0, "n_labels": 3, "indices": None}], ValueError, "indices"),
        (
            [{"step": 0, "n_labels": 3, "indices": "12"}],
            ValueError,
            "indices of Record",
        ),
        (
            [{"step": 0, "n_labels": 3, "skipped": [-1]}],
            ValueError,
            "skipped of Record",
        ),
        ([{"step": 0, "n_labels": "many"}], TypeError, "n_labels of Record"),
        ([{"step": 0, "n_lables": 3}], TypeError, r"unknown fields \['n_lables'\]"),
    ],
)
def test_plain_data_of_another_form_are_refused(plain, error, message):
    with pytest.raises(error, match=message):
        History.from_records(plain)
