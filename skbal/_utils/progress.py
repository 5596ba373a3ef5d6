"""Progress bars, and the rule for ``verbose`` of a run that shows one of its own."""

from numbers import Integral

import numpy as np
from tqdm.auto import tqdm

from skbal._utils.parameters import own


def check_verbose(verbose, name, owner):
    """Raise an error unless ``verbose`` is a number, a flag or a string."""
    if not isinstance(verbose, (Integral, np.bool_, str)):
        raise TypeError(
            f"{name} of {owner} must be an integer, True, False or the title of the "
            f"progress bar, got {verbose!r} ({type(verbose).__name__})."
        )


verbose_rule = own(check_verbose, "an integer, True, False or a title", [1])


class _NoBar:
    """Has the methods of a bar, and shows nothing.

    A disabled bar of tqdm has a ``__del__``, in which Python drops a Ctrl-C.
    """

    def __init__(self, iterable=None):
        self.iterable = iterable

    def __iter__(self):
        return iter(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def update(self, n=1):
        """Do nothing."""

    def set_postfix(self, **values):
        """Do nothing."""


def progress_bar(iterable=None, *, show, **options):
    """Return a progress bar of tqdm, or an object that does the same without a bar.

    Parameters
    ----------
    iterable : iterable, optional
        What is gone through.
    show : bool or int
        Whether there is a bar.
    **options
        Those of ``tqdm``.

    Returns
    -------
    bar : iterable and context manager
        With the methods ``update`` and ``set_postfix``.

    Examples
    --------
    >>> with progress_bar([1, 2], show=False, unit="rows") as bar:
    ...     list(bar)
    [1, 2]
    """
    return tqdm(iterable, **options) if show else _NoBar(iterable)
