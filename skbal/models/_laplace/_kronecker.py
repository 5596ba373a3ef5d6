"""The Hessian as one Kronecker product: classes times features.

    H ~ mean_n (diag(p_n) - p_n p_n') kron sum_n phi_n phi_n'

Ritter, Botev and Barber (2018), "A scalable Laplace approximation for neural
networks". It is exact where all rows have the same probabilities. The prior's precision
is added to the product of the eigenvalues, so the prior stays exact.
"""

import numpy as np
from scipy import linalg


class KroneckerCurvature:
    """The two factors of the Hessian, by their eigenvalues and eigenvectors.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        A column of ones is the caller's to add.
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
        At the weights around which the posterior is approximated.
    owner : str
        Whose Hessian it is; not used, this one is never too large.
    """

    def __init__(self, features, probabilities, owner):
        over_classes = np.diag(probabilities.mean(axis=0))
        over_classes -= probabilities.T @ probabilities / len(probabilities)
        row_values, self._row_axes = linalg.eigh(features.T @ features)
        class_values, self._class_axes = linalg.eigh(over_classes)
        self._values = np.outer(
            np.clip(row_values, 0.0, None), np.clip(class_values, 0.0, None)
        )

    def eigenvalues(self):
        """Return the eigenvalues.

        Returns
        -------
        eigenvalues : ndarray of shape (n_weights,)
        """
        return self._values.ravel()

    def n_effective(self, posterior):
        """Return the number of weights that the data determine, tr(H (H + I / s2)^-1).

        Parameters
        ----------
        posterior : KroneckerPosterior
            As `at` returns it.

        Returns
        -------
        n_effective : float
            Between 0 and the number of weights.
        """
        return float(np.sum(self._values / posterior.precision))

    def at(self, prior_precision):
        """Return the normal distribution whose precision is H + prior_precision I.

        Parameters
        ----------
        prior_precision : float
            One over the prior variance of a weight.

        Returns
        -------
        posterior : KroneckerPosterior
        """
        return KroneckerPosterior(
            self._values, self._row_axes, self._class_axes, prior_precision
        )


class KroneckerPosterior:
    """Deviations of the weights from their mean, independent along the axes.

    Parameters
    ----------
    values : ndarray of shape (n_features, n_classes)
        The eigenvalues of the likelihood's Hessian.
    row_axes : ndarray of shape (n_features, n_features)
        The eigenvectors over features, as columns.
    class_axes : ndarray of shape (n_classes, n_classes)
        The eigenvectors over classes, as columns.
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, values, row_axes, class_axes, prior_precision):
        self.values = values
        self.row_axes = row_axes
        self.class_axes = class_axes
        self.precision = values + prior_precision

    def log_det(self):
        """Return the log determinant of the precision.

        Returns
        -------
        log_det : float
        """
        return float(np.sum(np.log(self.precision)))

    def draw(self, rng, n_draws):
        """Return joint draws of the deviation of the weights from their mean.

        Parameters
        ----------
        rng : numpy.random.Generator
            The stream; the first of many draws are those of a few.
        n_draws : int
            How many.

        Returns
        -------
        deviations : ndarray of shape (n_draws, n_features, n_classes)
        """
        normal = rng.standard_normal((n_draws, *self.precision.shape))
        return self.row_axes @ (normal / np.sqrt(self.precision)) @ self.class_axes.T

    def logit_variance(self, features):
        """Return the variance of each logit.

        Parameters
        ----------
        features : ndarray of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        variance : ndarray of shape (n_samples, n_classes)
        """
        squares = (features @ self.row_axes) ** 2
        return squares @ (1.0 / self.precision) @ (self.class_axes**2).T
