"""The diagonal of the Hessian: all weights are independent.

h[j, k] = sum_n p_nk (1 - p_nk) phi_nj^2
"""

from skbal.models._laplace._curvature import AxisDeviations, Curvature


class DiagonalCurvature(Curvature):
    """The diagonal of the Hessian, (n_features, n_classes); see `Curvature`."""

    def __init__(self, features, probabilities, owner):
        weight = probabilities * (1.0 - probabilities)
        self._diagonal = (features**2).T @ weight

    def eigenvalues(self):
        return self._diagonal.ravel()

    def at(self, prior_precision):
        return DiagonalDeviations(self._diagonal, prior_precision)


class DiagonalDeviations(AxisDeviations):
    """Independent deviations of the weights."""

    def logit_variance(self, features):
        return features**2 @ (1.0 / self.precision)
