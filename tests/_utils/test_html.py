"""A table in HTML holds its cells as they are, and is short."""

from skbal._utils.html import html_table
from tests._utils.html import read_table


def test_cells_come_back_as_they_were_given():
    html = html_table("a & <b>", ["x", "<y>"], [["1", "</td>"], ["", '"']], ["n < 2"])
    rows = [["x", "<y>"], ["1", "</td>"], ["", '"']]
    assert read_table(html) == ("a & <b>", rows, ["n < 2"])


def test_a_long_table_is_cut_in_the_middle():
    cells = [[str(k), "-"] for k in range(21)]
    _, rows, _ = read_table(html_table("", ["k", ""], cells))
    assert [row[0] for row in rows[1:]] == [*"01234", "…", "16", "17", "18", "19", "20"]
    _, rows, _ = read_table(html_table("", ["k", ""], cells[:20]))
    assert rows[1:] == cells[:20]
