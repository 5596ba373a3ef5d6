"""Numbers as they stand in a verdict."""

import numpy as np


def percent(share):
    """Return a share in percent, with a decimal near 0 and 100.

    Parameters
    ----------
    share : float
        In [0, 1].

    Returns
    -------
    text : str

    Examples
    --------
    >>> percent(0.853), percent(0.9931), percent(1.0)
    ('85%', '99.3%', '100%')
    """
    # Less than 0.05% is as good as none; the end of an interval may be 1e-17.
    digits = 1 if 0.0005 <= share < 0.05 or 0.95 < share < 1 else 0
    return f"{100 * share:.{digits}f}%"


def points(difference):
    """Return the size of a difference of shares in points of percent.

    Parameters
    ----------
    difference : float
        In [-1, 1].

    Returns
    -------
    text : str

    Examples
    --------
    >>> points(0.0712), points(-0.25)
    ('7.1', '25')
    """
    size = abs(100 * difference)
    return f"{size:.0f}" if size >= 10 or size == 0 else f"{size:.1f}"


def points_between(ends):
    """Return the ends of an interval of differences, with signs where these differ.

    Parameters
    ----------
    ends : tuple of (float, float)
        The lower and the upper end.

    Returns
    -------
    text : str

    Examples
    --------
    >>> points_between((0.04, 0.102)), points_between((-0.01, 0.03))
    ('4.0 to 10', '-1.0 to +3.0')
    """
    low, high = ends
    if low < 0 < high:
        return f"-{points(low)} to +{points(high)}"
    first, last = sorted((abs(low), abs(high)))
    return f"{points(first)} to {points(last)}"


def p_value(p):
    """Return a p value with two digits that mean something.

    Parameters
    ----------
    p : float
        In (0, 1].

    Returns
    -------
    text : str

    Examples
    --------
    >>> p_value(0.4721), p_value(0.001), p_value(0.0312)
    ('p = 0.47', 'p = 0.001', 'p = 0.031')
    """
    return f"p = {np.format_float_positional(p, 2, fractional=False, trim='-')}"
