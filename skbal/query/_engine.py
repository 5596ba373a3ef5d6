"""Scores of a pool of any size in bounded memory: draw for a few rows, score, forget.

One integer seed makes all draws, so the scores are those of one array of draws for the
whole pool, whatever the pieces and however many workers.
"""

from functools import partial
from math import ceil

import numpy as np
from joblib import effective_n_jobs
from scipy.sparse import issparse
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import delayed
from sklearn.utils.validation import _num_samples

from skbal._utils.chunks import MAX_MEMORY, rows_within
from skbal.sampling import predict_samples
from skbal.sampling._pieces import lazy_parallel

_FIRST_ROWS = 8  # scored first, to learn what the draws of a row take
_COPIES = 3  # the draws, and what drawing and scoring hold beside them
_PIECES_A_WORKER = 4  # so that a slow worker does not keep the others waiting


def score_rows(score, estimator, X, *, n_draws, seed, batch_size=None, n_jobs=None):
    """Return the scores of all rows, in their order.

    Parameters
    ----------
    score : callable
        Takes draws of shape (n_rows, n_draws, n_outputs), gives scores of shape
        (n_rows,). Workers need it picklable.
    estimator : estimator or learner
        Whatever `predict_samples` takes.
    X : array-like of shape (n_samples, ...)
        At least one row; read piece by piece, never copied whole.
    n_draws : int or None
        How many draws; None takes the estimator's own number.
    seed : int
        Of the draws.
    batch_size : int, optional
        Rows in a piece. None takes as many as keep the draws in all workers, and what
        is made beside them, to some 64 MB.
    n_jobs : int, optional
        As in `joblib.Parallel`.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
    """
    X = X.tocsr() if issparse(X) else X
    n_samples = _num_samples(X)
    scores, done = [], 0
    if batch_size is None:
        done = min(_FIRST_ROWS, n_samples)
        first = _safe_indexing(X, slice(0, done))
        draws = predict_samples(estimator, first, n_draws, random_state=seed)
        scores = [score(draws)]
        bytes_per_row = _COPIES * draws.nbytes // len(draws)
        batch_size = rows_in_a_piece(bytes_per_row, n_samples - done, n_jobs)
    indices = [
        slice(start, min(start + batch_size, n_samples))
        for start in range(done, n_samples, batch_size)
    ]
    draw_and_score = partial(_draw_and_score, score, estimator, n_draws, seed)
    scores += in_pieces(draw_and_score, X, indices, n_jobs)
    return np.concatenate(scores)


def in_pieces(function, X, indices, n_jobs=None):
    """Return what a function makes of pieces of X, one after the other.

    Parameters
    ----------
    function : callable
        Takes rows. Workers need it picklable.
    X : array-like of shape (n_samples, ...)
        Never copied whole, unless by one of the indices.
    indices : iterable of slice or of ndarray of int
        Which rows a piece holds. A slice of an array is not copied.
    n_jobs : int, optional
        As in `joblib.Parallel`.

    Returns
    -------
    results : iterable
        In the order of ``indices``.
    """
    # A generator: joblib takes pieces of X as workers become free.
    pieces = (_safe_indexing(X, rows) for rows in indices)
    return lazy_parallel(n_jobs)(delayed(_call)(function, piece) for piece in pieces)


def rows_in_a_piece(bytes_per_row, n_rows, n_jobs=None):
    """Return how many rows to work on at once.

    Parameters
    ----------
    bytes_per_row : int
        What work on one row holds.
    n_rows : int
        How many rows there are.
    n_jobs : int, optional
        As in `joblib.Parallel`.

    Returns
    -------
    n_rows : int
        At least 1; all workers together stay within some 64 MB.
    """
    n_workers = effective_n_jobs(n_jobs)
    largest = rows_within(bytes_per_row, max_memory=MAX_MEMORY // n_workers)
    if n_workers == 1:
        return largest
    return min(largest, max(ceil(n_rows / (_PIECES_A_WORKER * n_workers)), 1))


def _draw_and_score(score, estimator, n_draws, seed, X):
    return score(predict_samples(estimator, X, n_draws, random_state=seed))


def _call(function, X):
    return function(X)
