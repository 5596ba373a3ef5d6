"""Modules that are imported when they are first used.

Parameters of an estimator need no torch: ``import skbal.models`` does not load it. What
works with tensors is in modules of its own, which the estimators reach in this way.
"""

import importlib
from types import ModuleType

# What only networks need. It is a requirement of skbal, but can be left out.
_OF_NETWORKS = ("torch", "skorch", "safetensors")


class LazyModule(ModuleType):
    """Stands for a module until one of its names is asked for."""

    def __getattr__(self, name):
        # Tools that look at a module's own names must not load it.
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(load_module(self.__name__), name)


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


def load_module(name):
    """Import a module, with an error that says how to install torch if it is missing.

    Parameters
    ----------
    name : str
        The dotted name of the module.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If the module, or one that it imports, cannot be imported.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _OF_NETWORKS:
            raise
        raise ImportError(
            f"The networks of skbal need {package}, which could not be imported "
            f"({error}). Install what they need with: pip install torch skorch "
            "safetensors. Without a graphics card, first install the small build of "
            "torch with: pip install torch "
            "--index-url https://download.pytorch.org/whl/cpu",
            name=package,
        ) from error
