"""Imports of what is an extra; the error names the extra."""

import importlib


def require(module, extra, purpose):
    """Return the module, or raise an ImportError that says what to install.

    Parameters
    ----------
    module : str
        Its dotted name.
    extra : str
        The extra of skbal that brings it.
    purpose : str
        What needs it, as the subject of a sentence.

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
