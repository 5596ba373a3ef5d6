"""A campaign and a model of it in plain Python go the same way, whatever people do.

``python -m tests.campaign.test_state_machine 500`` tries as many examples of 50 steps.
"""

import math
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from skbal.campaign import Campaign

ITEMS = st.integers(0, 4)
GOLD = 4  # its answer is known
PEOPLE = st.sampled_from(["ann", "bob", "cyd"])
SAID = st.sampled_from(["a", "b", None])
MIN_VOTES, MAX_VOTES, SECONDS = 2, 3, 100.0
RULES = [
    {"name": "consensus", "share": 1.0, "votes": 2},
    {"name": "cannot_tell", "votes": 2},
]


def rule_of(answers):
    """Return the rule that retires an item after answers in this order, or None."""
    votes, cannot_tell = [], 0
    for _, said in answers:
        if said == "retired":
            return "by_hand"
        if said == "skipped":
            continue
        if said is None:
            cannot_tell += 1
        else:
            votes.append(said)
        if len(votes) >= MIN_VOTES and len(set(votes)) == 1:
            return "consensus"
        if cannot_tell >= 2:
            return "cannot_tell"
        if len(votes) >= MAX_VOTES:
            return "max_votes"
    return None


class Machine(RuleBasedStateMachine):
    """What people can do, on a file of SQLite and on lists and dicts."""

    template = None  # the path of a campaign in which nothing has happened

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = shutil.copy(self.template, self.folder.name)
        self.now = 1_000.0
        self.campaign = Campaign.open(path, clock=lambda: self.now)
        self.answers = {item: [] for item in range(5)}  # pairs (person, said), in order
        self.order = []  # pairs (item, person), of what was not taken back
        self.leases = {}  # (item, person): until

    def teardown(self):
        self.campaign.check()
        assert self.campaign.rebuild() == 0
        self.campaign.close()
        self.folder.cleanup()

    def is_open(self, item):
        return item != GOLD and rule_of(self.answers[item]) is None

    def votes(self, item):
        return [s for _, s in self.answers[item] if s in ("a", "b")]

    def said_by(self, item, person):
        return dict(self.answers[item]).get(person, "nothing")

    def holders(self, item):
        return [who for (it, who), end in self.leases.items() if it == item]

    def take_out(self, item, person):
        self.answers[item] = [one for one in self.answers[item] if one[0] != person]
        self.order.remove((item, person))

    def put(self, item, person, said):
        if self.said_by(item, person) == "skipped":
            self.take_out(item, person)
        self.answers[item].append((person, said))
        self.order.append((item, person))
        self.leases.pop((item, person), None)

    # ------------------------------------------------------------------ what happens

    @rule(person=PEOPLE, n=st.integers(1, 6))
    def ask(self, person, n):
        self.leases = {k: end for k, end in self.leases.items() if end > self.now}
        for item in range(4):
            if not self.is_open(item):
                self.leases.pop((item, person), None)
        held = [item for (item, who) in self.leases if who == person]
        given = [one.id for one in self.campaign.ask(n, person)]
        # What the person holds comes first, in the order in which it was given.
        assert given[: len(held)] == held[:n]
        new = given[len(held) :]
        assert len(set(given)) == len(given) <= n
        could = [item for item in range(4) if self.may_be_new(item, person)]
        could += [GOLD] if self.may_be_gold(person) else []
        assert set(new) <= set(could)
        if n > len(held):  # gold items come at their turn only
            n_plain = len([item for item in could if item != GOLD])
            n_gold = new.count(GOLD)
            assert len(new) == n_gold + min(n - len(held) - n_gold, n_plain)
        for item in [*held, *new]:
            self.leases[item, person] = self.now + SECONDS

    def may_be_new(self, item, person):
        is_new = self.said_by(item, person) == "nothing"
        if (item, person) in self.leases or not is_new or not self.is_open(item):
            return False
        busy = len(self.holders(item))
        return busy == 0 or busy < MIN_VOTES - len(self.votes(item))

    def may_be_gold(self, person):
        is_new = self.said_by(GOLD, person) == "nothing"
        return is_new and (GOLD, person) not in self.leases

    @rule(item=ITEMS, person=PEOPLE, said=SAID)
    def tell(self, item, person, said):
        before = self.said_by(item, person)
        if before in ("a", "b", None) and before != said:
            with pytest.raises(ValueError, match="has already answered"):
                self.campaign.tell(item, said, person)
            return
        was_open = self.is_open(item)
        told = self.campaign.tell(item, said, person)
        if before != said:
            self.put(item, person, said)
            assert told.late == (not was_open and item != GOLD)
        assert (told.item, told.answer) == (item, said)
        assert (told.retired is None) == (item == GOLD or self.is_open(item))

    @rule(item=ITEMS, person=PEOPLE)
    def skip(self, item, person):
        before = self.said_by(item, person)
        if before in ("a", "b", None):
            with pytest.raises(ValueError, match="has already answered"):
                self.campaign.skip(item, person)
            return
        self.campaign.skip(item, person)
        if before == "nothing":
            self.put(item, person, "skipped")

    @rule(person=PEOPLE)
    def undo(self, person):
        items = [item for item, who in self.order if who == person]
        told = self.campaign.undo(person)
        if not items:
            assert told is None
            return
        said = self.said_by(items[-1], person)
        assert told.item == items[-1]
        assert told.answer == (said if said in ("a", "b") else None)
        self.take_out(items[-1], person)
        self.leases[items[-1], person] = self.now + SECONDS

    @rule(item=ITEMS)
    def retire(self, item):
        self.campaign.retire(item, "for a reason")
        if self.said_by(item, "by hand") == "nothing":
            self.answers[item].append(("by hand", "retired"))

    @rule(seconds=st.sampled_from([1.0, SECONDS, SECONDS * 2]))
    def wait(self, seconds):
        self.now += seconds

    @precondition(lambda self: self.order)
    @rule()
    def rebuild(self):
        assert self.campaign.rebuild() == 0

    # ------------------------------------------------------------------ what holds

    @invariant()
    def status_counts_the_same(self):
        status = self.campaign.status()
        said = [s for item in range(4) for _, s in self.answers[item]]
        rules = [rule_of(self.answers[item]) for item in range(4)]
        assert status.n_open == rules.count(None)
        assert status.retired == {r: rules.count(r) for r in rules if r is not None}
        assert status.n_answers == said.count("a") + said.count("b")
        assert status.n_cannot_tell == said.count(None)
        assert status.n_skipped == said.count("skipped")
        assert status.n_leased == sum(end > self.now for end in self.leases.values())
        missing = [max(0, MIN_VOTES - len(self.votes(i))) for i in range(4)]
        assert status.n_missing == math.fsum(
            n for item, n in enumerate(missing) if self.is_open(item)
        )

    @invariant()
    def answers_are_the_same_in_the_same_order(self):
        frame = self.campaign.answers()
        kept = list(zip(frame["item"], frame["annotator"], frame["answer"]))
        told = [(i, p, self.said_by(i, p)) for i, p in self.order]
        assert kept == [one for one in told if one[2] != "skipped"]

    @invariant()
    def counts_are_the_same(self):
        counts = self.campaign.counts().tolist()
        votes = [self.votes(item) if item != GOLD else [] for item in range(5)]
        assert counts == [[said.count("a"), said.count("b")] for said in votes]


def run(folder, n_examples, n_steps):
    """Let people do what they like, each time on a new campaign."""
    path = Path(folder, "votes.db")
    Campaign.create(
        path, [str(n) for n in range(5)], ["a", "b"], rules=RULES, gold={GOLD: "a"},
        min_votes=MIN_VOTES, max_votes=MAX_VOTES, gold_every=3, lease_seconds=SECONDS,
    ).close()  # fmt: skip
    machine = type("MachineHere", (Machine,), {"template": path})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=n_examples, stateful_step_count=n_steps)
    )


def test_whatever_people_do(tmp_path):
    run(tmp_path, 8, 20)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        run(place, int(sys.argv[1]), 50)
