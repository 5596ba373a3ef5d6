"""Modules that are imported when they are first used.

Parameters of an estimator need no torch: ``import skbal.models`` does not load it. What
works with tensors is in modules of its own, which the estimators reach in this way.
"""

import importlib
from types import ModuleType


class LazyModule(ModuleType):
    """Stands for a module until one of its names is asked for."""

    def __getattr__(self, name):
        # Tools that look at a module's own names must not load it.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def lazy_module(name):
    """Return something that becomes the module when it is first used.

    Parameters
    ----------
    name : str
        The dotted name of the module.

    Returns
    -------
    module : LazyModule

    Examples
    --------
    >>> json = lazy_module("json")
    >>> json.loads("[1, 2]")
    [1, 2]
    """
    return LazyModule(name)
