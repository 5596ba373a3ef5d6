"""Who is asked about what, and what happens to the answers."""

import threading
from collections import Counter

import numpy as np
import pytest

from skbal.campaign import Campaign
from skbal.oracles import SKIP


class Clock:
    """A clock that is set by hand."""

    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def ids(items):
    return [one.id for one in items]


def test_two_people_do_not_do_the_same_work(make):
    campaign = make()
    ann, bob = ids(campaign.ask(3, "ann")), ids(campaign.ask(3, "bob"))
    assert sorted(ann + bob) == [0, 1, 2, 3, 4, 5]
    assert campaign.ask(1, "cy") == []


def test_asking_again_gives_what_is_still_unanswered(make):
    campaign = make()
    first = ids(campaign.ask(3, "ann"))
    campaign.tell(first[0], "a", "ann")
    again = ids(campaign.ask(3, "ann"))
    assert again[:2] == first[1:]
    assert len(set(again)) == 3


def test_a_lease_ends_and_others_are_asked(make):
    campaign = make(lease_seconds=60)
    campaign.clock = clock = Clock()
    ann = campaign.ask(6, "ann")
    assert {one.until for one in ann} == {1_060.0}
    clock.now += 59
    assert campaign.ask(1, "bob") == []
    clock.now += 1
    assert len(campaign.ask(6, "bob")) == 6
    # Ann is late, and her answer is kept all the same.
    told = campaign.tell(ann[0].id, "a", "ann")
    assert (told.kind, told.late) == ("answer", False)


def test_every_item_gets_its_votes_from_different_people(make):
    campaign = make(min_votes=3)
    for person in ("ann", "bob", "cy", "dee", "eve"):
        while items := campaign.ask(2, person):
            for one in items:
                campaign.tell(one.id, "a", person)
    assert campaign.counts().tolist() == [[3, 0]] * 6
    frame = campaign.answers()
    assert not frame.duplicated(["item", "annotator"]).any()
    assert campaign.status().n_open == 0


def test_people_share_an_item_only_if_nothing_else_is_left(make):
    campaign = make(min_votes=2)
    ann = ids(campaign.ask(6, "ann"))
    assert sorted(ids(campaign.ask(6, "bob"))) == sorted(ann)
    assert campaign.ask(6, "cy") == []  # two people are enough for now


def test_the_same_answer_again_changes_nothing(make):
    campaign = make()
    told = campaign.tell(2, "a", "ann")
    assert campaign.tell(2, "a", "ann") == told
    assert campaign.counts()[2].tolist() == [1, 0]
    with pytest.raises(
        ValueError, match="'ann' has already answered \"a\" about item 2"
    ):
        campaign.tell(2, "b", "ann")


def test_under_one_key_one_answer_is_kept(make):
    campaign = make(min_votes=2)
    told = campaign.tell(1, "a", "ann", key="k1")
    assert campaign.tell(1, "a", "ann", key="k1").id == told.id
    with pytest.raises(ValueError, match="key 'k1' belongs to another answer"):
        campaign.tell(2, "a", "ann", key="k1")
    # An answer that was taken back is not told again by a request that was slow.
    campaign.undo("ann")
    assert campaign.tell(1, "a", "ann", key="k1").id == told.id
    assert campaign.counts().sum() == 0


@pytest.mark.parametrize("nothing", [None, float("nan"), SKIP])
def test_i_cannot_tell_is_an_answer_and_no_vote(make, nothing):
    campaign = make(rules=[{"name": "cannot_tell", "votes": 2}], min_votes=3)
    assert campaign.tell(0, nothing, "ann").kind == "cannot_tell"
    assert 0 not in ids(campaign.ask(6, "ann"))
    told = campaign.tell(0, nothing, "bob")
    assert told.retired == "2 people could not tell"
    assert campaign.counts().sum() == 0
    assert campaign.answers()["answer"].tolist() == [None, None]


def test_a_skipped_item_goes_to_others(make):
    campaign = make()
    skipped = campaign.ask(1, "ann")[0].id
    campaign.skip(skipped, "ann")
    assert skipped not in ids(campaign.ask(6, "ann"))
    campaign.tell(skipped, "a", "ann")  # she may answer after all
    assert campaign.counts()[skipped].tolist() == [1, 0]
    assert campaign.status().n_skipped == 0


def test_undo_takes_back_the_last_answer_and_asks_again(make):
    campaign = make()
    campaign.tell(0, "a", "ann")
    campaign.tell(1, "b", "ann")
    campaign.tell(2, "b", "bob")
    told = campaign.undo("ann")
    assert (told.item, told.answer) == (1, "b")
    assert campaign.counts()[:3].tolist() == [[1, 0], [0, 0], [0, 1]]
    assert ids(campaign.ask(1, "ann")) == [1]
    campaign.tell(1, "a", "ann")
    assert campaign.undo("ann").item == 1
    assert campaign.undo("ann").item == 0
    assert campaign.undo("ann") is None
    assert campaign.status().n_answers == 1


def test_undo_opens_an_item_that_the_answer_had_retired(make):
    campaign = make(
        min_votes=2, max_votes=5, rules=[{"name": "consensus", "share": 1, "votes": 2}]
    )
    campaign.tell(0, "a", "ann")
    assert campaign.tell(0, "a", "bob").retired is not None
    campaign.tell(0, "b", "cy")  # late, and kept
    assert campaign.status().n_late == 1
    campaign.undo("bob")
    # Ann and Cy disagree, as they would have without Bob.
    assert campaign.status().n_open == 6
    assert campaign.counts()[0].tolist() == [1, 1]


def test_retired_by_hand(make):
    campaign = make()
    lent = campaign.ask(6, "ann")
    assert campaign.retire(3, "a star").retired == "a star"
    assert campaign.status().retired == {"by_hand": 1}
    assert campaign.retire(3, "an artefact").retired == "a star"  # the first reason
    # Not even those are asked who have it on their screen already.
    assert 3 not in ids(campaign.ask(6, "ann"))
    assert len(lent) == 6


def test_both_queues_have_their_shares(make):
    campaign = make(items=np.zeros((400, 1)), enhanced=0.6, min_votes=2)
    asked = Counter(one.queue for k in range(20) for one in campaign.ask(10, f"p{k}"))
    assert asked == {"enhanced": 120, "classic": 80}
    one_by_one = Counter(campaign.ask(1, f"q{k}")[0].queue for k in range(50))
    assert one_by_one == {"enhanced": 30, "classic": 20}


def test_without_a_model_close_calls_come_first(make):
    campaign = make(min_votes=1, max_votes=9, enhanced=1)
    for number in range(6):
        campaign.tell(number, "a", "ann")
    for number in (1, 4):
        campaign.tell(number, "b", "bob")
    assert sorted(ids(campaign.ask(2, "cy"))) == [1, 4]


def test_classic_gives_every_item_a_vote_before_the_second(make):
    campaign = make(min_votes=1, max_votes=3, enhanced=0)
    for person in ("ann", "bob", "cy"):
        for _ in range(3):
            campaign.tell(campaign.ask(1, person)[0].id, "a", person)
        votes = campaign.counts().sum(axis=1)
        assert np.ptp(votes) <= 1


def test_gold_items_are_asked_and_do_not_count(make):
    campaign = make(
        items=np.zeros((40, 1)), gold={0: "a", "1": "b"}, gold_every=5, min_votes=2
    )
    for person, answer in [("ann", "a"), ("bob", "b")]:
        asked = []
        for _ in range(12):
            one = campaign.ask(1, person)[0]
            asked.append(one)
            campaign.tell(one.id, answer, person)
        gold = [place for place, one in enumerate(asked) if one.queue == "gold"]
        assert gold == [1, 6]
    assert campaign.counts()[:2].sum() == 0
    people = {p.name: (p.n_gold_right, p.n_gold) for p in campaign.status().people}
    assert people == {"ann": (1, 2), "bob": (1, 2)}
    assert campaign.status().n_answers == 20


def test_names_that_look_the_same_are_one_person(make):
    campaign = make(min_votes=2)
    (first,) = campaign.ask(1, "Zoë")
    assert [one.id for one in campaign.ask(1, " Zoe\u0308 ")] == [first.id]
    told = campaign.tell(first.id, "a", "Zoe\u0308")
    assert campaign.tell(first.id, "a", "Zoë\n").id == told.id
    assert campaign.answers()["annotator"].tolist() == ["Zoë"]
    assert campaign.undo("Zoë ").id == told.id


def test_keys_are_kept_as_they_are(make):
    campaign = make(min_votes=2)
    told = [
        campaign.tell(0, "a", "ann", key="k"),
        campaign.tell(0, "b", "bob", key="k "),
    ]
    assert [one.answer for one in told] == ["a", "b"]


def test_several_questions(make):
    campaign = make(
        answers=[("shape", ["smooth", "disk"]), ("bar", ["yes", "no"], "disk")]
    )
    campaign.tell(0, {"shape": "disk", "bar": "no"}, "ann")
    campaign.tell(1, {"shape": "smooth"}, "ann")
    assert campaign.counts()[:2].tolist() == [[0, 1, 0, 1], [1, 0, 0, 0]]
    for wrong, words in [
        ({"shape": "disk"}, "must have an answer to 'bar'"),
        ({"shape": "smooth", "bar": "no"}, "only asked after 'shape: disk'"),
        ({"shape": "round"}, "one of 'smooth', 'disk' for 'shape', got 'round'"),
        ({"form": "disk"}, "no question 'form'"),
        ("disk", "must be a dict"),
    ]:
        with pytest.raises(ValueError, match=words):
            campaign.tell(2, wrong, "ann")


def test_items_by_name(make):
    campaign = make(names=list("uvwxyz"))
    campaign.tell("w", "a", "ann")
    assert campaign.counts()[2].tolist() == [1, 0]
    assert campaign.answers()["name"].tolist() == ["w"]


def test_labels_keep_their_type(make):
    campaign = make(answers=range(3))
    campaign.tell(0, np.int64(2), "ann")
    assert campaign.answers()["answer"].tolist() == [2]
    with pytest.raises(ValueError, match="answer must be one of 0, 1, 2, got True"):
        campaign.tell(1, True, "ann")


def test_an_answer_may_be_an_array_of_one_entry(make):
    campaign = make(answers=["1", "2"])
    for number, given in enumerate([np.array("2"), np.array(["2"])]):
        assert campaign.tell(number, given, "ann").answer == "2"
    with pytest.raises(ValueError, match=r"of '1', '2', got array\(\['1', '2'\]"):
        campaign.tell(2, np.array(["1", "2"]), "ann")


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda c: c.ask(0, "ann"), ValueError, "n of ask of Campaign must be an integer"),
    (lambda c: c.ask(1, ""), ValueError, "annotator of Campaign must have 1 to 200"),
    (lambda c: c.ask(1, "a\nb"), ValueError, "printable"),
    (lambda c: c.ask(1, 7), TypeError, "annotator of Campaign must be a string, got 7"),
    (lambda c: c.tell(6, "a"), ValueError, "item_id of Campaign must be below 6"),
    (lambda c: c.tell(-1, "a"), ValueError, "item_id of Campaign must be an integer"),
    (lambda c: c.tell("x", "a"), ValueError, "an item's id or name, got 'x'"),
    (lambda c: c.tell(0, "c"), ValueError, "answer must be one of 'a', 'b', got 'c'"),
    (lambda c: c.tell(0, ["a"]), ValueError, "answer must be one of"),
    (lambda c: c.skip(9), ValueError, "item_id of Campaign must be below 6"),
    (lambda c: c.retrain(), ValueError, "has no estimator"),
])  # fmt: skip
def test_mistakes(make, call, error, words):
    campaign = make()
    with pytest.raises(error, match=words):
        call(campaign)
    assert campaign.status().n_answers == 0


def test_eight_people_at_once(make):
    campaign = make(
        items=np.zeros((60, 1)),
        min_votes=2,
        max_votes=6,
        rules=[{"name": "consensus", "share": 0.9, "votes": 3}],
    )
    errors = []

    def work(person):
        rng = np.random.default_rng(ord(person))
        try:
            while items := campaign.ask(2, person):
                for one in items:
                    campaign.tell(one.id, "ab"[rng.integers(2)], person)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in "abcdefgh":  # what others had on their screens at the end
        work(name)
    assert errors == []
    status = campaign.status()
    assert status.n_open == 0
    assert status.n_late <= 0.01 * status.n_answers
    votes = campaign.counts().sum(axis=1)
    assert votes.min() >= 3  # one vote more than min_votes, since two cannot be nine
    assert votes.max() <= 6
    frame = campaign.answers()
    assert not frame.duplicated(["item", "annotator"]).any()


def test_two_open_campaigns_see_the_same(make, url):
    campaign = make(min_votes=2)
    with Campaign.open(url) as other:
        lent = ids(campaign.ask(3, "ann"))
        assert not set(lent) & set(ids(other.ask(3, "bob")))
        other.tell(lent[0], "a", "ann")
        assert campaign.counts()[lent[0]].tolist() == [1, 0]
