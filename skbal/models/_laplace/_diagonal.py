"""The diagonal of the Hessian: every weight for itself.

h[k, j] = sum_n p_nk (1 - p_nk) phi_nj^2
"""

import numpy as np


class DiagonalCurvature:
    """The diagonal of the Hessian of the negative log likelihood.

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
        weight = probabilities * (1.0 - probabilities)
        self.diagonal = (features**2).T @ weight

    def eigenvalues(self):
        """Return the eigenvalues.

        Returns
        -------
        eigenvalues : ndarray of shape (n_weights,)
        """
        return self.diagonal.ravel()

    def n_effective(self, posterior):
        """Return the number of weights that the data determine, tr(H (H + I / s2)^-1).

        Parameters
        ----------
        posterior : DiagonalPosterior
            As `at` returns it.

        Returns
        -------
        n_effective : float
            Between 0 and the number of weights.
        """
        return float(np.sum(self.diagonal / posterior.precision))

    def at(self, prior_precision):
        """Return the normal distribution whose precision is H + prior_precision I.

        Parameters
        ----------
        prior_precision : float
            One over the prior variance of a weight.

        Returns
        -------
        posterior : DiagonalPosterior
        """
        return DiagonalPosterior(self.diagonal, prior_precision)


class DiagonalPosterior:
    """Deviations of the weights from their mean, all independent.

    Parameters
    ----------
    diagonal : ndarray of shape (n_features, n_classes)
        The diagonal of the likelihood's Hessian.
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, diagonal, prior_precision):
        self.diagonal = diagonal
        self.precision = diagonal + prior_precision

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
        return normal / np.sqrt(self.precision)

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
        return features**2 @ (1.0 / self.precision)
