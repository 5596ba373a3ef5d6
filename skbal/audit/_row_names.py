"""How rows are called in the words of a check."""

import numpy as np


def names_in_index(X):
    """Return the labels of the rows of a data frame, if they tell the rows apart.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The rows.

    Returns
    -------
    names : ndarray of shape (n_samples,) or None
        None if X has no index, or if a label is that of several rows, as after
        ``pandas.concat``. The positions of rows are their names then.

    Examples
    --------
    >>> import pandas as pd
    >>> names_in_index(pd.DataFrame({"flux": [3.0, 5.0]}, index=["NGC 1", "NGC 2"]))
    array(['NGC 1', 'NGC 2'], dtype=object)
    >>> names_in_index(pd.DataFrame({"flux": [3.0, 5.0]}, index=[0, 0])) is None
    True
    """
    if not hasattr(X, "iloc") or not X.index.is_unique:
        return None
    return np.asarray(X.index)
