"""How good people are, as a campaign shows it."""

import numpy as np
import pytest

from skbal.campaign import import_counts
from skbal.campaign._skills import skills
from skbal.votes import DawidSkene
from tests.campaign.small import TREE, make, tell_all

LABELS = ["smooth", "disk", "star"]
SKILL = {"ann": 0.95, "bob": 0.8, "cyd": 0.5}


@pytest.fixture(scope="module")
def told():
    """Return answers of people whose skill is known, and the truth."""
    rng = np.random.default_rng(0)
    names = [f"item {number}" for number in range(150)]
    truth = rng.integers(3, size=150)
    told = [
        (name, person, LABELS[right if rng.random() < skill else (right + 1) % 3])
        for name, right in zip(names, truth)
        for person, skill in SKILL.items()
    ]
    return names, truth, told


def test_each_person_has_a_skill_and_the_share_of_right_gold_items(tmp_path, told):
    names, truth, answers = told
    gold = {name: LABELS[truth[number]] for number, name in enumerate(names[:40])}
    options = {"names": names, "gold": gold}
    with make(tmp_path, "one", told=answers, **options) as campaign:
        tell_all(campaign, [("item 0", "dan", "star"), ("item 1", "dan", None)])
        status = campaign.status()
        (tmp_path / "counts.csv").write_text("name,smooth,disk,star\nitem 3,2,0,0\n")
        import_counts(campaign, tmp_path / "counts.csv")
        assert campaign.status().people == status.people  # the nameless are no persons
    people = {person.name: person for person in status.people}
    assert people["dan"].skill is None
    for name, skill in SKILL.items():
        assert people[name].skill == pytest.approx(skill, abs=0.07)
        right = sum(said == gold[item] for item, person, said in answers
                    if item in gold and person == name)  # fmt: skip
        assert (people[name].n_gold, people[name].n_gold_right) == (40, right)
    expected = DawidSkene(LABELS, tol=1e-5).fit(
        [0, *(int(item.split()[1]) for item, _, _ in answers)],
        ["star", *(said for *_, said in answers)],
        ["dan", *(person for _, person, _ in answers)],
        known=dict(enumerate(gold.values())),
    )
    found = [people[name].skill for name in SKILL]
    np.testing.assert_allclose(found, expected.accuracy_[[0, 1, 2]], rtol=1e-6)
    html = status._repr_html_()
    assert f"<td>{people['ann'].skill:.0%}</td>" in html.replace("\n", "")


def test_of_several_questions_the_first_is_compared(tmp_path):
    answers = [
        (name, person, {"shape": "smooth", "odd": place})
        for name in ["=1+1", "-cmd", "@sum", "+", "two\nlines"]
        for place, person in enumerate(["ann", "bob"])
    ]
    with make(tmp_path, "one", TREE, answers) as campaign:
        found = campaign.store.read(lambda c: skills(c, campaign.settings))
    assert found.keys() == {"ann", "bob"}
    assert min(found.values()) > 0.8


def test_nobody_is_compared_with_nobody(tmp_path):
    answers = [(name, "ann", "star") for name in ("=1+1", "-cmd", "@sum", "+")]
    with make(tmp_path, "one") as campaign:
        assert campaign.status().people == []
        tell_all(campaign, [*answers, ("two\nlines", "ann", "disk")])
        assert [person.skill for person in campaign.status().people] == [None]
