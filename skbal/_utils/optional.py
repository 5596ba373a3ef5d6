"""Imports of optional packages, with an error that names the extra to install."""

import importlib


def require(module, extra, purpose):
    """Return a module, or raise an ImportError that names the extra to install.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    extra : str
        Extra of skbal that installs it.
    purpose : str
        Name of what needs the module, as the subject of a sentence.

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If it cannot be imported.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{purpose} needs {package}, which could not be imported ({error}). "
            f"Install it with: pip install 'skbal[{extra}]'"
        ) from error
