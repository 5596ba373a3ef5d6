"""What comes with each row: its index, and arguments such as ``sample_weight``."""

import numpy as np

from skbal._utils._sklearn import num_samples
from skbal._utils.arrays import as_array
from skbal._utils.indices import check_indices
from skbal.learner._training_data import own_copy, stack_rows, take_rows


def check_places(indices, n_rows, owner):
    """Return the indices of rows in a pool, -1 for a row of no pool.

    Parameters
    ----------
    indices : array-like of int of shape (n_rows,) or None
        The indices. A row that is taught several times has the same one.
    n_rows : int
        Number of rows that they come with.
    owner : str
        Name of the owner, for messages.

    Returns
    -------
    indices : ndarray of shape (n_rows,), dtype=intp or None

    Raises
    ------
    TypeError, ValueError
        If they are no such numbers, or more or fewer than the rows.

    Examples
    --------
    >>> check_places([7, -1, 7], 3, "ActiveLearner.teach")
    array([ 7, -1,  7])
    """
    if indices is None:
        return None
    given = as_array(indices, f"indices of {owner}")
    of_pool = given[given != -1] if given.ndim == 1 else given
    check_indices(of_pool, np.inf, "indices", owner, unique=False)
    if len(given) != n_rows:
        raise ValueError(
            f"indices of {owner} must be one for each of the {n_rows} rows, got "
            f"{len(given)}."
        )
    return given.astype(np.intp)


def split_per_row(fit_kwargs, n_rows, owner):
    """Return the arguments that have one value per row, and the others.

    Parameters
    ----------
    fit_kwargs : dict
        Arguments of ``fit`` besides X and y.
    n_rows : int
        Number of rows that they come with.
    owner : str
        Name of the learner, for messages.

    Returns
    -------
    per_row, others : dict
        An argument belongs to the rows if it is an array of their number, as in
        scikit-learn.

    Raises
    ------
    ValueError
        If there are more or fewer weights than rows.

    Examples
    --------
    >>> split_per_row({"sample_weight": [1.0, 2.0], "epochs": 3}, 2, "ActiveLearner")
    ({'sample_weight': [1.0, 2.0]}, {'epochs': 3})
    """
    per_row, others = {}, {}
    for name, value in fit_kwargs.items():
        n_values = num_samples(value) if _is_array(value) else None
        if is_weight(name) and n_values not in (None, n_rows):
            raise ValueError(
                f"{name} given to {owner} must hold one weight per row that comes "
                f"with it: there are {n_rows} rows and {n_values} weights. Those of "
                "rows that were taught before are kept."
            )
        if n_values == n_rows:
            per_row[name] = value
        elif value is not None or not is_weight(name):
            others[name] = value
    return per_row, others


def is_weight(name):
    """Return whether an argument of ``fit`` holds weights of rows, by its name.

    Parameters
    ----------
    name : str
        Such as "sample_weight", or "svc__sample_weight" of a pipeline.

    Returns
    -------
    is_weight : bool
    """
    return name.split("__")[-1] == "sample_weight"


def stack_per_row(known, n_known, new, n_new):
    """Return the arguments of known rows with those of new rows below.

    Parameters
    ----------
    known, new : dict of str to array-like
        Arguments with one value per row.
    n_known, n_new : int
        Numbers of rows.

    Returns
    -------
    per_row : dict of str to array-like of shape (n_known + n_new,)
        Rows without a weight have the weight 1.

    Raises
    ------
    ValueError
        If another argument is given for some of the rows only.
    """
    stacked = {}
    for name in dict.fromkeys([*known, *new]):
        above = _of(known, name, n_known, "taught before")
        below = _of(new, name, n_new, "given now")
        stacked[name] = stack_rows(above, below) if n_known else own_copy(below)
    return stacked


def take_per_row(per_row, positions):
    """Return the arguments of some rows.

    Parameters
    ----------
    per_row : dict of str to array-like
        Arguments with one value per row.
    positions : ndarray of int
        The rows.

    Returns
    -------
    per_row : dict of str to array-like
    """
    return {name: take_rows(values, positions) for name, values in per_row.items()}


def _of(per_row, name, n_rows, which):
    if name in per_row:
        return per_row[name]
    if n_rows and not is_weight(name):
        raise ValueError(
            f"{name} must be given for all rows that are taught: the {n_rows} rows "
            f"{which} have none."
        )
    return np.ones(n_rows)


def _is_array(value):
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes, dict))
