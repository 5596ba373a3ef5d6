import json
from pathlib import Path

import docutils.core
import pytest
from docutils.writers import html5_polyglot

import skbal
from skbal.experiments._benchmark._page import page_of, stored, write_page
from tests.experiments._benchmark.toy import HEADER, result, units

PAGE = Path(skbal.__file__).parents[1] / "docs" / "benchmark"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "results").mkdir()
    lines = [json.dumps(line) for line in (HEADER, *units())]
    path = tmp_path / "results" / "benchmark-forest.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return tmp_path


def test_a_page_says_what_the_units_say(folder):
    text = write_page(folder).read_text(encoding="utf-8")
    assert "Better than random: none." in text
    assert "are 2 of the other 2 strategies, which" in text
    assert "skbal benchmark forest --repeats 3 --data FOLDER" in text
    assert "Made with skbal 0.0, numpy 2.0." in text
    assert "VoteBALD`: a label is votes." in text
    assert "Not run yet with forest:" in text
    assert str(folder) not in text
    assert (folder / "images" / "forest.png").stat().st_size > 1000


def test_a_page_is_made_of_the_units_alone(folder):
    first = write_page(folder).read_text(encoding="utf-8")
    assert page_of({"forest": result()}) == first
    path = folder / "results" / "benchmark-forest.jsonl"
    changed = path.read_text().replace("0.655", "0.155")
    path.write_text(changed)
    assert write_page(folder).read_text(encoding="utf-8") != first


def test_a_page_is_text_that_docutils_reads(folder):
    text = write_page(folder).read_text(encoding="utf-8")
    for role in (":class:", ":ref:", ":doc:"):
        text = text.replace(role, ":code:")
    text = text.replace("[Demsar2006]_", "Demsar")
    settings = {"report_level": 2, "halt_level": 2}
    html = docutils.core.publish_string(
        text, writer=html5_polyglot.Writer(), settings_overrides=settings
    )
    assert html.count(b"<table") == 4


def test_without_units_there_is_no_page(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no units of a benchmark in .*results"
    ):
        write_page(tmp_path)


@pytest.mark.skipif(not PAGE.exists(), reason="no documentation beside tests")
def test_the_page_of_the_documentation_is_made_of_its_units():
    results = stored(PAGE)
    text = (PAGE / "index.rst").read_text(encoding="utf-8")
    assert text == page_of(results), "run skbal benchmark --page docs/benchmark"
    for name in results:
        assert (PAGE / "images" / f"{name}.png").exists()
