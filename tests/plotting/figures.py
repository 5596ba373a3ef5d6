"""What a figure shows, read back from it."""

import re
from io import BytesIO
from xml.etree import ElementTree

import numpy as np


def edges(collection):
    """Return the lower and the upper edge of a band, one value a label."""
    vertices = collection.get_paths()[0].vertices
    xs = np.unique(vertices[:, 0])
    ys = [vertices[vertices[:, 0] == x, 1] for x in xs]
    return np.array([y.min() for y in ys]), np.array([y.max() for y in ys])


def check_nothing_is_cut_off(figure):
    """All that is drawn lies on the page, to a hundredth of an inch."""
    figure.canvas.draw()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert box.x0 > -0.01
    assert box.y0 > -0.01
    assert box.x1 < width + 0.01
    assert box.y1 < height + 0.01


def check_fonts_are_embedded(display):
    """PDF holds outlines of TrueType fonts, and SVG needs no font."""
    pdf, svg = BytesIO(), BytesIO()
    display.save(pdf, format="pdf")
    display.save(svg, format="svg")
    content = pdf.getvalue()
    assert b"/FontFile2" in content
    assert not re.search(rb"/Subtype\s*/Type3", content)
    tags = [element.tag for element in ElementTree.fromstring(svg.getvalue()).iter()]
    assert not any(tag.endswith("}text") for tag in tags)
    assert any(tag.endswith("}path") for tag in tags)
