"""A data frame of polars as one of pandas, without pyarrow, which polars would need."""

import numpy as np

from skbal._utils.optional import require

_NO_TIME = np.iinfo(np.int64).min  # the number behind NaT


def pandas_of_polars(items):
    """Return the frame of pandas with the columns of one of polars.

    Parameters
    ----------
    items : polars.DataFrame
        The frame.

    Returns
    -------
    frame : pandas.DataFrame
        Whole numbers beside null are real numbers, as everywhere in pandas.
    """
    pandas = require("pandas", "campaign", "A campaign of a data frame")
    columns = {column.name: _column(column, pandas) for column in items}
    return pandas.DataFrame(columns)


def _column(column, pandas):
    kind = str(column.dtype.base_type())
    if kind in ("Categorical", "Enum"):
        known = column.drop_nulls().unique(maintain_order=True)
        if kind == "Enum":
            known = column.dtype.categories
        return pandas.Categorical(column.to_list(), categories=known.to_list())
    if kind in ("String", "List", "Array", "Struct"):
        return column.to_list()
    if kind == "Duration":  # some versions of polars mistake the unit beside null
        numbers = column.to_physical().fill_null(_NO_TIME).to_numpy()
        return numbers.astype(f"m8[{column.dtype.time_unit}]")
    values = column.to_numpy()
    if kind == "Datetime" and column.dtype.time_zone is not None:  # NumPy has UTC
        times = pandas.Series(values).dt.tz_localize("UTC")
        return times.dt.tz_convert(column.dtype.time_zone)
    return values
