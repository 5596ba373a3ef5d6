"""Errors of Python and skorch, with the parameter of the estimator that cures them."""

import re
from contextlib import contextmanager


@contextmanager
def missing_argument_explained(estimator):
    """Say how an argument that the module's class lacks is given.

    Parameters
    ----------
    estimator : NetworkEstimator
        The network whose module is built inside the block.
    """
    try:
        yield
    except TypeError as error:
        name, words = getattr(estimator.module, "__qualname__", None), str(error)
        if f"{name}.__init__() missing" in words:
            missing = re.findall(r"'(\w+)'", words)
            given = " and ".join(f"module__{name}" for name in missing)
            it, owner = "it" if len(missing) == 1 else "them", type(estimator).__name__
            error.add_note(f"{owner}: give {it} as {given}.")
        raise


@contextmanager
def missing_validation_explained(estimator):
    """Say how a callback gets the rows for validation whose loss it looks for.

    Parameters
    ----------
    estimator : NetworkEstimator
        The network that is trained inside the block.
    """
    try:
        yield
    except Exception as error:
        looks_for_it = re.search("'valid_.* not found in history", str(error))
        if looks_for_it and estimator.train_split is None:
            error.add_note(
                f"{type(estimator).__name__}: no rows are kept for validation: set "
                "train_split=0.2."
            )
        raise
