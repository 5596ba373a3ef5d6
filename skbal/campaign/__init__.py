"""Campaigns: weeks of labelling by several people, kept in a database."""

from skbal._utils.optional import require

require("sqlalchemy", "campaign", "skbal.campaign")
require("alembic", "campaign", "skbal.campaign")

from skbal.campaign._answers import Told  # noqa: E402
from skbal.campaign._campaign import Campaign  # noqa: E402
from skbal.campaign._formats import (  # noqa: E402
    Imported,
    export_answers,
    export_catalogue,
    export_counts,
    export_label_studio,
    import_answers,
    import_counts,
    import_label_studio,
    import_zooniverse,
    read_catalogue,
)
from skbal.campaign._items import Item  # noqa: E402
from skbal.campaign._server import make_app, serve  # noqa: E402
from skbal.campaign._status import Person, Status  # noqa: E402

__all__ = [
    "Campaign",
    "Imported",
    "Item",
    "Person",
    "Status",
    "Told",
    "export_answers",
    "export_catalogue",
    "export_counts",
    "export_label_studio",
    "import_answers",
    "import_counts",
    "import_label_studio",
    "import_zooniverse",
    "make_app",
    "read_catalogue",
    "serve",
]
