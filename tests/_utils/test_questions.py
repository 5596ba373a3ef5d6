"""Questions go by number or by name."""

import pytest

from skbal._utils.questions import (
    check_names,
    check_question,
    check_questions,
    chosen_questions,
)


def test_without_names_questions_are_numbered():
    assert check_names(None, 2, "Owner") == ("question 0", "question 1")
    assert check_names(["a", "b"], 2, "Owner") == ("a", "b")


@pytest.mark.parametrize("question", [1, "bar"])
def test_a_question_goes_by_number_or_name(question):
    assert check_question(question, ("smooth", "bar"), "Owner") == 1


def test_all_questions_are_meant_unless_one_is_named():
    assert chosen_questions(None, ("smooth", "bar"), "Owner") == [0, 1]
    assert chosen_questions("bar", ("smooth", "bar"), "Owner") == [1]


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        ("bar", TypeError, "must be a list of names, got the string 'bar'"),
        (["bar"], ValueError, "must be 2 different names.* got 1: 'bar'"),
        (["bar", "bar"], ValueError, "must be 2 different names.* got 2: 'bar', 'bar'"),
    ],
)
def test_names_must_tell_the_questions_apart(names, error, message):
    with pytest.raises(error, match=f"question_names of Owner {message}"):
        check_names(names, 2, "Owner")


@pytest.mark.parametrize(
    ("question", "error", "message"),
    [
        (2, ValueError, "must be below 2, the number of questions, got 2"),
        (-1, ValueError, "must be an integer >= 0, got -1"),
        (1.0, TypeError, "must be an integer >= 0"),
        (True, TypeError, "must be an integer >= 0"),
        ("arms", ValueError, "must be one of 'smooth', 'bar', got 'arms'"),
    ],
)
def test_a_question_that_is_not_there_is_refused(question, error, message):
    with pytest.raises(error, match=f"question of Owner {message}"):
        check_question(question, ("smooth", "bar"), "Owner")


@pytest.mark.parametrize(
    ("question", "names", "n_questions"),
    [
        (2, None, 2),
        ("disk", ["smooth", "bar"], None),
        (None, "bar", None),
        (None, ["bar", "bar"], None),
        (None, ["bar"], 2),
    ],
)
def test_what_cannot_be_right_is_found_without_draws(question, names, n_questions):
    with pytest.raises((TypeError, ValueError), match="of Owner must be"):
        check_questions(question, names, n_questions, "Owner")


def test_without_names_and_their_number_nothing_is_known_to_be_wrong():
    check_questions(7, None, None, "Owner")
    check_questions("bar", ["smooth", "bar"], None, "Owner")
