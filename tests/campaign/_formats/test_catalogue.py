"""The catalogue says what is known of each item, and how well."""

import json

import numpy as np
import pytest
from scipy.stats import beta, dirichlet
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier

from skbal.campaign import export_catalogue, read_catalogue
from skbal.query import Margin
from skbal.votes import VoteAllocation
from tests.campaign.small import NAMES, OF_TREE, TOLD, TREE, make, tell_all

LABELS = ["smooth", "disk", "star"]


@pytest.fixture(params=["csv", "parquet"])
def path(request, tmp_path):
    return tmp_path / f"catalogue.{request.param}"


def test_without_a_model_shares_come_from_votes(tmp_path, path):
    rules = [{"name": "consensus", "share": 0.9, "votes": 2}]
    options = {"rules": rules, "min_votes": 2, "gold": {"+": "star"}}
    with make(tmp_path, "one", told=TOLD, **options) as campaign:
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    assert found["item"].tolist() == list(range(7))
    assert found["name"].tolist() == NAMES
    assert found["votes"].tolist() == [2, 0, 0, 0, 0, 2, 0]
    assert found["cannot_tell"].tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert found["star_count"].tolist() == [0, 0, 0, 0, 0, 2, 0]
    # Jeffreys' prior: half a vote for each answer, 1.5 in all.
    assert found["star_share"][5] == pytest.approx(2.5 / 3.5)
    assert found["smooth_share_low"][5] == pytest.approx(beta(0.5, 3).ppf(0.05))
    assert found["smooth_share_high"][0] == pytest.approx(beta(1.5, 2).ppf(0.95))
    shares = dirichlet([1.5, 1.5, 0.5]).rvs(20_000, random_state=0)
    for place, name in enumerate(LABELS):
        low, high = (found[f"{name}_share_{end}"][0] for end in ("low", "high"))
        inside = np.mean((low <= shares[:, place]) & (shares[:, place] <= high))
        assert inside == pytest.approx(0.9, abs=0.01)
    assert found["leading"].tolist()[5] == "star"
    assert set(found["source"]) == {"votes"}
    assert found["model"].isna().all()
    assert found["score"].isna().all()
    assert found["retired"].tolist()[5] == "consensus"
    assert found["reason"].tolist()[5].startswith("2 of 2 give the same answer")
    assert found["retired"].isna().sum() == 6
    assert found["known"].tolist()[6] == "star"
    # Where nobody has answered and no model speaks, no answer leads.
    assert found["leading"].isna().tolist() == [
        False, True, True, True, True, False, True,
    ]  # fmt: skip


def test_answers_about_a_gold_item_are_no_votes(tmp_path, path):
    gold = {NAMES[0]: "star", NAMES[2]: "disk"}
    told = [
        (NAMES[0], "ann", "star"),
        (NAMES[1], "ann", "disk"),
        (NAMES[2], "bo", None),
    ]
    with make(tmp_path, "one", told=told, gold=gold) as campaign:
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    counts = found[[f"{label}_count" for label in LABELS]].to_numpy(int)
    assert found["votes"].tolist() == counts.sum(axis=1).tolist()
    assert found["votes"].tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert found["cannot_tell"].tolist() == [0] * 7
    assert found["known"].dropna().tolist() == ["star", "disk"]


def test_with_a_model_shares_are_its_own(tmp_path, path):
    forest = RandomForestClassifier(5, random_state=0)
    told = [(name, "ann", LABELS[i % 3]) for i, name in enumerate(NAMES[:6])]
    with make(tmp_path, "one", told=told, estimator=forest) as campaign:
        campaign.retrain()
        X = np.arange(14.0).reshape(-1, 2)
        expected = campaign.learner().estimator.predict_proba(X)  # sorted classes
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    shares = found[["disk_share", "smooth_share", "star_share"]].to_numpy(float)
    np.testing.assert_allclose(shares, expected, atol=1e-6)
    assert (found["disk_share_low"] <= found["disk_share"]).all()
    assert (found["disk_share_high"] >= found["disk_share"]).all()
    assert found["disk_share_high"].notna().all()
    assert set(found["source"]) == {"model 1"}
    assert set(found["model"]) == {1}
    assert found["score"].notna().all()
    best = [["disk", "smooth", "star"][place] for place in expected.argmax(axis=1)]
    assert found["leading"].tolist() == best


def test_a_model_without_draws_has_no_bounds(tmp_path):
    path = tmp_path / "catalogue.csv"
    told = [(name, "ann", LABELS[i % 3]) for i, name in enumerate(NAMES[:6])]
    options = {"estimator": KNeighborsClassifier(2), "query_strategy": Margin()}
    with make(tmp_path, "one", told=told, **options) as campaign:
        campaign.retrain()
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    assert found["disk_share"].notna().all()
    assert found["disk_share_low"].isna().all()


def test_an_allocation_says_how_sure_it_is(tmp_path):
    path = tmp_path / "catalogue.csv"
    rng = np.random.default_rng(0)
    told = [
        (name, f"person {person}", LABELS[rng.choice(2, p=[0.8, 0.2])])
        for name in NAMES
        for person in range(1 + 2 * (name == "+"))
    ]
    estimator = VoteAllocation(cv=2, random_state=0)
    with make(tmp_path, "one", told=told, estimator=estimator) as campaign:
        campaign.retrain()
        counts = campaign.counts()
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    fitted = VoteAllocation(cv=2, random_state=0).fit(
        np.arange(14.0).reshape(-1, 2), counts
    )
    low, high = fitted.share_intervals(level=0.9)
    for place, name in enumerate(LABELS):
        for end, values in [("", fitted.shares_), ("_low", low), ("_high", high)]:
            column = found[f"{name}_share{end}"]
            np.testing.assert_allclose(column, values[:, place], atol=2e-6)


def test_several_questions_have_shares_of_their_own(tmp_path):
    path = tmp_path / "catalogue.csv"
    with make(tmp_path, "one", TREE) as campaign:
        tell_all(campaign, OF_TREE)
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    row = found[found["name"] == "+"].iloc[0]
    assert row["shape_disk_count"] == row["bar_yes_count"] == 2
    assert row["bar_yes_share"] == pytest.approx(2.5 / 3)
    assert row["odd_1_share"] == pytest.approx(0.5)
    assert row["leading"] == "disk"


def test_a_classifier_says_nothing_of_further_questions(tmp_path):
    path = tmp_path / "catalogue.csv"
    model = KNeighborsClassifier(1)
    with make(tmp_path, "one", TREE, OF_TREE) as campaign:
        export_catalogue(campaign, path)
    of_votes = read_catalogue(path)
    tree = {"estimator": model, "query_strategy": Margin()}
    with make(tmp_path, "two", TREE, OF_TREE, **tree) as campaign:
        tell_all(campaign, [("-cmd", "ann", {"shape": "star", "odd": 0})])
        campaign.retrain()
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    assert found["shape_star_share"].tolist() == [0, 1, 1, 1, 0, 0, 0]
    assert found["shape_star_share_low"].isna().all()
    for end in ("share", "share_low", "share_high"):
        for answer in ("bar_yes", "odd_1"):
            expected = of_votes[f"{answer}_{end}"].drop(index=1)
            assert found[f"{answer}_{end}"].drop(index=1).tolist() == expected.tolist()
    assert set(found["source"]) == {"model 1"}


def test_answers_may_be_called_like_columns(tmp_path):
    path = tmp_path / "catalogue.csv"
    answers = ["=a", "a_share", "a", "score"]
    with make(tmp_path, "one", answers, [("+", "ann", "=a")]) as campaign:
        export_catalogue(campaign, path)
    found = read_catalogue(path)
    assert found["=a_count"].tolist()[6] == 1
    assert len(set(found.columns)) == 4 + 4 * 4 + 7
    with path.open() as file:
        assert '"\'=a_count"' in file.readline()


def test_what_is_no_catalogue_is_refused(tmp_path):
    path = tmp_path / "catalogue.csv"
    path.write_text('"item","name"\n1,"a"\n')
    with pytest.raises(ValueError, match=r"read_catalogue: .* have a column 'votes'"):
        read_catalogue(path)
    path.write_text(json.dumps([1]))
    with pytest.raises(ValueError, match="read_catalogue"):
        read_catalogue(path)
