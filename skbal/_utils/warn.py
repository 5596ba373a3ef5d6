"""Warnings that point at the caller's line, however deep in skbal they begin."""

import sys
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).parents[1])


def warn(message, category):
    """Warn as of the innermost line of code outside skbal.

    A line with the warning is of use only if it is the user's. Python 3.12 finds it by
    ``skip_file_prefixes``; this does the same for 3.11.

    Parameters
    ----------
    message : str
        What to say.
    category : type
        The class of the warning.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn("Few votes.", UserWarning)
    >>> str(caught[0].message)
    'Few votes.'
    """
    # Level 1 is this function, level 2 its caller.
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_code.co_filename):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def _is_ours(filename):
    return filename.startswith((f"{_PACKAGE}/", f"{_PACKAGE}\\"))
