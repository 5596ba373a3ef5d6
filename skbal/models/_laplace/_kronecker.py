"""The Hessian as one Kronecker product: classes times features.

    H ~ mean_n (diag(p_n) - p_n p_n') kron sum_n phi_n phi_n'

Ritter, Botev and Barber (2018), "A scalable Laplace approximation for neural
networks". It is exact if all rows have the same probabilities. The prior precision is
added to the products of the eigenvalues, so that the prior stays exact.
"""

import numpy as np
from scipy import linalg

from skbal.models._laplace._curvature import AxisDeviations, Curvature


class KroneckerCurvature(Curvature):
    """The two factors of the Hessian, as eigenvalues and eigenvectors."""

    def __init__(self, features, probabilities, owner):
        over_classes = np.diag(probabilities.mean(axis=0))
        over_classes -= probabilities.T @ probabilities / len(probabilities)
        row_values, self._row_axes = linalg.eigh(features.T @ features)
        class_values, self._class_axes = linalg.eigh(over_classes)
        # Products of the eigenvalues of both factors, (n_features, n_classes).
        # Negative eigenvalues are rounding errors.
        self._values = np.outer(
            np.clip(row_values, 0.0, None), np.clip(class_values, 0.0, None)
        )

    def eigenvalues(self):
        return self._values.ravel()

    def at(self, prior_precision):
        return KroneckerDeviations(
            self._values, self._row_axes, self._class_axes, prior_precision
        )


class KroneckerDeviations(AxisDeviations):
    """Deviations that are independent along the eigenvectors of both factors.

    Parameters
    ----------
    values : ndarray of shape (n_features, n_classes)
        Eigenvalues of the Hessian.
    row_axes : ndarray of shape (n_features, n_features)
        Eigenvectors over features, as columns.
    class_axes : ndarray of shape (n_classes, n_classes)
        Eigenvectors over classes, as columns.
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, values, row_axes, class_axes, prior_precision):
        super().__init__(values, prior_precision)
        self._row_axes, self._class_axes = row_axes, class_axes

    def draw(self, rng, n_draws):
        return self._row_axes @ super().draw(rng, n_draws) @ self._class_axes.T

    def logit_variance(self, features):
        squares = (features @ self._row_axes) ** 2
        return squares @ (1.0 / self.precision) @ (self._class_axes**2).T
