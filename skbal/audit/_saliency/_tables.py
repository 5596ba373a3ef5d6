"""Data frames with columns of text, or with missing values, as rows to explain.

Such a row has no numbers to move, but its columns can be hidden one after the other:
each takes the value of a typical row.
"""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require


@dataclass(frozen=True)
class Table:
    """Rows of a data frame, of columns of any kind. It stands in for `Rows`.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_columns), dtype=float64
        In each column, the place of the value in ``columns``.
    baseline : ndarray of shape (1, n_columns), dtype=float64
        The places of the values that stand for hidden ones: the last ones.
    columns : list of pandas.Series of length n_samples + 1
        The values of each column, and the one that stands for a hidden one.
    frame : type
        The class of X.
    names : list
        Names of the columns.
    """

    values: np.ndarray
    baseline: np.ndarray
    columns: list
    frame: type
    names: list

    @property
    def map_shape(self):
        """Shape of the map of a row."""
        return (len(self.names),)

    @property
    def numbers(self):
        """Numbers of the rows, NaN for what is none, (n_samples, n_columns)."""
        shown = [
            column[:-1].to_numpy(np.float64, na_value=np.nan)
            if column.dtype.kind in "biuf"
            else np.full(len(column) - 1, np.nan)
            for column in self.columns
        ]
        return np.stack(shown, axis=1)

    def as_given(self, values):
        """Return places in the form of X, as the estimator takes them."""
        places = np.reshape(values, (len(values), -1)).astype(np.intp)
        given = [
            column.iloc[own].reset_index(drop=True)
            for column, own in zip(self.columns, places.T)
        ]
        frame = self.frame(dict(enumerate(given)))
        frame.columns = self.names
        return frame

    def as_maps(self, values):
        """Return numbers in the shape of maps."""
        return np.reshape(values, (len(values), -1))


def columns_without_numbers(X):
    """Return the columns of a data frame that are no finite numbers.

    Parameters
    ----------
    X : array-like
        Only pandas data frames have such columns.

    Returns
    -------
    names : list
        Names of the columns of text, categories or dates, or with missing values.

    Examples
    --------
    >>> import pandas as pd
    >>> columns_without_numbers(pd.DataFrame({"age": [20, 30], "city": ["Bern", None]}))
    ['city']
    """
    if not hasattr(X, "iloc") or getattr(X, "ndim", 0) != 2:
        return []
    X = X.infer_objects()
    columns = ((name, X.iloc[:, place]) for place, name in enumerate(X.columns))
    return [
        name
        for name, column in columns
        if column.dtype.kind not in "biuf" or column.isna().any()
    ]


def table_of(X, baseline, owner):
    """Return the rows of a data frame, with what stands for hidden values.

    Parameters
    ----------
    X : pandas.DataFrame of shape (n_samples, n_columns)
        The rows.
    baseline : None, number or row of X
        What stands for hidden values. ``None`` is a typical row: the median of numbers
        and dates, the most frequent one of other values.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    table : Table

    Raises
    ------
    ValueError
        If X has no rows, or the baseline is no row of X.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"age": [20, 30, 40], "city": ["Bern", None, "Bern"]})
    >>> table = table_of(X, None, "saliency")
    >>> table.as_given(table.baseline)
        age  city
    0  30.0  Bern
    """
    if not X.shape[0]:
        raise ValueError(f"X given to {owner} is empty: its shape is {X.shape}.")
    n_rows, n_columns = X.shape
    hidden = _hidden_values(X, baseline, owner)
    columns = [
        _with(X.iloc[:, place], value, X.columns[place], owner)
        for place, value in enumerate(hidden)
    ]
    places = np.repeat(np.arange(n_rows + 1.0)[:, np.newaxis], n_columns, axis=1)
    return Table(places[:-1], places[-1:], columns, type(X), list(X.columns))


def _hidden_values(X, baseline, owner):
    """Return what stands for a hidden value of each column."""
    if baseline is None:
        return [_typical(X.iloc[:, place]) for place in range(X.shape[1])]
    must = (
        f"baseline of {owner} must be None or a row of X with its {X.shape[1]} columns"
    )
    if hasattr(baseline, "iloc") and baseline.ndim == 2 and len(baseline) == 1:
        baseline = baseline.iloc[0]
    if hasattr(baseline, "keys"):  # a Series or a dict
        missing = [name for name in X.columns if name not in baseline]
        if missing:
            raise ValueError(f"{must}, but it has no column {missing[0]!r}.")
        return [baseline[name] for name in X.columns]
    if np.ndim(baseline) == 0:
        no_numbers = [
            name
            for place, name in enumerate(X.columns)
            if X.iloc[:, place].dtype.kind not in "biuf"
        ]
        if no_numbers or isinstance(baseline, str):
            raise ValueError(
                f"{must}, got {baseline!r}, which is nothing for column "
                f"{(no_numbers or list(X.columns))[0]!r}."
            )
        return [baseline] * X.shape[1]
    values = list(np.asarray(baseline, dtype=object).ravel())
    if len(values) != X.shape[1]:
        raise ValueError(f"{must}, got {len(values)} values.")
    return values


def _typical(column):
    """Return the median of numbers and dates, or else the most frequent value."""
    if column.dtype.kind in "iufmM":
        return column.median()
    most = column.mode()
    return most.iloc[0] if len(most) else column.iloc[0]


def _with(column, value, name, owner):
    """Return the values of a column and one more, in the type of the column."""
    pandas = require("pandas", "examples", owner)
    values, dtype = [*column, value], column.dtype
    if dtype.kind in "iu" and (pandas.isna(value) or isinstance(value, float)):
        dtype = np.float64  # the median of whole numbers may be none
    must = f"baseline of {owner} must be a row of X, but its value {value!r} is"
    categories = getattr(dtype, "categories", None)
    if categories is not None and not (pandas.isna(value) or value in categories):
        raise ValueError(f"{must} no category of column {name!r}.")
    try:
        return pandas.Series(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{must} none of column {name!r}: {error}") from error
