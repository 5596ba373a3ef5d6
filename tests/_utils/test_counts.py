import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skbal._utils.answers import check_asked_questions
from skbal._utils.counts import check_counts, totals

TREE = check_asked_questions(
    [("shape", ["smooth", "featured", "artifact"]), ("bar", ["yes", "no"], "featured")],
    "fit",
)


def test_counts_become_integers_and_the_callers_array_stays():
    y = np.array([[3.0, 7.0, 0.0], [0.0, 0.0, 0.0]])
    counts = check_counts(y, "fit")
    assert counts.dtype == np.int64
    assert_array_equal(counts, y)
    assert y.dtype == np.float64


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.float16, bool, object])
def test_numbers_of_any_dtype_are_taken(dtype):
    y = np.array([[1, 0, 1], [0, 1, 1]], dtype=dtype)
    assert_array_equal(check_counts(y, "fit"), [[1, 0, 1], [0, 1, 1]])


def test_a_child_has_as_many_votes_as_its_answer_or_fewer():
    y = [[2, 5, 1, 3, 2], [0, 4, 0, 1, 0], [7, 0, 0, 0, 0]]
    counts = check_counts(y, "fit", asked=TREE)
    assert_array_equal(totals(counts, TREE), [[8, 5], [4, 1], [7, 0]])
    message = (
        r"y given to fit: row 1 has 5 votes on 'bar', but only 4 of 'shape: featured'"
    )
    y[1][4] = 4
    with pytest.raises(ValueError, match=message):
        check_counts(y, "fit", asked=TREE)


@pytest.mark.parametrize(("y", "message"), [
    (None, "requires y to be passed"),
    ([1, 2, 3], r"must be counts of shape .* got shape \(3,\)"),
    ([[1], [2]], r"one column per answer, got shape \(2, 1\)"),
    (np.zeros((0, 3)), r"got shape \(0, 3\)"),
    ([[[3, 10], [2, 10]]], "If its last axis is k and N, give the counts of each"),
    ([["a", "b"]], "must be counts, one column per answer: could not convert"),
    ([[1, 2], [3, np.nan]], "count nan of .question 0: answer 1.*finite"),
    ([[1, np.inf]], "row 0 has the count inf .* must be finite"),
    ([[1, -2]], "row 0 has the count -2 .* must be 0 or more"),
    ([[0.3, 0.7]], "row 0 has the count 0.3 .* whole numbers of volunteers"),
    ([[1, 2**31]], "must be below"),
    ([[2**31 - 1, 1]], "row 0 has 2147483648 votes .* fewer than 2"),
    (np.ma.masked_array([[1, 2]], mask=[[True, False]]), "mask"),
])  # fmt: skip
def test_other_tables_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        check_counts(y, "fit")


def test_another_number_of_answers_is_refused():
    with pytest.raises(ValueError, match="counts of 3 answers, but there are 5"):
        check_counts([[1, 2, 3]], "fit", asked=TREE)


@pytest.mark.parametrize("names", [
    ["artifact", "featured", "smooth", "no", "yes"],
    [("bar", "no"), ("bar", "yes"), ("shape", "artifact"), ("shape", "featured"),
     ("shape", "smooth")],
    ["bar: no", "bar: yes", "shape: artifact", "shape: featured", "shape: smooth"],
])  # fmt: skip
def test_a_frame_with_the_answers_in_another_order_is_refused(names):
    # As pandas.crosstab sorts them.
    sorted_by_name = pd.DataFrame([[7, 0, 0, 0, 0]], columns=names)
    with pytest.raises(
        ValueError, match=r"columns in the order .*smooth.* of the quest"
    ):
        check_counts(sorted_by_name, "fit", asked=TREE)


@pytest.mark.parametrize("names", [
    ["smooth", "featured", "artifact", "yes", "no"],
    ["n1", "n2", "n3", "n4", "n5"],
    [4, 3, 2, 1, 0],
])  # fmt: skip
def test_other_names_of_columns_say_nothing(names):
    y = pd.DataFrame([[7, 2, 0, 1, 1]], columns=names)
    assert_array_equal(check_counts(y, "fit", asked=TREE), y)


def test_the_same_answers_to_two_questions_may_have_their_names():
    asked = check_asked_questions(
        [("bar", ["yes", "no"]), ("ring", ["no", "yes"])], "fit"
    )
    y = pd.DataFrame([[1, 2, 3, 4]], columns=["yes", "no", "no", "yes"])
    assert_array_equal(check_counts(y, "fit", asked=asked), y)
    with pytest.raises(ValueError, match="columns in the order"):
        check_counts(y.set_axis(["yes", "no", "yes", "no"], axis=1), "fit", asked=asked)
