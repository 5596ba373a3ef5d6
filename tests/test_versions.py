"""The versions that pyproject.toml promises are those that CI installs."""

import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    not (ROOT / "constraints-lowest.txt").exists(), reason="no constraints beside tests"
)


def pinned(name):
    """Return the versions of a file of constraints by the name of the package."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {
        canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version)
        for pin in pins
    }


def promised():
    """Return the lowest version of each package that is required or in an extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    strings = [*project["dependencies"], *chain.from_iterable(extras.values())]
    lowest = {}
    for requirement in map(Requirement, strings):
        for part in requirement.specifier:
            if part.operator == ">=":
                name = canonicalize_name(requirement.name)
                lowest.setdefault(name, set()).add(Version(part.version))
    return lowest


def test_every_requirement_has_one_lowest_version():
    lowest = promised()
    assert {"numpy", "torch", "pytest"} <= set(lowest)
    assert all(len(versions) == 1 for versions in lowest.values())


def test_the_lowest_versions_are_pinned():
    lowest, pins = promised(), pinned("constraints-lowest.txt")
    # The pages are built with the newest versions alone; torch is the file's exception.
    apart = {"torch", "sphinx", "sphinx-copybutton", "sphinx-gallery"}
    apart |= {"pydata-sphinx-theme", "myst-nb"}
    assert {name: {pins.get(name)} for name in lowest if name not in apart} == {
        name: versions for name, versions in lowest.items() if name not in apart
    }
    assert pins["torch"] == pinned("constraints.txt")["torch"]


def test_the_newest_versions_are_pinned():
    assert set(promised()) <= set(pinned("constraints.txt"))
