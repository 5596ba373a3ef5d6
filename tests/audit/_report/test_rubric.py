import json

import pytest

from skbal import audit
from skbal.audit import Rubric, rubric
from skbal.audit._report._checks import CHECKS
from tests.audit._report.small import Page

HEADS = [
    "Interpretation",
    "Concise language",
    "Scrutiny",
    "Awareness of sources of bias",
    "Transparency and fairness",
    "Appropriate tool",
]
LEVELS = ["beginning", "developing", "good", "exemplary"]


@pytest.mark.parametrize("purpose", ["project", "course"])
def test_it_has_six_heads_with_four_levels_in_full_sentences(purpose):
    made = rubric(purpose)
    assert isinstance(made, Rubric)
    assert [line.head for line in made.lines] == HEADS
    texts = [made.instruction, *made.overall.values()]
    for line in made.lines:
        assert list(line.levels) == LEVELS
        assert line.question.endswith("?")
        texts += line.levels.values()
    assert all(text[0].isupper() and text.endswith(".") for text in texts)
    assert len(set(texts)) == len(texts) == 1 + 4 + 24


def test_each_check_has_a_line():
    named = {name for line in rubric().lines for name in line.checks}
    there = {check.name for check in CHECKS} | {"audit_report"}
    assert named <= there
    assert there <= named  # no check is left without a line


def test_names_of_checks_are_functions_of_the_room_or_words():
    functions = {check.name for check in CHECKS if check.name.isidentifier()}
    words = {"people", "score", "repeatable"}
    assert functions - words <= set(audit.__all__)


def test_the_table_the_text_and_the_data_say_the_same():
    made = rubric("course")
    frame = made.to_frame()
    assert list(frame.columns) == ["head", "question", *LEVELS, "checks"]
    assert frame["head"].tolist() == HEADS
    data = json.loads(json.dumps(made.to_dict()))
    text, page = made.to_markdown(), Page(made._repr_html_()).text
    for line, row in zip(data["lines"], frame.to_dict("records"), strict=True):
        assert row["checks"] == ", ".join(line["checks"])
        for level in LEVELS:
            assert row[level] == line[level]
            assert f"| {level} | {line[level]} |" in text
            assert line[level] in page
    assert "1 point" in data["instruction"]


def test_another_purpose_is_refused():
    with pytest.raises(ValueError, match=r"purpose of rubric must be .*got 'exam'"):
        rubric("exam")
