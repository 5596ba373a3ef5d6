"""What a strategy or a function of a user chooses, checked."""

import numpy as np

from skbal._utils.indices import check_indices
from skbal._utils.pools import n_rows


def rows_chosen_by(strategy, learner, X_pool, n_instances, owner):
    """Return the rows that a strategy chooses.

    Parameters
    ----------
    strategy : callable
        A query strategy, or a function of a learner and a pool. A function of modAL may
        return the rows themselves in addition.
    learner : learner
        As the strategy takes it.
    X_pool : array-like of shape (n_pool, ...)
        The unlabelled rows.
    n_instances : int
        Number of rows to choose.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    rows : ndarray of shape (n_instances,), dtype=intp
        Positions in the pool, without repetition.

    Raises
    ------
    TypeError, ValueError
        If these are not so many positions in the pool. Errors of the strategy pass
        through unchanged.
    """
    rows = strategy(learner, X_pool, n_instances=n_instances)
    if isinstance(rows, tuple):
        rows = rows[0]
    result = f"result of {name_of(strategy)}, a strategy"
    rows = check_indices(np.ravel(rows), n_rows(X_pool), result, owner)
    if len(rows) != n_instances:
        raise ValueError(
            f"{result} of {owner}, must be {n_instances} rows, got {len(rows)}."
        )
    return rows


def name_of(strategy):
    """Return the name of a function, or of the class of a strategy."""
    return getattr(strategy, "__name__", type(strategy).__name__)
