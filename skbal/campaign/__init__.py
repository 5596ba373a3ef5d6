"""Campaigns: weeks of labelling by several people, kept in a database."""

from skbal._utils.optional import require

require("sqlalchemy", "campaign", "skbal.campaign")
require("alembic", "campaign", "skbal.campaign")

from skbal.campaign._answers import Told  # noqa: E402
from skbal.campaign._campaign import Campaign  # noqa: E402
from skbal.campaign._items import Item  # noqa: E402
from skbal.campaign._server import make_app, serve  # noqa: E402
from skbal.campaign._status import Person, Status  # noqa: E402

__all__ = ["Campaign", "Item", "Person", "Status", "Told", "make_app", "serve"]
