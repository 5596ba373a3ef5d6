"""Reads tables in HTML."""

from xml.etree import ElementTree


def read_table(html):
    """Return the title, the rows of cells with the header first, and the notes."""
    root = ElementTree.fromstring(html)
    title, *notes = ["".join(part.itertext()) for part in root.findall("p")]
    rows = [[cell.text or "" for cell in row] for row in root.iter("tr")]
    return title, rows, notes
