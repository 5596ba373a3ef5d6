"""The share of yes votes on a row as a label with noise, and draws after such labels.

Given the draw, the share of n votes has the mean rho and the variance rho (1 - rho) / n
or, if votes are beta-binomial with concentration c, (1 + (n - 1) / (c + 1)) times that.
The mean of this over draws is taken for the noise of the label.

Once a label is known, draws of all rows move towards their mean, along the direction in
which they vary together with the row: the deterministic form of the ensemble Kalman
filter [1]_. Afterwards the covariance of the draws, unless they reach 0 or 1, is

    cov(i, j) - cov(i, r) cov(r, j) / (cov(r, r) + noise)

for the label of row r. The mean stays, since nobody knows the label yet. All draws are
kept, in contrast to weights by the likelihood of a label, which leave one draw after a
few labels.

References
----------
.. [1] J. S. Whitaker and T. M. Hamill (2002), Ensemble Data Assimilation without
   Perturbed Observations, for one observation at a time.
"""

import numpy as np

# Probability with which an answer is taken to be random. It only matters where the
# draws are certain of 0 or 1, and a label would have no noise at all.
_LEAST_NOISE = 1e-9


def noise_of_shares(rho, n_votes, concentration=None):
    """Return the variance of the share of yes votes around rho, the mean over draws.

    Parameters
    ----------
    rho : ndarray of shape (n_rows, n_draws, n_questions)
        Draws of the probability of yes.
    n_votes : int or ndarray of shape (n_rows, n_questions)
        Number of votes.
    concentration : None or ndarray of shape (n_rows, n_questions)
        Concentration of the beta-binomial. None and infinity are the binomial.

    Returns
    -------
    noise : ndarray of shape (n_rows, n_questions), dtype=float64
        Larger than 0, and infinite for 0 votes.

    Examples
    --------
    >>> rho = np.array([[[0.5]]])
    >>> noise_of_shares(rho, 10).round(4)
    array([[0.025]])
    >>> noise_of_shares(rho, 10, np.array([[8.0]])).round(4)
    array([[0.05]])
    """
    rho = rho.astype(np.float64, copy=False)
    of_one = (rho * (1 - rho)).mean(axis=1) + _LEAST_NOISE
    n_votes = np.broadcast_to(n_votes, of_one.shape).astype(np.float64)
    if concentration is not None:
        of_one = of_one * (1 + np.maximum(n_votes - 1, 0) / (concentration + 1))
    with np.errstate(divide="ignore"):
        return of_one / n_votes


def move_draws(draws, label, noise):
    """Move draws to where they are once a label is known, in place.

    Parameters
    ----------
    draws : ndarray of shape (n_rows, n_draws, n_questions), dtype=float64
        Draws of rho of any rows. Overwritten.
    label : ndarray of shape (n_draws,)
        Draws of rho at the label: of one row and question.
    noise : float
        Variance of the label around rho, larger than 0.
    """
    deviations = label - label.mean()
    variance = np.square(deviations).mean()
    total = variance + noise
    if variance == 0 or np.isinf(total):
        return
    # (n_rows, n_questions)
    gain = np.einsum("nsq,s->nq", draws, deviations) / len(deviations) / total
    gain /= 1 + np.sqrt(noise / total)
    draws -= gain[:, np.newaxis] * deviations[:, np.newaxis]
    np.clip(draws, 0, 1, out=draws)
