"""``skbal campaign`` as people type it, from the first image to the catalogue."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline

from skbal.__main__ import _command_line
from skbal.campaign import Campaign, _commands, read_catalogue
from skbal.campaign._intervals import check_interval, cron_times
from skbal.models import GraphClassifier
from skbal.votes import VoteAllocation
from tests.campaign.small import make

testing = pytest.importorskip("typer.testing")


def run(*arguments, code=0):
    """Run a command, and return what it printed."""
    given = ["campaign", *map(str, arguments)]
    result = testing.CliRunner().invoke(_command_line(), given)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def database(tmp_path):
    return tmp_path / "votes.db"


def test_from_images_to_a_catalogue(tmp_path, database):
    images = tmp_path / "images"
    images.mkdir()
    for number in range(6):
        stripes = np.zeros((64, 64), np.uint8)
        stripes[(np.arange(64) // 8 % 2) == 1] = 255
        stripes = stripes if number % 2 else stripes.T
        Image.fromarray(stripes).save(images / f"{number}.png")
    out = run("new", database, images, "--answers", "rows, columns", "--max-votes", 3,
              "--min-votes", 2, "--model", "forest", "--consensus", 0.9,
              "--cannot-tell", 2)  # fmt: skip
    assert "6 items" in out
    with Campaign.open(database) as campaign:
        assert [rule["name"] for rule in campaign.settings.rules] == [
            "consensus", "cannot_tell", "max_votes",
        ]  # fmt: skip
        for number in range(4):
            campaign.tell(number, "rows" if number % 2 else "columns", "ann")
    assert "model 1 after" in run("retrain", database)
    assert run("export", database, tmp_path / "out.csv").endswith("catalogue\n")
    found = read_catalogue(tmp_path / "out.csv")
    assert found["leading"].tolist() == ["columns", "rows"] * 3
    assert set(found["source"]) == {"model 1"}
    out = run("status", database)
    for name, number in [("items", 6), ("answers", 4), ("newest model", 1)]:
        (line,) = [one for one in out.splitlines() if one[2:].startswith(f"{name}  ")]
        assert line.split()[-2] == str(number)
    assert "ann" in out


@pytest.mark.parametrize(
    ("to", "ending"), [("answers", "csv"), ("label-studio", "json"), ("counts", "csv")]
)
def test_answers_leave_and_come(tmp_path, database, to, ending):
    told = [("a.png", "ann", "disk"), ("b", "ann", "star"), ("b", "bob", "star")]
    make(tmp_path, "votes", told=told, names=["a.png", "b"]).close()
    other, path = tmp_path / "other.db", tmp_path / f"file.{ending}"
    make(tmp_path, "other", names=["a.png", "b"]).close()
    assert f": {to}" in run("export", database, path, "--format", to)
    assert "answers: 3 new" in run("import", other, path, "--format", to)
    out = run("import", other, path, "--format", to)
    assert "answers: 0 new, 3 known before" in out
    with Campaign.open(database) as first, Campaign.open(other) as second:
        np.testing.assert_array_equal(first.counts(), second.counts())


def test_texts_of_a_file_are_given_a_meaning(tmp_path, database):
    make(tmp_path, "votes", names=["a", "b"]).close()
    (tmp_path / "n.csv").write_text("id,n1,n2,n3\na,1,0,2\n")
    columns = [f"--column={label}=n{place}" for place, label in
               enumerate(["smooth", "disk", "star"], start=1)]  # fmt: skip
    out = run("import", database, tmp_path / "n.csv", "--format", "counts", *columns)
    assert "answers: 3 new" in out
    (tmp_path / "z.csv").write_text(
        "user_name,workflow_id,created_at,annotations,subject_data,"
        "subject_ids\n"
        + "".join(
            f'{person},1,,"[{{""task"":""T0"",""value"":""{text}""}}]",'
            '"{""7"":{""Filename"":""b.png""}}",7\n'
            for person, text in [("ann", "round"), ("bob", "a=b?"), ("cyd", "disk")]
        )
    )
    out = run(
        "import", database, tmp_path / "z.csv", "--format", "zooniverse", "--task",
        "T0", "--answer", "round=smooth", "--answer", "a=b?=",
    )  # fmt: skip
    assert "answers: 3 new" in out
    with Campaign.open(database) as campaign:
        assert campaign.counts().tolist() == [[1, 0, 2], [1, 1, 0]]
        assert campaign.status().n_cannot_tell == 1


def test_arrays_tables_and_texts_are_items(tmp_path, database):
    np.save(tmp_path / "x.npy", np.arange(12.0).reshape(4, 3))
    (tmp_path / "x.csv").write_text("id,a,b\nn1,1.5,red\nn2,2.5,blue\n")
    (tmp_path / "x.txt").write_text("one\ntwo\n")
    (tmp_path / "gold.csv").write_text("name,answer\nn2,1\n")
    questions = [["shape", ["smooth", "disk"]], ["bar", ["yes", "no"], "disk"]]
    (tmp_path / "q.json").write_text(json.dumps(questions))
    cases = [
        ("x.npy", tmp_path / "q.json", ["--model", "allocation"], VoteAllocation),
        ("x.npy", "0,1", ["--model", "graph"], GraphClassifier),
        ("x.csv", "0,1", ["--model=forest", "--name-column=id",
                          f"--gold={tmp_path / 'gold.csv'}"], ColumnTransformer),
        ("x.txt", "a,b", ["--model", "forest"], Pipeline),
    ]  # fmt: skip
    for number, (items, answers, options, kind) in enumerate(cases):
        path = tmp_path / f"{number}.db"
        run("new", path, tmp_path / items, "--answers", answers, *options)
        with Campaign.open(path) as campaign:
            estimator = campaign._part("estimator")
            if items == "x.csv":
                assert campaign.ask(1)[0].content == {"a": 1.5, "b": "red"}
                assert campaign.ask(1)[0].name == "n1"
                assert isinstance(estimator.steps[1][1], RandomForestClassifier)
                estimator = estimator.steps[0][1]
            assert isinstance(estimator, kind)
            if number == 0:
                assert campaign.settings.questions.columns[2] == "bar: yes"


def test_names_and_answers_are_as_written(tmp_path, database):
    table = tmp_path / "x.csv"
    names = ["007", "NA", "1e5", "1237648720693755918"]
    table.write_text("id,a\n" + "".join(f"{name},1\n" for name in names))
    (tmp_path / "gold.csv").write_text("name,answer\n007,01\n")
    run("new", database, table, "--answers", "01,02", "--name-column", "id", "--gold",
        tmp_path / "gold.csv")  # fmt: skip
    with Campaign.open(database) as campaign:
        assert [campaign.id_of(name) for name in names] == [0, 1, 2, 3]
        assert campaign.settings.answers == ["01", "02"]
    table.write_text("id,a\nx,1\n,2\n")
    out = run("new", tmp_path / "2.db", table, "--answers=a,b", "--name-column=id",
              code=1)  # fmt: skip
    assert "names of Campaign must be texts or numbers, got None for item 1" in out


def test_only_the_end_of_a_line_ends_a_text(tmp_path, database):
    text = "one\u2028still one\ntwo\x0cstill two\n\n"
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")
    run("new", database, tmp_path / "x.txt", "--answers", "a,b")
    with Campaign.open(database) as campaign:
        found = {one.id: one.content for one in campaign.ask(9)}
    assert found == {0: "one\u2028still one", 1: "two\x0cstill two", 2: ""}


def test_a_mistake_is_one_line_and_exit_code_one(tmp_path, database):
    (tmp_path / "x.txt").write_text("one\ntwo\n")
    new = ("new", database, tmp_path / "x.txt", "--answers")
    for arguments, message in [
        (("status", database), "cannot be opened"),
        (("new", database, tmp_path / "no.csv", "--answers=a,b"), "does not exist"),
        (("new", database, tmp_path, "--answers", "a,b"), "has no image files"),
        ((*new, "a,b", "--model", "tree"), "model must be one of none, forest"),
        ((*new, "a,b", "--model", "graph"), "the items are texts. Use forest"),
        ((*new, "a,a"), "must have different names"),
        ((*new, "a"), "--answers must be two answers or more"),
        ((*new, "a,,b"), "--answers must be two answers or more"),
        ((*new, "a,b", "--name-column", "x"), "--name-column is for tables"),
        ((*new, "a,b", "--consensus", "2"), "share in the rule 'consensus'"),
        (("retrain", database, "--every", "soon"), "must be a time such as 30m"),
        (("retrain", database, "--every", "5h", "--cron"), "cron cannot repeat"),
        (("export", database, "x.csv", "--format", "xls"), "--format must be one of"),
        (("import", database, "x.csv", "--format", "xls"), "--format must be one of"),
    ]:
        out = run(*arguments, code=1)
        assert out.startswith("skbal: ")
        assert out.count("\n") == 1
        assert message in out
    run(*new, "a,b")
    before = database.read_bytes()
    for arguments, message in [
        ((*new, "a,b"), "would overwrite it"),
        (("retrain", database), "has no estimator"),
        (("retrain", database, "--model", "none"), "must name a model, got 'none'"),
        (("retrain", database, "--model", "tree"), "model must be one of none, forest"),
        (("export", database, "x.xls"), r"must end in .csv or .parquet"),
        (("import", database, "no.csv", "--format", "counts"), "No such file"),
        (("import", database, "no.csv", "--format", "zooniverse"), "--task must say"),
        (("import", database, "x", "--format=counts", "--column=a"), "as text=meaning"),
    ]:
        assert message in run(*arguments, code=1)
    assert database.read_bytes() == before
    assert "No such option" in run("status", database, "--wrong", code=2)
    assert "Missing option" in run("new", database, "x", code=2)


def test_a_table_with_words_and_missing_values_trains(tmp_path, database):
    rows = [f"g{i},{'round' if i % 2 else ''},{'' if i % 7 == 3 else 1e4 * (i % 2) + i}"
            for i in range(40)]  # fmt: skip
    (tmp_path / "x.csv").write_text("id,note,flux\n" + "\n".join(rows) + "\n")
    run("new", database, tmp_path / "x.csv", "--answers", "even,odd", "--model",
        "allocation", "--name-column", "id", "--max-votes", 9)  # fmt: skip
    with Campaign.open(database) as campaign:
        for number in range(30):
            campaign.tell(number, ["even", "odd"][number % 2], "ann")
    assert "model 1 after" in run("retrain", database)
    run("export", database, tmp_path / "out.csv")
    found = read_catalogue(tmp_path / "out.csv")
    assert found["leading"].tolist()[30:] == ["even", "odd"] * 5  # nobody answered


def test_a_model_may_be_named_when_there_are_answers(tmp_path, database):
    told = [(name, "ann", "disk" if number % 2 else "star")
            for number, name in enumerate("abcdef")]  # fmt: skip
    make(tmp_path, "votes", told=told, names=list("abcdef")).close()
    assert "has no estimator" in run("retrain", database, code=1)
    assert "model 1 after" in run("retrain", database, "--model", "forest")
    with Campaign.open(database) as campaign:
        assert campaign.status().model == 1
    assert run("retrain", database, "--model=forest", "--cron").endswith(
        f"campaign retrain {database} --model forest\n"
    )


def test_it_retrains_again_and_again_also_before_the_first_answer(
    tmp_path, database, monkeypatch
):
    estimator = RandomForestClassifier(2)
    make(tmp_path, "votes", estimator=estimator).close()
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt
        with Campaign.open(database) as campaign:
            campaign.tell("+", "disk", f"person {len(slept)}")
            campaign.tell("@sum", "star", f"person {len(slept)}")

    monkeypatch.setattr(_commands.time, "sleep", sleep)
    out = run("retrain", database, "--every", "2h", code=130)
    assert slept == [7200] * 3
    assert "needs answers" in out
    assert "model 2 after" in out


def test_intervals_are_those_of_cron(database):
    out = run("retrain", database, "--every", "6h", "--cron")
    assert out == (
        f"0 */6 * * * {sys.executable} -m skbal campaign retrain {database}\n"
    )
    assert check_interval(" 2w ") == 14 * 24 * 3600
    assert cron_times("24h") == cron_times("1d") == "0 3 * * *"
    assert cron_times("60m") == cron_times("1h") == "0 * * * *"
    for text in ("0d", "7", "1.5h", "d", "-1h"):
        with pytest.raises(ValueError, match="must be a time such as"):
            check_interval(text)
    for text in ("7h", "2d", "45m"):
        with pytest.raises(ValueError, match="cron cannot repeat"):
            cron_times(text)


def test_help_comes_from_the_commands_themselves():
    out = run("--help")
    for name in ("new", "retrain", "status", "export", "import"):
        assert f" {name} " in out
    assert "--consensus" in run("new", "--help")


@pytest.mark.slow
def test_other_commands_do_not_load_campaigns():
    code = (
        "import sys, runpy; sys.argv = ['skbal', 'version']\n"
        "try: runpy.run_module('skbal', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "assert not {'sqlalchemy', 'skbal.campaign'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_report_says_who_answered(tmp_path):
    make(tmp_path, "votes", told=[("+", "Zoë", "star")]).close()
    target, database = tmp_path / "report.html", str(tmp_path / "votes.db")
    command = ["report", database, "--output", str(target)]
    result = testing.CliRunner().invoke(_command_line(), command)
    assert result.exit_code == 0, result.output
    assert "1 person gave 1 answer about 1 item" in " ".join(result.output.split())
    assert "Zoë" in target.read_text("utf-8")
    command = ["report", database, "--output", "report.txt"]
    result = testing.CliRunner().invoke(_command_line(), command)
    assert result.exit_code == 1
    assert "path of audit_report must end with" in str(result.exception)
