"""Clients that ask and tell, and a training, are killed at random moments.

``python -m tests.campaign.kills sqlite 1000`` makes as many kills with a file of SQLite
in a temporary folder. In place of ``sqlite`` it takes the address of an empty database
of PostgreSQL. `test_kills` runs a shorter form.
"""

import os
import random
import select
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sklearn.linear_model import LogisticRegression

from skbal.campaign import Campaign
from skbal.campaign._answers import replay
from skbal.campaign._tables import answer, item, lease, setting
from skbal.query import MaxEntropy

N_ITEMS, N_CLIENTS, LEASE = 3_000, 4, 30.0
LABELS = ["a", "b", "c"]


def create(url):
    """Make the campaign that all of this is about."""
    X = np.random.default_rng(0).normal(size=(N_ITEMS, 4))
    return Campaign.create(
        url,
        X,
        LABELS,
        LogisticRegression(),
        MaxEntropy(),
        min_votes=2,
        max_votes=6,
        rules=[{"name": "consensus", "share": 0.9, "votes": 3}],
        lease_seconds=LEASE,
    )


def said(number, person):
    """Return what a person says about an item: always the same."""
    return LABELS[random.Random(f"{number} {person}").choice([0, 1, 2, number % 3])]


def client(campaign, person, acknowledge):
    while True:
        for one in campaign.ask(3, person):
            told = campaign.tell(one.id, said(one.id, person), person)
            acknowledge(f"{one.id} {person} {int(told.late)}\n")


def people(url, group, pipe):
    """Four people answer, each in a thread, until the process is killed."""
    campaign = Campaign.open(url)

    def acknowledge(line):
        os.write(pipe, line.encode())  # at once, since it is short

    for number in range(N_CLIENTS):
        arguments = (campaign, f"{group}{number}", acknowledge)
        threading.Thread(target=client, args=arguments).start()


def trainer(url, group, pipe):
    """Retrain again and again, until the process is killed."""
    campaign = Campaign.open(url)
    while True:
        try:
            campaign.retrain()
            os.write(pipe, b"trained\n")
        except ValueError:  # nobody has answered yet
            time.sleep(0.01)


class Kills:
    """Starts the processes, kills some of them, and keeps what was acknowledged."""

    def __init__(self, url, seed=0):
        self.url, self.rng = url, random.Random(seed)
        self.acknowledged, self.n_late, self.n_trained = [], 0, 0
        self.running = {}

    def start(self, name):
        work = trainer if name == "trainer" else people
        reader, writer = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(reader)
            try:
                work(self.url, name, writer)
                threading.Event().wait()
            except BaseException as error:  # a dead process would look like a quiet one
                os.write(writer, f"failed {error!r}\n".encode())
            os._exit(1)
        os.close(writer)
        self.running[name] = (process, reader, [])

    def read(self, seconds):
        """Keep what is acknowledged during some time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            pipes = {reader: lines for _, reader, lines in self.running.values()}
            for reader in select.select(pipes, [], [], left)[0]:
                pipes[reader].append(os.read(reader, 65_536))

    def kill(self, name):
        process, reader, lines = self.running.pop(name)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        while part := os.read(reader, 65_536):
            lines.append(part)
        os.close(reader)
        for line in b"".join(lines).decode().splitlines():
            if line == "trained":
                self.n_trained += 1
                continue
            assert not line.startswith("failed"), line
            number, person, late = line.split()
            self.acknowledged.append((int(number), person))
            self.n_late += int(late)

    def run(self, n_kills):
        names = ["left", "right", "trainer"]
        for number in range(n_kills):
            for name in names:
                if name not in self.running:
                    self.start(name)
            self.read(self.rng.uniform(0.02, 0.5))
            # Less often the training, so that some come to an end.
            for name in self.rng.choices(
                [names[:1], names[1:2], names[:2], names[2:], names], [3, 3, 2, 1, 1]
            )[0]:
                self.kill(name)
            if number % 50 == 49:
                sys.stdout.write(f"{number + 1} kills\n")
        for name in list(self.running):
            self.kill(name)


def check(url, kills):
    """Raise an AssertionError unless nothing was lost, doubled or left wrong."""
    with Campaign.open(url) as campaign:
        rows = campaign.store.read(_answers)
        live = [(row.item_id, row.name) for row in rows]
        assert len(set(live)) == len(live), "an answer is there twice"
        lost = set(kills.acknowledged) - set(live)
        assert not lost, f"{len(lost)} answers were lost, such as {sorted(lost)[:3]}"
        wrong = [r for r in rows if r.content != f'"{said(r.item_id, r.name)}"']
        assert not wrong, "an answer is another than what was told"
        _check_items(campaign, rows)
        latest = campaign.store.read(_latest_lease)
        assert latest is None or latest <= time.time() + LEASE, "a lease is too long"
        return next_questions(campaign), rows


def _answers(connection):
    query = (
        sa.select(answer, sa.text("annotator.name AS name"))
        .join(sa.table("annotator"), sa.text("annotator.id = answer.annotator_id"))
        .order_by(answer.c.id)
    )
    return connection.execute(query).all()


def _latest_lease(connection):
    return connection.execute(sa.select(sa.func.max(lease.c.until))).scalar()


def _check_items(campaign, rows):
    """Compare where the items stand with what the answers alone say."""
    of_item = {}
    for row in rows:
        of_item.setdefault(row.item_id, []).append(row)
    items = campaign.store.read(lambda c: c.execute(sa.select(item)).all())
    for row in items:
        stands = replay(campaign.settings, of_item.get(row.id, []))
        assert (row.n_votes, row.doubt) == (stands.n_votes, stands.doubt)
        assert row.is_open == (stands.fired is None)
        assert row.retired_by == stands.fired_by


def next_questions(campaign):
    """Return what a new person is asked, once all leases have ended."""
    campaign.store.write(lambda c: c.execute(sa.delete(lease)) and None)
    return [(one.id, one.queue) for one in campaign.ask(20, "somebody new")]


def uninterrupted(url, rows, last_answer, n_asked):
    """Return the next questions of a campaign with the same answers and no kill."""
    with create(url) as campaign:
        # Numbers of answers have gaps where a transaction was killed.
        known = [row for row in rows if row.id <= (last_answer or 0)]
        for row in rows:
            campaign.tell(row.item_id, said(row.item_id, row.name), row.name)
            if last_answer is not None and row is known[-1]:
                campaign.retrain()
        query = sa.update(setting).where(setting.c.name == "n_asked")
        campaign.store.write(lambda c: c.execute(query.values(value=n_asked)) and None)
        return next_questions(campaign)


def state_of(url):
    """Return the newest answer that a model knows, and the number of questions."""
    with Campaign.open(url) as campaign:
        last = campaign.store.read(
            lambda c: c.execute(
                sa.text(
                    "SELECT last_answer FROM model WHERE finished_at IS NOT NULL "
                    "ORDER BY version DESC LIMIT 1"
                )
            ).scalar()
        )
        n_asked = campaign.store.read(
            lambda c: c.execute(
                sa.select(setting.c.value).where(setting.c.name == "n_asked")
            ).scalar()
        )
    return last, n_asked


def main(where, n_kills):
    with tempfile.TemporaryDirectory() as folder:
        url = str(Path(folder, "votes.db")) if where == "sqlite" else where
        create(url).close()
        kills = Kills(url)
        kills.run(n_kills)
        last, n_asked = state_of(url)
        asked, rows = check(url, kills)
        other = str(Path(folder, "other.db"))
        assert asked == uninterrupted(other, rows, last, n_asked), "other questions"
    sys.stdout.write(
        f"{n_kills} kills, {len(kills.acknowledged)} acknowledged answers, "
        f"{len(rows)} in the database, {kills.n_trained} trainings: 0 lost, 0 doubled, "
        f"{kills.n_late} after retirement\n"
    )
    return kills


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
