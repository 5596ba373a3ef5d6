"""Groups of rows: their names, and exact tests and intervals of shares."""

import numpy as np
from scipy import stats

from skbal._utils.arrays import as_array
from skbal.audit._selection._columns import is_missing_value

MISSING = "missing"


def group_columns(groups, name, owner):
    """Return the groups of rows as strings, by the name of the attribute.

    Parameters
    ----------
    groups : frame, or array-like of shape (n_rows,) or (n_rows, n_attributes)
        Names of the groups. None and NaN are the group "missing".
    name, owner : str
        Names of the argument and of the caller, for messages.

    Returns
    -------
    columns : dict of str to ndarray of str
        At least one attribute. That of a single array is "group".

    Raises
    ------
    ValueError
        If there is no row or no attribute, columns have the same name, or each row is a
        group of its own.
    """
    if hasattr(groups, "columns"):
        names = list(map(str, groups.columns))
        if len(set(names)) < len(names):
            raise ValueError(
                f"{name} of {owner} must have columns of different names, got {names}."
            )
        columns = {str(key): np.asarray(groups[key]) for key in groups.columns}
    else:
        array = as_array(groups, f"{name} of {owner}")
        if array.ndim not in (1, 2):
            raise ValueError(
                f"{name} of {owner} must have shape (n_rows,) or (n_rows, "
                f"n_attributes), got shape {array.shape}."
            )
        if array.ndim == 1:
            columns = {"group": array}
        else:
            columns = {f"attribute {i}": part for i, part in enumerate(array.T)}
    if not columns or not all(map(len, columns.values())):
        raise ValueError(f"{name} of {owner} must hold at least one row, got none.")
    what = f"{name} of {owner}"
    return {key: _as_strings(values, what) for key, values in columns.items()}


def _as_strings(values, what):
    if values.ndim != 1 or values.dtype.kind in "cV":
        raise ValueError(
            f"{what} must hold names of groups, one per row, got dtype {values.dtype} "
            f"and shape {values.shape}."
        )
    return np.array([_name_of(value, what) for value in values.astype(object)])


def _name_of(value, what):
    if is_missing_value(value):
        return MISSING
    if getattr(type(value), "__hash__", None) is None:
        raise ValueError(
            f"{what} must hold names of groups, one per row, got {value!r:.60}."
        )
    # pandas makes floats of whole numbers where one is missing.
    is_whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
    return str(int(value) if is_whole else value)


def refuse_many_groups(column, attribute, owner):
    """Raise a ValueError if an attribute has nearly as many groups as rows.

    Parameters
    ----------
    column : ndarray of str of shape (n_rows,)
        The group of each row.
    attribute, owner : str
        Names of the attribute and of the caller, for messages.
    """
    n_groups = len(np.unique(column))
    if len(column) > 20 and n_groups > len(column) / 2:
        raise ValueError(
            f"{attribute!r} of the groups given to {owner} has {n_groups} groups in "
            f"{len(column)} rows: give names of groups, such as ranges of a number."
        )


def share_interval(counts, totals, level):
    """Return the interval of Clopper and Pearson for shares.

    Parameters
    ----------
    counts, totals : ndarray of int of shape (n_groups,)
        Rows that are counted, of all rows of each group.
    level : float
        Level of the interval.

    Returns
    -------
    interval : ndarray of shape (n_groups, 2)
        Lower and upper end. It is (0, 1) for a group without rows.

    Examples
    --------
    >>> share_interval(np.array([0]), np.array([10]), 0.95).round(3).tolist()
    [[0.0, 0.308]]
    """
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        lower = stats.beta.ppf(tail, counts, totals - counts + 1)
        upper = stats.beta.ppf(1 - tail, counts + 1, totals - counts)
    lower = np.where(counts == 0, 0.0, lower)
    return np.stack([lower, np.where(counts == totals, 1.0, upper)], axis=1)


def exact_p_values(counts, totals, n_counted, n_rows):
    """Return Fisher's p value of each group against all other rows.

    Parameters
    ----------
    counts, totals : ndarray of int of shape (n_groups,)
        Rows that are counted, of all rows of each group.
    n_counted, n_rows : int
        The same of all rows together.

    Returns
    -------
    p_values : ndarray of shape (n_groups,)
    """
    return np.array(
        [
            stats.fisher_exact(
                [
                    [count, total - count],
                    [n_counted - count, n_rows - total - (n_counted - count)],
                ]
            )[1]
            for count, total in zip(counts.tolist(), totals.tolist())
        ]
    )


def adjusted_by_holm(p_values):
    """Return p values that are adjusted for their number, by Holm.

    Parameters
    ----------
    p_values : ndarray of shape (n_tests,)
        One per test.

    Returns
    -------
    adjusted : ndarray of shape (n_tests,)

    Examples
    --------
    >>> adjusted_by_holm(np.array([0.01, 0.5, 0.04])).round(2).tolist()
    [0.03, 0.5, 0.08]
    """
    order = np.argsort(p_values)
    factors = np.arange(len(p_values), 0, -1)
    stepped = np.maximum.accumulate(factors * p_values[order])
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted
