"""Import of modAL, with an error that says how to install it."""

import importlib


def load_modal(name):
    """Return a module of modAL.

    Parameters
    ----------
    name : str
        Name of the module inside the package, such as "models".

    Returns
    -------
    module : module

    Raises
    ------
    ImportError
        If modAL is missing or fails while it is imported.
    """
    try:
        return importlib.import_module(f"modAL.{name}")
    # An old or damaged modAL may raise any error while it is imported.
    except Exception as error:
        raise ImportError(
            "The learners of skbal need modAL, which could not be imported "
            f"({type(error).__name__}: {error}). Reinstall it with: "
            "pip install --force-reinstall --no-deps "
            "'modAL-python>=0.4.1,!=0.4.2,!=0.4.2.1'"
        ) from error
