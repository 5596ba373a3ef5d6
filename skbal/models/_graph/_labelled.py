"""Labelled rows that are kept, so that the smoothness can be found from their labels.

The evidence of a value of tau is the density that the prior gives the labels. For a
Gaussian field it is known in closed form,

    log N(targets; middle, scale * (Phi V Phi' + N)),

where both the prior variances V and the variances N of the labels depend on tau: N is
the noise plus the roughness, which is linear in V [1]_. Few labels say little of tau.
So the logarithm of tau has a broad normal prior around the value that is read from the
graph.

References
----------
.. [1] C. E. Rasmussen and C. K. I. Williams (2006), Gaussian Processes for Machine
   Learning, section 5.4.1.
"""

from dataclasses import dataclass

import numpy as np

from skbal.models._graph._evidence import Evidence

_SPREAD = 2.0  # standard deviation of log(tau), a factor of 7 in both directions


@dataclass
class LabelledRows:
    """Rows and their labels, in a form that does not depend on tau.

    Attributes
    ----------
    functions : ndarray of shape (n_rows, n_components)
        The eigenfunctions at the rows.
    changes : ndarray of shape (n_rows, n_components)
        Mean squared changes of the eigenfunctions to a random neighbour.
    targets : ndarray of shape (n_rows, n_outputs)
        The labels as numbers.
    weights : ndarray of shape (n_rows,)
        How many rows each of them counts for.
    """

    functions: np.ndarray
    changes: np.ndarray
    targets: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, field, places, targets, weights):
        """Return labelled rows at places on the graph of a field."""
        functions = places.means(field.functions).astype(np.float64)
        return cls(functions, field.changes_of_functions(places), targets, weights)

    def __add__(self, other):
        """Return the rows of both."""
        pairs = zip(vars(self).values(), vars(other).values())
        return LabelledRows(*(np.concatenate(pair) for pair in pairs))

    def with_outputs(self, places, n_outputs):
        """Return the same with more outputs, as `Evidence.with_outputs` does."""
        targets = np.zeros((len(self.targets), n_outputs))
        targets[:, places] = self.targets
        return LabelledRows(self.functions, self.changes, targets, self.weights)

    def evidence(self, variances, noise_variance):
        """Return what the labels tell under prior variances of the weights.

        Parameters
        ----------
        variances : ndarray of shape (n_components,)
            Prior variances of the weights.
        noise_variance : float
            Variance of a label where the field does not change.
        """
        noise = noise_variance + np.maximum(self.changes @ variances, 0)
        rows = self.functions * np.sqrt(variances)
        return Evidence.of(rows, self.targets, noise, self.weights)

    def best_tau(self, field, noise_variance, log_evidence):
        """Return the most probable tau, or None if the labels tell nothing of it.

        Parameters
        ----------
        field : Field
            With the tau that is read from the graph. Its ``taus()`` are compared.
        noise_variance : float
            As `evidence` takes it.
        log_evidence : callable
            Returns the logarithm of the density of the labels given an `Evidence`, or
            None if they tell nothing.
        """
        taus = field.taus()
        found = [
            log_evidence(self.evidence(field.variances_with(tau), noise_variance))
            for tau in taus
        ]
        if None in found:
            return None
        log_prior = -((np.log(taus / field.tau) / _SPREAD) ** 2) / 2
        return float(taus[np.argmax(found + log_prior)])
