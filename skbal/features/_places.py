"""Where rows are on a graph, and functions on the graph at these places."""

import numpy as np

from skbal.features._affinity import neighbour_means


class Places:
    """Where rows are on a graph: at nodes, or between some.

    Parameters
    ----------
    nodes : ndarray of shape (n_rows,), dtype=intp
        The node of each row, or -1 for a row between nodes.
    rows : ndarray of shape (n_searched,), optional
        The rows whose nearest nodes are known. Those between nodes are among them.
    distances, indices : ndarray of shape (n_searched, n_neighbors), optional
        The nearest nodes of these rows.
    """

    def __init__(self, nodes, rows=None, distances=None, indices=None):
        self.nodes, self._new = nodes, np.flatnonzero(nodes < 0)
        if self._new.size:
            between = np.searchsorted(rows, self._new)
            self._nearest = distances[between], indices[between]

    def __len__(self):
        return len(self.nodes)

    def __getitem__(self, rows):
        """Return where some of the rows are.

        Parameters
        ----------
        rows : slice or ndarray of int
            The rows.
        """
        nodes = self.nodes[rows]
        if not self._new.size:
            return Places(nodes)
        if isinstance(rows, slice):
            rows = np.arange(*rows.indices(len(self)))
        new = np.flatnonzero(nodes < 0)
        known = np.searchsorted(self._new, rows[new])
        return Places(nodes, new, *(array[known] for array in self._nearest))

    def means(self, values):
        """Return a function at the rows, given its values at the nodes.

        Parameters
        ----------
        values : ndarray of shape (n_nodes, n_values)

        Returns
        -------
        values : ndarray of shape (n_rows, n_values)
            Of a row at a node, the value there; of another, the weighted mean over its
            nearest nodes.
        """
        found = values[self.nodes]
        if self._new.size:
            found[self._new] = self._between(values)
        return found

    def mean_changes(self, functions, squares, changes, variances):
        """Return the mean squared changes of functions from the rows to neighbours.

        Parameters
        ----------
        functions : ndarray of shape (n_nodes, n_functions)
            The functions at the nodes.
        squares, changes : ndarray of shape (n_nodes,)
            Sum of the squares of the functions at each node, and of the mean squared
            changes to its neighbours, weighted by ``variances``.
        variances : ndarray of shape (n_functions,)
            How much the square of each function counts.

        Returns
        -------
        changes : ndarray of shape (n_rows,)
        """
        found = changes[self.nodes]
        if self._new.size:
            middle = weighted_squares(self._between(functions), variances)
            found[self._new] = self._between(squares[:, np.newaxis])[:, 0] - middle
        return np.maximum(found, 0)

    def changes_between(self, functions):
        """Return mean squared changes of functions from rows between nodes.

        Parameters
        ----------
        functions : ndarray of shape (n_nodes, n_functions)

        Returns
        -------
        changes : ndarray of shape (n_between, n_functions), dtype=float64
            To the nearest nodes, of the rows that are at no node.
        """
        distances, indices = self._nearest
        nodes, indices = np.unique(indices, return_inverse=True)
        indices = indices.reshape(distances.shape)
        values = functions[nodes].astype(np.float64)
        middle = neighbour_means(values, distances, indices)
        return neighbour_means(values**2, distances, indices) - middle**2

    def _between(self, values):
        return neighbour_means(values, *self._nearest)


def weighted_squares(functions, variances):
    """Return the weighted sum of the squares of functions at each node, in float64.

    Parameters
    ----------
    functions : ndarray of shape (n_nodes, n_functions)
    variances : ndarray of shape (n_functions,)

    Returns
    -------
    squares : ndarray of shape (n_nodes,)
    """
    variances = variances.astype(functions.dtype)
    return np.einsum("nk,nk,k->n", functions, functions, variances).astype(np.float64)
