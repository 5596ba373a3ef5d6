"""The prior of a Gaussian field on a graph."""

import numpy as np

_LEAST = 1e-5  # a smaller tau would be less than the eigenvalues are known to


class Field:
    """The prior of a field, and how much a label tells about it.

    The field is ``f = sum_j w_j phi_j`` over the eigenfunctions of a graph, with
    independent normal weights of variance ``v_j``. Its mean variance over the
    nodes is 1.

    Parameters
    ----------
    graph : PoolGraph
        Fitted.
    tau, alpha, noise_variance : float
        As `GraphClassifier` takes them.

    Attributes
    ----------
    variances : ndarray of shape (n_components,)
        The ``v_j``.
    tau : float
        As given, or as found from the graph.
    """

    def __init__(self, graph, tau, alpha, noise_variance):
        self._graph, self._noise = graph, noise_variance
        self.tau = _default_tau(graph) if tau is None else float(tau)
        variances = (self.tau / (self.tau + 1 - graph.eigenvalues_)) ** alpha
        self.variances = variances / graph.mean_variance(variances)
        self._roots = np.sqrt(self.variances)

    def rows(self, places):
        """Return the eigenfunctions at rows, times their standard deviations.

        Parameters
        ----------
        places : Places
            Where the rows are.

        Returns
        -------
        rows : ndarray of shape (n_rows, n_components)
        """
        return self._graph.functions_at(places) * self._roots.astype(np.float32)

    def label_variance(self, places):
        """Return the variance of a label around the field, (n_rows,).

        It is the noise, and how much the field changes between the row and its
        neighbours: a label between clusters tells little of either.
        """
        return self._noise + self._graph.roughness(places, self.variances)


def _default_tau(graph):
    """Return one minus the first eigenvalue behind those of clusters."""
    behind = min(graph.n_clusters_, len(graph.eigenvalues_) - 1)
    return max(1 - graph.eigenvalues_[behind], _LEAST)
