"""How displays look, and the axes that they draw on.

Matplotlib is an extra, so it is imported only when something is drawn. The functions
that check arguments are called before posterior draws are made: a wrong argument, or a
missing matplotlib, is found before minutes of work.
"""

from collections.abc import Mapping

import numpy as np

from skbal._utils.optional import require

# The palette of Okabe and Ito, which people with colour blindness can tell apart. Its
# yellow is left out because it is too pale for a line.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v", "X", "P", "*", "<")
_MOST_MARKERS = 12  # on a line: more hide it


def line_style(number):
    """Return the colour and the dashes of a line.

    Parameters
    ----------
    number : int
        Number of the line in the display, from 0. No two lines look alike.

    Returns
    -------
    style : dict
        With ``color`` and ``linestyle``.
    """
    # The dashes change each time all colours have been used.
    turn, colour = divmod(number, len(COLOURS))
    return {"color": COLOURS[colour], "linestyle": DASHES[turn % len(DASHES)]}


def curve_style(number, n_points):
    """Return the look of a curve that is told from others in print without colour.

    Parameters
    ----------
    number : int
        Number of the curve in the display, from 0. Neighbours differ in colour, in
        dashes and in markers.
    n_points : int
        Number of its points. At most 12 of them get a marker.

    Returns
    -------
    style : dict
        With ``color``, ``linestyle``, ``marker`` and ``markevery``.
    """
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": DASHES[number % len(DASHES)],
        "marker": MARKERS[number % len(MARKERS)],
        "markevery": max(-(-n_points // _MOST_MARKERS), 1),
    }


def legend_label(name):
    """Return a name as a legend shows it.

    Parameters
    ----------
    name : object
        The name of a curve, which a user may have chosen.

    Returns
    -------
    label : str
        With a space before an underscore at the beginning: matplotlib leaves labels
        that begin with an underscore out of legends.

    Examples
    --------
    >>> legend_label("BALD"), legend_label("_OwnBALD")
    ('BALD', ' _OwnBALD')
    """
    label = str(name)
    return f" {label}" if label.startswith("_") else label


def check_line_kw(line_kw, owner):
    """Return keyword arguments of a line under their full names.

    Parameters
    ----------
    line_kw : dict or None
        Keyword arguments of ``ax.plot``. Short names such as ``c`` are replaced by
        ``color``, so that they do not collide with the display's own.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    line_kw : dict

    Raises
    ------
    TypeError
        If it is no dict, or the same property is given under two names.
    ImportError
        If matplotlib is missing.
    """
    if line_kw is not None and not isinstance(line_kw, Mapping):
        raise TypeError(
            f"line_kw of {owner} must be a dict of arguments of ax.plot, got "
            f"{line_kw!r:.60}."
        )
    lines = require("matplotlib.lines", "examples", owner)
    cbook = require("matplotlib.cbook", "examples", owner)
    return cbook.normalize_kwargs(line_kw or {}, lines.Line2D)


def check_ax(ax, owner):
    """Raise an error unless ``ax`` is None or axes that can be drawn on.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        None stands for a new figure.
    owner : str
        Name of the display, for messages.

    Raises
    ------
    TypeError
        If it is something else.
    ImportError
        If matplotlib is missing.
    """
    pyplot = require("matplotlib.pyplot", "examples", owner)
    if ax is not None and not isinstance(ax, pyplot.Axes):
        raise TypeError(
            f"ax of {owner} must be a matplotlib Axes or None, got {type(ax).__name__}."
        )


def check_ax_grid(ax, shape, owner):
    """Raise an error unless ``ax`` is None or a grid of axes of a given shape.

    Parameters
    ----------
    ax : array-like of matplotlib.axes.Axes or None
        None stands for a new figure.
    shape : tuple of int
        Shape of the grid. An array of another shape with as many axes is allowed.
    owner : str
        Name of the display, for messages.

    Raises
    ------
    TypeError
        If one is something else than axes.
    ValueError
        If there are more or fewer axes.
    ImportError
        If matplotlib is missing.
    """
    pyplot = require("matplotlib.pyplot", "examples", owner)
    if ax is None:
        return
    must = f"ax of {owner} must be an array of axes of shape {shape}, got"
    if np.size(ax) != np.prod(shape):
        raise ValueError(f"{must} shape {np.shape(ax)}.")
    for each in np.asarray(ax, dtype=object).ravel():
        if not isinstance(each, pyplot.Axes):
            raise TypeError(f"{must} {type(each).__name__} among them.")


def axes_or_new(ax, owner):
    """Return the given axes, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes or None
        None makes a new figure.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    ax : matplotlib.axes.Axes
    """
    check_ax(ax, owner)
    if ax is not None:
        return ax
    return require("matplotlib.pyplot", "examples", owner).subplots()[1]


def axes_or_new_grid(ax, shape, owner, **figure_kw):
    """Return the given grid of axes, or that of a new figure.

    Parameters
    ----------
    ax : array-like of matplotlib.axes.Axes or None
        None makes a new figure.
    shape : tuple of int
        Shape (n_rows, n_columns) of the grid.
    owner : str
        Name of the display, for messages.
    **figure_kw
        Passed to ``matplotlib.pyplot.subplots`` for a new figure.

    Returns
    -------
    axes : ndarray of matplotlib.axes.Axes of that shape
    """
    check_ax_grid(ax, shape, owner)
    if ax is None:
        pyplot = require("matplotlib.pyplot", "examples", owner)
        _, ax = pyplot.subplots(
            *shape, squeeze=False, layout="constrained", **figure_kw
        )
    return np.reshape(ax, shape)
