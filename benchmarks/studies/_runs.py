"""Files of runs: one JSON object per line, so that a study that was stopped goes on."""

import json
from pathlib import Path


def append(path, record):
    """Add a line to a file, and make the file and its folder where they are missing."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def read(path):
    """Return the records of a file, none if there is no file.

    A last line that was cut off while it was written is removed from the file.
    """
    path = Path(path)
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]
