"""Chunks of rows that fit into a memory budget."""

MAX_MEMORY = 64 * 2**20  # bytes of temporaries at once


def rows_within(bytes_per_row, *, max_memory=MAX_MEMORY, largest=4096):
    """Return how many rows fit into ``max_memory``, at least 1.

    Parameters
    ----------
    bytes_per_row : int
        Largest number of bytes held for one row.
    max_memory : int, default=64 MiB
        Bytes in all.
    largest : int, default=4096
        Largest number of rows. Larger chunks are no faster.

    Returns
    -------
    n_rows : int

    Examples
    --------
    >>> rows_within(2**20)
    64
    """
    return int(min(max(max_memory // max(bytes_per_row, 1), 1), largest))


def chunks(n_rows, step, start=0):
    """Yield slices that cut rows into chunks of ``step`` rows or fewer.

    scikit-learn's ``gen_batches`` does the same, but its checks take longer than a
    small chunk, and it refuses an empty array.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    step : int
        Number of rows in a chunk, 1 or more.
    start : int, default=0
        First row of the first chunk.

    Yields
    ------
    rows : slice

    Examples
    --------
    >>> list(chunks(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    for first in range(start, n_rows, step):
        yield slice(first, min(first + step, n_rows))
