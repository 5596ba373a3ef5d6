"""Sums of products of functions over rows of a graph."""

from functools import cached_property

import numpy as np

from skbal._utils.chunks import chunks, rows_within

_CACHED = 2**21  # bytes of a chunk of functions in float64


class RowSums:
    """Sums over rows of the products of functions, fast for nearly all rows of a pool.

    The sums over the whole pool are computed once. What rows that are not among those
    asked for contribute is taken away, if they are fewer.

    Parameters
    ----------
    functions : ndarray of shape (n_nodes, n_functions)
        The functions at the nodes.
    node_of_row : ndarray of shape (n_pool,), dtype=intp
        The node of each row of the pool.
    """

    def __init__(self, functions, node_of_row):
        self._functions = functions
        self._counts = np.bincount(node_of_row, minlength=len(functions))

    def gram(self, places):
        """Return the sum of ``phi phi'`` over rows.

        Parameters
        ----------
        places : Places
            Where the rows are.

        Returns
        -------
        gram : ndarray of shape (n_functions, n_functions), dtype=float64
        """
        at_nodes = places.nodes[places.nodes >= 0]
        counts = np.bincount(at_nodes, minlength=len(self._counts))
        less = self._counts - counts
        if np.count_nonzero(less) < np.count_nonzero(counts):
            gram = self._of_pool - self._at_nodes(less)
        else:
            gram = self._at_nodes(counts)
        between = np.flatnonzero(places.nodes < 0)
        for part in self._chunks(len(between)):
            values = places[between[part]].means(self._functions).astype(np.float64)
            gram += values.T @ values
        return gram

    @cached_property
    def mean_squares(self):
        """Means of the squares of each function over the nodes, (n_functions,)."""
        total = sum(
            np.square(self._functions[part], dtype=np.float64).sum(axis=0)
            for part in self._chunks(len(self._functions))
        )
        return total / len(self._functions)

    @cached_property
    def _of_pool(self):
        return self._at_nodes(self._counts)

    def _at_nodes(self, counts):
        """Return the weighted sum over nodes; weights may be negative."""
        nodes = np.flatnonzero(counts)
        gram = np.zeros((self._functions.shape[1],) * 2)
        for part in self._chunks(len(nodes)):
            values = self._functions[nodes[part]].astype(np.float64)
            gram += (values.T * counts[nodes[part]]) @ values
        return gram

    def _chunks(self, n_rows):
        size = rows_within(8 * self._functions.shape[1], max_memory=_CACHED)
        return chunks(n_rows, size)
