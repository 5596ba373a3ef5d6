"""All answers leave a campaign and come into another one, with the same meaning."""

import pytest

from skbal.campaign import export_answers, export_label_studio, import_answers
from tests.campaign.small import OF_TREE, TOLD, TREE, make, said


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("answers", "told"), [(["smooth", "disk", "star"], TOLD), (TREE, OF_TREE)]
)
def test_answers_go_from_one_campaign_to_another(tmp_path, answers, told, ending):
    path = tmp_path / f"answers.{ending}"
    with (
        make(tmp_path, "first", answers, told) as first,
        make(tmp_path, "second", answers) as second,
    ):
        export_answers(first, path)
        imported = import_answers(second, path)
        assert imported.n_new == len(told)
        assert said(second) == said(first)
        assert (second.counts() == first.counts()).all()
        assert set(second.answers()["at"]) == {1_600_000_000.25}
        again = import_answers(second, path)
        assert (again.n_new, again.n_known) == (0, len(told))
        export_answers(second, tmp_path / f"again.{ending}")
        # The same table, since queue and late are equal, too.
        assert (tmp_path / f"again.{ending}").read_bytes() == path.read_bytes()


def test_what_was_taken_back_is_not_told_again(tmp_path):
    path = tmp_path / "answers.csv"
    with make(tmp_path, "one", told=TOLD) as campaign:
        export_answers(campaign, path)
    with make(tmp_path, "two") as campaign:
        import_answers(campaign, path)
        campaign.undo("ann")
        before = said(campaign)
        assert import_answers(campaign, path).n_new == 0
        assert said(campaign) == before


def test_a_table_from_elsewhere_says_what_its_answers_mean(tmp_path):
    path = tmp_path / "table.csv"
    lines = ["name,annotator,answer", "a,ann,Disk ", "a,bob,?", "b,ann,round",
             "b,ann,disk", "c,cyd,disk", "/images/b.png,dan,"]  # fmt: skip
    path.write_text("\n".join(lines))
    with make(tmp_path, "one", names=["a", "b.png"]) as campaign:
        meaning = {"round": "smooth", "?": None}
        imported = import_answers(campaign, path, answers=meaning)
        found = said(campaign)
    assert imported.n_new == 4
    assert imported.n_conflicts == 1  # ann about b.png, the first stays
    assert imported.n_other_items == 1
    assert found == [
        "('a', 'ann', 'disk', 'answer')", "('a', 'bob', None, 'cannot_tell')",
        "('b.png', 'ann', 'smooth', 'answer')",
        "('b.png', 'dan', None, 'cannot_tell')",
    ]  # fmt: skip


def test_times_that_no_calendar_has_are_left_out(tmp_path):
    path = tmp_path / "table.csv"
    times = {"+": "1e300", "=1+1": "-5", "-cmd": "nan", "@sum": "12.5"}
    lines = [f"{name},ann,disk,{at}\n" for name, at in times.items()]
    path.write_text("name,annotator,answer,at\n" + "".join(lines))
    with make(tmp_path, "one") as campaign:
        import_answers(campaign, path)
        assert sorted(campaign.answers()["at"]) == [12.5, *[1_600_000_000.25] * 3]
        export_label_studio(campaign, tmp_path / "tasks.json")


def test_who_has_no_name_is_unnamed_in_each_format(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "table.parquet"
    columns = {"name": ["+"], "annotator": [None], "answer": ["disk"]}
    polars.DataFrame(columns).write_parquet(path)
    with make(tmp_path, "one") as campaign:
        import_answers(campaign, path)
        assert campaign.answers()["annotator"].tolist() == ["unnamed"]


def test_nothing_is_told_if_something_is_wrong(tmp_path):
    path = tmp_path / "table.csv"
    with make(tmp_path, "one") as campaign:
        for text, message in [
            ("name,answer\n+,disk\n", r"must have a column 'annotator'"),
            (
                "name,annotator,answer\n+,a,disk\n+,b,blob\n+,c,blob\n",
                r"answers that the campaign does not have: 'blob' \(2 times\)",
            ),
            (
                "name,annotator,answer\nx,a,disk\n",
                "such as 'x', and the campaign such as",
            ),
        ]:
            path.write_text(text)
            with pytest.raises(ValueError, match=f"import_answers: .*{message}"):
                import_answers(campaign, path)
        assert len(campaign.answers()) == 0
