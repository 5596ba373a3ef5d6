"""What two people, windows, processes or trainings do at the same moment."""

import threading

import numpy as np
import pytest
import sqlalchemy as sa
from sklearn.linear_model import LogisticRegression

from skbal.campaign import Campaign, _answers, _checks, _training
from skbal.campaign._tables import answer, item, lease, model, prediction
from skbal.query import MaxEntropy
from tests.campaign.conftest import new_database

X = np.arange(12.0).reshape(6, 2)


@pytest.fixture
def on_server(postgresql):
    """Give a campaign of a server, where writes do not wait for each other."""
    with Campaign.create(new_database(postgresql), X, ["a", "b"]) as campaign:
        yield campaign


def in_thread(work):
    """Start work, and give it a moment; return whether it waits, and the thread."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.3)
    return thread.is_alive(), thread


def test_who_reads_sees_one_moment(make):
    campaign = make()

    def read(connection):
        query = sa.select(sa.func.count(answer.c.id))
        before = connection.execute(query).scalar_one()
        waits, _ = in_thread(lambda: campaign.tell(0, "a", "ann"))
        assert not waits
        n_votes = connection.execute(sa.select(sa.func.sum(item.c.n_votes))).scalar()
        return before, n_votes, connection.execute(query).scalar_one()

    assert campaign.store.read(read) == (0, 0, 0)
    assert campaign.counts().sum() == 1


def test_while_items_are_computed_anew_nobody_answers_about_them(on_server):
    """Otherwise the answer would be missing in what is written."""

    def rebuild(connection):
        items = _checks._by_items(connection, on_server.settings, lock=True)
        rows, answers = next(items)
        waits, thread = in_thread(lambda: on_server.tell(0, "a", "ann"))
        assert waits
        assert (len(rows), answers) == (6, {})
        return thread

    on_server.store.write(rebuild).join(10)
    assert on_server.counts()[0].tolist() == [1, 0]
    on_server.check()


@pytest.mark.parametrize("with_number", [False, True])
def test_two_undo_at_once(on_server, monkeypatch, with_number):
    """Two requests take back two answers, or one if both mean the same one."""
    told = [on_server.tell(number, "a", "ann") for number in range(3)]
    expected = told[-1].id if with_number else None
    lock, other = _answers.locked_item, []

    def lock_late(connection, number):
        if not other:
            other.append(None)
            other[0] = on_server.undo(
                "ann", expected=expected
            )  # it comes first, and ends
        return lock(connection, number)

    monkeypatch.setattr(_answers, "locked_item", lock_late)
    mine = on_server.undo("ann", expected=expected)
    assert other[0].item == 2
    assert on_server.answers()["item"].tolist() == ([0, 1] if with_number else [0])
    assert mine is None if with_number else mine.item == 1
    on_server.check()


def test_what_was_answered_in_another_window_is_not_asked_again(make):
    """A server can give a lease while the same person's answer is on its way."""
    campaign = make()
    campaign.tell(3, "a", "ann")

    def give(connection):
        values = {"item_id": 3, "annotator_id": 1, "queue": "classic", "until": 1e12}
        connection.execute(sa.insert(lease).values(values))

    campaign.store.write(give)
    assert 3 not in {one.id for one in campaign.ask(6, "ann")}
    assert campaign.status().n_leased == 5


def test_a_training_that_began_later_and_was_done_earlier_stays(make, monkeypatch):
    campaign = make(None, ("a", "b"), LogisticRegression(), MaxEntropy(), max_votes=3)
    for number, said in enumerate("abab"):
        campaign.tell(number, said, "ann")
    fitted, later = _training.fitted, []

    def fit(*arguments):
        if not later:
            later.append(None)
            campaign.tell(4, "b", "ann")
            later[0] = campaign.retrain()
        return fitted(*arguments)

    monkeypatch.setattr(_training, "fitted", fit)
    monkeypatch.setattr(_training, "_weights", lambda estimator: b"weights")
    assert (campaign.retrain(), later[0]) == (1, 2)

    def kept(connection):
        of_model = sa.select(model.c.version, model.c.n_labels, model.c.weights)
        models = connection.execute(of_model.order_by(model.c.version)).all()
        versions = sa.select(prediction.c.version).distinct()
        return list(map(tuple, models)), connection.execute(versions).scalars().all()

    assert campaign.store.read(kept) == ([(1, 4, None), (2, 5, b"weights")], [2])
    assert campaign.status().model == 2


def test_what_a_killed_training_left_is_gone_after_the_next(make, monkeypatch):
    campaign = make(None, ("a", "b"), LogisticRegression(), MaxEntropy(), max_votes=3)
    for number, said in enumerate("abab"):
        campaign.tell(number, said, "ann")

    def killed(connection, *parts):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_training, "_finish", killed)
        patch.setattr(_training, "_forget", lambda *parts: None)  # no time for that
        with pytest.raises(KeyboardInterrupt):
            campaign.retrain()
    assert campaign.status().model is None
    assert campaign.retrain() == 2
    versions = sa.select(prediction.c.version, sa.func.count()).group_by("version")
    rows = campaign.store.read(lambda c: c.execute(versions).all())
    assert list(map(tuple, rows)) == [(2, 6)]


def test_an_interrupted_write_leaves_nothing_and_the_next_one_works(make):
    campaign = make()

    def interrupted(connection):
        _answers.record(
            connection, campaign.settings, 0, "ann", "answer", "a", key=None, now=1.0
        )
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        campaign.store.write(interrupted)
    assert len(campaign.answers()) == 0
    assert campaign.tell(0, "b", "ann").answer == "b"


def test_more_items_than_there_are(make):
    assert len(make().ask(10**18, "ann")) == 6
