"""One walk over the rows of a pool, in memory that does not grow with the pool.

`walk` works on the first rows alone and sees how much memory a row takes. It cuts the
other rows into chunks of a size that fits, and hands these to the workers. `gathered`
puts the results of all chunks into one array.
"""

from functools import partial
from math import ceil

import numpy as np
import scipy.sparse as sp
from joblib import effective_n_jobs

from skbal._utils.chunks import MAX_MEMORY, chunks, rows_within
from skbal._utils.pools import cut, n_rows, sliceable, take, whole
from skbal._utils.progress import progress_bar
from skbal._utils.workers import call_all

COPIES = 3  # a result, and what making and using it holds beside
_FIRST_ROWS = 8  # worked on first, to learn how much memory a row takes
_CHUNKS_PER_WORKER = 4  # so that a slow worker does not keep the others waiting


def walk(
    make,
    X,
    *,
    then=None,
    also=None,
    batch_size=None,
    bytes_per_row=None,
    first_alone=False,
    n_jobs=None,
    verbose=0,
):
    """Yield the result of a function for each chunk of the rows of X.

    Parameters
    ----------
    make : callable
        Called with a chunk of rows. The size of its result decides how many rows are in
        a chunk. Picklable, if there are several workers.
    X : array-like of shape (n_samples, ...)
        Any kind of pool that `skbal._utils.pools.take` accepts. Data that are not in
        memory are read chunk by chunk.
    then : callable, optional
        Called with the result of ``make`` in the same worker, for instance to reduce
        it. ``None`` yields the result of ``make``.
    also : callable, optional
        Called with the slice of a chunk just before work on the chunk begins. Returns a
        tuple of further arguments for ``then``.
    batch_size : int, optional
        Number of rows in a chunk. ``None`` chooses it so that all workers together hold
        near 64 MB.
    bytes_per_row : int, optional
        Memory that work on a row takes. ``None`` measures it on the first rows.
    first_alone : bool, default=False
        Whether the first rows are a chunk of their own also where nothing is measured.
    n_jobs : int, optional
        Number of parallel joblib workers.
    verbose : int, default=0
        Whether to show a progress bar.

    Yields
    ------
    rows : slice
        Rows of the chunk. The first rows come first; with several workers, the other
        chunks come in any order.
    result : object
        The result for these rows.
    """
    X, start = sliceable(X), 0
    if first_alone or (batch_size is None and bytes_per_row is None and n_rows(X)):
        rows, chunk = _first_slice(X), first_rows(X)
        made = make(chunk)
        yield rows, _finished(then, made, () if also is None else also(rows))
        start = rows.stop
        if bytes_per_row is None:
            bytes_per_row = (_n_bytes(chunk) + COPIES * _n_bytes(made)) // start
    if batch_size is None:
        batch_size = rows_at_once(bytes_per_row or 0, n_rows(X) - start, n_jobs)
    slices = list(chunks(n_rows(X), batch_size, start))
    yield from _walk_on(partial(_work, make, then), X, slices, also, n_jobs, verbose)


def rows_at_once(bytes_per_row, n_rows, n_jobs=None, *, largest=4096):
    """Return how many rows make a chunk.

    Parameters
    ----------
    bytes_per_row : int
        Memory that work on a row takes.
    n_rows : int
        Number of rows in all.
    n_jobs : int, optional
        Number of parallel joblib workers.
    largest : int, default=4096
        Largest number of rows in a chunk.

    Returns
    -------
    n_rows : int
        At least 1. All workers together hold near 64 MB, and each gets several chunks.
    """
    n_workers = effective_n_jobs(n_jobs)
    memory = MAX_MEMORY // n_workers
    most = rows_within(bytes_per_row, max_memory=memory, largest=largest)
    if n_workers == 1:
        return most
    return min(most, max(ceil(n_rows / (_CHUNKS_PER_WORKER * n_workers)), 1))


def first_rows(X):
    """Return the rows that `walk` works on first.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        As in `walk`.

    Returns
    -------
    rows : array-like of shape (n_first, ...)
    """
    return take(X, _first_slice(X))


def gathered(results, n_rows, what="Draws"):
    """Return the results of all chunks as one array.

    Parameters
    ----------
    results : iterable of (slice, result)
        As `walk` yields them, in any order. A result is an ndarray or a CSR matrix with
        one row per row of the chunk, or a tuple of these.
    n_rows : int
        Number of rows in all, at least 1.
    what : str, default="Draws"
        Name of the results in the plural, for messages.

    Returns
    -------
    array : ndarray or CSR matrix of shape (n_rows, ...), or tuple of these
        New arrays, with the dtype of the first result.

    Raises
    ------
    ValueError
        If the results differ in shape behind the first axis.
    """
    arrays = None
    for rows, result in results:
        parts = result if isinstance(result, tuple) else (result,)
        if arrays is None:
            is_tuple = isinstance(result, tuple)
            arrays = [_Array(part, n_rows, what) for part in parts]
        for array, part in zip(arrays, parts):
            array.put(rows, part)
    found = tuple(array.result() for array in arrays)
    return found if is_tuple else found[0]


def _first_slice(X):
    return slice(0, min(_FIRST_ROWS, n_rows(X)))


def _work(make, then, chunk, *more):
    return _finished(then, make(chunk), more)


def _finished(then, made, more):
    return made if then is None else then(made, *more)


def _walk_on(work, X, slices, also, n_jobs, verbose):
    """Yield the results of all chunks, by workers if there are several chunks."""
    if not slices:
        return
    done, total = slices[0].start, slices[-1].stop
    if slices == [slice(0, n_rows(X))]:
        arguments, n_jobs = iter([(whole(X),)]), 1
        if not verbose:  # workers and a bar take longer than work on a few rows
            more = () if also is None else also(slices[0])
            yield slices[0], work(whole(X), *more)
            return
    else:
        arguments = ((chunk,) for chunk in cut(X, slices))
    if also is not None:
        arguments = ((*chunk, *also(rows)) for chunk, rows in zip(arguments, slices))
    options = {"initial": done, "total": total, "unit": "rows"}
    with progress_bar(show=verbose, **options) as bar:
        for number, result in call_all(work, arguments, n_jobs):
            rows = slices[number]
            yield rows, result
            bar.update(rows.stop - rows.start)


def _n_bytes(values):
    if isinstance(values, tuple):
        return sum(map(_n_bytes, values))
    if sp.issparse(values):
        return values.data.nbytes + values.indices.nbytes
    return getattr(values, "nbytes", 0)


class _Array:
    """One array of all rows, filled chunk by chunk in any order.

    Sparse chunks are kept until the end: how much they hold is not known before.
    """

    def __init__(self, first, n_rows, what):
        self.what, self.shape = what, first.shape[1:]
        self.sparse = {}
        self.dense = None
        if not sp.issparse(first):
            self.dense = np.empty((n_rows, *self.shape), dtype=first.dtype)

    def put(self, rows, part):
        if part.shape[1:] != self.shape:
            # NumPy would repeat a chunk of one draw without an error.
            raise ValueError(
                f"{self.what} differ in shape between chunks of the rows: {self.shape} "
                f"for some, {part.shape[1:]} from row {rows.start} on."
            )
        if self.dense is None:
            self.sparse[rows.start] = part
        else:
            self.dense[rows] = part

    def result(self):
        if self.dense is not None:
            return self.dense
        parts = [self.sparse[start] for start in sorted(self.sparse)]
        return sp.vstack(parts, format="csr")
