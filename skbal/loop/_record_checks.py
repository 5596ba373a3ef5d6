"""Checks of records and histories, wherever they come from."""

from itertools import pairwise
from numbers import Real

import numpy as np

from skbal._utils.indices import check_indices
from skbal._utils.validation import check_count


def check_record(record):
    """Raise an error unless the fields of a record are what a loop writes.

    Parameters
    ----------
    record : Record
        Any record. Numbers of NumPy are allowed.

    Raises
    ------
    TypeError
        If a field is of the wrong kind.
    ValueError
        If a count or an index is negative.
    """
    for name in ("step", "n_labels"):
        check_count(getattr(record, name), name, "Record", smallest=0)
    for name in ("score", "cost"):
        value = getattr(record, name)
        if name == "cost" and value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError(
                f"{name} of Record must be a number, or NaN if there is none, got "
                f"{value!r} ({type(value).__name__})."
            )
    for name in ("indices", "rejected", "skipped"):
        check_indices(getattr(record, name), np.inf, name, "Record")


def check_order(records):
    """Raise a ValueError if the number of labels falls from one step to the next.

    Parameters
    ----------
    records : list of Record
        In the order of the steps.
    """
    for before, after in pairwise(records):
        if after.n_labels < before.n_labels:
            raise ValueError(
                "records of History must be in the order of the steps, but n_labels "
                f"falls from {before.n_labels} to {after.n_labels}."
            )
