"""Exports of classifications, as Zooniverse writes them."""

import csv
import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.datasets import read_zooniverse_votes
from skbal.exceptions import VotesWarning

COLUMNS = [
    "classification_id",
    "user_name",
    "user_id",
    "user_ip",
    "workflow_id",
    "workflow_name",
    "workflow_version",
    "created_at",
    "gold_standard",
    "expert",
    "metadata",
    "annotations",
    "subject_data",
    "subject_ids",
]


def line(user="ada", subject=7, value="Smooth", **others):
    """Return a line of an export as a dict."""
    label = 'Is the galaxy smooth, "round" or not?'
    said = [{"task": "T0", "task_label": label, "value": value}]
    data = {str(subject): {"retired": None, "#Filename": f"g{subject}.png", "ra": 1.5}}
    return {
        "classification_id": 1,
        "user_name": user,
        "workflow_id": 12,
        "workflow_name": "in two\nlines of the file",
        "workflow_version": "3.4",
        "created_at": "2026-11-29 12:00:00 UTC",
        "metadata": json.dumps({"viewport": {"width": 3}, "note": "a, b\nc"}),
        "annotations": json.dumps(said),
        "subject_data": json.dumps(data),
        "subject_ids": subject,
        **others,
    }


@pytest.fixture
def export(tmp_path):
    def write(*lines, columns=COLUMNS, name="export.csv"):
        path = tmp_path / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
        return path

    return write


def said(*values):
    """Return annotations of the task T0."""
    return json.dumps([{"task": "T0", "value": value} for value in values])


def test_answers_are_counted_by_their_names(export):
    path = export(
        line("ada", 7, "Smooth"), line("bob", 9, "Bar"), line("eva", 7, "Bar"),
        line("bob", 7, "Bar"), line("not-logged-in-1f", 9, "Bar"),
    )  # fmt: skip
    table = read_zooniverse_votes(str(path), "T0")
    assert table.ids == ["7", "9"]
    assert table.answer_names == ["Smooth", "Bar"]
    assert table.votes.dtype == np.int64
    assert table.votes.tolist() == [[1, 2], [0, 2]]
    assert (table.n_lines, table.n_repeats, table.n_damaged) == (5, 0, 0)


def test_columns_have_the_order_of_the_answers_that_are_given(export):
    path = export(line(value="Smooth"), line("bob", value="Bar"))
    table = read_zooniverse_votes(path, "T0", ["Ring", "Bar", "Smooth"])
    assert table.answer_names == ["Ring", "Bar", "Smooth"]
    assert table.votes.tolist() == [[0, 1, 1]]


def test_answers_of_several_versions_may_have_one_name(export):
    path = export(
        line("ada", value="smooth!", workflow_version="2.1"),
        line("bob", value=" Smooth ", workflow_version="10.3"),
        line("eva", value="Can't tell", workflow_version="10.30"),
        line("kim", value="Bar", workflow_version="10.30"),
    )
    names = {"smooth!": "smooth", "Smooth": "smooth", "Bar": "bar", "Can't tell": None}
    table = read_zooniverse_votes(path, "T0", names)
    assert table.answer_names == ["smooth", "bar"]
    assert table.votes.tolist() == [[2, 1]]
    assert table.n_unanswered == 1
    for versions, votes, n_elsewhere in (
        (["10"], [[1, 1]], 1),
        (["10.30", "2"], [[1, 1]], 1),
        (["10.3"], [[1, 0]], 3),
    ):
        table = read_zooniverse_votes(path, "T0", names, versions=versions)
        assert table.votes.tolist() == votes
        assert table.n_elsewhere == n_elsewhere


@pytest.mark.parametrize(("repeats", "votes", "n_repeats"), [
    ("first", [[1, 1]], 2), ("last", [[0, 2]], 2), ("all", [[1, 3]], 0),
])  # fmt: skip
def test_a_volunteer_counts_once_for_a_subject(repeats, votes, n_repeats, export):
    path = export(
        line("ada", value=None),  # not answered yet
        line("ada", value="Smooth"), line("bob", value="Bar"),
        line("ada", value="Bar"), line("ada", value="Bar"),
    )  # fmt: skip
    names = ["Smooth", "Bar"]
    table = read_zooniverse_votes(path, "T0", names, repeats=repeats)
    assert table.votes.tolist() == votes
    assert (table.n_repeats, table.n_unanswered) == (n_repeats, 1)


def test_volunteers_without_a_name_are_several(export):
    table = read_zooniverse_votes(export(line(""), line(" "), line("")), "T0")
    assert table.votes.tolist() == [[3]]


@pytest.mark.parametrize("key", ["filename", "Filename", "#Filename", " !FILENAME"])
def test_the_id_may_be_an_entry_of_the_subjects_data(key, export):
    path = export(line(subject=7), line("bob", 8), line("bob", 7))
    table = read_zooniverse_votes(path, "T0", id_key=key)
    assert table.ids == ["g7.png", "g8.png"]
    assert table.votes.tolist() == [[2], [1]]


def test_subjects_of_one_id_are_one(export):
    same = {str(n): {"filename": "m31.png"} for n in (7, 8)}
    path = export(*(
        line(user, n, subject_data=json.dumps(same))
        for user, n in (("ada", 7), ("ada", 8), ("bob", 8))
    ))  # fmt: skip
    table = read_zooniverse_votes(path, "T0", id_key="filename")
    assert (table.ids, table.votes.tolist()) == (["m31.png"], [[2]])
    assert table.n_repeats == 1


def test_of_the_answers_in_one_visit_the_last_counts_and_other_tasks_do_not(export):
    other = json.dumps([{"task": "T1", "value": ["a", "b"]}, {"task": "T2"}])
    combined = json.dumps(
        [{"task": "T9", "value": [{"task": "T0", "value": "Bar"}, {"task": "T1"}]}]
    )
    path = export(
        line(annotations=said("Smooth", "Bar", None)),
        line("bob", annotations=other),
        line("eva", annotations=combined),
    )
    table = read_zooniverse_votes(path, "T0")
    assert (table.answer_names, table.votes.tolist()) == (["Bar"], [[2]])
    assert table.n_unanswered == 1


def test_a_workflow_is_chosen_by_its_number(export):
    path = export(line(), line("bob", workflow_id=13, value="No"))
    for workflow in (12, "12", np.int64(12)):
        table = read_zooniverse_votes(path, "T0", workflow=workflow)
        assert (table.answer_names, table.n_elsewhere) == (["Smooth"], 1)
    with pytest.raises(ValueError, match=r"line 5 .* workflow is needed.* 12 and 13"):
        read_zooniverse_votes(path, "T0")


def test_long_fields_and_a_mark_at_the_beginning_are_read(tmp_path, export):
    points = [{"x": 1.25, "y": 2.5}] * 20_000
    drawing = {"task": "T1", "value": points}
    both = json.dumps([drawing, {"task": "T0", "value": "Über"}])
    path = export(line(annotations=both))
    path.write_bytes("\N{BOM}".encode() + path.read_bytes())
    before = csv.field_size_limit()
    assert len(both) > before
    assert read_zooniverse_votes(path, "T0").answer_names == ["Über"]
    assert csv.field_size_limit() == before


answers = st.sampled_from(["Smooth", "Bar", "Ring", None])
visits = st.tuples(st.sampled_from("abc"), st.integers(1, 4), answers)


@settings(max_examples=40)
@given(st.lists(visits, min_size=1, max_size=25).filter(lambda x: any(v[2] for v in x)))
def test_all_lines_are_accounted_for(tmp_path_factory, visits):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(line(*visit) for visit in visits)
    table = read_zooniverse_votes(path, "T0")
    left_out = table.n_repeats + table.n_unanswered + table.n_elsewhere
    assert table.votes.sum() + left_out == table.n_lines == len(visits)
    first = {}
    for user, subject, answer in visits:
        if answer is not None:
            first.setdefault((user, str(subject)), answer)
    expected = Counter((subject, answer) for (_, subject), answer in first.items())
    found = {
        (subject, answer): int(n)
        for subject, row in zip(table.ids, table.votes)
        for answer, n in zip(table.answer_names, row)
        if n
    }
    assert found == expected


# ------------------------------------------------------------------------- bad lines

DAMAGED = {
    "not JSON": ({"annotations": "[{"}, "annotations are not JSON"),
    "no list": ({"annotations": "{}"}, "annotations must be a list"),
    "no tasks": ({"annotations": "[3]"}, "annotations must be a list of tasks"),
    "deep": ({"annotations": "[" * 100_000}, "annotations are not JSON"),
    "several subjects": ({"subject_ids": "7;8"}, "subject_ids must be one number"),
    "data of another": ({"subject_data": '{"8": {}}'}, "no entry of the subject 7"),
    "data without id": ({"subject_data": '{"7": {"a": 1}}'}, "have no 'filename'.*'a'"),
    "data not JSON": ({"subject_data": "nan,"}, "subject_data are not JSON"),
    "cut": ({"subject_data": None, "subject_ids": None}, "columns are missing"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_line_that_cannot_be_read_is_named_by_its_number(name, export):
    others, match = DAMAGED[name]
    path = export(line("bob"), line(**others), line("eva"))
    if name == "cut":  # csv writes empty fields
        cut = ",".join(["1", "ada", "", "", "12"])
        lines = [*export(line("bob")).read_text().splitlines(), cut]
        path.write_text("\n".join(lines))
        number = len(lines)
    else:
        number = 5  # each line has a line break inside
    how = {"id_key": "filename"}
    with pytest.raises(ValueError, match=rf"line {number} of .*export\.csv: .*{match}"):
        read_zooniverse_votes(path, "T0", **how)
    with pytest.warns(VotesWarning, match=rf"left out 1 of the .* line {number}: .*"):
        table = read_zooniverse_votes(path, "T0", **how, damaged="skip")
    assert table.n_damaged == 1
    assert table.votes.sum() == table.n_lines - 1


@pytest.mark.parametrize(("value", "match"), [
    ("Ring", "the answer 'Ring' to T0 is not among answers, 'Smooth', 'Bar'"),
    (["Smooth", "Bar"], "task T0 allows several answers"),
    (3, "must be the name of an answer, got 3"),
])  # fmt: skip
def test_an_answer_that_does_not_fit_is_an_error_also_if_damage_is_skipped(
    value, match, export
):
    path = export(line(), line("bob", value=value))
    with pytest.raises(ValueError, match=f"line 5 .*{match}"):
        read_zooniverse_votes(path, "T0", ["Smooth", "Bar"], damaged="skip")


def test_a_file_without_votes_is_refused(export, tmp_path):
    with pytest.raises(ValueError, match=r"holds no answer to T7.* others with T0\."):
        read_zooniverse_votes(export(line()), "T7")
    with pytest.raises(ValueError, match="holds no classifications"):
        read_zooniverse_votes(export(), "T0")
    columns = [name for name in COLUMNS if name != "annotations"]
    path = export(line(), columns=columns)
    with pytest.raises(ValueError, match=r"must have the columns annotations, it has"):
        read_zooniverse_votes(path, "T0")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(ValueError, match=r"must have the columns .* it has none"):
        read_zooniverse_votes(tmp_path / "empty.csv", "T0")
    (tmp_path / "latin.csv").write_bytes(b"user_name,\xff")
    with pytest.raises(ValueError, match=r"latin\.csv cannot be read after line"):
        read_zooniverse_votes(tmp_path / "latin.csv", "T0")
    with pytest.raises(FileNotFoundError, match="path of read_zooniverse_votes"):
        read_zooniverse_votes(tmp_path, "T0")


@pytest.mark.parametrize(("given", "error", "match"), [
    ({"task": 0}, TypeError, "task of read_zooniverse_votes must be a string"),
    ({"id_key": ""}, TypeError, "id_key of"),
    ({"answers": "Smooth"}, TypeError, "answers of .* must be a list"),
    ({"answers": []}, TypeError, "answers of"),
    ({"answers": [1]}, TypeError, "answers of"),
    ({"answers": {"Smooth": 1}}, TypeError, "strings or None as values"),
    ({"answers": {"Smooth": None}}, ValueError, "leave out every answer"),
    ({"answers": ["Smooth", "Smooth"]}, ValueError, "must all differ"),
    ({"workflow": "T0"}, TypeError, "workflow of"),
    ({"workflow": True}, TypeError, "workflow of"),
    ({"versions": "12"}, TypeError, "versions of"),
    ({"versions": [12.3]}, TypeError, "since 12.3 and 12.30 are one number"),
    ({"repeats": "none"}, ValueError, "repeats of"),
    ({"damaged": None}, ValueError, "damaged of"),
])  # fmt: skip
def test_wrong_arguments_are_named(given, error, match, export):
    with pytest.raises(error, match=match):
        read_zooniverse_votes(export(line()), **{"task": "T0", **given})
