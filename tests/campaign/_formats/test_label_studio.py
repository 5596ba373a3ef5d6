"""Tasks of Label Studio: its schema, and answers there and back."""

import json

import numpy as np
import pytest
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier

from skbal.campaign import Campaign, export_label_studio, import_label_studio
from skbal.query import Margin
from tests.campaign.small import NAMES, OF_TREE, TOLD, TREE, make, said

LABELS = ["smooth", "disk", "star"]


@pytest.mark.parametrize(("answers", "told"), [(LABELS, TOLD), (TREE, OF_TREE)])
def test_answers_go_from_one_campaign_to_another(tmp_path, answers, told):
    path = tmp_path / "tasks.json"
    with (
        make(tmp_path, "first", answers, told) as first,
        make(tmp_path, "second", answers) as second,
    ):
        first.skip("@sum", "bob")
        export_label_studio(first, path)
        imported = import_label_studio(second, path)
        assert imported.n_new == len(told) + 1
        assert said(second) == said(first)
        assert second.status().n_skipped == 1
        assert import_label_studio(second, path).n_new == 0
        export_label_studio(second, tmp_path / "again.json")
    tasks, again = (
        json.loads((tmp_path / name).read_text()) for name in (path, "again.json")
    )
    for task in (*tasks, *again):
        task["annotations"] = sorted(
            (one["completed_by"]["email"], one["created_at"], one["was_cancelled"],
             [(r["from_name"], r["value"]) for r in one["result"]])
            for one in task["annotations"]
        )  # fmt: skip
    assert tasks == again


def test_an_export_has_what_label_studio_documents(tmp_path):
    path = tmp_path / "tasks.json"
    told = [(name, "ann", LABELS[i % 3]) for i, name in enumerate(NAMES[:6])]
    options = {"estimator": KNeighborsClassifier(1), "query_strategy": Margin()}
    with make(tmp_path, "one", told=told, **options) as campaign:
        campaign.retrain()
        export_label_studio(campaign, path)
    tasks = json.loads(path.read_text(encoding="utf-8"))
    assert [task["data"] for task in tasks] == [
        {"item": number, "name": name} for number, name in enumerate(NAMES)
    ]
    (annotation,) = tasks[1]["annotations"]
    (result,) = annotation["result"]
    assert result == {
        "id": result["id"], "from_name": "answer", "to_name": "item",
        "type": "choices", "value": {"choices": ["disk"]},
    }  # fmt: skip
    assert annotation == {
        "id": annotation["id"], "completed_by": {"email": "ann"}, "result": [result],
        "was_cancelled": False, "ground_truth": False,
        "created_at": "2020-09-13T12:26:40.250000Z",
        "updated_at": "2020-09-13T12:26:40.250000Z",
    }  # fmt: skip
    (prediction,) = tasks[6]["predictions"]  # nearest to the sixth, which is a star
    assert prediction["model_version"] == "1"
    assert prediction["score"] == 1
    assert prediction["result"][0]["value"] == {"choices": ["star"]}
    ids = [r["id"] for t in tasks for part in ("annotations", "predictions")
           for one in t[part] for r in one["result"]]  # fmt: skip
    assert len(set(ids)) == len(ids) == 6 + 7


def test_a_classifier_predicts_the_first_of_several_questions(tmp_path):
    path = tmp_path / "tasks.json"
    models = {"estimator": KNeighborsClassifier(1), "query_strategy": Margin()}
    with make(tmp_path, "one", TREE, OF_TREE, **models) as campaign:
        campaign.retrain()
        export_label_studio(campaign, path)
    for task in json.loads(path.read_text()):
        ((prediction,),) = [one["result"] for one in task["predictions"]]
        assert prediction["from_name"] == "shape"


def test_images_and_texts_are_in_the_data(tmp_path):
    for name in ("a.png", "b.png"):
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / name)
    path = tmp_path / "tasks.json"
    texts = ["first =text", 'second "text"']
    for number, items in enumerate([tmp_path, texts]):
        with Campaign.create(tmp_path / f"{number}.db", items, LABELS) as campaign:
            campaign.tell(1, "disk", "ann")
            export_label_studio(campaign, path)
        tasks = json.loads(path.read_text())
        key = ["image", "text"][number]
        found = [task["data"][key] for task in tasks]
        assert found == [[str(tmp_path / n) for n in ("a.png", "b.png")], texts][number]
        assert tasks[1]["annotations"][0]["result"][0]["to_name"] == key


def task(data, choices, person=3, **annotation):
    results = [
        {"type": "choices", "from_name": name, "to_name": "img",
         "value": {"choices": chosen}}
        for name, chosen in choices.items()
    ]  # fmt: skip
    results.append({"type": "labels", "from_name": "x", "value": {"labels": ["disk"]}})
    return {
        "id": 5, "data": data,
        "annotations": [{"result": results, "completed_by": person, **annotation}],
    }  # fmt: skip


def test_an_export_of_label_studio_is_understood(tmp_path):
    path = tmp_path / "project.json"
    tasks = [
        task({"image": "/data/upload/1/0a1b2c3d-a.png"}, {"kind": ["Disk"]}),
        task({"image": "https://x.org/b.png?size=2"}, {"kind": ["round"]}, {"id": 7}),
        task({"image": "s3://x/c.jpg"}, {"kind": ["star"]},
             {"id": 7, "email": "ann@x.org"}),
        task({"image": "c.jpg"}, {"kind": ["star", "disk"]}),
        task({"image": "c.jpg"}, {}, 4, was_cancelled=True,
             created_at="2021-03-09T22:16:08.728353Z"),
        task({"image": "c.jpg"}, {}, 5),
        task({"image": "other.png"}, {"kind": ["star"]}),
    ]  # fmt: skip
    path.write_text(json.dumps(tasks))
    with make(tmp_path, "one", names=["a.png", "b.png", "c"]) as campaign:
        imported = import_label_studio(campaign, path, answers={"round": "smooth"})
        assert (imported.n_new, imported.n_other_items) == (5, 1)
        assert imported.n_incomplete == 1
        assert said(campaign) == [
            "('a.png', '3', 'disk', 'answer')",
            "('b.png', '7', 'smooth', 'answer')",
            "('c', '5', None, 'cannot_tell')",
            "('c', 'ann@x.org', 'star', 'answer')",
        ]
        assert campaign.status().n_skipped == 1


def test_choices_of_other_questions_are_no_cannot_tell(tmp_path):
    path = tmp_path / "project.json"
    star, disk = ({"type": "choices", "from_name": "kind", "value": {"choices": [one]}}
                  for one in ("star", "disk"))  # fmt: skip
    per_region = {"data": {"name": "+"}, "annotations": [{"result": [star, disk]}]}
    others = task({"name": "+"}, {"Shape": ["disk"], "Bar": ["yes"]})
    path.write_text(json.dumps([per_region, others]))
    with make(tmp_path, "one") as one, make(tmp_path, "two", TREE) as two:
        for campaign in (one, two):
            imported = import_label_studio(campaign, path)
            assert (imported.n_new, imported.n_incomplete) == (0, 2)
            assert said(campaign) == []


def test_errors_say_what_is_wrong(tmp_path):
    path = tmp_path / "project.json"
    with make(tmp_path, "one") as campaign:
        for text, message in [
            ("{", "is no JSON"),
            ('{"a": 1}', "must be a list of tasks"),
            ('[{"data": {}, "annotations": null}]', "must be a list of tasks"),
            ("[" * 100_000, "is no JSON"),
            ('[{"image": "a.png", "choice": "disk"}]', "not JSON-MIN"),
            (json.dumps([task({"name": "+"}, {"kind": ["blob"]})]), "'blob' .1 times"),
            (
                '[{"id": 4, "data": {"name": "+"}, "annotations": [{"result": [3]}]}]',
                "an annotation of the task 4 .* not as Label Studio writes it",
            ),
            (json.dumps([task({"name": "?"}, {"kind": ["disk"]})]), "such as '?'"),
        ]:
            path.write_text(text)
            with pytest.raises(ValueError, match=f"import_label_studio: .*{message}"):
                import_label_studio(campaign, path)
        assert len(campaign.answers()) == 0
