"""Figures as text that an HTML page holds: no file and no network."""

import base64
import io

from skbal._utils.optional import require

_MOST_BYTES = 150_000  # of an SVG; above, a PNG is smaller
_STYLE = {
    "svg.hashsalt": "skbal",  # else two runs differ
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


def drawn(picture):
    """Return a figure as a data URI.

    Parameters
    ----------
    picture : Picture
        What to draw.

    Returns
    -------
    uri : str
        An SVG or, if that is large, a PNG.

    Raises
    ------
    ImportError
        If matplotlib is missing.
    """
    matplotlib = require("matplotlib", "examples", "A figure of a report")
    figures = require("matplotlib.figure", "examples", "A figure of a report")
    with matplotlib.rc_context(_STYLE):
        # Without pyplot, no window is opened and nothing has to be closed.
        figure = figures.Figure(figsize=picture.size, layout="constrained")
        picture.draw(figure)
        return _uri_of(figure)


def _uri_of(figure):
    content = io.BytesIO()
    figure.savefig(content, format="svg", metadata={"Date": None})
    kind = "svg+xml"
    if content.tell() > _MOST_BYTES:
        content, kind = io.BytesIO(), "png"
        figure.savefig(content, format="png", dpi=120, metadata={"Software": None})
    text = base64.b64encode(content.getvalue()).decode("ascii")
    return f"data:image/{kind};base64,{text}"
