"""Rows cut into pieces, worked on one by one or at once, written into one array."""

from math import ceil

import numpy as np
from joblib import effective_n_jobs
from sklearn.utils import gen_batches

from skbal._utils.chunks import rows_within
from skbal._utils.pools import cut, is_indexed, n_rows, take, whole
from skbal._utils.workers import call_all

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
        The rows; what is not in memory is read piece by piece.
    batch_size : int or None
        Rows in a piece; None chooses.
    n_jobs : int or None
        As in `joblib.Parallel`.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)
    """
    n_samples = n_rows(X)
    if batch_size is None:
        batch_size = _rows_in_a_piece(X, n_samples, n_jobs)
    if batch_size >= n_samples:
        return draw(whole(X))
    slices = list(gen_batches(n_samples, batch_size))
    pieces = call_all(draw, ((piece,) for piece in cut(X, slices)), n_jobs)
    return gather(((slices[number], piece) for number, piece in pieces), n_samples)


def _rows_in_a_piece(X, n_samples, n_jobs):
    most = rows_within(_bytes_a_row(X, n_samples), largest=n_samples)
    n_workers = effective_n_jobs(n_jobs)
    if n_workers == 1:
        return most
    return min(most, max(ceil(n_samples / (_PIECES_A_WORKER * n_workers)), 1))


def _bytes_a_row(X, n_samples):
    if n_samples and not is_indexed(X):
        return take(X, slice(0, 1)).nbytes
    return getattr(X, "nbytes", 0) // max(n_samples, 1)


def gather(pieces, n_samples):
    """Return one array that holds all pieces.

    Parameters
    ----------
    pieces : iterable of (slice, ndarray)
        Rows of the result and what goes there, in any order; all rows once.
    n_samples : int
        How many rows there are.

    Returns
    -------
    result : ndarray of shape (n_samples, ...)
        Of the dtype of the first piece.

    Raises
    ------
    ValueError
        If the pieces differ in shape behind the first axis.
    """
    result = None
    for rows, piece in pieces:
        if result is None:
            result = np.empty((n_samples, *piece.shape[1:]), dtype=piece.dtype)
        if piece.shape[1:] != result.shape[1:]:
            # Assigned, a piece of one draw would be repeated without a word.
            raise ValueError(
                f"Draws differ in shape between pieces of the rows: {result.shape[1:]} "
                f"for some, {piece.shape[1:]} from row {rows.start} on."
            )
        result[rows] = piece
    return result
