"""Which form the tables have, and the steps to the newest one."""

import logging
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from skbal.exceptions import CampaignError

_FOLDER = Path(__file__).with_name("migrations")
_logger = logging.getLogger("skbal.campaign")


def make_tables(connection, url):
    """Make the tables in an empty database.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    url : sqlalchemy.URL
        For messages.

    Raises
    ------
    CampaignError
        If there are tables already.
    """
    tables = sa.inspect(connection).get_table_names()
    if tables:
        raise CampaignError(
            f"{url.database} holds tables already, such as {tables[0]!r}. A campaign "
            "has a database of its own. Use Campaign.open to go on with a campaign."
        )
    command.upgrade(_config(connection), "head")


def check_schema(connection, url):
    """Bring the tables of an older skbal to the newest form.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    url : sqlalchemy.URL
        For messages.

    Raises
    ------
    CampaignError
        If they are not a campaign's, or made by a newer skbal.
    """
    if not sa.inspect(connection).has_table("alembic_version"):
        raise CampaignError(f"{url.database} holds no campaign.")
    present = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    config = _config(connection)
    known = [
        step.revision for step in ScriptDirectory.from_config(config).walk_revisions()
    ]
    if present not in known:
        raise CampaignError(
            f"{url.database} was made by a newer skbal: its tables have the form "
            f"{present!r}, and this one knows forms up to {known[0]!r}. Update skbal."
        )
    if present != known[0]:
        _logger.info("Bringing %s from form %s to %s.", url.database, present, known[0])
        command.upgrade(config, "head")


def _config(connection):
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
