"""Limits on how the package is built, counted in its source."""

import ast
from pathlib import Path

import pytest

import skbal

PACKAGE = Path(skbal.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {
    str(path.relative_to(PACKAGE.parent)): ast.parse(path.read_text(encoding="utf-8"))
    for path in FILES
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)

# Private modules that another room imports from, each with its reason. Fewer than 10.
PRIVATE_IMPORTS = {
    ("audit", "skbal.sampling._vote_draws"): "walks over the draws of votes",
    ("plotting", "skbal.sampling._vote_draws"): "walks over the draws of votes",
    ("policy", "skbal.query._features"): "features that distances are measured on",
    ("policy", "skbal.sampling._mean"): "the mean of draws, or predict_proba",
    ("query", "skbal.sampling._mean"): "the mean of draws, or predict_proba",
    ("query", "skbal.sampling._routes"): "draws of a model without what is around it",
    ("query", "skbal.information._probabilities"): "the entropy of a whole batch",
    ("experiments", "skbal.simulation._build"): "a comparison runs simulations",
}
MOST_INNER_IMPORTS = 9  # inside functions
MOST_LINES = 40  # in the body of a function


def room_of(name):
    """Return the module or package of skbal that a dotted name belongs to."""
    return name.split(".")[1].removesuffix(".py")


def private_imports(file, tree):
    """Give the private names of other rooms that a file imports."""
    own = room_of(file.replace("/", "."))
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        if not (node.module or "").startswith("skbal."):
            continue
        room = room_of(node.module)
        if room == own or room.startswith("_"):  # such as _utils: of all rooms
            continue
        for alias in node.names:
            parts = [*node.module.split(".")[1:], alias.name]
            if any(part.startswith("_") for part in parts):
                yield f"{file}: {node.module}.{alias.name}"


def inner_imports(file, tree):
    """Give the imports that stand inside of functions."""
    functions = (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))
    lines = {
        node.lineno
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, IMPORTS)
    }
    return [f"{file}:{line}" for line in sorted(lines)]


def long_functions(file, tree):
    """Give the functions whose body, without the docstring, has too many lines."""
    for node in ast.walk(tree):
        if not isinstance(node, FUNCTIONS):
            continue
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if body and node.end_lineno - body[0].lineno >= MOST_LINES:
            yield f"{file}: {node.name}"


def private_imports_of_sklearn(file, tree):
    """Give the private names of scikit-learn that a file imports."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or node.level:
            continue
        module = (node.module or "").split(".")
        if module[0] != "sklearn":
            continue
        for alias in node.names:
            if any(part.startswith("_") for part in [*module, alias.name]):
                yield f"{file}: {node.module}.{alias.name}"


def found_by(rule):
    return [place for file, tree in TREES.items() for place in rule(file, tree)]


def test_few_imports_reach_into_another_room():
    found = {
        (room_of(place.partition(":")[0].replace("/", ".")), place.split()[1])
        for place in found_by(private_imports)
    }
    modules = {(room, name.rpartition(".")[0]) for room, name in found}
    assert modules == set(PRIVATE_IMPORTS)
    assert len(modules) < 10


def test_few_imports_stand_inside_of_functions():
    found = found_by(inner_imports)
    assert len(found) <= MOST_INNER_IMPORTS, "\n".join(found)


def test_functions_are_short():
    assert found_by(long_functions) == []


def test_private_names_of_sklearn_are_imported_in_one_place():
    files = {place.partition(":")[0] for place in found_by(private_imports_of_sklearn)}
    assert files == {"skbal/_utils/_sklearn.py"}


@pytest.mark.parametrize(("rule", "source"), [
    (private_imports, "from skbal.loop._loop import Loop"),
    (private_imports, "from skbal.loop import _loop"),
    (inner_imports, "def f():\n    import torch"),
    (long_functions, "def f(\n    x\n):\n" + "    x = 1\n" * 41),
    (private_imports_of_sklearn, "from sklearn.utils import _safe_indexing"),
    (private_imports_of_sklearn, "from sklearn.ensemble._base import X"),
])  # fmt: skip
def test_each_rule_sees_what_it_is_about(rule, source):
    assert len(list(rule("skbal/query/_x.py", ast.parse(source)))) == 1


@pytest.mark.parametrize(("rule", "source"), [
    (private_imports, "from skbal.query._loop import Loop"),
    (private_imports, "from skbal._utils.pools import take"),
    (private_imports, "from skbal.loop import Loop"),
    (inner_imports, "import torch"),
    (long_functions, "def f(\n    x\n):\n    'doc'\n" + "    x = 1\n" * 40),
    (private_imports_of_sklearn, "from sklearn.utils import gen_batches"),
])  # fmt: skip
def test_no_rule_sees_more(rule, source):
    assert list(rule("skbal/query/_x.py", ast.parse(source))) == []
