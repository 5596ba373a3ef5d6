from dataclasses import replace
from pathlib import Path

import docutils.core
import pytest
from docutils.writers import html5_polyglot
from hypothesis import example, given
from hypothesis import strategies as st

import skbal
from skbal.experiments import (
    Claim,
    Reproduction,
    Statement,
    load_experiment,
    reproduce,
)
from skbal.experiments._declared import _page
from skbal.experiments._declared._figure import image_of
from skbal.experiments._declared._page import (
    index_of,
    others_of,
    page_of,
    plain,
    stored,
    write_page,
)
from tests.experiments._declared.toy import COINS

HEADS = Statement("heads", lambda found: found.values("heads", "fair"), "near", 51)
PAGES = Path(skbal.__file__).parents[1] / "docs" / "reproductions"


@pytest.fixture
def coins(tmp_path, monkeypatch):
    monkeypatch.setattr(_page, "NAMES", ("coins", "dice"))
    declared = {"coins": COINS, "dice": replace(COINS, name="dice")}
    monkeypatch.setattr(_page, "load_experiment", declared.get)
    reproduce(COINS, output=tmp_path / "results")
    return tmp_path


def without_roles(text):
    """Return a page as docutils reads it without Sphinx."""
    return text.replace(":doc:", ":code:").replace(":ref:", ":code:")


def test_a_page_has_every_number_and_what_differs(coins):
    path = write_page(COINS, coins)
    text = path.read_text()
    for row in reproduce(COINS).table()[1]:
        assert "\n".join(f"- {cell}".rstrip() for cell in row[:1]) in text
        assert row[2] in text
    assert "- The coins are not those of the paper." in text
    assert "   * - ``n_throws``\n     - 100" in text
    assert "2 arms with 3 seeds each" in text
    assert str(coins) not in text
    assert (coins / "images" / "coins.png").stat().st_size > 1000


def test_a_page_says_how_long_units_took_only_if_all_were_timed(coins):
    found = reproduce(COINS, output=coins / "results")
    timed = [{**unit, "seconds": 100.0 + k} for k, unit in enumerate(found.units)]
    page = page_of(Reproduction(COINS, timed, found.headers))
    assert "The 6 units that were run took 10 minutes on cpu, the longest 105" in page
    del timed[2]["seconds"]
    page = page_of(Reproduction(COINS, timed, found.headers))
    assert "6 units were run on cpu. Not all of them were timed." in page


def test_a_page_is_made_of_the_units_alone(coins):
    first = write_page(COINS, coins).read_text()
    assert write_page(COINS, coins).read_text() == first
    # One number changed in the file changes the page.
    path = coins / "results" / "coins.jsonl"
    path.write_text(path.read_text().replace('"heads": 80.0', '"heads": 83.0'))
    assert "82.0 (79.5 to 84.5)" in write_page(COINS, coins).read_text()


def test_pages_are_text_that_docutils_reads(coins):
    write_page(COINS, coins)
    for page in ("coins.rst", "index.rst"):
        text = without_roles((coins / page).read_text())
        text = text.replace(".. toctree::\n   :hidden:\n\n   coins\n", "")
        settings = {"report_level": 2, "halt_level": 2}
        html = docutils.core.publish_string(
            text, writer=html5_polyglot.Writer(), settings_overrides=settings
        )
        assert b"<table" in html


@example(text="Y. Gal")
@given(text=st.text("aY.*`|_\\- +:)1", min_size=1, max_size=12))
def test_a_text_is_shown_as_it_is(text):
    words = " ".join(text.split())
    if words:
        settings = {"report_level": 2, "halt_level": 2}
        tree = docutils.core.publish_doctree(
            f"before\n\n{plain(words)}\n", settings_overrides=settings
        )
        assert [node.astext() for node in tree.children] == ["before", words]


def test_a_page_with_claims_is_written_again_with_what_they_are_about(
    tmp_path, monkeypatch
):
    about_coins = replace(
        COINS,
        name="dice",
        draw={"heads": ("Heads of the dice", COINS.draw)},
        claims=(
            Claim("Heads: 51", "section 1", (HEADS,), experiment="coins"),
            Claim("Heads: 51", "section 2", (HEADS,)),
        ),
        counterparts={"Figure 1": "coins", "Figure 2": "heads", "Table 1": "All *"},
    )
    declared = {"coins": COINS, "dice": about_coins}
    monkeypatch.setattr(_page, "NAMES", tuple(declared))
    monkeypatch.setattr(_page, "load_experiment", declared.get)
    reproduce(about_coins, output=tmp_path / "results")
    page = write_page(about_coins, tmp_path)
    text = page.read_text()
    assert "Of 2 claims: 1 not run, 1 reproduced." in text
    for here in ("``skbal reproduce coins``", ":ref:`figure-dice-heads`", r"All \*"):
        assert f"     - {here}" in text
    assert ".. _figure-dice-heads:\n\n.. figure:: images/dice-heads.png" in text
    assert (tmp_path / "images" / "dice-heads.png").exists()
    reproduce(COINS, output=tmp_path / "results")
    write_page(COINS, tmp_path)
    assert "Of 2 claims: 2 reproduced." in page.read_text()


def test_units_of_other_settings_say_nothing_about_claims(coins, monkeypatch):
    other = replace(COINS, settings={"n_throws": 7, "odd": [1, 3]})
    monkeypatch.setattr(_page, "load_experiment", {"coins": other}.get)
    about = replace(COINS, claims=(Claim("It", "1", (HEADS,), experiment="coins"),))
    assert others_of(about, coins / "results") == {"coins": None}


def test_the_index_says_what_was_run(coins):
    text = index_of(coins)
    assert ":doc:`coins <coins>`" in text
    assert "6 of 6 units" in text
    assert "``dice``" in text
    assert text.count("not run yet") == 1
    assert text.rstrip().endswith("   coins")


def test_without_units_there_is_no_page(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no units of coins in .*results. Run"):
        write_page(COINS, tmp_path)


@pytest.mark.skipif(not PAGES.exists(), reason="no documentation beside tests")
def test_the_pages_of_the_documentation_are_made_of_their_units():
    names = [path.stem for path in (PAGES / "results").glob("*.jsonl")]
    for name in names:
        experiment = load_experiment(name)
        others = others_of(experiment, PAGES / "results")
        page = page_of(stored(experiment, PAGES), others)
        assert (PAGES / f"{name}.rst").read_text(encoding="utf-8") == page, name
        for which in experiment.figures():
            assert image_of(PAGES / "images" / f"{name}.png", which).exists()
    assert (PAGES / "index.rst").read_text(encoding="utf-8") == index_of(PAGES)
