"""Every extra is installed and used by `.ci/package.py`, which CI runs."""

import importlib.util
import io
import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / ".ci" / "package.py"

pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="no .ci beside tests")


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("package_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_extra_is_used(script):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [set(script.USES), set(script.IMPORTS), script.APART]
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert set.union(*parts) == set(project["project"]["optional-dependencies"])


def test_an_extra_that_a_message_names_is_used(script):
    named = set()
    for path in (ROOT / "skbal").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'require\(\s*"[\w.]+",\s*"(\w+)"', text))
    assert named == {*script.USES, "parquet"}  # which the campaign must be there for


# Older versions of faiss warn when they are imported.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("extra", ["examples", "graph", "images", "policy", "course"])
def test_with_its_extra_the_code_runs(script, extra, monkeypatch):
    monkeypatch.setattr("sys.argv", ["python"])
    if extra == "examples":  # a command, which ends
        with pytest.raises(SystemExit, match=r"^0$"):
            exec(script.USES[extra], {})
    else:
        exec(script.USES[extra], {})


def archives(folder, wheel, sources):
    """Write a wheel and an archive with files of these names."""
    with zipfile.ZipFile(folder / "a.whl", "w") as archive:
        for name in wheel:
            archive.writestr(name, "")
    with tarfile.open(folder / "a.tar.gz", "w:gz") as archive:
        for name in sources:
            archive.addfile(tarfile.TarInfo(f"skbal-0.1/{name}"), io.BytesIO())
    return folder / "a.whl", folder / "a.tar.gz"


WHEEL = ["skbal/__init__.py", "skbal/policy/shipped.json", "skbal-0.1.dist-info/RECORD"]
SOURCES = ["LICENSE", "README.md", "CHANGELOG.md", "constraints.txt", "conftest.py"]
SOURCES += ["pyproject.toml", "setup.cfg", "tests/test_base.py"]


@pytest.mark.parametrize(
    ("wheel", "sources"),
    [
        ([*WHEEL, "tests/test_base.py"], SOURCES),
        (WHEEL[:1], SOURCES),
        (WHEEL, SOURCES[:-1]),
        (WHEEL, [*SOURCES, "benchmarks/studies/results.jsonl"]),
    ],
)
def test_wrong_contents_are_refused(script, wheel, sources, tmp_path):
    script.check_contents(*archives(tmp_path, WHEEL, SOURCES))
    with pytest.raises(AssertionError):
        script.check_contents(*archives(tmp_path, wheel, sources))
