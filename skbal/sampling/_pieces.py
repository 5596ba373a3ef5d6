"""Rows cut into pieces, worked on one by one or at once, written into one array."""

from itertools import chain
from math import ceil

import numpy as np
from joblib import effective_n_jobs
from scipy.sparse import issparse
from sklearn.utils import _safe_indexing, gen_batches
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples

from skbal._utils.chunks import rows_within

# More pieces than workers, so that a slow worker does not keep the others waiting.
_PIECES_A_WORKER = 4


def draw_in_pieces(draw, X, batch_size, n_jobs):
    """Return ``draw(X)``, made of pieces of the rows of X.

    What is held at once is the result and a few pieces.

    Parameters
    ----------
    draw : callable
        Takes rows, gives an array of shape (n_rows, n_draws, n_outputs).
    X : array-like of shape (n_samples, ...)
        The rows; a memory map is read piece by piece.
    batch_size : int or None
        Rows in a piece; None chooses.
    n_jobs : int or None
        As in `joblib.Parallel`.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)
    """
    n_samples = _num_samples(X)
    if batch_size is None:
        batch_size = _rows_in_a_piece(X, n_samples, n_jobs)
    if batch_size >= n_samples:
        return draw(X)
    X = X.tocsr() if issparse(X) else X
    slices = list(gen_batches(n_samples, batch_size))
    pieces = lazy_parallel(n_jobs)(
        delayed(_call)(draw, _safe_indexing(X, rows)) for rows in slices
    )
    return _gather(iter(pieces), slices, n_samples)


def _rows_in_a_piece(X, n_samples, n_jobs):
    bytes_per_row = getattr(X, "nbytes", 0) // max(n_samples, 1)
    n_rows = rows_within(bytes_per_row, largest=n_samples)
    n_workers = effective_n_jobs(n_jobs)
    if n_workers == 1:
        return n_rows
    return min(n_rows, max(ceil(n_samples / (_PIECES_A_WORKER * n_workers)), 1))


def lazy_parallel(n_jobs):
    """Return a `joblib.Parallel` that hands results over as they come, in order.

    Parameters
    ----------
    n_jobs : int or None
        As in `joblib.Parallel`.

    Returns
    -------
    parallel : sklearn.utils.parallel.Parallel
    """
    try:
        return Parallel(n_jobs=n_jobs, return_as="generator")
    except ValueError:
        # joblib's multiprocessing backend gives only whole lists.
        return Parallel(n_jobs=n_jobs)


def _call(draw, X):
    return draw(X)


def _gather(pieces, slices, n_samples):
    first = next(pieces)
    draws = np.empty((n_samples, *first.shape[1:]), dtype=first.dtype)
    for rows, piece in zip(slices, chain([first], pieces)):
        if piece.shape[1:] != first.shape[1:]:
            # Assigned, a piece of one draw would be repeated without a word.
            raise ValueError(
                f"Draws differ in shape between pieces of the rows: {first.shape[1:]} "
                f"for the first rows, {piece.shape[1:]} from row {rows.start} on."
            )
        draws[rows] = piece
    return draws
