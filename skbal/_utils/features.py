"""Rows of features: what distances and similarities are measured on."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils import check_array


def as_features(values, n_samples, owner):
    """Return values as rows of finite floats, flattened.

    Parameters
    ----------
    values : array-like or sparse matrix of shape (n_samples, ...)
        As the model or the caller's function gave them.
    n_samples : int
        How many rows they were made of.
    owner : str
        The strategy's name, for messages.

    Returns
    -------
    features : ndarray or CSR matrix of shape (n_samples, n_features)
        float32 for what float32 holds, else float64; sparse ones are float64.

    Raises
    ------
    ValueError
        If there are more or fewer rows, or a value is no finite number.
    """
    if not sp.issparse(values):
        values = np.asarray(values)
    if values.shape[:1] != (n_samples,):
        raise ValueError(
            f"features of {owner} must give a row for each of the {n_samples} rows, "
            f"got the shape {values.shape}."
        )
    dtype = np.float64
    if not sp.issparse(values):
        values = values.reshape(n_samples, -1)
        if values.dtype.kind in "buif":
            dtype = np.result_type(values.dtype, np.float32)
    try:
        return check_array(values, accept_sparse="csr", dtype=dtype)
    except ValueError as error:
        # scikit-learn's first line says what is wrong, the rest suggests other models.
        reason = str(error).partition("\n")[0]
        raise ValueError(f"features of {owner} are refused: {reason}") from error
