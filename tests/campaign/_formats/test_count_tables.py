"""Counts of answers leave a campaign, and come into one as answers of the nameless."""

import numpy as np
import pytest

from skbal.campaign import export_counts, import_answers, import_counts
from tests.campaign.small import NAMES, OF_TREE, TOLD, TREE, make, said


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("answers", "told"), [(["smooth", "disk", "star"], TOLD), (TREE, OF_TREE)]
)
def test_counts_go_from_one_campaign_to_another(tmp_path, answers, told, ending):
    path = tmp_path / f"counts.{ending}"
    with (
        make(tmp_path, "first", answers, told) as first,
        make(tmp_path, "second", answers) as second,
    ):
        export_counts(first, path)
        imported = import_counts(second, path)
        n_answers = sum(answer is not None for _, _, answer in told)
        assert imported.n_new == n_answers
        np.testing.assert_array_equal(second.counts(), first.counts())
        assert import_counts(second, path).n_new == 0
        export_counts(second, tmp_path / f"again.{ending}")
        assert (tmp_path / f"again.{ending}").read_bytes() == path.read_bytes()


def test_only_the_difference_to_earlier_counts_is_told(tmp_path):
    path = tmp_path / "counts.csv"
    columns = {"smooth": "n1", "disk": "n2", "star": "n3"}
    with make(tmp_path, "one") as campaign:
        path.write_text("n1,n2,n3,id\n2,1,0,+\n0,0,0,@sum\n")
        imported = import_counts(campaign, path, name="id", columns=columns)
        assert imported.n_new == 3
        assert said(campaign)[0] == "('+', 'unnamed: disk 1', 'disk', 'answer')"
        path.write_text("n1,n2,n3,id\n4.0,1,1,+\n0,0,0,@sum\n")
        imported = import_counts(campaign, path, name="id", columns=columns)
        assert (imported.n_new, imported.n_known) == (3, 3)
        assert campaign.counts()[NAMES.index("+")].tolist() == [4, 1, 1]
        path.write_text("n1,n2,n3,id\n3,1,1,+\n")
        with pytest.raises(ValueError, match=r"row 1 .* has fewer answers than were"):
            import_counts(campaign, path, name="id", columns=columns)


def test_two_rows_about_one_item_are_refused(tmp_path):
    # One of them would be lost, as the people without a name are the same.
    path = tmp_path / "counts.csv"
    with make(tmp_path, "one") as campaign:
        path.write_text("name,smooth,disk,star\n+,2,1,0\n@sum,1,0,0\n+,1,3,0\n")
        with pytest.raises(ValueError, match=r"row 3 .*, '\+', is about .* as row 1"):
            import_counts(campaign, path)
        assert not campaign.counts().any()


def test_counts_are_no_names(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("smooth,disk,star,name\n2,1,0,+\n")
    with make(tmp_path, "one") as campaign:
        with pytest.raises(ValueError, match=r"name of .*, got 'smooth', which has c"):
            import_counts(campaign, path)
        assert import_counts(campaign, path, name="name").n_new == 3


def test_meanings_that_are_no_dict_are_named(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name,annotator,answer,smooth,disk,star\n+,ann,Round,1,0,0\n")
    with make(tmp_path, "one") as campaign:
        with pytest.raises(TypeError, match=r"columns of import_counts .*\['smooth"):
            import_counts(campaign, path, columns=["smooth"])
        with pytest.raises(TypeError, match="answers of import_answers must be a dict"):
            import_answers(campaign, path, answers=["Round"])


def test_errors_say_which_row_and_column(tmp_path):
    path = tmp_path / "counts.csv"
    with make(tmp_path, "one", TREE) as campaign:
        header = "name," + ",".join(
            ["shape_smooth", "shape_disk", "shape_star", "bar_yes", "bar_no"]
        )
        for text, message in [
            (header + "\n", "must have a column 'odd_0'"),
            (f"{header},odd_0,odd_1\n+,1,2,0,1,0,3,0\n",
             "row 1 of .* has 1 answers to 'bar', which was asked 2 times"),
            (f"{header},odd_0,odd_1\n+,1,x,0,1,0,3,0\n", "'shape_disk' .* whole num"),
            (f"{header},odd_0,odd_1\n+,1,0.5,0,1,0,3,0\n", "'shape_disk' .* whole"),
            (f"{header},odd_0,odd_1\n+,1,-1,0,1,0,3,0\n", "'shape_disk' .* whole"),
            (f"{header},odd_0,odd_1\n+,1,nan,0,1,0,3,0\n", "'shape_disk' .* whole"),
            (f"{header},odd_0,odd_1\n+,1,1e30,0,1,0,3,0\n", "at most 1,000,000"),
        ]:  # fmt: skip
            path.write_text(text)
            with pytest.raises(ValueError, match=message):
                import_counts(campaign, path)
        with pytest.raises(ValueError, match="a column for each of 'shape: smooth'"):
            import_counts(campaign, path, columns={"smooth": "a"})
        assert len(campaign.answers()) == 0


def test_long_and_similar_answers_keep_their_votes(tmp_path):
    path = tmp_path / "counts.csv"
    answers = ["x" * 300, "x" * 299 + "y", "a\tb", "a b", " a b"]
    columns = dict(zip(answers, "vwxyz"))
    path.write_text("name,v,w,x,y,z\n+,1,2,1,2,3\n")
    with make(tmp_path, "one", answers) as campaign:
        assert import_counts(campaign, path, columns=columns).n_new == 9
        assert campaign.counts()[NAMES.index("+")].tolist() == [1, 2, 1, 2, 3]
        assert import_counts(campaign, path, columns=columns).n_known == 9
