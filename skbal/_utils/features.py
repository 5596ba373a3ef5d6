"""Checked features, on which distances and similarities are measured."""

import numpy as np
import scipy.sparse as sp
from sklearn.ensemble import VotingClassifier
from sklearn.utils import assert_all_finite, check_array

from skbal._utils.arrays import as_array, refuse_times


def makes_features(model):
    """Return whether the ``transform`` of a model returns features of rows.

    That of a `sklearn.ensemble.VotingClassifier` with hard votes returns the predicted
    classes of its members: the distance of two classes is not their difference.

    Parameters
    ----------
    model : estimator
        Without a pipeline or a learner around it.

    Returns
    -------
    makes_features : bool
    """
    votes = isinstance(model, VotingClassifier) and model.voting == "hard"
    return hasattr(model, "transform") and not votes


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
    TypeError
        If a value is no number, but a date, pandas.NA or another object.
    ValueError
        If the number of rows differs, or a value is text or not finite.
    """
    name = f"features of {owner}" if name is None else name
    if not sp.issparse(values):
        refuse_times(values, name)  # in a frame: its columns may become objects
        values = as_array(values, name)
        refuse_times(values, name)
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
            _check_finite(values)  # check_array looks for much else, too
            return values
        return check_array(values, accept_sparse="csr", dtype=dtype)
    except (TypeError, ValueError) as error:
        # scikit-learn's first line says what is wrong, the rest suggests other models.
        reason = str(error).partition("\n")[0]
        if "contains NaN" in reason:
            reason += " Fill them, for instance by a SimpleImputer in a Pipeline."
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{name} are not valid: {reason}") from error


def _check_finite(values):
    with np.errstate(over="ignore"):
        is_finite = np.isfinite(values.sum())
    if not is_finite:  # or the sum alone is not: scikit-learn finds out, and says it
        assert_all_finite(values)


def check_powers_finite(values, what, power=2):
    """Raise a ValueError if numbers are so large that a power of them overflows.

    Distances between such rows would be infinite.

    Parameters
    ----------
    values : ndarray or sparse matrix
        Finite floats. In float32 they cannot be so large.
    what : str
        The argument and its owner, for messages, such as "features of TypiClust".
    power : int, default=2
        The power that is computed.

    Examples
    --------
    >>> check_powers_finite(np.array([[1e200, 2.0]]), "features of TypiClust")
    Traceback (most recent call last):
        ...
    ValueError: features of TypiClust must lie within -1e+150 and 1e+150, since a sum of
    their powers is computed, got 1e+200. Rescale X, or leave such rows out.
    """
    values = values.data if sp.issparse(values) else values
    if values.dtype == np.float32 or not values.size:
        return
    value = max(values.max(), values.min(), key=abs)
    limit = 10.0 ** (300 // power)  # 1e8 such powers stay finite
    if abs(value) > limit:
        raise ValueError(
            f"{what} must lie within {-limit:.0e} and {limit:.0e}, since a sum of "
            f"their powers is computed, got {value:.4g}. Rescale X, or leave such rows "
            "out."
        )
