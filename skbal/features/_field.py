"""The prior of a smooth random function on a graph: a Gaussian field."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from skbal._utils.chunks import chunks, rows_within
from skbal.features._places import weighted_squares
from skbal.features._row_sums import RowSums

LEAST_TAU = 1e-5  # a smaller one would be less than the eigenvalues are known to
_FLAT = 4.0  # times the largest 1 - eigenvalue: a larger tau changes little


@dataclass(frozen=True)
class Field:
    """The prior of ``f = sum_j w_j phi_j`` with independent normal weights.

    Attributes
    ----------
    functions : ndarray of shape (n_nodes, n_components)
        The eigenfunctions ``phi_j`` of the graph.
    variances : ndarray of shape (n_components,)
        Prior variance of each weight. The mean variance of f over the nodes is 1.
    tau : float
        As given, or as found from the graph.
    squares : ndarray of shape (n_nodes,)
        Prior variance of f at each node.
    changes : ndarray of shape (n_nodes,)
        Expected squared change of f from a node to a random neighbour.
    sums : RowSums
        Sums of products of the eigenfunctions over rows.
    alpha : float
        As given.
    eigenvalues : ndarray of shape (n_components,)
        Those of the eigenfunctions.
    affinity : CSR matrix of shape (n_nodes, n_nodes)
        The weights of the edges.
    """

    functions: np.ndarray
    variances: np.ndarray
    tau: float
    squares: np.ndarray
    changes: np.ndarray
    sums: RowSums
    alpha: float
    eigenvalues: np.ndarray
    affinity: object

    @classmethod
    def on(cls, graph, functions, sums, tau, alpha):
        """Return the field on a graph.

        Parameters
        ----------
        graph : PoolGraph
            Fitted.
        functions : ndarray of shape (n_nodes, n_components)
            Its eigenfunctions.
        sums : RowSums
            Of its eigenfunctions.
        tau, alpha : float
            As `GraphClassifier` takes them.
        """
        tau = graph.tau_behind(graph.n_clusters_) if tau is None else float(tau)
        values = graph.eigenvalues_
        variances = _variances(tau, alpha, values, sums.mean_squares)
        squares = weighted_squares(functions, variances)
        affinity = graph.affinity_
        nearby = affinity @ squares / np.asarray(affinity.sum(axis=1)).ravel()
        # The mean of phi over the neighbours of a node is its eigenvalue times phi
        # there, so the mixed term needs no other product.
        own = weighted_squares(functions, variances * (1 - 2 * values))
        changes = np.maximum(own + nearby, 0)
        known = squares, changes, sums, alpha, values, affinity
        return cls(functions, variances, tau, *known)

    def __deepcopy__(self, memo):
        """Return the same, since nothing changes it."""
        return self

    def rows(self, places):
        """Return the eigenfunctions at rows, times their prior standard deviations.

        Parameters
        ----------
        places : Places
            Where the rows are.

        Returns
        -------
        rows : ndarray of shape (n_rows, n_components)
        """
        roots = np.sqrt(self.variances).astype(self.functions.dtype)
        return places.means(self.functions) * roots

    def roughness(self, places):
        """Return the expected squared change of f from rows to a random neighbour.

        It is large between clusters, and at rows far from others: there a label tells
        little of the neighbourhood.

        Parameters
        ----------
        places : Places
            Where the rows are.

        Returns
        -------
        roughness : ndarray of shape (n_rows,)
        """
        found = np.empty(len(places))
        # New rows take functions of their own, so not of all at once.
        for part in chunks(len(places), rows_within(12 * self.functions.shape[1])):
            found[part] = places[part].mean_changes(
                self.functions, self.squares, self.changes, self.variances
            )
        return found

    # ------------------------------------------------------- with another smoothness

    def taus(self):
        """Return values of tau from the smoothest to the roughest field that differs.

        Returns
        -------
        taus : ndarray of shape (n_taus,)
            Ascending, each about ``sqrt(2)`` times the one before.
        """
        slowness = 1 - self.eigenvalues
        behind = slowness[slowness > LEAST_TAU]
        first = last = LEAST_TAU
        if behind.size:
            first, last = behind.min(), slowness.max()
        last *= _FLAT
        return np.geomspace(first, last, 2 + int(2 * np.log2(last / first)))

    def variances_with(self, tau):
        """Return the prior variances of the weights with another tau.

        Parameters
        ----------
        tau : float

        Returns
        -------
        variances : ndarray of shape (n_components,)
        """
        return _variances(tau, self.alpha, self.eigenvalues, self.sums.mean_squares)

    def changes_of_functions(self, places):
        """Return the mean squared change of each function to a random neighbour.

        With prior variances v, the `roughness` is ``changes @ v``.

        Parameters
        ----------
        places : Places
            Where the rows are.

        Returns
        -------
        changes : ndarray of shape (n_rows, n_components), dtype=float64
        """
        found = np.empty((len(places), len(self.eigenvalues)))
        at_nodes = places.nodes >= 0
        nodes = places.nodes[at_nodes]
        edges = self.affinity[nodes]
        ends, columns = np.unique(edges.indices, return_inverse=True)
        shape = len(nodes), len(ends)
        edges = sp.csr_matrix((edges.data, columns, edges.indptr), shape=shape)
        nearby = edges @ self.functions[ends].astype(np.float64) ** 2
        nearby /= np.asarray(edges.sum(axis=1))
        own = self.functions[nodes].astype(np.float64) ** 2
        found[at_nodes] = own * (1 - 2 * self.eigenvalues) + nearby
        if not at_nodes.all():
            found[~at_nodes] = places.changes_between(self.functions)
        return found


def _variances(tau, alpha, eigenvalues, mean_squares):
    """Return prior variances of the weights, for a mean variance of 1 over nodes."""
    variances = (tau / (tau + 1 - eigenvalues)) ** alpha
    return variances / (variances @ mean_squares)
