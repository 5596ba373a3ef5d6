"""The recipe for conda asks for what pyproject.toml asks for."""

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from skbal import __version__

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "recipe" / "meta.yaml"

pytestmark = pytest.mark.skipif(not RECIPE.exists(), reason="no recipe beside tests")

# Packages that conda-forge knows by other names.
CONDA = {
    "astropy": "astropy-base",
    "dask": "dask-core",
    "matplotlib": "matplotlib-base",
    "torch": "pytorch",
}


def listed(section):
    """Return a list of the recipe as versions by the name of the package."""
    lines = RECIPE.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip() == f"{section}:")
    depth = len(lines[start]) - len(lines[start].lstrip())
    items = {}
    for line in lines[start + 1 :]:
        found = re.fullmatch(rf" {{{depth + 2}}}- (\S+) ?(\S*)", line)
        if found is None:
            break
        items[found[1]] = SpecifierSet(found[2])
    return items


def wanted(requirements):
    """Return requirements of pip as conda writes them."""
    parsed = map(Requirement, requirements)
    pairs = [(canonicalize_name(item.name), item.specifier) for item in parsed]
    # An extra may ask for another one.
    return {CONDA.get(n, n): specifier for n, specifier in pairs if n != "skbal"}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_a_run_requires_what_the_wheel_requires():
    table = project()["project"]
    python = {"python": SpecifierSet(table["requires-python"])}
    assert listed("run") == python | wanted(table["dependencies"])


def test_optional_packages_have_the_lowest_versions_of_the_extras():
    extras = project()["project"]["optional-dependencies"]
    apart = {"docs", "test"}
    requirements = [items for name, items in extras.items() if name not in apart]
    assert listed("run_constrained") == wanted(chain.from_iterable(requirements))


def test_the_build_has_the_backend_and_the_version_of_the_package():
    (backend,) = project()["build-system"]["requires"]
    assert listed("host").items() >= wanted([backend]).items()
    assert listed("host")["python"] == listed("run")["python"]
    text = RECIPE.read_text(encoding="utf-8")
    assert f'version: "{__version__}"' in text
    (script,) = project()["project"]["scripts"].items()
    assert "- {} = {}".format(*script) in text
    table = project()["project"]
    assert f'summary: "{table["description"]}"' in text
    assert f"license: {table['license']}\n" in text
