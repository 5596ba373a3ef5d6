"""Elliptical slice sampling of the posterior of a multinomial logistic regression.

Weights v over their prior standard deviations have the log density

    log p(v) = sum_n log softmax(phi_n s v)[y_n] - |v|^2 / 2 + constant.

A step writes it as a normal distribution q times a rest, draws a second point from q,
and moves on the ellipse through both to a point where the rest is above a random level.
Such a step leaves the posterior as it is, for any q. Two q take turns: Laplace's
approximation, which is near the posterior, so that one step forgets nearly all; and the
prior, whose tails are as wide as those of the posterior can be.

Each draw is the end of a chain of its own, so draws are independent.

References: I. Murray, R. P. Adams and D. J. C. MacKay (2010), Elliptical slice
sampling, AISTATS, Figure 2. R. Nishihara, I. Murray and R. P. Adams (2014), Parallel
MCMC with generalized elliptical slice sampling, JMLR 15, section 3, for another q.
"""

import numpy as np
from scipy import special

# An interval of angles shrinks to a third or less on average, so it ends long before.
_MOST_TRIES = 200


class SliceSampler:
    """Chains that end at draws of the weights.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_columns)
        The design times the prior standard deviations.
    codes : ndarray of shape (n_samples,)
        The class of each row.
    row_weights : ndarray of shape (n_samples,)
        How often each row counts.
    mean : ndarray of shape (n_columns, n_classes)
        The mode.
    precision : ndarray of shape (n_weights, n_weights)
        Laplace's precision at the mode, ordered class by class.

    Notes
    -----
    A point has shape (n_draws, n_weights), ordered class by class.
    """

    def __init__(self, features, codes, row_weights, mean, precision):
        self._features, self._codes = features, codes
        self._row_weights = row_weights
        self._n_classes = mean.shape[1]
        self._mean = mean.T.ravel()
        self._precision = precision

    def run(self, start, normals, angles):
        """Return the ends of the chains.

        Parameters
        ----------
        start : ndarray of shape (n_draws, n_weights)
            Draws of Laplace's approximation, minus its mean.
        normals : iterable of (ndarray, ndarray) of shape (n_draws, n_weights)
            For each pair of steps draws of Laplace's approximation minus its mean, and
            of the prior.
        angles : callable
            ``angles(step, n_draws)`` returns a generator of uniform numbers,
            shape (n_draws,), in [0, 1).

        Returns
        -------
        end : ndarray of shape (n_draws, n_weights)
        """
        point = start + self._mean
        for number, (near, wide) in enumerate(normals):
            numbers = angles(2 * number, len(point))
            point = self._mean + _step(
                point - self._mean, near, self._over_laplace, numbers
            )
            numbers = angles(2 * number + 1, len(point))
            point = _step(point, wide, self._log_likelihood, numbers)
        return point

    def _over_laplace(self, deviation):
        """Return the log of posterior over Laplace, of points minus the mean."""
        point = deviation + self._mean
        quadratic = np.einsum("di,di->d", deviation @ self._precision, deviation)
        prior = np.einsum("di,di->d", point, point)
        return self._log_likelihood(point) + 0.5 * (quadratic - prior)

    def _log_likelihood(self, point):
        """Return the log probability of the labels, shape (n_draws,)."""
        n_draws = len(point)
        weights = point.reshape(n_draws * self._n_classes, -1)
        logits = (self._features @ weights.T).reshape(-1, n_draws, self._n_classes)
        chosen = np.take_along_axis(logits, self._codes[:, None, None], axis=2)[..., 0]
        return self._row_weights @ (chosen - special.logsumexp(logits, axis=2))


def _step(point, other, log_rest, numbers):
    """Return points of the ellipses of ``point`` and ``other`` above a random level.

    Parameters
    ----------
    point, other : ndarray of shape (n_draws, n_weights)
        Where the chains are, and draws of the normal distribution, both minus its mean.
    log_rest : callable
        The log density over that of the normal distribution, shape (n_draws,).
    numbers : iterator of ndarray of shape (n_draws,)
        Uniform in [0, 1).

    Returns
    -------
    point : ndarray of shape (n_draws, n_weights)
    """
    level = log_rest(point) + np.log1p(-next(numbers))
    high = 2 * np.pi * next(numbers)
    low, angle = high - 2 * np.pi, high.copy()
    new, waits = point.copy(), np.arange(len(point))
    for _ in range(_MOST_TRIES):
        turn = angle[waits, np.newaxis]
        tried = point[waits] * np.cos(turn) + other[waits] * np.sin(turn)
        found = log_rest(tried) >= level[waits]
        new[waits[found]] = tried[found]
        waits = waits[~found]
        if not len(waits):
            break
        # The interval shrinks towards angle 0, the point itself, which is above.
        below = angle < 0
        low, high = np.where(below, angle, low), np.where(below, high, angle)
        angle = low + next(numbers) * (high - low)
    return new
