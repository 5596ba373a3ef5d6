"""The penalised maximum of a softmax likelihood over the weights of one dense layer.

With features phi_n, logits f_n = W' phi_n and the prior N(0, 1 / prior_precision) on
each weight, the negative log posterior is, up to a constant,

    sum_n (logsumexp(f_n) - f_n[y_n]) + prior_precision / 2 * ||W||^2.

Each term of the sum may have a weight. The function is convex, so that Newton steps
find its one minimum. The Hessian is only needed in products with vectors, which cost no
more than a gradient.
"""

import numpy as np
from scipy import linalg, optimize, sparse, special
from sklearn.exceptions import ConvergenceWarning

from skbal._utils.warn import warn

_GRADIENT_TOLERANCE = 1e-6  # share of the gradient at zero weights, for trust region
_POLISHED = 1e-13  # the same share after the last Newton steps
_MAX_POLISH = 10
_ROUNDING = 1e-13  # share of the features: a gradient this small counts as zero


class NegativeLogPosterior:
    """The function to minimise, its gradient and the products of its Hessian.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        Inputs of the layer. They contain a column of ones for the bias.
    codes : ndarray of shape (n_samples,)
        The class of each row, in [0, n_classes).
    n_classes : int
        The number of classes.
    penalty : float or ndarray of shape (n_features, 1)
        The prior precision of all weights, or one per feature.
    row_weights : ndarray of shape (n_samples,), optional
        How often each row counts. ``None`` counts each row once.
    """

    def __init__(self, features, codes, n_classes, penalty, row_weights=None):
        self.features = features
        self.codes = codes
        self.penalty = penalty
        self.row_weights = row_weights
        self.shape = (features.shape[1], n_classes)
        self._at = (None, None)

    def value_and_gradient(self, flat):
        """Return the value and the gradient at weights of shape (n_weights,).

        Parameters
        ----------
        flat : ndarray of shape (n_features * n_classes,)
            The weights, feature by feature.

        Returns
        -------
        value : float
        gradient : ndarray of shape (n_features * n_classes,)
        """
        weights = flat.reshape(self.shape)
        logits = self.features @ weights  # (n_samples, n_classes)
        logs = _log_softmax(logits)
        value = -_log_likelihood(logs, self.codes, self.row_weights)
        value += 0.5 * np.sum(self.penalty * weights**2)
        residual = np.exp(logs)
        residual[np.arange(len(residual)), self.codes] -= 1.0
        gradient = self.features.T @ self._counted(residual) + self.penalty * weights
        return value, gradient.ravel()

    def hessian_product(self, flat, vector):
        """Return the Hessian at ``flat`` times ``vector``.

        Parameters
        ----------
        flat, vector : ndarray of shape (n_features * n_classes,)
            The weights and the direction.

        Returns
        -------
        product : ndarray of shape (n_features * n_classes,)
        """
        probabilities = self._probabilities(flat)
        direction = vector.reshape(self.shape)
        change = self.features @ direction
        mean = np.sum(probabilities * change, axis=1, keepdims=True)
        product = self.features.T @ self._counted(probabilities * (change - mean))
        return (product + self.penalty * direction).ravel()

    def _counted(self, rows):
        if self.row_weights is None:
            return rows
        return rows * self.row_weights[:, np.newaxis]

    def _probabilities(self, flat):
        # A Newton step needs many products at the same weights.
        if self._at[0] is None or not np.array_equal(self._at[0], flat):
            logits = self.features @ flat.reshape(self.shape)
            self._at = (flat.copy(), np.exp(_log_softmax(logits)))
        return self._at[1]


def log_likelihood(logits, codes, row_weights=None):
    """Return the sum over rows of the log probability of their class, in nats.

    Parameters
    ----------
    logits : ndarray of shape (n_samples, n_classes)
        The inputs of the softmax.
    codes : ndarray of shape (n_samples,)
        The class of each row.
    row_weights : ndarray of shape (n_samples,), optional
        How often each row counts. ``None`` counts each row once.

    Returns
    -------
    log_likelihood : float

    Examples
    --------
    >>> round(log_likelihood(np.zeros((3, 2)), np.array([0, 1, 1])), 6)
    -2.079442
    """
    return _log_likelihood(_log_softmax(logits), codes, row_weights)


def _log_likelihood(logs, codes, row_weights):
    chosen = logs[np.arange(len(logs)), codes]
    return float(np.sum(chosen if row_weights is None else chosen * row_weights))


def _log_softmax(logits):
    # For few rows, the one of SciPy takes most of the time of a fit.
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


class SoftmaxMode:
    """Finds the weights of largest posterior density for several priors.

    Newton's method needs few steps if the Hessian is close to a multiple of the
    identity. Therefore the features are rotated to their principal axes, and each axis
    is scaled by the precision that data and prior give it.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features), dtype=float64
        Inputs of the layer. They contain a column of ones for the bias.
    codes : ndarray of shape (n_samples,)
        The class of each row, in [0, n_classes).
    n_classes : int
        The number of classes.
    row_weights : ndarray of shape (n_samples,), optional
        How often each row counts. ``None`` counts each row once.
    """

    def __init__(self, features, codes, n_classes, row_weights=None):
        self.features = features
        self.codes = codes
        self.n_classes = n_classes
        self.row_weights = row_weights
        self._axes = linalg.eigh(features.T @ features)[1]
        self._turned = features @ self._axes
        # Unlike eigenvalues, small ones are not lost to rounding beside large ones.
        self._values = np.sum(self._turned**2, axis=0)
        self.weights = np.zeros((features.shape[1], n_classes))

    def at(self, prior_precision, owner):
        """Return the weights of largest posterior density.

        The search starts at the result of the last one.

        Parameters
        ----------
        prior_precision : float
            One over the prior variance of a weight.
        owner : str
            Name of the estimator, for messages.

        Returns
        -------
        weights : ndarray of shape (n_features, n_classes)

        Warns
        -----
        ConvergenceWarning
            If the gradient does not vanish, as for features near the range of float64.
        """
        scale = np.sqrt(self._curvature() * self._values + prior_precision)
        scale = scale[:, np.newaxis]
        problem = NegativeLogPosterior(
            self._turned / scale.T, self.codes, self.n_classes,
            prior_precision / scale**2, self.row_weights,
        )  # fmt: skip
        start = scale * (self._axes.T @ self.weights)
        found = _minimum(problem, start.ravel(), owner).reshape(start.shape)
        self.weights = self._axes @ (found / scale)
        return self.weights

    def _curvature(self):
        """Return roughly how much a unit of squared feature adds to the Hessian."""
        probabilities = special.softmax(self.features @ self.weights, axis=1)
        return max(np.mean(probabilities * (1 - probabilities)), 1e-6)


def _minimum(problem, start, owner):
    at_zero = linalg.norm(problem.value_and_gradient(np.zeros_like(start))[1])
    if at_zero <= _ROUNDING * linalg.norm(problem.features):
        return np.zeros_like(start)
    result = optimize.minimize(
        problem.value_and_gradient,
        start,
        jac=True,
        hessp=problem.hessian_product,
        method="trust-ncg",
        options={"gtol": _GRADIENT_TOLERANCE * at_zero, "max_trust_radius": 1e6},
    )
    flat, left = _polish(problem, result.x, _POLISHED * at_zero)
    if left > _GRADIENT_TOLERANCE * at_zero:
        warn(
            f"The weights of {owner} did not reach the maximum of their "
            f"posterior: the gradient fell only by the factor {left / at_zero:.1e}. "
            "Scale the features, or set a smaller prior_variance.",
            ConvergenceWarning,
        )
    return flat


def _polish(problem, flat, tolerance):
    """Return the weights after plain Newton steps, and the norm of the gradient.

    Close to the minimum the value no longer changes in float64, and a method that
    compares values stops too early. The gradient still changes.
    """
    gradient = problem.value_and_gradient(flat)[1]
    for _ in range(_MAX_POLISH):
        if linalg.norm(gradient) <= tolerance:
            break
        candidate = flat - _newton_step(problem, flat, gradient)
        new = problem.value_and_gradient(candidate)[1]
        if not linalg.norm(new) < linalg.norm(gradient):
            break
        flat, gradient = candidate, new
    return flat, linalg.norm(gradient)


def _newton_step(problem, flat, gradient):
    hessian = sparse.linalg.LinearOperator(
        (len(flat), len(flat)),
        matvec=lambda vector: problem.hessian_product(flat, vector),
        dtype=np.float64,
    )
    return sparse.linalg.cg(hessian, gradient, rtol=1e-6, maxiter=500)[0]
