"""How many rows fit into a memory budget."""

MAX_MEMORY = 64 * 2**20  # bytes of temporaries that one step may hold


def rows_within(bytes_per_row, *, max_memory=MAX_MEMORY, largest=4096):
    """Return how many rows fit into ``max_memory``, at least 1.

    Parameters
    ----------
    bytes_per_row : int
        What one row costs at the widest point.
    max_memory : int, default=64 MiB
        The budget in bytes.
    largest : int, default=4096
        Never more rows than this: larger chunks are no faster.

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
    """Yield slices that cut rows into pieces of ``step`` rows or fewer.

    scikit-learn's ``gen_batches`` checks its arguments for longer than a small piece
    takes, and refuses no rows.

    Parameters
    ----------
    n_rows : int
        How many there are.
    step : int
        1 or more.
    start : int, default=0
        The first row of the first piece.

    Yields
    ------
    piece : slice

    Examples
    --------
    >>> list(chunks(5, 3))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    for first in range(start, n_rows, step):
        yield slice(first, min(first + step, n_rows))
