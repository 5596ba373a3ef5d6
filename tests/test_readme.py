"""The README's examples run as they stand, and its commands are those of CI."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

pytestmark = pytest.mark.skipif(not README.exists(), reason="no README beside tests")


def said(expression):
    """Return the verdict on BALD that the README says an expression has."""
    pattern = rf"{re.escape(expression)}  # {{'BALD': '(.*)'}}"
    return re.search(pattern, README.read_text())[1]


@pytest.mark.slow
def test_the_examples_run_one_after_the_other(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a block saves a report
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.S)
    names = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), names)
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [int(labels) for labels, _ in printed] == list(range(20, 121, 10))
    assert float(printed[-1][1]) > 0.85
    assert len(names["learner"].y_training) == 55
    assert names["comparison"].verdicts == {"BALD": said("comparison.verdicts")}
    assert names["report"].concerns[:2] == [
        "calibration_error",
        "generalisation_report",
    ]
    assert (tmp_path / "report.html").stat().st_size > 50_000


def test_the_two_commands_are_one_line_each():
    text = README.read_text()
    for name in ("main job", "test command"):
        block = re.search(rf"<!-- {name} -->\n```bash\n(.*?)\n```", text, flags=re.S)
        command = block.group(1)
        assert "\n" not in command
        assert "-c constraints.txt" in command


def test_the_install_without_torch_names_all_other_requirements():
    [listed] = re.findall(r"--no-deps \. && pip install ([^`]*)`", README.read_text())
    given = {canonicalize_name(Requirement(r).name): r for r in listed.split()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {
        canonicalize_name(requirement.name): requirement.specifier
        for requirement in map(Requirement, project["dependencies"])
    }
    for package in ("torch", "skorch", "safetensors"):  # of networks only
        del needed[package]
    assert set(given) == set(needed)
    # Later ones bring skorch, and with it torch.
    modal = Requirement(given["modal-python"]).specifier
    assert "0.4.2.1" not in modal
    assert "0.4.1" in needed["modal-python"]


def test_it_begins_with_a_figure_and_stays_short():
    lines = README.read_text().splitlines()
    figures = [line for line in lines if line.startswith("![")]
    assert lines.index(figures[0]) < 5
    path = re.search(r"\]\((.*)\)$", figures[0])[1]
    assert (ROOT / path).exists()
    assert len(lines) <= 140


def test_its_links_lead_to_files():
    links = re.findall(r"\]\(([^)#]+)\)", README.read_text())
    missing = {path for path in links if not (ROOT / path).exists()}
    assert len(links) > 10
    assert not {path for path in missing if not path.startswith("http")}


def test_getting_started_installs_in_the_same_ways():
    rows = re.findall(
        r"^\| [^|]* \| `(pip [^`]*)` \| ([\d.]* GB) \|$", README.read_text(), flags=re.M
    )
    assert len(rows) == 4
    page = ROOT / "docs" / "getting_started.rst"
    words = " ".join(page.read_text(encoding="utf-8").split())
    assert [f"``{command}`` - {size}" in words for command, size in rows] == [True] * 4
