"""Scores of a pool of any size in bounded memory, one chunk of rows at a time.

One integer seed makes all draws. So the scores do not depend on the size of the chunks
or the number of workers: they are those of one array of draws for the whole pool.
"""

from functools import partial

import numpy as np

from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.rows import RowsView
from skbal._utils.walk import gathered, walk
from skbal.query._selection import Selection, best, lowest_for_nan
from skbal.sampling import predict_samples


def score_rows(
    score,
    estimator,
    X,
    *,
    n_draws,
    seed,
    batch_size=None,
    n_jobs=None,
    verbose=0,
    draw=predict_samples,
):
    """Return the scores of all rows, in their order.

    Parameters
    ----------
    score : callable
        Takes draws of shape (n_rows, n_draws, n_outputs), returns scores of shape
        (n_rows,). Picklable, if there are several workers. If it has a true attribute
        ``takes_rows``, it is also given the slice of the rows.
    estimator : estimator or learner
        As in `predict_samples`.
    X : array-like of shape (n_samples, ...)
        At least one row. Any kind of pool that `skbal._utils.pools.take` accepts. Data
        that are not in memory are read chunk by chunk.
    n_draws : int or None
        Number of posterior draws. ``None`` uses the estimator's own number.
    seed : int
        Seeds the draws.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. If a worker dies, its work is repeated.
    verbose : int, default=0
        Whether to show a progress bar.
    draw : callable, default=predict_samples
        Makes the draws, with the arguments of `predict_samples`.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
    """
    scores = np.empty(n_rows(X))
    results = walk(
        partial(_draw, estimator, n_draws, seed, draw=draw),
        X,
        then=partial(_scores, score),
        also=lambda rows: (rows,),
        batch_size=batch_size,
        n_jobs=n_jobs,
        verbose=verbose,
    )
    for rows, chunk in results:
        scores[rows] = chunk
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

    It takes one pass over the pool. Only the draws of ``n_keep`` rows and of a few
    chunks are held: a worker returns draws only of rows that can still be among the
    best.

    Parameters
    ----------
    score, estimator, X, n_draws, seed, batch_size, n_jobs, verbose
        As in `score_rows`, but without ``takes_rows``. The draws of a row must not
        depend on the other rows, as they do for ``GaussianProcessRegressor``.
    n_keep : int or callable
        Number of rows to keep, at least 1. A function is given the bytes of the draws
        of a row, and returns this number.

    Returns
    -------
    scores : ndarray of shape (n_samples,), dtype=float64
        As `score_rows` returns them.
    rows : ndarray of shape (n_kept,), dtype=intp
        Indices of the highest-scoring rows, in ascending order. Among equal scores, the
        smaller index is kept. NaN counts as the lowest score.
    draws : ndarray of shape (n_kept, n_draws, n_outputs)
        Their draws.
    """
    scores, selection = np.empty(n_rows(X)), None

    def limits(rows):
        if selection is None:  # all of the first rows can be among the best
            return rows.stop, -np.inf
        return selection.n_keep, selection.threshold

    results = walk(
        partial(_draw, estimator, n_draws, seed),
        X,
        then=partial(_scores_and_best, score),
        also=limits,
        first_alone=True,
        batch_size=batch_size,
        n_jobs=n_jobs,
        verbose=verbose,
    )
    for rows, (chunk, picked, draws) in results:
        if selection is None:
            if callable(n_keep):
                n_keep = n_keep(draws.nbytes // len(draws))
            selection = Selection(min(n_keep, len(scores)))
        scores[rows] = chunk
        selection.add(rows.start + picked, chunk[picked], draws)
    return scores, *selection.result()


def draw_rows(
    estimator, X, rows, *, n_draws, seed, batch_size=None, n_jobs=None, then=None
):
    """Return the draws of some rows of a pool, or what is made of them.

    Parameters
    ----------
    estimator, X, n_draws, seed, batch_size, n_jobs
        As in `score_rows`.
    rows : ndarray of int of shape (n,)
        At least one row, in any order.
    then : callable, optional
        Makes an array with as many rows of the draws of a chunk. So the draws of all
        rows need not be in memory together.

    Returns
    -------
    draws : ndarray of shape (n, n_draws, n_outputs)
        In the order of ``rows``. Up to rounding, the draws that `score_rows` uses. With
        ``then``, what it returned.
    """
    X = RowsView(sliceable(X), rows, take)
    draw = partial(_draw, estimator, n_draws, seed)
    if then is not None:
        draw = partial(_drawn_then, draw, then)
    return gathered(walk(draw, X, batch_size=batch_size, n_jobs=n_jobs), len(rows))


def _draw(estimator, n_draws, seed, X, draw=predict_samples):
    # Already inside a worker, so no further parallelism.
    return draw(estimator, X, n_draws, random_state=seed, n_jobs=1)


def _drawn_then(draw, then, X):
    return then(draw(X))


def _scores(score, draws, rows):
    takes_rows = getattr(score, "takes_rows", False)
    return score(draws, rows) if takes_rows else score(draws)


def _scores_and_best(score, draws, n_keep, threshold):
    """Return scores, the positions that can be among the best, and their draws."""
    scores = np.asarray(score(draws), dtype=np.float64)
    keys = lowest_for_nan(scores)
    picked = np.flatnonzero(keys >= threshold)
    picked = picked[best(keys[picked], picked, n_keep)]
    return scores, picked, draws[picked]
