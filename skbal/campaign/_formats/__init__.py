"""Answers to and from files: tables, catalogues, Label Studio and Zooniverse."""

from skbal.campaign._formats._answer_tables import export_answers, import_answers
from skbal.campaign._formats._catalogue import export_catalogue, read_catalogue
from skbal.campaign._formats._count_tables import export_counts, import_counts
from skbal.campaign._formats._importing import Imported
from skbal.campaign._formats._label_studio import (
    export_label_studio,
    import_label_studio,
)
from skbal.campaign._formats._zooniverse import import_zooniverse

__all__ = [
    "Imported",
    "export_answers",
    "export_catalogue",
    "export_counts",
    "export_label_studio",
    "import_answers",
    "import_counts",
    "import_label_studio",
    "import_zooniverse",
    "read_catalogue",
]
