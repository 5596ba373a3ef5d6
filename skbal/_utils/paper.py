"""Figures in the size and the style of print.

A figure of a paper has the width of a column, and its letters are those of the caption.
Fonts are embedded as outlines that journals take (type 42 in PDF, paths in SVG).
Matplotlib is an extra, so it is imported only when something is drawn.
"""

import os
from contextlib import nullcontext

from skbal._utils.optional import require
from skbal._utils.validation import check_real

MM = 1 / 25.4  # in inches
_STYLE = {
    "font.size": 7,
    "axes.titlesize": 7,
    "axes.labelsize": 7,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.2,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_FONTS = {"pdf.fonttype": 42, "ps.fonttype": 42, "svg.fonttype": "path"}


def paper_style(owner, ax=None):
    """Return a context in which a new figure gets the style of print.

    Parameters
    ----------
    owner : str
        Name of the display, for messages.
    ax : object, optional
        The axes that the user gave. They keep the user's style.

    Returns
    -------
    context : context manager

    Raises
    ------
    ImportError
        If matplotlib is missing.
    """
    matplotlib = require("matplotlib", "examples", owner)
    return nullcontext() if ax is not None else matplotlib.rc_context(_STYLE)


def check_width(width, owner):
    """Return the width of a new figure in inches.

    Parameters
    ----------
    width : float
        In millimetres, from 30 to 1000.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    inches : float

    Raises
    ------
    TypeError, ValueError
        If it is no such number.
    """
    return MM * check_real(width, "width", owner, low=30, high=1000)


def save_figure(figure, file, owner, **kwargs):
    """Save a figure with its fonts embedded, in its own size.

    Parameters
    ----------
    figure : matplotlib.figure.Figure, matplotlib.figure.SubFigure or None
        The figure. Of a part of a figure, the whole is saved. None if nothing was
        drawn yet.
    file : str, os.PathLike or binary file
        Where to. The ending chooses the format.
    owner : str
        Name of the display, for messages.
    **kwargs
        Passed to ``figure.savefig``, for instance ``format`` for an open file.

    Raises
    ------
    TypeError
        If ``file`` is neither a path nor a file.
    AttributeError
        If nothing was drawn yet.
    """
    if figure is None:
        raise AttributeError(
            f"This {owner} has no figure to save before its method plot was called."
        )
    if not isinstance(file, (str, os.PathLike)) and not hasattr(file, "write"):
        raise TypeError(
            f"file of {owner}.save must be a path or a file open for writing bytes, "
            f"got {file!r:.60}."
        )
    matplotlib = require("matplotlib", "examples", owner)
    with matplotlib.rc_context(_FONTS):
        figure.figure.savefig(file, **{"dpi": 300, **kwargs})
