"""Campaigns on SQLite and, where a server is installed, on PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from skbal.campaign import Campaign


def _programs():
    """Return the folder of the newest server of PostgreSQL, or None."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(folders, key=lambda path: int(path.parent.parent.name))
    found = newest[-1] if newest else shutil.which("initdb")
    return None if found is None else Path(found).parent


@pytest.fixture(scope="session")
def postgresql():
    """Give the address of a server of PostgreSQL that runs for these tests."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    # No folder of pytest, since only its own user may enter. Sockets want short names.
    folder = Path(tempfile.mkdtemp(prefix="skbal-"))
    as_user = []
    if os.getuid() == 0:  # the server refuses to run as root
        as_user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")

    def run(program, *arguments):
        command = [*as_user, programs / program, *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    data = folder / "data"
    run("initdb", "-D", data, "-A", "trust", "-U", "skbal", "--no-sync")
    # No port: a socket in this folder, so that servers do not meet. Clients are killed
    # here, never the server, so it need not wait for the disk.
    options = f"-c listen_addresses='' -c fsync=off -k {folder}"
    run("pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    try:
        yield f"postgresql://skbal@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def new_database(server):
    """Make an empty database, and return its address."""
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    name = f"campaign_{uuid.uuid4().hex}"
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return url.set(database=name).render_as_string()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Give the address of a database that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'votes.db'}"
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def make(url):
    """Give a function that makes a campaign, which is closed in the end."""
    made = []

    def make(items=None, answers=("a", "b"), *parts, **arguments):
        items = np.arange(12.0).reshape(6, 2) if items is None else items
        made.append(Campaign.create(url, items, answers, *parts, **arguments))
        return made[-1]

    yield make
    for campaign in made:
        campaign.close()
