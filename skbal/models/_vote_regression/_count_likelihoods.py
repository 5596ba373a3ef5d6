"""The log-likelihood of counts of answers by the logits, with two derivatives.

The shares p are the softmax of the logits f of the answers. Counts k of N votes in a
given order have the likelihood ``prod_a p_a**k_a`` (multinomial) or, with the
concentration c, ``B(c p + k) / B(c p)`` with the multivariate beta function B
(Dirichlet-multinomial). The number of orders depends on no model and is left out, as in
`skbal.information.answer_log_likelihood`.

With ``h_a = p_a dL/dp_a``, ``m_a = p_a dh_a/dp_a`` and H and M their sums over answers,

    dL/df_b         = h_b - p_b H,
    -d2L/(df_a df_b) = H (delta_ab p_b - p_a p_b)
                      - (delta_ab m_b - m_a p_b - p_a m_b + M p_a p_b).

For a multinomial h is k and m is 0.
"""

import numpy as np

from skbal.models._vote_regression._likelihoods import Terms, rise


class Multinomial:
    """Multinomial counts: rows with equal features have equal shares.

    Examples
    --------
    Two votes for the first of two answers, each with a share of 1/2:

    >>> logits, counts = np.zeros((1, 2)), np.array([[2.0, 0.0]])
    >>> np.exp(Multinomial().terms(logits, counts).value).round(4)
    array([0.25])
    """

    concentration = np.inf
    learned_range = None
    first_concentration = None

    @classmethod
    def can_learn_from(cls, total):
        """Return whether ``total`` votes per row determine the concentration."""
        return cls.learned_range is not None and bool((total >= 2).any())

    def terms(self, logits, counts):
        """Return the log-likelihood of counts and its derivatives.

        Parameters
        ----------
        logits, counts : ndarray of shape (n_samples, n_answers), dtype=float64
            The logits and the counts of each answer.

        Returns
        -------
        terms : Terms
            The slope has the shape (n_samples, n_answers), both curvatures have the
            shape (n_samples, n_answers, n_answers).
        """
        log_shares = log_softmax(logits)
        shares, total = np.exp(log_shares), counts.sum(axis=1)
        value = np.where(counts > 0, counts * log_shares, 0.0).sum(axis=1)
        slope = counts - total[:, np.newaxis] * shares
        curvature = total[:, np.newaxis, np.newaxis] * _spread(shares)
        return Terms(value, slope, curvature, curvature)


class DirichletMultinomial(Multinomial):
    """Dirichlet-multinomial counts: equal rows have shares around the same mean.

    Parameters
    ----------
    concentration : float
        The sum of the parameters of the Dirichlet distribution.

    Examples
    --------
    Two votes for the first of two answers, whose share is uniform:

    >>> logits, counts = np.zeros((1, 2)), np.array([[2.0, 0.0]])
    >>> np.exp(DirichletMultinomial(2.0).terms(logits, counts).value).round(4)
    array([0.3333])
    """

    # As for beta-binomial votes, of which this is the generalisation.
    learned_range = (1e-3, 1e6)
    first_concentration = 20.0
    limit = Multinomial

    def __init__(self, concentration):
        self.concentration = concentration

    def terms(self, logits, counts):
        c, log_shares = self.concentration, log_softmax(logits)
        shares, total, any_vote = np.exp(log_shares), counts.sum(axis=1), counts > 0
        a = c * shares
        rises = rise(a, counts)
        # The first factor of each rising product is a itself. Computed separately it is
        # exact, however small the share is.
        first = np.where(any_vote, np.log(c) + log_shares, 0.0)
        value = (first + rises.value).sum(axis=1)
        value -= rise(c, total).value + (total > 0) * np.log(c)
        h = any_vote + a * rises.first
        m = a * rises.first + a**2 * rises.second
        sum_h, sum_m = h.sum(axis=1), m.sum(axis=1)
        slope = h - shares * sum_h[:, np.newaxis]
        curvature = sum_h[:, np.newaxis, np.newaxis] * _spread(shares)
        curvature -= _diagonal(m) - _outer(m, shares) - _outer(shares, m)
        curvature -= sum_m[:, np.newaxis, np.newaxis] * _outer(shares, shares)
        # The information that the mean of the counts has: N votes count as fewer.
        effective = total / (1.0 + np.maximum(total - 1.0, 0.0) / (c + 1.0))
        expected = effective[:, np.newaxis, np.newaxis] * _spread(shares)
        return Terms(value, slope, curvature, expected)


COUNT_LIKELIHOODS = {
    "multinomial": Multinomial,
    "dirichlet-multinomial": DirichletMultinomial,
}


def log_softmax(logits):
    """Return the logarithms of shares that sum to one.

    Parameters
    ----------
    logits : ndarray of shape (..., n_answers)
        The logits of the answers.

    Returns
    -------
    log_shares : ndarray of the same shape
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _spread(shares):
    """Return diag(p) - p p' of each row."""
    return _diagonal(shares) - _outer(shares, shares)


def _diagonal(values):
    return values[:, :, np.newaxis] * np.eye(values.shape[1])


def _outer(left, right):
    return left[:, :, np.newaxis] * right[:, np.newaxis, :]
