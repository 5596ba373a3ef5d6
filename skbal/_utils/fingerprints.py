"""Whether rows that are given again are those from before, without keeping them."""

import hashlib

import numpy as np
from scipy.sparse import issparse

from skbal._utils.pools import n_rows, sliceable, take

_N_ROWS = 64


def fingerprint(X):
    """Return what rows are known by.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        Rows of any kind that `take` reads. At most 64 of them are read.

    Returns
    -------
    print : dict
        The number of rows, the shape of one, and a digest of the values of rows that
        are evenly spread, the first and the last among them. A data frame, too, has
        its columns.

    Examples
    --------
    >>> import numpy as np
    >>> before = fingerprint(np.arange(6).reshape(3, 2))
    >>> before["n_rows"], before["row_shape"]
    (3, [2])
    >>> before == fingerprint(np.arange(6.0).reshape(3, 2))
    True
    >>> before == fingerprint(np.arange(6).reshape(3, 2)[::-1])
    False
    """
    X = sliceable(X)
    number = n_rows(X)
    some = np.unique(np.linspace(0, max(number - 1, 0), _N_ROWS).astype(np.intp))
    columns = getattr(X, "columns", None)
    part = take(X, some[:number])
    part = part.toarray() if issparse(part) else np.asarray(part)
    return {
        "n_rows": int(number),
        "row_shape": list(part.shape[1:]),
        "columns": None if columns is None else [str(name) for name in columns],
        "digest": _digest(part),
    }


def check_fingerprint(before, X, what):
    """Raise an error unless rows are those from before.

    Parameters
    ----------
    before : dict
        What `fingerprint` returned.
    X : array-like of shape (n_samples, ...)
        The rows.
    what : str
        The argument and its owner, for messages.

    Raises
    ------
    ValueError
        If they differ. The message says how.
    """
    now = fingerprint(X)
    for name, words in (("n_rows", "rows"), ("row_shape", "rows of shape")):
        if now[name] != before[name]:
            raise ValueError(
                f"{what} must be the rows that were there when the file was saved: "
                f"{_in_words(words, before[name])}, got {_in_words(words, now[name])}."
            )
    if now["columns"] != before["columns"]:
        raise ValueError(
            f"{what} must have the columns from when the file was saved, "
            f"{before['columns']}, got {now['columns']}."
        )
    if now["digest"] != before["digest"]:
        raise ValueError(
            f"{what} must be the rows that were there when the file was saved, in "
            "their order: shapes agree, but the values of some rows are others."
        )


def _in_words(words, value):
    return f"{words} {tuple(value)}" if isinstance(value, list) else f"{value} {words}"


def _digest(part):
    if part.dtype.kind in "biuf":
        content = np.ascontiguousarray(part, dtype=np.float64).tobytes()
    else:
        content = repr(part.tolist()).encode()
    return hashlib.blake2b(content, digest_size=16).hexdigest()
