"""Warnings that point at the line of the user's code."""

import sys
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).parents[1])


def warn(message, category):
    """Warn, with the innermost line of code outside skbal as its place.

    Python 3.12 finds that line by ``skip_file_prefixes``. This does the same for 3.11.

    Parameters
    ----------
    message : str
        Text of the warning.
    category : type
        Class of the warning.

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
