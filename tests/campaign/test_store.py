"""What is damaged, full or somebody else's is named, and nothing is overwritten."""

import errno
import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from skbal.campaign import Campaign
from skbal.campaign._tables import item, metadata
from skbal.exceptions import CampaignError

X = np.arange(200.0).reshape(100, 2)


@pytest.fixture
def path(tmp_path):
    """Give the path of a campaign with 100 items and 20 answers, which is closed."""
    path = tmp_path / "votes.db"
    with Campaign.create(path, X, ["a", "b"]) as campaign:
        for number in range(20):
            campaign.tell(number, "a", "ann")
    return path


def test_opened_again(path):
    with Campaign.open(path) as campaign:
        assert campaign.counts()[:20, 0].sum() == 20
        assert campaign.settings.answers == ["a", "b"]
        assert repr(campaign) == f"Campaign('sqlite:///{path}', 100 items)"


def test_tables_are_those_of_the_steps(make):
    campaign = make()

    def differences(connection):
        context = MigrationContext.configure(connection)
        return compare_metadata(context, metadata)

    assert campaign.store.read(differences) == []


def test_nothing_is_overwritten(make, url):
    campaign = make()
    campaign.tell(0, "a", "ann")
    with pytest.raises(CampaignError, match=r"exists|holds tables already"):
        Campaign.create(url, X, ["a", "b"])
    assert campaign.status().n_answers == 1


def test_a_disk_without_hard_links(tmp_path, monkeypatch):
    path = tmp_path / "votes.db"
    monkeypatch.setattr(os, "link", _no_links)
    with Campaign.create(path, X, ["a", "b"]) as campaign:
        campaign.tell(0, "a", "ann")
    with Campaign.open(path) as campaign:
        assert campaign.counts()[0].tolist() == [1, 0]
    assert [one.name for one in tmp_path.iterdir()] == ["votes.db"]


@pytest.mark.parametrize("has_links", [True, False])
def test_a_file_that_somebody_makes_meanwhile_stays(tmp_path, monkeypatch, has_links):
    path, link = tmp_path / "votes.db", os.link if has_links else _no_links

    def late(source, target):
        path.write_text("theirs")
        link(source, target)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(CampaignError, match="made by somebody else at the same time"):
        Campaign.create(path, X, ["a", "b"])
    assert path.read_text() == "theirs"
    assert [one.name for one in tmp_path.iterdir()] == ["votes.db"]


def _no_links(source, target):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported")


def test_the_log_of_a_database_that_is_gone(tmp_path):
    log = tmp_path / "votes.db-wal"
    log.write_bytes(b"answers")
    with pytest.raises(
        CampaignError, match=r"votes.db-wal exists without its database"
    ):
        Campaign.create(tmp_path / "votes.db", X, ["a", "b"])
    assert log.read_bytes() == b"answers"


def test_a_failed_creation_leaves_nothing(tmp_path):
    class Broken:
        shape, dtype, ndim = (3, 2), np.dtype(float), 2

        def __len__(self):
            return 3

        def __getitem__(self, rows):
            raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError, match="the disk is gone"):
        Campaign.create(tmp_path / "votes.db", Broken(), ["a", "b"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "words"), [
    (None, r"No such file or directory\. Make a new one with Campaign\.create"),
    (b"", "is empty"),
    (b"a,b\n1,2\n" * 50, "is not a database of a campaign"),
    (b"SQLite format 3\x00", "is not a database of a campaign"),
])  # fmt: skip
def test_other_files_are_refused_and_left_alone(tmp_path, content, words):
    path = tmp_path / "votes.db"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CampaignError, match=words):
        Campaign.open(path)
    assert [one.name for one in tmp_path.iterdir()] == ["votes.db"] * path.exists()
    if content is not None:
        assert path.read_bytes() == content


def test_a_database_of_another_program(tmp_path):
    path = tmp_path / "votes.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE answer (id)")
    other.commit()
    other.close()
    with pytest.raises(CampaignError, match="is a database of another program"):
        Campaign.open(path)


def test_a_database_of_a_newer_skbal(make, url):
    campaign = make()
    newer = sa.text("UPDATE alembic_version SET version_num = '9999'")
    campaign.store.write(lambda c: c.execute(newer) and None)
    with pytest.raises(CampaignError, match=r"made by a newer skbal.*'9999'.*'0001'"):
        Campaign.open(url)


def test_a_torn_last_page(path):
    size = path.stat().st_size
    os.truncate(path, size - 2_048)
    before = path.read_bytes()
    with pytest.raises(CampaignError, match="damaged"):
        Campaign.open(path)
    assert path.read_bytes() == before


def test_a_flipped_bit_of_an_answer(path):
    data = path.read_bytes()
    place = data.rindex(b'"a"')  # of the content of an answer
    path.write_bytes(data[:place] + b'"b"' + data[place + 3 :])
    with pytest.raises(CampaignError, match=r"Answer \d+ in .* is damaged"):
        Campaign.open(path)


def test_a_flipped_bit_of_an_item(path):
    data = path.read_bytes()
    place = data.index(X[50].tobytes())
    path.write_bytes(data[:place] + b"\x01" + data[place + 1 :])
    with (
        Campaign.open(path) as campaign,
        pytest.raises(CampaignError, match="Item 50 is damaged"),
    ):
        campaign.ask(100, "bob")


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_anywhere_are_named_or_harmless(path, seed):
    """Either an error that names the file, or all answers as they were told."""
    rng = np.random.default_rng(seed)
    data = bytearray(path.read_bytes())
    for place in rng.integers(100, len(data), size=40):
        data[place] ^= 1 << rng.integers(8)
    path.write_bytes(bytes(data))
    try:
        with Campaign.open(path) as campaign:
            answers = campaign.answers()["answer"].tolist()
    except CampaignError as error:
        answers = str(error)
    assert answers == ["a"] * 20 or "votes.db" in answers


def tell_until_it_fails(campaign):
    for number in range(20, 100):
        campaign.tell(number, "b", "a long name of an annotator " * 7)


def test_a_full_disk(path):
    with Campaign.open(path) as campaign:
        limit = sa.event.listens_for(campaign.store._engine, "begin")

        @limit
        def no_more_pages(connection):
            connection.exec_driver_sql("PRAGMA max_page_count = 1")

        with pytest.raises(
            CampaignError, match=r"the disk is full.*told before is safe"
        ):
            tell_until_it_fails(campaign)
        n_answers = campaign.status().n_answers
    with Campaign.open(path) as campaign:
        assert campaign.status().n_answers == n_answers >= 20


def test_a_folder_that_cannot_be_written():
    if not Path("/proc/self").exists():
        pytest.skip("needs a folder that not even root may write")
    with pytest.raises(
        CampaignError, match=r"/proc/votes.db: the file cannot be opened"
    ):
        Campaign.create("/proc/votes.db", X, ["a", "b"])


def test_a_missing_folder(tmp_path):
    with pytest.raises(CampaignError, match="its folder is missing"):
        Campaign.create(tmp_path / "no" / "votes.db", X, ["a", "b"])


@pytest.mark.parametrize(("url", "error", "words"), [
    ("mysql://host/x", ValueError, "'postgresql://user:password@host/database'"),
    ("sqlite://", ValueError, "must name a file"),
    ("sqlite:///:memory:", ValueError, "must name a file"),
    ("nonsense://", ValueError, "must be a path such as"),
    (7, TypeError, "url of Campaign must be a path such as"),
])  # fmt: skip
def test_addresses(url, error, words):
    with pytest.raises(error, match=words):
        Campaign.open(url)


def test_a_server_that_is_away_and_no_password_in_the_message(tmp_path):
    pytest.importorskip("psycopg")
    url = f"postgresql://ann:secret@/votes?host={tmp_path}"
    with pytest.raises(CampaignError, match=r"ann:\*\*\*@") as caught:
        Campaign.open(url)
    assert "secret" not in str(caught.value)


def test_check_and_rebuild_from_the_answers_alone(make):
    campaign = make(
        items=X,
        min_votes=2,
        max_votes=4,
        gold={7: "a"},
        rules=[
            {"name": "consensus", "share": 0.9, "votes": 3},
            {"name": "cannot_tell", "votes": 1},
        ],
    )
    for person, answers in [("ann", "aab"), ("bob", "aaa"), ("cy", "ab?"), ("d", "b")]:
        for number, said in enumerate(answers * 9):
            campaign.tell(number, None if said == "?" else said, person)
        campaign.undo(person)
        campaign.skip(90, person)
    campaign.retire(95, "a star")
    campaign.check()
    items = sa.select(item).order_by(item.c.id)
    before = campaign.store.read(lambda c: c.execute(items).all())
    wrong = sa.update(item).values(n_votes=9, is_open=True, rule=None, reason=None)
    campaign.store.write(lambda c: c.execute(wrong) and None)
    with pytest.raises(CampaignError, match="does not stand where its answers put it"):
        campaign.check()
    assert campaign.rebuild() == 100
    assert campaign.store.read(lambda c: c.execute(items).all()) == before
    assert campaign.rebuild() == 0


def test_settings_that_were_changed(path):
    data = path.read_bytes()
    assert data.count(b'["a", "b"]') == 1
    path.write_bytes(data.replace(b'["a", "b"]', b'["a", "c"]'))
    with pytest.raises(CampaignError, match="settings are not what was written"):
        Campaign.open(path)
