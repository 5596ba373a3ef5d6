"""The rule for ``verbose`` where a run shows a progress bar of its own."""

from numbers import Integral

import numpy as np

from skbal._utils.parameters import own


def check_verbose(verbose, name, owner):
    """Raise an error unless ``verbose`` is a number, a flag or a string."""
    if not isinstance(verbose, (Integral, np.bool_, str)):
        raise TypeError(
            f"{name} of {owner} must be an integer, True, False or the title of the "
            f"progress bar, got {verbose!r} ({type(verbose).__name__})."
        )


verbose_rule = own(check_verbose, "an integer, True, False or a title", [1])
