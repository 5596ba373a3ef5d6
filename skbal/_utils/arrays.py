"""What callers pass becomes an array, or an error that names the argument."""

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import validate_data


def as_array(values, what):
    """Return values as an ndarray.

    Parameters
    ----------
    values : array-like
        Anything that NumPy makes an array of. Text beside other things in a list
        becomes an array of objects.
    what : str
        The argument and its owner, for messages, such as "y of LabelOracle".

    Returns
    -------
    array : ndarray
        May be the given array itself.

    Raises
    ------
    ValueError
        If the rows differ in length, an entry is masked, the number of rows is not
        known, or the values form no array for another reason.

    Examples
    --------
    >>> as_array([[1, 2], [3]], "y of LabelOracle")
    Traceback (most recent call last):
        ...
    ValueError: y of LabelOracle must be an array: its rows differ in length.
    """
    refuse_masked(values, what)
    check_length_known(values, what)
    try:
        return without_new_text(values)
    except (TypeError, ValueError, RuntimeError) as error:  # torch: a RuntimeError
        reason = str(error).partition("\n")[0]
        if "inhomogeneous" in reason:
            reason = "its rows differ in length."
        raise ValueError(f"{what} must be an array: {reason}") from error


def without_new_text(values):
    """Return ``np.asarray(values)``, but nothing becomes text that was none.

    NumPy makes the text "nan" of a NaN, and "1" of a 1, in a list with text.

    Parameters
    ----------
    values : array-like
        Anything that NumPy makes an array of.

    Returns
    -------
    array : ndarray
        Of objects if a list holds text beside other things.

    Examples
    --------
    >>> without_new_text(["cat", float("nan")])
    array(['cat', nan], dtype=object)
    """
    array = np.asarray(values)
    if array.dtype.kind not in "US" or not isinstance(values, (list, tuple)):
        return array
    objects = np.array(values, dtype=object)
    is_text = all(isinstance(value, (str, bytes)) for value in objects.ravel())
    return array if is_text else objects


def refuse_masked(values, what):
    """Raise a ValueError if an entry of a masked array is masked.

    NumPy would drop the mask and take what lies below it.

    Parameters
    ----------
    values : object
        Any object.
    what : str
        The argument and its owner, for messages.

    Examples
    --------
    >>> refuse_masked(np.ma.masked_array([1, 2], [False, True]), "y given to compare")
    Traceback (most recent call last):
        ...
    ValueError: y given to compare has 1 masked entry, whose value is not known: leave
    out such rows, or fill them by its method filled.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        n_masked = int(np.ma.count_masked(values))
        entries = (
            "1 masked entry, whose value is"
            if n_masked == 1
            else f"{n_masked} masked entries, whose values are"
        )
        raise ValueError(
            f"{what} has {entries} not known: leave out such rows, or fill them by its "
            "method filled."
        )


def check_length_known(values, what):
    """Raise a ValueError if the number of rows is not known, as for some dask arrays.

    Parameters
    ----------
    values : object
        Any object.
    what : str
        The argument and its owner, for messages.
    """
    shape = getattr(values, "shape", None)
    if isinstance(shape, tuple) and shape and shape[0] != shape[0]:
        raise ValueError(
            f"The number of rows of {what} is not known: the length of this "
            f"{type(values).__name__} is nan. Call its compute_chunk_sizes() before "
            "giving it here."
        )


def refuse_times(values, what):
    """Raise a TypeError if values are dates or durations of NumPy or of a frame.

    NumPy makes numbers of them whose size depends on their unit: days, or nanoseconds.

    Parameters
    ----------
    values : object
        An array, a frame, or anything else, which is not looked at.
    what : str
        The argument and its owner, for messages.

    Examples
    --------
    >>> refuse_times(np.array(["2026-01-31"], dtype="datetime64[D]"), "y given to Mine")
    Traceback (most recent call last):
        ...
    TypeError: y given to Mine must hold numbers, got datetime64[D]. Give numbers in a
    unit of your choice, such as days since the first date.
    """
    dtype = getattr(values, "dtype", None)
    dtypes = getattr(values, "dtypes", ()) if dtype is None else [dtype]
    for dtype in dtypes:
        if _is_time(dtype):
            raise TypeError(
                f"{what} must hold numbers, got {dtype}. Give numbers in a unit of "
                "your choice, such as days since the first date."
            )


def _is_time(dtype):
    if hasattr(dtype, "is_temporal"):  # a column of polars
        return dtype.is_temporal()
    return getattr(dtype, "kind", None) in ("m", "M")


def validate_rows(estimator, X, y="no_validation", **options):
    """Return X, or X and y, as ``validate_data`` does, with more refused by name.

    Parameters
    ----------
    estimator : estimator
        The estimator that is given the rows.
    X : array-like of shape (n_samples, ...)
        The rows.
    y : array-like of shape (n_samples, ...) or str, default="no_validation"
        The targets, if there are any.
    **options
        Passed to ``validate_data``.

    Returns
    -------
    X : ndarray of shape (n_samples, ...)
        With y, the tuple (X, y).

    Raises
    ------
    TypeError
        If X is sparse or holds times, or with ``y_numeric`` y does.
    ValueError
        If an entry is masked. Errors of ``validate_data`` pass through, and images in
        place of rows are told how to become rows.
    """
    owner = type(estimator).__name__
    for values, name in ((X, "X"), (y, "y")):
        refuse_masked(values, f"{name} given to {owner}")
    _refuse_sparse_rows(X, owner)
    refuse_times(X, f"X given to {owner}")
    if options.get("y_numeric"):  # classes may be days
        refuse_times(y, f"y given to {owner}")
    if isinstance(y, (list, tuple)):  # NumPy would make text of all labels
        y = as_array(y, f"y given to {owner}")
    try:
        return validate_data(estimator, X, y, **options)
    except ValueError as error:
        if options.get("allow_nd") or getattr(X, "ndim", 2) <= 2:
            raise
        hint = "Give flat rows, for instance X.reshape(len(X), -1)."
        raise ValueError(f"{error} {hint}") from None


def _refuse_sparse_rows(X, owner):
    if sp.issparse(X):
        raise TypeError(
            f"X given to {owner} must be dense, got a sparse matrix: call its "
            "toarray(). In a pipeline, use ColumnTransformer(..., sparse_threshold=0), "
            "OneHotEncoder(sparse_output=False), or TruncatedSVD() after a "
            "TfidfVectorizer."
        )


def refuse_sparse_column(y, what):
    """Raise a TypeError if labels are a sparse matrix of one column.

    Scikit-learn's scores take sparse labels only if there are several outputs.

    Parameters
    ----------
    y : object
        The labels.
    what : str
        The argument and its owner, for messages.

    Examples
    --------
    >>> refuse_sparse_column(sp.csr_array([[1], [0]]), "y_test of compare")
    Traceback (most recent call last):
        ...
    TypeError: y_test of compare must be dense, got a sparse matrix of one column: call
    its toarray().
    """
    if sp.issparse(y) and (y.ndim == 1 or y.shape[1] == 1):
        raise TypeError(
            f"{what} must be dense, got a sparse matrix of one column: call its "
            "toarray()."
        )


def library_of(values):
    """Return the name of the package that an object is from, such as "polars".

    Parameters
    ----------
    values : object
        Any object.

    Returns
    -------
    name : str
        The package of its class. No package is imported.

    Examples
    --------
    >>> library_of(np.zeros(3))
    'numpy'
    """
    return type(values).__module__.partition(".")[0]
