"""Which rows of an array are rows of a pool, found by fingerprints of their bytes."""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.random import stream

_ODD = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
_LARGEST = np.uint64(2**64 - 1)
_CACHED = 2**18  # bytes of the words of a chunk of rows


class KnownRows:
    """Finds rows of a pool again.

    Two different rows have equal fingerprints with a probability near 2**-64, for each
    pair of rows.

    Parameters
    ----------
    X : ndarray of shape (n_pool, ...)
        The pool. At most 32 bytes of each row are kept.
    """

    def __init__(self, X):
        self._form = (X.dtype, X.shape[1:])
        prints, first = np.unique(fingerprints(X), return_index=True)
        # Fingerprints are uniform, so the leading bits say nearly where one is. As many
        # buckets as rows hold one each on average, and a handful at most.
        self._bits = max(len(prints).bit_length(), 1)
        lowest = np.arange(2**self._bits, dtype=np.uint64) << self._shift
        self._starts = np.searchsorted(prints, lowest)
        # The end is larger than any, so that a search stops there.
        self._sorted = np.append(prints, _LARGEST)
        self._rows = np.append(first, -1)

    @property
    def _shift(self):
        return np.uint64(64 - self._bits)

    def find(self, X):
        """Return the index in the pool of each row of X, or -1.

        Parameters
        ----------
        X : object
            Rows. What is not an array of the form of the pool has no known rows.

        Returns
        -------
        indices : ndarray of shape (n_rows,) or None
            The first of equal rows. None if X is not an array like the pool.
        """
        if not isinstance(X, np.ndarray) or (X.dtype, X.shape[1:]) != self._form:
            return None
        prints = fingerprints(X)
        places = self._starts[prints >> self._shift]
        behind = np.flatnonzero(self._sorted[places] < prints)
        while behind.size:
            places[behind] += 1
            behind = behind[self._sorted[places[behind]] < prints[behind]]
        return np.where(self._sorted[places] == prints, self._rows[places], -1)


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
    size = rows_within(16 * n_words, max_memory=_CACHED)
    buffers = np.empty((2, size, n_words), dtype=np.uint64)  # new memory costs time
    for rows in chunks(len(X), size):
        words, high = buffers[:, : rows.stop - rows.start]
        np.bitwise_xor(_words(X[rows], n_bytes, n_words), keys, out=words)
        words *= _ODD
        words ^= np.right_shift(words, _HALF, out=high)
        words *= factors
        words ^= np.right_shift(words, _HALF, out=high)
        words.sum(axis=1, dtype=np.uint64, out=found[rows])
    return found


def _words(X, n_bytes, n_words):
    """Return the bytes of rows as words, ndarray of shape (n_rows, n_words)."""
    X = np.ascontiguousarray(X).reshape(len(X), -1)
    if n_bytes % 8 == 0:
        return X.view(np.uint64)
    padded = np.zeros((len(X), 8 * n_words), dtype=np.uint8)
    padded[:, :n_bytes] = X.view(np.uint8)
    return padded.view(np.uint64)
