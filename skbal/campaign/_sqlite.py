"""What SQLite needs to lose nothing, and to be sure that a file is a campaign's."""

import sqlalchemy as sa

from skbal.exceptions import CampaignError

# Kept by SQLite in the head of a file: "skba" in bytes.
APPLICATION_ID = int.from_bytes(b"skba", "big")
_MAGIC = b"SQLite format 3\x00"

_ADVICE = (
    "Nothing was overwritten: copy it, then restore a backup, or use sqlite3's "
    ".recover on the copy."
)
_PRAGMAS = (
    "journal_mode = WAL",  # readers and a writer at the same time
    "synchronous = FULL",  # what is committed survives a power cut
    "foreign_keys = ON",
    "busy_timeout = 60000",  # milliseconds
    "cell_size_check = ON",
    "trusted_schema = OFF",
)


def set_up(engine):
    """Give each connection of an engine its settings, and begin transactions by hand.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        The option ``begin`` of a connection is the statement that begins a
        transaction, such as "BEGIN IMMEDIATE", which waits for its turn to write.
    """

    @sa.event.listens_for(engine, "connect")
    def configure(connection, record):
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection):
        statement = connection.get_execution_options().get("begin", "BEGIN")
        connection.exec_driver_sql(statement)


def check_file(path):
    """Raise an error unless a file begins as a campaign's file does.

    SQLite would make a new file, or take an empty one for a new database.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Raises
    ------
    CampaignError
        If it is missing, empty or something else.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(100)
    except OSError as error:
        raise CampaignError(
            f"{path} cannot be opened as a campaign: {error.strerror}. Make "
            "a new one with Campaign.create, or skbal campaign new."
        ) from error
    if not head:
        raise CampaignError(f"{path} is empty. It is no campaign, or no longer one.")
    if head[:16] != _MAGIC or len(head) < 100:
        raise CampaignError(f"{path} is not a database of a campaign.")
    if int.from_bytes(head[68:72], "big") != APPLICATION_ID:
        raise CampaignError(f"{path} is a database of another program.")
    _check_length(path, head)


def _check_length(path, head):
    """Raise an error if the file is shorter than its head says."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return  # pages may be missing that SQLite will take from there
    page_size = int.from_bytes(head[16:18], "big")
    page_size = 65_536 if page_size == 1 else page_size
    expected = page_size * int.from_bytes(head[28:32], "big")
    if path.stat().st_size < expected:
        raise CampaignError(
            f"{path} is damaged: it has {path.stat().st_size} bytes of {expected}. "
            f"{_ADVICE}"
        )


def check_pages(connection):
    """Raise an error unless all pages of a file are as SQLite writes them.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the file.

    Raises
    ------
    CampaignError
        If the file is damaged.
    """
    _check_by(connection, "quick_check(1)")


def check_everything(connection):
    """Raise an error unless pages and indexes agree, which takes longer.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Open on the file.

    Raises
    ------
    CampaignError
        If the file is damaged.
    """
    _check_by(connection, "integrity_check(1)")


def _check_by(connection, pragma):
    found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
    if found != "ok":
        raise CampaignError(
            f"{connection.engine.url.database} is damaged: {found}. {_ADVICE}"
        )
