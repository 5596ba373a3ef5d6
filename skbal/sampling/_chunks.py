"""Draws for chunks of the rows, one by one or in parallel, in one array."""

from skbal._utils.pools import is_indexed, n_rows, take, whole
from skbal._utils.walk import gathered, rows_at_once, walk


def draw_in_chunks(draw, X, batch_size, n_jobs):
    """Return ``draw(X)``, computed for one chunk of the rows at a time.

    Only the result and a few chunks are held at once.

    Parameters
    ----------
    draw : callable
        Takes rows, gives an array of shape (n_rows, n_draws, n_outputs).
    X : array-like of shape (n_samples, ...)
        The rows. Data that are not in memory are read chunk by chunk.
    batch_size : int or None
        Number of rows in a chunk. ``None`` chooses it by the size of a row of X.
    n_jobs : int or None
        As in `joblib.Parallel`.

    Returns
    -------
    draws : ndarray of shape (n_samples, n_draws, n_outputs)
    """
    n_samples = n_rows(X)
    if batch_size is None:
        # All draws are held anyway, so only the chunks of X must be small.
        size = _bytes_per_row(X, n_samples)
        batch_size = rows_at_once(size, n_samples, n_jobs, largest=n_samples)
    if batch_size >= n_samples:
        return draw(whole(X))
    return gathered(walk(draw, X, batch_size=batch_size, n_jobs=n_jobs), n_samples)


def _bytes_per_row(X, n_samples):
    if n_samples and not is_indexed(X):
        return take(X, slice(0, 1)).nbytes
    return getattr(X, "nbytes", 0) // max(n_samples, 1)
