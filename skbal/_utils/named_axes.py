"""Frames and series with names, where rows and columns are taken by their place."""

import numpy as np


def check_order(values, names, what, axis="rows"):
    """Raise a ValueError if a frame has these names in another order.

    Costs of classes and prices of people are taken by their place. A frame whose index
    has the same names elsewhere means something else.

    Parameters
    ----------
    values : object
        Any object. Only a pandas DataFrame or Series has names. The numbers from 0 are
        none.
    names : array-like of shape (n_names,)
        What the rows belong to, such as the classes.
    what : str
        The argument and its owner, for messages.
    axis : {"rows", "columns"}, default="rows"
        Where to look.

    Examples
    --------
    >>> import pandas as pd
    >>> prices = pd.Series([1.0, 5.0], index=["bob", "ann"])
    >>> check_order(prices, ["ann", "bob"], "costs of RelabelOrNew")
    Traceback (most recent call last):
        ...
    ValueError: costs of RelabelOrNew must have its rows in the order ['ann', 'bob'],
    got the rows ['bob', 'ann'].
    """
    given = getattr(values, {"rows": "index", "columns": "columns"}[axis], None)
    if given is None or not hasattr(values, "iloc"):
        return
    given, names = given.tolist(), np.asarray(names).tolist()
    places = {name: place for place, name in enumerate(names)}
    moved = [name for k, name in enumerate(given) if places.get(name, k) != k]
    if moved and given != list(range(len(given))):
        raise ValueError(
            f"{what} must have its {axis} in the order {names}, got the {axis} {given}."
        )
