"""What all forms of the Hessian have in common.

A form is two classes: a `Curvature`, the Hessian of the negative log likelihood around
some weights, and a `Deviations`, the normal distribution whose precision is the Hessian
plus the prior precision. `_full`, `_diagonal` and `_kronecker` have one form each.
"""

from abc import ABC, abstractmethod

import numpy as np


class Curvature(ABC):
    """The Hessian of the negative log likelihood of a softmax layer.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        Inputs of the layer. They contain a column of ones for the bias.
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float64
        Probabilities at the weights around which the posterior is approximated.
    owner : str
        Name of the estimator, for messages.
    """

    @abstractmethod
    def __init__(self, features, probabilities, owner):
        pass

    @abstractmethod
    def eigenvalues(self):
        """Return the eigenvalues.

        Returns
        -------
        eigenvalues : ndarray of shape (n_weights,)
        """

    @abstractmethod
    def at(self, prior_precision):
        """Return the normal distribution whose precision is H + prior_precision I.

        Parameters
        ----------
        prior_precision : float
            One over the prior variance of a weight.

        Returns
        -------
        deviations : Deviations
        """

    def n_effective(self, deviations):
        """Return the number of weights that the data determine.

        It is tr(H (H + I / s2)^-1), where s2 is the prior variance.

        Parameters
        ----------
        deviations : Deviations
            The result of `at`.

        Returns
        -------
        n_effective : float
            Between 0 and the number of weights.
        """
        values = self.eigenvalues()
        return float(np.sum(values / (values + deviations.prior_precision)))


class Deviations(ABC):
    """The normal distribution of the weights minus their mean.

    Parameters
    ----------
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, prior_precision):
        self.prior_precision = prior_precision

    @abstractmethod
    def log_det(self):
        """Return the log determinant of the precision.

        Returns
        -------
        log_det : float
        """

    @abstractmethod
    def draw(self, rng, n_draws):
        """Return joint draws of the weights minus their mean.

        Parameters
        ----------
        rng : numpy.random.Generator
            The random generator. Draw k does not depend on ``n_draws``.
        n_draws : int
            Number of draws.

        Returns
        -------
        deviations : ndarray of shape (n_draws, n_features, n_classes)
        """

    @abstractmethod
    def logit_variance(self, features):
        """Return the variance of each logit.

        Parameters
        ----------
        features : ndarray of shape (n_samples, n_features)
            Inputs of the layer.

        Returns
        -------
        variance : ndarray of shape (n_samples, n_classes)
        """


class AxisDeviations(Deviations):
    """Deviations that are independent along some axes.

    Parameters
    ----------
    values : ndarray of shape (n_features, n_classes)
        Eigenvalues of the Hessian, one per axis.
    prior_precision : float
        One over the prior variance of a weight.
    """

    def __init__(self, values, prior_precision):
        super().__init__(prior_precision)
        self.precision = values + prior_precision

    def log_det(self):
        return float(np.sum(np.log(self.precision)))

    def draw(self, rng, n_draws):
        # The draws are the first axis, so draw k does not depend on n_draws.
        normal = rng.standard_normal((n_draws, *self.precision.shape))
        return normal / np.sqrt(self.precision)
