"""The database of a campaign: a file of SQLite, or PostgreSQL.

`Store.write` runs a function of a connection in one transaction, which is on disk when
it returns. In SQLite, writes of several threads share a transaction.
"""

import os
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from skbal._utils.group_commit import GroupCommit, Interrupted
from skbal.campaign._schema import check_schema, make_tables
from skbal.campaign._sqlite import APPLICATION_ID, check_file, check_pages, set_up
from skbal.exceptions import CampaignError

_TRIES = 5  # of a transaction that PostgreSQL ended in favour of another


class Store:
    """The tables of a campaign, with a way to read and a way to write.

    Parameters
    ----------
    url : str or os.PathLike
        "sqlite:///votes.db", the path "votes.db", or "postgresql://user@host/name".

    Attributes
    ----------
    url : sqlalchemy.URL
        Where the tables are.
    is_file : bool
        Whether it is a file of SQLite.
    """

    def __init__(self, url):
        self.url = check_url(url)
        self.is_file = self.url.get_backend_name() == "sqlite"
        self._engine = _engine(self.url)
        self._reading = self._engine
        if not self.is_file:
            # Otherwise each statement would see a moment of its own.
            self._reading = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._commits = GroupCommit(self._transact)

    @classmethod
    def create(cls, url, fill):
        """Make the tables and fill them, all or nothing.

        Parameters
        ----------
        url : str or os.PathLike
            As the class takes it.
        fill : callable
            Called with a connection to the empty tables.

        Returns
        -------
        store : Store

        Raises
        ------
        CampaignError
            If there is something already, or the database cannot be written.
        """
        url = check_url(url)
        if url.get_backend_name() != "sqlite":
            return cls(url)._filled(fill)
        path = Path(url.database)
        if path.exists():
            raise CampaignError(
                f"{path} exists, and a new campaign would overwrite it. Give "
                "another name, or go on with it: Campaign.open, or skbal label."
            )
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            raise CampaignError(
                f"{log} exists without its database. It may hold answers that {path} "
                "lacked when it was moved or deleted. Move it away first."
            )
        # Under another name until it is whole.
        unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.unfinished")
        try:
            _create_file(url, unfinished, fill)
            _give_name(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        return cls.open(url)

    def _filled(self, fill):
        try:
            with _words_for_errors(self.url), self._engine.begin() as connection:
                make_tables(connection, self.url)
                fill(connection)
        except BaseException:
            self.close()
            raise
        return self

    @classmethod
    def open(cls, url):
        """Open tables that `create` made.

        Parameters
        ----------
        url : str or os.PathLike
            As the class takes it.

        Returns
        -------
        store : Store

        Raises
        ------
        CampaignError
            If they are missing, damaged, or made by a newer skbal.
        """
        url = check_url(url)
        if url.get_backend_name() == "sqlite":
            check_file(Path(url.database))
        store = cls(url)
        try:
            with _words_for_errors(url):
                if store.is_file:
                    store.read(check_pages)
                store.write(lambda connection: check_schema(connection, url))
        except BaseException:
            store.close()
            raise
        return store

    def read(self, operation):
        """Return what a function of a connection returns; it sees one moment.

        Parameters
        ----------
        operation : callable
            It must not write.
        """
        with _words_for_errors(self.url), self._reading.begin() as connection:
            return operation(connection)

    def write(self, operation):
        """Return what a function of a connection returns, once it is on disk.

        Parameters
        ----------
        operation : callable
            If it raises an error, nothing is written. It may be called again if it
            stood in the way of another transaction.
        """
        if self.is_file:
            try:
                return self._commits.run(operation)
            except Interrupted as error:
                raise CampaignError(
                    f"{self.url.database}: {error}. Try again."
                ) from None
        for tries_left in reversed(range(_TRIES)):
            try:
                with _words_for_errors(self.url), self._engine.begin() as connection:
                    return operation(connection)
            except CampaignError as error:
                if not tries_left or not _may_try_again(error.__cause__):
                    raise
                time.sleep(0.01)

    def close(self):
        """Close all connections. The store opens new ones if it is used again."""
        self._engine.dispose()

    def _transact(self, operations):
        # Each operation has a savepoint, so that its error undoes nothing of others.
        outcomes = []
        immediately = self._engine.execution_options(begin="BEGIN IMMEDIATE")
        with _words_for_errors(self.url), immediately.begin() as connection:
            for operation in operations:
                savepoint = connection.begin_nested()
                try:
                    result = operation(connection)
                except sa.exc.OperationalError:
                    raise  # such as a full disk, after which there is no savepoint
                except Exception as error:
                    savepoint.rollback()
                    outcomes.append((None, error))
                else:
                    savepoint.commit()
                    outcomes.append((result, None))
        return outcomes


def check_url(url):
    """Return the address of a database, or raise an error that says what it may be."""
    if isinstance(url, os.PathLike) or (isinstance(url, str) and "://" not in url):
        return sa.URL.create("sqlite", database=os.fspath(url))
    wrong = (
        "url of Campaign must be a path such as 'votes.db', 'sqlite:///votes.db' or "
        f"'postgresql://user:password@host/database', got {url!r}."
    )
    if not isinstance(url, (str, sa.URL)):
        raise TypeError(wrong)
    try:
        url = sa.make_url(url)
        backend = url.get_backend_name()
    except sa.exc.ArgumentError as error:
        raise ValueError(wrong) from error
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ValueError(wrong)
    if url.database in {None, "", ":memory:"}:
        raise ValueError(
            "url of Campaign must name a file, since a campaign in memory would be "
            f"lost, got {url!s}."
        )
    return url


def _engine(url):
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"isolation_level": None})
        set_up(engine)
        return engine
    try:
        return sa.create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
    except ImportError as error:
        raise ImportError(
            "A campaign in PostgreSQL needs psycopg, which could not be imported "
            f"({error}). Install it with: pip install 'skbal[postgresql]'"
        ) from error


def _create_file(url, unfinished, fill):
    engine = _engine(url.set(database=str(unfinished)))
    try:
        with _words_for_errors(url), engine.begin() as connection:
            make_tables(connection, url)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            fill(connection)
        with _words_for_errors(url), engine.connect() as connection:
            # All in one file, which then gets its name.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA journal_mode = DELETE")
    finally:
        engine.dispose()


def _give_name(unfinished, path):
    try:
        _link(unfinished, path)
    except FileExistsError:
        raise CampaignError(
            f"{path} was made by somebody else at the same time. Use Campaign.open."
        ) from None


def _link(unfinished, path):
    """Give a file another name, or raise a FileExistsError; nothing is replaced."""
    try:
        os.link(unfinished, path)  # unlike a renaming, it never replaces a file
    except FileExistsError:
        raise
    except OSError:  # no hard links, as on exFAT: replace an empty file of our own
        with open(path, "xb"):
            pass
        os.replace(unfinished, path)


@contextmanager
def _words_for_errors(url):
    try:
        yield
    except UnicodeDecodeError as error:
        raise CampaignError(f"{url.database}: {_WORDS['malformed']}.") from error
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        where = url.database if url.get_backend_name() == "sqlite" else _shown(url)
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise CampaignError(f"{where}: {_explained(cause)} ({cause}).") from error


def _shown(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


_WORDS = {
    "full": "the disk is full, so nothing of this was written. What was told before is "
    "safe",
    "malformed": "the file is damaged. Nothing was overwritten: copy it, then restore "
    "a backup, or use sqlite3's .recover on the copy",
    "not a database": "it is not a database of a campaign",
    "readonly": "the file or its folder cannot be written",
    "unable to open": "the file cannot be opened for writing, or its folder is missing "
    "or read-only",
    "locked": "somebody else has been writing for a minute",
    "disk I/O": "the disk failed, so nothing of this was written",
}


def _explained(cause):
    for sign, words in _WORDS.items():
        if sign in cause:
            return words
    return "the database reports an error, so nothing of this was written"


def _may_try_again(error):
    # As PostgreSQL numbers them: a serialisation failure, a deadlock, and a row that
    # two wrote at once, such as the name of a new person.
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state in {"40001", "40P01", "23505"}
