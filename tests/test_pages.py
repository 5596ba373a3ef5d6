"""Pages name all that they promise to, and nothing that is not there."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import skbal.models
import skbal.query

DOCS = Path(__file__).parents[1] / "docs"
BUILT = {"generated", "auto_examples", "_build"}

pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="no docs beside tests")


def public(room):
    """Return the names of the estimators and strategies of a room."""
    bases = {"DrawStrategy", "QueryStrategy"}
    kinds = {name: getattr(room, name) for name in set(room.__all__) - bases}
    return {
        name
        for name, kind in kinds.items()
        if inspect.isclass(kind) and issubclass(kind, BaseEstimator)
    }


@pytest.mark.parametrize("room", [skbal.models, skbal.query], ids=lambda m: m.__name__)
def test_the_overview_names_every_estimator_and_strategy(room):
    page = (DOCS / "user_guide" / "overview.rst").read_text(encoding="utf-8")
    # The row of the room, and those after it that begin with an ellipsis.
    pattern = rf"^   \* - :mod:`{room.__name__}`\n(?:     .*\n|   \* - ….*\n)*"
    [row] = re.findall(pattern, page, flags=re.M)
    missing = {name for name in public(room) if f"`~{room.__name__}.{name}`" not in row}
    assert not missing, "add them to docs/user_guide/overview.rst"


def test_the_table_of_strategies_says_when_what_it_needs_and_what_it_costs():
    page = (DOCS / "user_guide" / "query_strategies.rst").read_text(encoding="utf-8")
    table = page.split("\nThe strategies\n", 1)[1].split("\n\n*Needs*", 1)[0]
    rows = [re.split(r"\n     - ", row) for row in table.split("\n   * - ")[1:]]
    assert [len(row) for row in rows] == [4] * len(rows)
    assert all(cell.strip() for row in rows for cell in row)
    named = [name for row in rows for name in re.findall(r"query\.(\w+)`", row[0])]
    assert sorted(named) == sorted(public(skbal.query))


def test_every_strategy_has_a_picture_on_its_page():
    pictures = {path.stem for path in (DOCS / "images" / "strategies").glob("*.png")}
    assert pictures == public(skbal.query), "python docs/strategy_pictures.py"


def test_the_comparison_counts_the_strategies_that_there_are():
    page = (DOCS / "comparison.rst").read_text(encoding="utf-8")
    [counted] = re.findall(r"\* - strategies for pools\n +- (\d+)\n", page)
    assert int(counted) == len(public(skbal.query))


def test_links_to_names_lead_to_names():
    missing = set()
    for page in sorted(DOCS.rglob("*.rst")):
        if BUILT & set(page.relative_to(DOCS).parts):
            continue
        text = page.read_text(encoding="utf-8")
        for target in re.findall(
            r":(?:class|func|meth):`[^`]*?(skbal\.[\w.]+)>?`", text
        ):
            if not found(target):
                missing.add(f"{page.relative_to(DOCS)}: {target}")
    assert not missing


def found(target):
    """Return whether a dotted name leads to a module, or to a name in one."""
    parts = target.split(".")
    owner, rest = importlib.import_module(parts[0]), parts[1:]
    for part in rest:
        if inspect.ismodule(owner) and not hasattr(owner, part):
            try:
                importlib.import_module(f"{owner.__name__}.{part}")
            except ModuleNotFoundError:
                return False
        if not hasattr(owner, part):
            return False
        owner = getattr(owner, part)
    return True
