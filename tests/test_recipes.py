"""The recipes of CONTRIBUTING.md: every path is there and does what it says."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

# What must stand in each file of a recipe, for the example that the recipe names.
RECIPES = {
    "A strategy": {
        "skbal/query/_bald.py": "class BALD(DrawStrategy)",
        "skbal/query/__init__.py": '"BALD"',
        "tests/query/test_bald.py": "BALD",
        "tests/query/test_every_strategy.py": '"BALD":',
        "tests/test_public_api.py": '"BALD"',
        "docs/api.rst": "   BALD\n",
        "docs/user_guide/query_strategies.rst": "* - :class:`~skbal.query.BALD`",
        "docs/references.rst": "[Houlsby2011]",
        "docs/user_guide/overview.rst": "~skbal.query.BALD`",
        "docs/images/strategies/BALD.png": None,
        "skbal/experiments/_benchmark/_strategies.py": '"BALD":',
        "CHANGELOG.md": "BALD",
    },
    "A posterior": {
        "skbal/models/_dropout/_classifier.py": "class MCDropoutClassifier(",
        "skbal/models/__init__.py": '"MCDropoutClassifier"',
        "tests/models/_dropout/test_mc_dropout.py": "MCDropoutClassifier(",
        "tests/test_common.py": "MCDropoutClassifier(**DROPOUT)",
        "tests/test_public_api.py": '"MCDropoutClassifier"',
        "docs/api.rst": "   MCDropoutClassifier\n",
        "docs/user_guide/networks.rst": "MCDropoutClassifier",
        "docs/user_guide/posterior_draws.rst": "MCDropoutClassifier",
        "docs/references.rst": "[Gal2016]",
        "docs/user_guide/overview.rst": "~skbal.models.MCDropoutClassifier`",
        "CHANGELOG.md": "MCDropoutClassifier",
    },
    "A likelihood of votes": {
        "skbal/models/_networks/_likelihoods/_beta_binomial.py": "LIKELIHOOD = ",
        "skbal/models/_networks/_likelihoods/_table.py": '"beta-binomial"',
        "skbal/models/_dropout/_vote_regressor.py": '"beta-binomial"',
        "skbal/models/_ensemble/_vote_regressor.py": '"beta-binomial"',
        "tests/models/_networks/_likelihoods/test_beta_binomial.py": "def test_",
        "tests/test_common.py": 'likelihood="beta-binomial"',
        "docs/user_guide/votes.rst": "beta-binomial",
        "CHANGELOG.md": "beta-binomial",
    },
    "A check": {
        "skbal/audit/_calibration/_error.py": "class CalibrationError(AuditResult)",
        "skbal/audit/__init__.py": '"calibration_error"',
        "skbal/audit/_report/_checks/_calibration_error.py": "CHECK = Check(",
        "skbal/audit/_report/_checks/__init__.py": "_calibration_error.CHECK",
        "skbal/audit/_report/_rubric_lines.py": '"calibration_error"',
        "tests/audit/_calibration/test_error.py": "calibration_error(",
        "tests/audit/_report/_checks/test_wiring.py": '"calibration_error"',
        "tests/test_parameters.py": '"CalibrationError"',
        "tests/test_public_api.py": '"calibration_error"',
        "docs/api.rst": "   calibration_error\n",
        "docs/user_guide/audit_calibration.rst": "calibration_error",
        "docs/references.rst": "[Ntampaka2022]",
        "docs/user_guide/overview.rst": "~skbal.audit.calibration_error`",
        "CHANGELOG.md": "calibration_error",
    },
    "An experiment": {
        "skbal/experiments/_catalogue/_gal2017.py": "EXPERIMENT = Experiment(",
        "skbal/experiments/_catalogue/__init__.py": '"gal2017"',
        "tests/experiments/_catalogue/test_gal2017.py": 'load_experiment("gal2017")',
        "docs/user_guide/reproduce.rst": "* - ``gal2017``",
        "docs/references.rst": "[Gal2017]",
        "CHANGELOG.md": "`gal2017`",
    },
}


def recipe(name):
    """Return the paths that a recipe lists, in their order."""
    text = PAGE[PAGE.index(f"**{name}**") :]
    items = re.split(r"\n\*\*|\n## ", text[2:])[0]
    return re.findall(r"^\d+\. `([^`]+)`:", items, flags=re.MULTILINE)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_lists_these_files(name):
    assert recipe(name) == list(RECIPES[name])


@pytest.mark.parametrize(
    ("path", "text"),
    [pair for files in RECIPES.values() for pair in files.items()],
)
def test_a_file_of_a_recipe_holds_the_example(path, text):
    assert text is None or text in (ROOT / path).read_text(encoding="utf-8")
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    ("example", "recipe"),
    [
        (r"\bBALD\b", "A strategy"),
        (r"\bMCDropoutClassifier\b", "A posterior"),
        (r"_beta_binomial\b", "A likelihood of votes"),
        (r"\bcalibration_error\b", "A check"),
        (r"\bgal2017\b", "An experiment"),
    ],
)
def test_nothing_else_registers_the_example(example, recipe):
    # A list, tuple, set or dict of names in the package: where else would a new class
    # have to be entered?
    found = set()
    others = {ROOT / "skbal" / "_demo.py"}  # chooses some strategies to show
    # Experiments have the strategies of their papers.
    others |= set((ROOT / "skbal" / "experiments" / "_catalogue").rglob("*.py"))
    for path in set((ROOT / "skbal").rglob("*.py")) - others:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            is_table = isinstance(node, ast.Assign) and isinstance(
                node.value, (ast.List, ast.Tuple, ast.Set, ast.Dict)
            )
            if is_table and re.search(example, ast.unparse(node.value)):
                found.add(str(path.relative_to(ROOT)))
    assert found <= set(RECIPES[recipe])


# Folders of modules that only serve others, and where these are tested.
TESTED_BY = {
    "campaign/migrations": "tests/campaign/test_store.py",
    "campaign/migrations/versions": "tests/campaign/test_store.py",
    "models/_votes": "tests/models/_dropout/test_vote_regressor.py",
}
PACKAGES = sorted(
    path.parent.relative_to(ROOT / "skbal")
    for path in (ROOT / "skbal").rglob("__init__.py")
    if any(other.name != "__init__.py" for other in path.parent.glob("*.py"))
)


def test_tests_lie_in_the_folder_of_the_same_path():
    for package in map(str, PACKAGES):
        own = list((ROOT / "tests" / package).rglob("test_*.py"))
        elsewhere = package in TESTED_BY and (ROOT / TESTED_BY[package]).exists()
        assert own or elsewhere, f"skbal/{package} has no tests in tests/{package}"


def says_what_it_holds(path):
    """Return whether a file has the name of a module, or a docstring."""
    folder = ROOT / "skbal" / path.parent.relative_to(ROOT / "tests")
    name = path.stem.removeprefix("test_")
    modules = (f"{name}.py", f"_{name}.py", f"__{name}__.py")
    if any((folder / module).exists() for module in modules):
        return True
    return bool(ast.get_docstring(ast.parse(path.read_text("utf-8"))))


def test_a_test_has_the_name_of_a_module_or_says_what_it_holds():
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    silent = [str(path) for path in files if not says_what_it_holds(path)]
    assert not silent, (
        "name a test after the module of skbal that it tests, or give it a docstring "
        "that says what it tests"
    )
