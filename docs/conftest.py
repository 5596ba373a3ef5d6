"""Which files here hold examples that pytest runs: the pages, and nothing built."""

from pathlib import Path

import pytest

collect_ignore = ["_build", "auto_examples", "api"]
collect_ignore += ["conf.py", "gallery_pages.py", "gallery_run.py", "mathml.py"]

DOCS = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Mark the pages as slow: each runs the whole of its code."""
    for item in items:
        if DOCS in item.path.parents:
            item.add_marker(pytest.mark.slow)
