"""Checked features, on which distances and similarities are measured."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import assert_all_finite, check_array

from skbal._utils.arrays import as_array


def as_features(values, n_samples, owner, name=None):
    """Return values as a matrix of finite floats, with one row per row.

    Parameters
    ----------
    values : array-like or sparse matrix of shape (n_samples, ...)
        Output of the model or of the user's function. Further axes are flattened.
    n_samples : int
        Number of rows they were computed for.
    owner : str
        Name of the strategy or seed, for messages.
    name : str, optional
        What the values are, for messages. ``None`` is "features of" the owner.

    Returns
    -------
    features : ndarray or CSR matrix of shape (n_samples, n_features)
        float32 for values that float32 can hold, otherwise float64. Sparse matrices are
        float64.

    Raises
    ------
    ValueError
        If the number of rows differs, or a value is not a finite number.
    """
    name = f"features of {owner}" if name is None else name
    if not sp.issparse(values):
        values = as_array(values, name)
    if values.shape[:1] != (n_samples,):
        raise ValueError(
            f"{name} must have one row for each of the {n_samples} rows, "
            f"got shape {values.shape}."
        )
    dtype = np.float64
    if not sp.issparse(values):
        values = values.reshape(n_samples, -1)
        if values.dtype.kind in "buif" and values.dtype != np.longdouble:
            dtype = np.result_type(values.dtype, np.float32)
    try:
        if isinstance(values, np.ndarray) and values.size and values.dtype == dtype:
            assert_all_finite(values)  # check_array looks for much else, too
            return values
        return check_array(values, accept_sparse="csr", dtype=dtype)
    except (TypeError, ValueError) as error:  # a TypeError about dates and pandas.NA
        # scikit-learn's first line says what is wrong, the rest suggests other models.
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{name} are not valid: {reason}") from error
