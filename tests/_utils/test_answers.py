import re

import pytest
from sklearn.base import BaseEstimator, clone

from skbal._utils.answers import check_asked_questions, columns_of

GALAXY = [
    ("shape", ["smooth", "featured", "artifact"]),
    ("bar", ["yes", "no"], "featured"),
    ("arms", ["yes", "no"], "featured"),
    ("winding", ["tight", "loose"], ("arms", "yes")),
]


def test_a_tree_tells_which_column_leads_to_a_question():
    shape, bar, arms, winding = check_asked_questions(GALAXY, "fit", n_columns=9)
    assert [shape.columns, bar.columns] == [slice(0, 3), slice(3, 5)]
    assert [arms.columns, winding.columns] == [slice(5, 7), slice(7, 9)]
    assert [a.parent for a in (shape, bar, arms, winding)] == [None, 1, 1, 5]
    assert winding.answers == ("tight", "loose")


def test_columns_are_named_by_question_and_answer():
    names = columns_of(check_asked_questions(GALAXY[:2], "fit"))
    assert names == (
        "shape: smooth", "shape: featured", "shape: artifact", "bar: yes", "bar: no",
    )  # fmt: skip


def test_without_questions_all_columns_are_one_question():
    (asked,) = check_asked_questions(None, "fit", n_columns=4)
    assert asked.columns == slice(0, 4)
    assert len(asked.answers) == 4
    assert asked.parent is None


def test_the_description_is_plain_data_that_clone_copies():
    class Model(BaseEstimator):
        def __init__(self, questions=None):
            self.questions = questions

    copy = clone(Model(GALAXY)).questions
    assert copy == GALAXY
    assert copy is not GALAXY
    as_lists = [list(question) for question in GALAXY]  # as JSON would give them
    expected = check_asked_questions(GALAXY, "fit")
    assert check_asked_questions(as_lists, "fit") == expected


@pytest.mark.parametrize(("questions", "error", "message"), [
    ("shape", TypeError, "must be a list of tuples .* got 'shape'"),
    ({"shape": ["a", "b"]}, TypeError, "must be a list of tuples"),
    (3, TypeError, "must be a list of tuples .* got 3"),
    ([], ValueError, "must have one question or more, got none"),
    (["shape"], TypeError, "got the entry 'shape'"),
    ([("shape",)], TypeError, "got the entry ('shape',)"),
    ([(3, ["a", "b"])], TypeError, "names that are strings, got 3"),
    ([("shape", "ab")], TypeError, "answers to 'shape' must be a list .* got 'ab'"),
    ([("shape", 3)], TypeError, "answers to 'shape' must be a list .* got 3"),
    ([("shape", ["a"])], ValueError, "'shape' must have two answers or more, got 1"),
    ([("shape", ["a", "a"])], ValueError, "different names, got 'a', 'a'"),
    ([("x", ["a", "b"]), ("x", ["c", "d"])], ValueError, "names, got 'x' twice"),
    ([("x", ["a", "b"], "c")], ValueError, "'c', which must be .* one before it"),
    ([*GALAXY[:2], ("z", ["p", "q"], "spiral")], ValueError, "'bar: yes', 'bar: no'"),
    ([*GALAXY[:3], ("z", ["p", "q"], "yes")], ValueError, "but 2 questions have this"),
    ([*GALAXY[:3], ("z", ["p", "q"], 7)], TypeError, "or a pair .* got 7"),
])  # fmt: skip
def test_wrong_descriptions_are_refused(questions, error, message):
    message = re.escape(message).replace(r"\.\*", ".*")
    with pytest.raises(error, match=f"questions of fit.*{message}"):
        check_asked_questions(questions, "fit")


def test_a_table_with_other_columns_is_refused():
    message = r"y given to fit has 4 columns, but .* 5 answers: 'shape: smooth'"
    with pytest.raises(ValueError, match=message):
        check_asked_questions(GALAXY[:2], "fit", n_columns=4)
    with pytest.raises(ValueError, match="two columns are k and N, give the counts"):
        check_asked_questions(GALAXY[:1], "fit", n_columns=2)
