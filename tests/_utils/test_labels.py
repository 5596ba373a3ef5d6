"""Labels as numbers of their classes."""

import numpy as np
import pandas as pd
import pytest

from skbal._utils.labels import (
    check_answers,
    check_classes,
    class_codes,
    classes_among,
    different_labels,
    label_column,
    with_classes_of,
)


@pytest.mark.parametrize(
    "labels",
    [np.array(["b", "a", "b"]), np.array([2.5, -1.0, 2.5]), np.array([True, False])],
)
def test_codes_are_positions_in_the_sorted_classes(labels):
    classes, codes = class_codes(labels, "y", "Somebody")
    assert classes.tolist() == sorted(set(labels.tolist()))
    np.testing.assert_array_equal(classes[codes], labels)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (np.array(["a", 1], dtype=object), TypeError, "got int and str"),
        (np.array(["a", None], dtype=object), TypeError, "got NoneType and str"),
        (np.array([1.0, np.nan]), ValueError, "must not contain NaN"),
        (np.array([1.0, np.inf]), ValueError, "must be finite"),
        (np.array([1j, 2]), TypeError, "got dtype complex128"),
        (np.array([1.0, np.nan], dtype=object), ValueError, "must not contain NaN"),
    ],
)
def test_what_is_no_class_is_refused_by_name(labels, error, message):
    with pytest.raises(error, match=f"^y of Somebody .*{message}"):
        class_codes(labels, "y", "Somebody")


MISSING = [None, float("nan"), pd.NA, pd.NaT, [1, 2]]


@pytest.mark.parametrize("missing", MISSING, ids=str)
def test_a_label_that_is_none_is_named_with_its_row(missing):
    labels = np.empty(3, dtype=object)
    labels[:] = ["a", "b", "c"]
    labels[1] = missing
    with pytest.raises(ValueError, match=r"^y of Crowd must hold .*, row 1 has"):
        label_column(labels, "y of Crowd")
    with pytest.raises(ValueError, match=r"^classes of Crowd must be different labels"):
        different_labels(labels, "classes of Crowd")


@pytest.mark.parametrize(
    "labels",
    [[3, 4, 3], [[3], [4], [3]], pd.Series([3, 4, 3], index=[9, 9, 9]), (3, 4, 3)],
)
def test_labels_in_any_container_are_one_axis(labels):
    assert label_column(labels, "y").tolist() == [3, 4, 3]


@pytest.mark.parametrize(
    ("labels", "got"),
    [
        ([1.0, np.nan], "NaN, but row 1"),
        ([np.inf, 1.0], "infinity, but row 0"),
        ([1j, 1], "dtype complex128"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "dtype datetime64"),
    ],
)
def test_numbers_that_are_no_labels_are_refused(labels, got):
    with pytest.raises(ValueError, match=rf"^y of Crowd must .* {got}"):
        label_column(labels, "y of Crowd")


def test_objects_that_are_numbers_become_numbers():
    labels = np.array([3, 4, 3], dtype=object)
    assert label_column(labels, "y").dtype == np.array([3]).dtype
    assert label_column(objects("a", "b"), "y").dtype == object


@pytest.mark.parametrize("labels", [5, [[1, 2], [3, 4]], [[[1]], [[2]]]])
def test_labels_of_another_shape_are_refused(labels):
    with pytest.raises(ValueError, match=r"^y of Crowd must be one label per row"):
        label_column(labels, "y of Crowd")


@pytest.mark.parametrize("labels", [5, [1, 1], [[1], [2]], {1, 2}, [np.nan, 1.0]])
def test_classes_that_do_not_differ_are_refused(labels):
    with pytest.raises(ValueError, match=r"^classes must be different labels"):
        different_labels(labels, "classes")


def objects(*labels):
    array = np.empty(len(labels), dtype=object)
    array[:] = labels
    return array


@pytest.mark.parametrize(
    "y", [[0.0, 1.0], ["a", "b"], [True, False], [[0], [1]]], ids=str
)
def test_labels_of_classes_pass(y):
    check_classes(y, "Somebody")
    check_answers(np.array(y), "Somebody")


@pytest.mark.parametrize(
    ("y", "words"),
    [
        ([0.37, 1.2], "Unknown label type: continuous"),
        (objects([1, 2], 7), "legacy multi-label"),
        (objects(1, "a"), "Unknown label type"),
    ],
    ids=["fractions", "list", "mixed"],
)
def test_other_labels_are_refused_with_the_name_of_y(y, words):
    with pytest.raises(ValueError, match=f"y given to Somebody is refused: .*{words}"):
        check_classes(y, "Somebody")


def test_a_number_after_strings_is_named():
    message = "y given to Somebody must hold either .* got 1 in row 1 and 'a' in row 0"
    with pytest.raises(TypeError, match=message):
        check_classes(objects("a", 1), "Somebody")


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
@pytest.mark.parametrize("y", [[0, 1], ["a", "b"]])
def test_a_label_of_a_classifier_that_is_none_is_named_with_its_row(y, missing):
    message = f"y given to Somebody .* {missing!r} in row 1"
    with pytest.raises(ValueError, match=message):
        check_classes(objects(y[0], missing, y[1]), "Somebody")


@pytest.mark.parametrize("labels", [["b", "a", "b"], [2.0, 1.0, 2.0], objects(3, 1)])
def test_classes_among_labels_are_sorted(labels):
    found = classes_among(labels, "classes of A")
    assert found.tolist() == sorted(set(labels))
    assert found.dtype != object


def test_classes_of_another_kind_are_not_made_text():
    words = np.array(["a", "b"])
    assert with_classes_of(words, objects("c", "a"), "y").tolist() == ["a", "b", "c"]
    for numbers in (np.arange(2), objects(0, 1)):
        with pytest.raises(TypeError, match="y must hold strings, as the classes"):
            with_classes_of(words, numbers, "y")
        with pytest.raises(TypeError, match=r"y must hold numbers, as the .* got 'a'"):
            with_classes_of(numbers, words, "y")


@pytest.mark.parametrize(
    "y",
    [
        objects(1, None, 2.5, np.int64(3), True),
        objects("a", None, np.str_("b"), float("nan")),
        objects([1, 2], None, np.array([3.0, 4.0])),
        objects(None, None),
        np.array([[1.0, 2.0], [3.0, 4.0]]),
    ],
    ids=range(5),
)
def test_labels_of_one_kind_can_be_answers_also_beside_missing_ones(y):
    check_answers(y, "Somebody")


@pytest.mark.parametrize(
    ("y", "words"),
    [
        (
            np.array([3, 4], dtype="datetime64[D]"),
            r"strings or numbers, got datetime64",
        ),
        (np.zeros(2, dtype=[("a", float)]), "got "),
        (np.array([1j]), "got complex128"),
        (objects(1, "a"), "either strings or numbers, got 'a' in row 1"),
        (objects(1, None, [1, 2]), r"got \[1, 2\] in row 2 and 1 in row 0"),
        (objects({}, 1), r"got {} in row 0"),
    ],
    ids=range(6),
)
def test_labels_that_are_no_answers_are_named(y, words):
    with pytest.raises(TypeError, match=f"y of Somebody must hold .*{words}"):
        check_answers(y, "Somebody")


def test_numbers_are_asked_for_where_strings_are_no_answers():
    check_answers(objects(1, 2.5), "Somebody", numbers=True)
    for y in (np.array(["a"]), objects(1, "a"), objects("a", "b")):
        with pytest.raises(TypeError, match="y of Somebody must hold numbers, got"):
            check_answers(y, "Somebody", numbers=True)


def test_numbers_held_as_objects_are_told_to_be_converted():
    with pytest.raises(ValueError, match=r"held as objects: give y.astype\(int\)\."):
        check_classes(objects(0, 1, 2), "Somebody")
    with pytest.raises(ValueError, match="Unknown label type") as told:
        check_classes(objects(0, "a"), "Somebody")
    assert "objects" not in str(told.value)
