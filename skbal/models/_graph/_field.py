"""The posterior of a Gaussian field on a graph, in units of its prior variance."""

import numpy as np

from skbal.models._linear._posterior import CholeskyPosterior


class Field:
    """The prior of a field, and what labels add to it.

    The field is ``f = sum_j w_j phi_j`` over the eigenfunctions of a graph, with
    independent normal weights of variance ``v_j``. Its mean variance over the rows of
    the pool is 1.

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
    """

    def __init__(self, graph, tau, alpha, noise_variance):
        self._graph, self._noise = graph, noise_variance
        variances = (tau / (tau + 1 - graph.eigenvalues_)) ** alpha
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


class Evidence:
    """What labels tell about the weights: sums over the labelled rows.

    Parameters
    ----------
    gram : ndarray of shape (n_components, n_components)
        Sum of ``row row' / variance``.
    cross : ndarray of shape (n_components, n_outputs)
        Sum of ``row target / variance``.
    """

    def __init__(self, gram, cross):
        self.gram, self.cross = gram, cross

    @classmethod
    def of(cls, rows, targets, variances):
        """Return what some labelled rows tell.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_components)
            As `Field.rows` gives them.
        targets : ndarray of shape (n_rows, n_outputs)
            The labels as numbers.
        variances : ndarray of shape (n_rows,)
            Variance of each label.
        """
        rows = rows.astype(np.float64)
        weighted = rows.T / variances
        return cls(weighted @ rows, weighted @ targets)

    def __add__(self, other):
        return Evidence(self.gram + other.gram, self.cross + other.cross)

    def posterior(self, owner):
        """Return the posterior of the weights over their prior standard deviations."""
        return CholeskyPosterior(self.gram, self.cross, 1.0, 1.0, owner)
