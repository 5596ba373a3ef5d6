"""Classifications of Zooniverse become answers."""

import csv
import json

import pytest

from skbal.campaign import import_zooniverse
from tests.campaign.small import TREE, make, said

# As the help pages of Zooniverse describe an export.
HEADER = [
    "classification_id", "user_name", "user_id", "user_ip", "workflow_id",
    "workflow_name", "workflow_version", "created_at", "gold_standard", "expert",
    "metadata", "annotations", "subject_data", "subject_ids",
]  # fmt: skip


def line(person, annotations, data, subject=11, workflow=7, at="2019-03-01 12:00:00"):
    row = dict.fromkeys(HEADER, "")
    row |= {
        "classification_id": "1", "user_name": person, "workflow_id": str(workflow),
        "created_at": f"{at} UTC", "metadata": json.dumps({"x": "y" * 140_000}),
        "annotations": json.dumps(annotations), "subject_ids": str(subject),
        "subject_data": json.dumps({str(subject): {"retired": None, **data}}),
    }  # fmt: skip
    return row


def annotation(task, value):
    return {"task": task, "task_label": f"*{task}*?", "value": value}


def write(path, lines):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_classifications_become_answers_of_their_volunteers(tmp_path):
    path = tmp_path / "export.csv"
    a, b = {"#Filename": "a.png", "ra": 1.5}, {"Filename": "b.png"}
    lines = [
        line(
            "ann",
            [annotation("T0", "x"), annotation("T0", "Smooth"), annotation("T0", None)],
            a,
        ),
        line("not-logged-in-1f", [annotation("T0", ["disk"])], a),
        line("ann", [annotation("T0", "Features or disk"), annotation("T1", "x")], b),
        line("ann", [annotation("T0", "Smooth")], b, at="2019-03-01 12:00:01"),
        line("=bob", [annotation("T0", "No idea")], b),
        line("cyd", [annotation("T0", None)], b),
        line("cyd", [annotation("T0", ["disk", "Smooth"])], a),
        line("dan", [annotation("T0", "Smooth")], {"Filename": "z.png"}),
    ]
    write(path, lines)
    meaning = {"Features or disk": "disk", "No idea": None}
    with make(tmp_path, "one", names=["a", "b.png"]) as campaign:
        imported = import_zooniverse(campaign, path, "T0", answers=meaning)
        assert said(campaign) == [
            "('a', 'ann', 'smooth', 'answer')",
            "('a', 'not-logged-in-1f', 'disk', 'answer')",
            "('b.png', '=bob', None, 'cannot_tell')",
            "('b.png', 'ann', 'disk', 'answer')",
        ]
        assert set(campaign.answers()["at"]) == {1_551_441_600}  # 2019-03-01 12:00 UTC
        assert imported.n_new == 4
        assert imported.n_conflicts == 1
        assert imported.n_incomplete == 2
        assert imported.n_other_items == 1
        # A later export has one more.
        lines.append(line("eve", [annotation("T0", "smooth")], a))
        write(path, lines)
        imported = import_zooniverse(campaign, path, "T0", answers=meaning)
        assert (imported.n_new, imported.n_known) == (1, 4)


def test_tasks_are_questions_also_inside_of_others(tmp_path):
    path = tmp_path / "export.csv"
    combined = annotation("T9", [annotation("T1", "yes"), annotation("T2", "1")])
    lines = [
        line("ann", [annotation("T0", "disk"), combined], {}, subject=3),
        line("bob", [annotation("T0", "smooth"), annotation("T2", 0)], {}, subject=3),
        line("cyd", [annotation("T0", "disk"), annotation("T2", "0")], {}, subject=3),
    ]
    write(path, lines)
    tasks = {"shape": "T0", "bar": "T1", "odd": "T2"}
    with make(tmp_path, "one", TREE, names=["2", "3"]) as campaign:
        imported = import_zooniverse(campaign, path, tasks)
        assert campaign.answers()["answer"].tolist() == [
            {"shape": "disk", "bar": "yes", "odd": 1}, {"shape": "smooth", "odd": 0},
        ]  # fmt: skip
    assert (imported.n_new, imported.n_incomplete) == (2, 1)  # cyd left out the bar


def test_one_workflow_of_several_is_chosen(tmp_path):
    path = tmp_path / "export.csv"
    lines = [
        line("ann", [annotation("T0", "disk")], {"#ID": "a"}, workflow=7),
        line("ann", [annotation("T0", "what?")], {"id": "b"}, workflow=8),
    ]
    write(path, lines)
    with make(tmp_path, "one", names=["a", "b"]) as campaign:
        with pytest.raises(ValueError, match=r"among them 7 and 8\. Choose"):
            import_zooniverse(campaign, path, "T0", name="id")
        with pytest.raises(ValueError, match="has no classifications of workflow=9"):
            import_zooniverse(campaign, path, "T0", name="id", workflow=9)
        import_zooniverse(campaign, path, "T0", name="id", workflow=7)
        assert said(campaign) == ["('a', 'ann', 'disk', 'answer')"]


def test_errors_say_what_is_wrong(tmp_path):
    path = tmp_path / "export.csv"
    good = line("ann", [annotation("T0", "disk")], {"name": "+"})
    with make(tmp_path, "one") as campaign, make(tmp_path, "two", TREE) as tree:
        path.write_text("a,b\n1,2\n")
        with pytest.raises(ValueError, match="must have the columns user_name"):
            import_zooniverse(campaign, path, "T0")
        path.write_text("")
        with pytest.raises(ValueError, match="it has none"):
            import_zooniverse(campaign, path, "T0")
        for broken in ({"annotations": "[{"}, {"annotations": "[1]"},
                       {"annotations": "[" * 100_000}, {"subject_data": '{"1": 2}'},
                       {"subject_data": "{}"}, {"subject_data": "[]"}):  # fmt: skip
            write(path, [good, {**good, **broken}])
            with pytest.raises(ValueError, match=r"line 3 of .*: (ann|sub)"):
                import_zooniverse(campaign, path, "T0")
        write(path, [good, line("bob", [annotation("T0", "blob")], {"name": "+"})])
        with pytest.raises(
            ValueError, match=r"'blob' \(1 times\).* 'disk', 'star'\. Say"
        ):
            import_zooniverse(campaign, path, "T0")
        write(path, [line("bob", [annotation("T0", "disk")], {"name": "no.png"})])
        with pytest.raises(ValueError, match=r"items such as 'no\.png'"):
            import_zooniverse(campaign, path, "T0")
        write(path, [good])
        with pytest.raises(ValueError, match=r"among those of .*, 'T0', got 'T1'"):
            import_zooniverse(campaign, path, "T1")
        for wrong in ("T0", {"shape": "T0"}):
            with pytest.raises(ValueError, match="a task for each of the questions"):
                import_zooniverse(tree, path, wrong)
        assert len(campaign.answers()) == 0
