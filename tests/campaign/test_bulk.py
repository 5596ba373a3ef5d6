"""Many answers at once are kept as if they were told one after the other."""

import numpy as np
import sqlalchemy as sa

from skbal.campaign import (
    Campaign,
    export_catalogue,
    export_label_studio,
    import_counts,
    import_label_studio,
    read_catalogue,
)
from skbal.campaign._answers import check_answers, record
from skbal.campaign._bulk import Given, record_all
from skbal.campaign._tables import annotator, answer, item, lease

N_ITEMS = 12


def new(folder, name):
    rules = [
        {"name": "consensus", "share": 0.8, "votes": 3},
        {"name": "cannot_tell", "votes": 2},
    ]
    return Campaign.create(
        folder / f"{name}.db", np.zeros((N_ITEMS, 2)), ["a", "b"], min_votes=2,
        max_votes=4, rules=rules, gold={2: "a"},
    )  # fmt: skip


def everything(campaign):
    """Return all rows, with the names of people in place of numbers."""

    def read(connection):
        names = dict(map(tuple, connection.execute(sa.select(annotator))))
        answers = [
            {**row._asdict(), "annotator_id": names[row.annotator_id], "checksum": 0}
            for row in connection.execute(sa.select(answer).order_by(answer.c.id))
        ]
        items = connection.execute(sa.select(item).order_by(item.c.id)).all()
        leases = connection.execute(sa.select(lease.c.item_id)).all()
        return answers, items, leases

    campaign.store.read(check_answers)
    return campaign.store.read(read)


def some_answers(rng, n_answers):
    """Return random answers, sorted by item. Many are conflicts or repetitions."""
    rows = []
    for number in np.sort(rng.integers(N_ITEMS, size=n_answers)).tolist():
        person, said = str(rng.choice(list("pqrstu"))), str(rng.choice(list("aaab?")))
        kind = "cannot_tell" if said == "?" else "answer"
        content = None if said == "?" else said
        rows.append(
            Given(number, person, kind, content, f"{number}{person}{said}", 5.0)
        )
    return rows


def told_one_by_one(campaign, rows):
    counts = [0, 0, 0]
    for row in rows:
        newest = len(everything(campaign)[0])
        try:
            campaign.store.write(
                lambda connection, row=row: record(
                    connection, campaign.settings, row.item, row.person, row.kind,
                    row.content, key=row.key, now=5.0,
                )
            )  # fmt: skip
            counts[len(everything(campaign)[0]) == newest] += 1
        except ValueError:
            counts[2] += 1
    return tuple(counts)


def test_it_is_telling_one_after_the_other(tmp_path):
    rng = np.random.default_rng(0)
    one_by_one, at_once = new(tmp_path, "one"), new(tmp_path, "all")
    for n_answers in (40, 60):
        rows = some_answers(rng, n_answers)
        outcome = record_all(at_once.store, at_once.settings, rows, 5.0)
        assert outcome == told_one_by_one(one_by_one, rows)
        assert min(outcome) > 0
    assert everything(at_once) == everything(one_by_one)
    answers, items, _ = everything(at_once)
    assert {row.rule for row in items} >= {"consensus", "max_votes", "cannot_tell"}
    assert sum(row["is_late"] for row in answers) > 3
    again = record_all(at_once.store, at_once.settings, rows, 9.0)
    assert again.n_new == 0
    assert everything(at_once) == everything(one_by_one)


def test_a_skip_ends_and_what_was_taken_back_stays_so(tmp_path):
    campaign = new(tmp_path, "skips")
    (asked,) = campaign.ask(1, "ann")
    other = next(number for number in (0, 1) if number != asked.id)
    campaign.skip(other, "ann")
    rows = [
        Given(asked.id, "ann", "answer", "a", "k1"),
        Given(other, "ann", "answer", "b", "k2"),
        Given(other, "bob", "skip", None, "k3"),
        Given(other, "bob", "answer", "a", "k4"),
    ]
    outcome = record_all(campaign.store, campaign.settings, rows, 7.0)
    assert outcome == (4, 0, 0)
    _, items, leases = everything(campaign)
    assert leases == []
    assert items[other].n_votes == 2
    kept = campaign.answers()
    assert kept["queue"].tolist()[0] == asked.queue
    assert sorted(kept["annotator"]) == ["ann", "ann", "bob"]
    campaign.undo("bob")
    again = record_all(campaign.store, campaign.settings, rows, 8.0)
    assert again == (0, 4, 0)
    assert len(campaign.answers()) == 2
    campaign.close()


def test_files_come_and_go_on_both_databases(make, tmp_path):
    campaign = make(min_votes=2)  # so the third answer is late
    rows = [
        Given(number, person, "answer", "ab"[number % 2], f"{number} {person}", 5.0)
        for number in range(6)
        for person in ["ann", "bob", "cyd"]
    ]
    assert record_all(campaign.store, campaign.settings, rows, 5.0) == (18, 0, 0)
    campaign.check()
    assert record_all(campaign.store, campaign.settings, rows, 9.0) == (0, 18, 0)
    assert campaign.status().n_late == 6
    assert {person.skill > 0.9 for person in campaign.status().people} == {True}
    export_label_studio(campaign, tmp_path / "tasks.json")
    assert import_label_studio(campaign, tmp_path / "tasks.json").n_known == 18
    (tmp_path / "counts.csv").write_text("name,a,b\n0,2,1\n")
    assert import_counts(campaign, tmp_path / "counts.csv").n_new == 3
    campaign.check()
    export_catalogue(campaign, tmp_path / "catalogue.csv")
    found = read_catalogue(tmp_path / "catalogue.csv")
    assert found["a_count"].tolist() == [5, 0, 3, 0, 3, 0]
