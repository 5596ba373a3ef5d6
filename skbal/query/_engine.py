"""Scores of a pool of any size in bounded memory: draw for a few rows, score, forget.

One integer seed makes all draws, so the scores are those of one array of draws for the
whole pool, whatever the pieces and however many workers.
"""

from functools import partial
from itertools import chain
from math import ceil

import numpy as np
from joblib import effective_n_jobs
from tqdm.auto import tqdm

from skbal._utils.chunks import MAX_MEMORY, pieces, rows_within
from skbal._utils.pools import cut, n_rows, sliceable, take
from skbal._utils.rows import RowsView
from skbal._utils.workers import call_all
from skbal.query._selection import Selection, best, lowest_for_nan
from skbal.sampling import predict_samples
from skbal.sampling._pieces import gather

_FIRST_ROWS = 8  # looked at first, to learn what work on a row takes
_COPIES = 3  # the draws, and what drawing and scoring hold beside them
_PIECES_A_WORKER = 4  # so that a slow worker does not keep the others waiting


def score_rows(
    score, estimator, X, *, n_draws, seed, batch_size=None, n_jobs=None, verbose=0
):
    """Return the scores of all rows, in their order.

    Parameters
    ----------
    score : callable
        Takes draws of shape (n_rows, n_draws, n_outputs), gives scores of shape
        (n_rows,). Workers need it picklable. One with a true ``takes_rows`` is also
        given which rows these are, a slice.
    estimator : estimator or learner
        Whatever `predict_samples` takes.
    X : array-like of shape (n_samples, ...)
        At least one row, of any kind that `skbal._utils.pools.take` takes; read piece
        by piece, never copied whole.
    n_draws : int or None
        How many draws; None takes the estimator's own number.
    seed : int
        Of the draws.
    batch_size : int, optional
        Rows in a piece. None takes as many as keep the draws in all workers, and what
        is made beside them, to some 64 MB.
    n_jobs : int, optional
        As in `joblib.Parallel`. What a worker was at when it died is done again.
    verbose : int, default=0
        Whether to show a progress bar.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
    """
    X, draw = sliceable(X), partial(_draw, estimator, n_draws, seed)
    scores, first = np.empty(n_rows(X)), ()
    if batch_size is None:
        first, bytes_a_row = _first_draws(draw, X)
        scores[: len(first)] = _scores(score, first, slice(0, len(first)))
        n_left = len(scores) - len(first)
        batch_size = rows_in_a_piece(bytes_a_row, n_left, n_jobs)
    slices = list(pieces(len(scores), batch_size, start=len(first)))
    call = partial(_draw_and_score, score, draw)
    results = in_pieces(
        call, X, slices, n_jobs, verbose=verbose, also=lambda rows: rows
    )
    for rows, piece in results:
        scores[rows] = piece
    return scores


def score_and_keep(
    score,
    estimator,
    X,
    n_keep,
    *,
    n_draws,
    seed,
    batch_size=None,
    n_jobs=None,
    verbose=0,
):
    """Return the scores of all rows, and the draws of those that score highest.

    One pass over the pool. What is held is the draws of ``n_keep`` rows and of the
    pieces that are worked on: a worker sends back only draws of rows that can still be
    among the best.

    Parameters
    ----------
    score, estimator, X, n_draws, seed, batch_size, n_jobs, verbose
        As in `score_rows`, but no score with ``takes_rows``. The estimator must draw
        for each row whatever the other rows are, as all but
        ``GaussianProcessRegressor`` do.
    n_keep : int or callable
        How many rows to keep, at least 1; all if there are fewer. A function is given
        the bytes that the draws of one row take, and returns that number.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
        As `score_rows` returns them.
    rows : ndarray of shape (n_kept,), dtype=intp
        Those with the highest scores, rising. Of equal scores the smaller row is kept;
        NaN counts as the lowest.
    draws : ndarray of shape (n_kept, n_draws, n_outputs)
        Their draws.
    """
    X, draw = sliceable(X), partial(_draw, estimator, n_draws, seed)
    scores, (first, bytes_a_row) = np.empty(n_rows(X)), _first_draws(draw, X)
    scores[: len(first)] = score(first)
    if callable(n_keep):
        n_keep = n_keep(first.nbytes // len(first))
    selection = Selection(min(n_keep, len(scores)))
    selection.add(np.arange(len(first)), scores[: len(first)], first)
    if batch_size is None:
        n_left = len(scores) - len(first)
        batch_size = rows_in_a_piece(bytes_a_row, n_left, n_jobs)
    slices = list(pieces(len(scores), batch_size, start=len(first)))
    call = partial(_draw_and_pick, score, draw, selection.n_keep)
    results = in_pieces(
        call, X, slices, n_jobs, verbose=verbose, also=lambda _: selection.threshold
    )
    for rows, (piece, picked, draws) in results:
        scores[rows] = piece
        selection.add(rows.start + picked, piece[picked], draws)
    return scores, *selection.result()


def draw_rows(estimator, X, rows, *, n_draws, seed, batch_size=None, n_jobs=None):
    """Return the draws of some rows of a pool.

    Parameters
    ----------
    estimator, X, n_draws, seed, batch_size, n_jobs
        As in `score_rows`.
    rows : ndarray of int of shape (n,)
        Which ones, at least one, in any order.

    Returns
    -------
    draws : ndarray of shape (n, n_draws, n_outputs)
        In the order of ``rows``; those that `score_rows` saw, up to rounding.
    """
    X, draw = (
        RowsView(sliceable(X), rows, take),
        partial(_draw, estimator, n_draws, seed),
    )
    parts, n_first = [], 0
    if batch_size is None:
        first, bytes_a_row = _first_draws(draw, X)
        parts, n_first = [(slice(0, len(first)), first)], len(first)
        batch_size = rows_in_a_piece(bytes_a_row, len(rows) - n_first, n_jobs)
    slices = list(pieces(len(rows), batch_size, start=n_first))
    return gather(chain(parts, in_pieces(draw, X, slices, n_jobs)), len(rows))


def in_pieces(function, X, slices, n_jobs=None, *, verbose=0, also=None):
    """Give what a function makes of pieces of X, as it comes.

    Parameters
    ----------
    function : callable
        Takes rows. Workers need it picklable.
    X : array-like of shape (n_samples, ...)
        Never copied whole, unless by one of the slices.
    slices : list of slice
        Which rows a piece holds, rising. A slice of an array is not copied.
    n_jobs : int, optional
        As in `joblib.Parallel`.
    verbose : int, default=0
        Whether to show a progress bar.
    also : callable, optional
        Called with a slice when its piece is about to be worked on; gives a second
        argument for the function.

    Yields
    ------
    rows : slice
        One of the slices; with several workers, in any order.
    result : object
        What the function made of it.
    """
    if not slices:
        return
    arguments = ((piece,) for piece in cut(X, slices))
    if also is not None:
        arguments = ((*piece, also(rows)) for piece, rows in zip(arguments, slices))
    done, total = slices[0].start, slices[-1].stop
    with tqdm(initial=done, total=total, unit="rows", disable=not verbose) as bar:
        for number, result in call_all(function, arguments, n_jobs):
            rows = slices[number]
            yield rows, result
            bar.update(rows.stop - rows.start)


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


def _first_draws(draw, X):
    """Return the draws of the first rows, and the bytes that work on a row takes."""
    rows = take(X, slice(0, min(_FIRST_ROWS, n_rows(X))))
    draws = draw(rows)
    n_bytes = _COPIES * draws.nbytes + getattr(rows, "nbytes", 0)
    return draws, n_bytes // len(draws)


def _draw(estimator, n_draws, seed, X):
    # Here is already a worker's place: a piece is not cut again.
    return predict_samples(estimator, X, n_draws, random_state=seed, n_jobs=1)


def _draw_and_score(score, draw, X, rows):
    return _scores(score, draw(X), rows)


def _scores(score, draws, rows):
    takes_rows = getattr(score, "takes_rows", False)
    return score(draws, rows) if takes_rows else score(draws)


def _draw_and_pick(score, draw, n_keep, X, threshold):
    """Return scores, the positions that can be among the best, and their draws."""
    draws = draw(X)
    scores = np.asarray(score(draws), dtype=np.float64)
    keys = lowest_for_nan(scores)
    picked = np.flatnonzero(keys >= threshold)
    picked = picked[best(keys[picked], picked, n_keep)]
    return scores, picked, draws[picked]
