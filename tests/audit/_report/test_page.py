"""The page is strict HTML without scripts, addresses or markup from the data."""

import pytest
from sklearn.ensemble import RandomForestClassifier

from skbal import ActiveLearner
from skbal.audit import audit_report
from tests.audit._report.small import FAST, NAMES, POOL, TEST, Page, X, loop

NASTY = "<script>alert('1')</script> & “quotes\""


@pytest.fixture(scope="module")
def html():
    return audit_report(loop().run(), compare_random=True).to_html()


def test_tags_are_closed_ids_are_unique_and_headings_are_in_order(html):
    page = Page(html)
    assert len(set(page.ids)) == len(page.ids) > 15
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = [b - a for a, b in zip(page.headings, page.headings[1:])]
    assert max(steps) == 1
    assert set(page.links) <= {f"#{key}" for key in page.ids}


def test_it_needs_no_network_and_no_script(html):
    page = Page(html)
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert "default-src 'none'" in html
    assert "url(" not in html
    assert "@import" not in html
    assert len(page.images) >= 2
    for image in page.images:
        assert image["src"].startswith("data:image/")
        assert len(image["alt"]) > 30
    assert len(html) < 300_000


def test_a_strict_parser_finds_nothing(html):
    html5lib = pytest.importorskip("html5lib", reason="no html5lib to read pages with")
    html5lib.HTMLParser(strict=True).parse(html)


def test_text_from_the_data_is_no_markup():
    y = NAMES.astype(object)
    y[y == "setosa"] = NASTY
    learner = ActiveLearner(
        RandomForestClassifier(3, random_state=0),
        X_training=X[POOL],
        y_training=y[POOL].astype(str),
    )
    report = audit_report(
        learner, X[TEST], y[TEST].astype(str), title=NASTY, checks=FAST
    )
    page = Page(report.to_html())
    assert "script" not in page.tags
    assert "alert('1')" in page.text
    assert "<script" not in report.to_markdown().replace("\\<", "")
    assert "script" not in Page(report._repr_html_()).tags


def test_every_table_has_a_header_and_rows_as_long(html):
    page = Page(html)
    assert page.cells
    headers = [row for row in page.cells if row[0] in {"step", "class", "part"}]
    assert len(headers) == 4  # two of classes
    start = page.cells.index(headers[0])
    assert {len(row) for row in page.cells[start : start + 4]} == {len(headers[0])}


def test_a_figure_that_is_large_as_svg_is_a_png():
    from skbal.audit._report._check import Picture
    from skbal.audit._report._drawing import drawn

    def many_points(figure):
        figure.subplots().plot(range(5_000), range(5_000), ".")

    small = drawn(Picture("", "", lambda figure: figure.subplots()))
    large = drawn(Picture("", "", many_points))
    assert small.startswith("data:image/svg+xml;base64,")
    assert large.startswith("data:image/png;base64,")
    assert len(large) < 100_000
    assert small == drawn(Picture("", "", lambda figure: figure.subplots()))
