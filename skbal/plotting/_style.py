"""What the lines of all displays look like, and the axes they are drawn on."""

import numpy as np

from skbal._utils.optional import require

# Okabe and Ito's palette: told apart also by eyes that mix up red and green. Its yellow
# is left out, too pale for a line.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":", "-.")


def line_style(number):
    """Return the colour and the dashes of a line, no two alike.

    Parameters
    ----------
    number : int
        Which line of the display, from 0.

    Returns
    -------
    style : dict
        With ``color`` and ``linestyle``.
    """
    # Dashes change when the colours start anew.
    turn, colour = divmod(number, len(COLOURS))
    return {"color": COLOURS[colour], "linestyle": DASHES[turn % len(DASHES)]}


def full_names(line_kw, owner):
    """Return keywords of a line under their full names.

    Parameters
    ----------
    line_kw : dict or None
        As ``ax.plot`` takes them; ``c`` beside ``color`` would be an error there.
    owner : str
        The display, for messages.

    Returns
    -------
    line_kw : dict
    """
    lines = require("matplotlib.lines", "examples", owner)
    cbook = require("matplotlib.cbook", "examples", owner)
    return cbook.normalize_kwargs(line_kw or {}, lines.Line2D)


def axes_or_new(ax, owner):
    """Return the axes given, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        Where to draw.
    owner : str
        The display, for messages.

    Returns
    -------
    ax : matplotlib.axes.Axes
    """
    if ax is None:
        pyplot = require("matplotlib.pyplot", "examples", owner)
        _, ax = pyplot.subplots()
    return ax


def axes_or_new_grid(axes, shape, owner, height, widths):
    """Return the axes given, or a grid of them in a new figure.

    Parameters
    ----------
    axes : array-like of matplotlib.axes.Axes or None
        Where to draw.
    shape : tuple of int
        (n_rows, n_columns) that are needed.
    owner : str
        The display, for messages.
    height : float
        Of a row, in inches.
    widths : sequence of float
        Of the columns, relative to the height of a row.

    Returns
    -------
    axes : ndarray of matplotlib.axes.Axes of that shape

    Raises
    ------
    ValueError
        If the axes given are more or fewer.
    """
    if axes is None:
        pyplot = require("matplotlib.pyplot", "examples", owner)
        _, axes = pyplot.subplots(
            *shape,
            squeeze=False,
            width_ratios=widths,
            figsize=(height * sum(widths), height * shape[0] + 0.8),
            layout="constrained",
        )
    axes = np.asarray(axes)
    if axes.size != shape[0] * shape[1]:
        raise ValueError(
            f"axes of {owner} must have the shape {shape}, one a panel, got "
            f"{axes.shape}."
        )
    return axes.reshape(shape)
