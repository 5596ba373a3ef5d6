import numpy as np
import pytest

pytest.importorskip("sqlalchemy")

from sklearn.ensemble import RandomForestClassifier

from skbal.audit import audit_report
from skbal.audit._report._checks._people import CHECK, People
from skbal.audit._report._source import DoesNotApply, NotChecked, Source
from skbal.campaign import Campaign
from tests.audit._report.small import FAST, Page, X, Y


@pytest.fixture
def campaign(tmp_path):
    """Give a campaign in which ann is right, bob turns every answer, and both meet."""
    made = Campaign.create(
        tmp_path / "votes.db", X, range(3), max_votes=2, min_votes=2,
        estimator=RandomForestClassifier(5), gold={n: int(Y[n]) for n in range(6)},
    )  # fmt: skip
    with made:
        for row in range(10):
            made.tell(row, int(Y[row]), "ann")
        for row in range(5, 13):
            made.tell(row, int(Y[row] + 1) % 3, "bob")
        made.tell(60, 1, "ann")
        made.tell(110, None, "ann")
        made.skip(111, "bob")
        yield made


def test_answers_and_pairs_that_agree_are_counted(campaign):
    result = CHECK.run(Source("campaign", campaign=campaign))
    frame = result.to_frame().set_index("person")
    assert frame.loc["ann"].tolist() == [11, 1, 0, 6, 6]
    assert frame.loc["bob"].tolist() == [8, 0, 1, 1, 0]
    # Items 5 to 9 were answered by both, never alike.
    assert (result.n_pairs, result.n_agree) == (5, 0)
    assert "2 people gave 19 answers, 11 of them by ann." in result.verdict
    assert "Of 5 pairs of answers about the same item, 0.0% agree" in result.verdict
    assert (result.often_wrong, result.concern) == ((), False)


def test_who_is_wrong_more_often_than_right_is_named(campaign):
    for row in range(5):
        campaign.tell(row, int(Y[row] + 1) % 3, "bob")
    result = CHECK.run(Source("campaign", campaign=campaign))
    assert result.often_wrong == ("bob",)
    assert result.concern
    assert result.verdict.endswith("Wrong more often than right: bob.")


def people(**counts):
    some = np.array([4, 2])
    none = np.zeros(2, int)
    given = {"n_gold": none, "n_gold_right": none, "n_pairs": 0, "n_agree": 0, **counts}
    return People(("ann", "bob"), some, none, none, **given)


@pytest.mark.parametrize(("counts", "concern"), [
    ({}, None),
    ({"n_pairs": 3, "n_agree": 3}, False),
    ({"n_gold": np.array([4, 0]), "n_gold_right": np.array([0, 0])}, False),  # few
    ({"n_gold": np.array([5, 6]), "n_gold_right": np.array([2, 3])}, True),
])  # fmt: skip
def test_a_concern_needs_five_known_answers(counts, concern):
    assert people(**counts).concern is concern


def test_without_people_it_does_not_apply_or_waits(tmp_path):
    with pytest.raises(DoesNotApply, match="oracle"):
        CHECK.run(Source("loop"))
    with (
        Campaign.create(tmp_path / "new.db", X, range(3)) as empty,
        pytest.raises(NotChecked, match="Nobody has answered"),
    ):
        CHECK.run(Source("campaign", campaign=empty))


def test_the_report_of_a_campaign_says_who_answered_what_and_when(campaign):
    report = audit_report(campaign, X[13:], Y[13:], checks=FAST)
    facts = report.to_dict()["facts"]
    assert facts["n_people"] == 2
    # Items 6 to 12 and 60 count; 0 to 5 have a known answer, 110 and 111 have none.
    assert facts["n_labels"] == facts["n_learned"] == 8
    assert facts["n_answers"] + facts["n_known_answers"] == 12 + 7 == 11 + 8
    assert (
        "2 people gave 12 answers about 8 items of 150 (and 7 about"
        in (report.summary[0])
    )
    assert "RandomForestClassifier learned from 8 items." in report.summary[0]
    assert report.results["score"].n_rows == len(X) - 13
    assert report.results["repeatable"].seeds == {"campaign": 0}
    text = Page(report.to_html()).text
    assert "ann" in text
    assert campaign.status().n_answers == facts["n_answers"]


def test_a_campaign_without_a_model_has_a_report_all_the_same(tmp_path):
    with Campaign.create(tmp_path / "new.db", X, ["a", "b"]) as campaign:
        campaign.tell(3, "a", "ann")
        report = audit_report(campaign)
    reasons = {part["name"]: part["reason"] for part in report.not_checked}
    assert "There is no model: The campaign has no estimator" in reasons["score"]
    assert report.summary[0].startswith("1 person gave 1 answer about 1 item of 150 on")
    assert "How good the model is was not measured." in report.summary
