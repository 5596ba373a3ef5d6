"""A module imports only from lower layers, also inside functions."""

import ast
import re
from pathlib import Path

import skbal

PACKAGE = Path(skbal.__file__).parent

# A row is a layer, and its sets are in the order in which they may be imported.
LAYERS = [
    [{"_version", "exceptions"}, {"_utils"}],
    [{"information", "base", "datasets"}],
    [{"sampling", "features"}],
    [{"votes"}, {"models", "query", "oracles", "filters", "seeding", "testing"}],
    [{"learner"}, {"adapters"}],
    [{"stopping"}, {"loop"}, {"simulation"}],
    [{"plotting"}, {"experiments"}],
    [{"audit", "campaign", "policy"}, {"_demo", "_course"}, {"__main__"}],
]
ORDER = [modules for layer in LAYERS for modules in layer]
LEVEL = {module: level for level, modules in enumerate(ORDER) for module in modules}
# A strategy sees draws, never the model's class.
FORBIDDEN = {("query", "models")}


def part_of(path):
    """Return the module or package of skbal that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def where_it_lives(name):
    """Return the module behind ``from skbal import name``."""
    if name == "__version__":
        return "skbal._version"
    return skbal._LAZY.get(name, f"skbal.{name}")


def is_lazy(node):
    """Return whether a node is a call like ``lazy_module("skbal.models._draws")``."""
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return is_call and node.func.id == "lazy_module"


def imported_parts(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
            if node.module == "skbal":
                names = [where_it_lives(alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif is_lazy(node):
            names = [node.args[0].value]
        else:
            continue
        for name in names:
            if name.startswith("skbal."):
                yield name.split(".")[1]


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or (
    path.name != "__init__.py"))  # fmt: skip


def is_allowed(own, other):
    if own == other:
        return True
    return LEVEL[other] < LEVEL[own] and (own, other) not in FORBIDDEN


def test_imports_point_downward():
    upward = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path in FILES
        for other in imported_parts(path)
        if not is_allowed(part_of(path), other)
    ]
    assert not upward


def test_the_rule_sees_an_upward_import(tmp_path):
    file = tmp_path / "x.py"
    file.write_text(
        "import skbal.query\nfrom skbal import ActiveLearner, models, __version__\n"
        "def f():\n    from skbal.loop import History\n"
        "audit = lazy_module('skbal.audit._pit')"
    )
    assert is_allowed("loop", "learner")
    assert not is_allowed("learner", "loop")
    assert not is_allowed("query", "models")
    assert set(imported_parts(file)) == {
        "query", "learner", "models", "_version", "loop", "audit",
    }  # fmt: skip


def test_every_part_of_the_package_has_a_layer():
    parts = {part_of(path) for path in FILES}
    assert parts == set(LEVEL)


def test_the_table_for_contributors_names_these_layers():
    page = (PACKAGE.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d) \| (.*) \|$", page, flags=re.MULTILINE)
    listed = [set(re.findall(r"`(\w+)`", modules)) for _, modules in rows]
    hidden = {"_version", "_demo", "_course"}
    assert listed == [set.union(*layer) - hidden for layer in LAYERS]
