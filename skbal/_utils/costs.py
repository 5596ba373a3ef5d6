"""Losses that have a name, and matrices of costs."""

import numpy as np

from skbal._utils.parameters import Rule, own
from skbal._utils.validation import as_numbers

LOSSES = ("log", "brier", "zero-one")
_NAMES = ", ".join(map(repr, LOSSES))


def check_loss(loss, name, owner, n_classes=None):
    """Raise an error unless a loss is one of `LOSSES` or a matrix of costs.

    Parameters
    ----------
    loss : str or array-like of shape (n_classes, n_decisions)
        The parameter.
    name, owner : str
        The parameter's name and its owner, for messages.
    n_classes : int, optional
        Number of rows that a matrix must have. ``None`` takes any.
    """
    what = f"{name} of {owner} must be {_NAMES} or a matrix"
    if not isinstance(loss, str):
        cost_matrix(loss, n_classes, what)
    elif loss not in LOSSES:
        raise ValueError(f"{what} of costs, got {loss!r}.")


def check_costs(cost, name, owner, n_classes=None):
    """Raise an error unless a parameter is a matrix of costs; see `check_loss`."""
    cost_matrix(cost, n_classes, f"{name} of {owner} must be a matrix")


def loss_or_costs():
    """Return the rule for a parameter that is one of `LOSSES` or a matrix of costs."""
    return Rule(f"{_NAMES} or a matrix", check_loss, "no such loss", LOSSES)


def costs():
    """Return the rule for a parameter that is a matrix of costs, or None."""
    return own(check_costs, "a matrix", "no such matrix", none=True)


def cost_matrix(cost, n_classes, must):
    """Return a matrix of costs.

    Parameters
    ----------
    cost : array-like of shape (n_classes, n_decisions)
        The parameter.
    n_classes : int or None
        Number of rows that it must have. None takes any.
    must : str
        Beginning of messages, such as "cost of ValueOfInformation must be a matrix".

    Returns
    -------
    cost : ndarray of shape (n_classes, n_decisions)

    Raises
    ------
    ValueError
        If it has another shape, or its entries are not finite numbers.
    """
    matrix = as_numbers(cost, must)
    if matrix.ndim != 2 or matrix.shape[0] < 2 or matrix.shape[1] < 1:
        raise ValueError(
            f"{must} of shape (n_classes, n_decisions), got shape {matrix.shape}."
        )
    if not np.isfinite(matrix).all():
        raise ValueError(f"{must} of finite numbers, got NaN or infinity.")
    if n_classes is not None and len(matrix) != n_classes:
        raise ValueError(
            f"{must} with a row for each of {n_classes} classes, got {len(matrix)} "
            "rows."
        )
    return matrix
