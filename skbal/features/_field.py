"""The prior of a smooth random function on a graph: a Gaussian field."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal.features._places import weighted_squares
from skbal.features._row_sums import RowSums

_LEAST = 1e-5  # a smaller tau would be less than the eigenvalues are known to


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
    """

    functions: np.ndarray
    variances: np.ndarray
    tau: float
    squares: np.ndarray
    changes: np.ndarray
    sums: RowSums

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
        tau = _default_tau(graph) if tau is None else float(tau)
        variances = (tau / (tau + 1 - graph.eigenvalues_)) ** alpha
        mean_squares = np.einsum("nk,nk->k", functions, functions, dtype=np.float64)
        variances *= len(functions) / (variances @ mean_squares)
        squares = weighted_squares(functions, variances)
        affinity = graph.affinity_
        nearby = affinity @ squares / np.asarray(affinity.sum(axis=1)).ravel()
        # The mean of phi over the neighbours of a node is its eigenvalue times phi
        # there, so the mixed term needs no other product.
        own = weighted_squares(functions, variances * (1 - 2 * graph.eigenvalues_))
        changes = np.maximum(own + nearby, 0)
        return cls(functions, variances, tau, squares, changes, sums)

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


def _default_tau(graph):
    """Return one minus the first eigenvalue behind those of clusters."""
    behind = min(graph.n_clusters_, len(graph.eigenvalues_) - 1)
    return max(1 - graph.eigenvalues_[behind], _LEAST)
