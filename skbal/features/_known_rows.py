"""Which rows of an array are rows of a pool, found by fingerprints of their bytes."""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)


class KnownRows:
    """Finds rows of a pool again.

    Two different rows have equal fingerprints with a probability near 2**-64, for each
    pair of rows.

    Parameters
    ----------
    X : ndarray of shape (n_pool, ...)
        The pool. Only 16 bytes of each row are kept.
    """

    def __init__(self, X):
        self._form = (X.dtype, X.shape[1:])
        prints = fingerprints(X)
        self._order = np.argsort(prints, kind="stable")
        self._sorted = prints[self._order]

    def find(self, X):
        """Return the index in the pool of each row of X, or -1.

        Parameters
        ----------
        X : object
            Rows. What is not an array of the form of the pool has no known rows.

        Returns
        -------
        indices : ndarray of shape (n_rows,) or None
            None if X is not an array like the pool.
        """
        if not isinstance(X, np.ndarray) or (X.dtype, X.shape[1:]) != self._form:
            return None
        prints = fingerprints(X)
        places = np.searchsorted(self._sorted, prints)
        places[places == len(self._sorted)] = 0
        return np.where(self._sorted[places] == prints, self._order[places], -1)


def can_be_known(X):
    """Return whether rows of X have fingerprints: X is an array of numbers."""
    is_array = isinstance(X, np.ndarray) and X.ndim > 1
    return is_array and X.dtype.kind in "buif" and X[:1].nbytes > 0


def fingerprints(X):
    """Return a fingerprint of each row of an array, ndarray of uint64.

    Each word of 8 bytes is mixed by its own random number, so that the same word
    counts differently at each place.
    """
    n_bytes = X[:1].nbytes
    n_words = -(-n_bytes // 8)
    rng = stream(0, "fingerprints", n_words)
    keys, factors = rng.integers(0, 2**64, (2, n_words), dtype=np.uint64)
    factors |= np.uint64(1)
    found = np.empty(len(X), dtype=np.uint64)
    for rows in chunks(len(X), rows_within(40 * n_words)):
        words = _words(X[rows], n_bytes, n_words)
        words = (words ^ keys) * _ODD
        words ^= words >> _HALF
        words *= factors
        words ^= words >> _HALF
        found[rows] = words.sum(axis=1, dtype=np.uint64)
    return found


def _words(X, n_bytes, n_words):
    """Return the bytes of rows as words, ndarray of shape (n_rows, n_words)."""
    X = np.ascontiguousarray(X).reshape(len(X), -1)
    if n_bytes % 8 == 0:
        return X.view(np.uint64)
    padded = np.zeros((len(X), 8 * n_words), dtype=np.uint8)
    padded[:, :n_bytes] = X.view(np.uint8)
    return padded.view(np.uint64)
