"""Where votes fall in their predicted distribution, without random numbers.

Of a continuous quantity the probability integral transform F(y) is uniform if the model
is right. Votes are whole numbers: of k votes, the transform is uniform between F(k - 1)
and F(k). Working with these two ends needs no random number.
"""

import numpy as np

from skbal._utils.chunks import pieces, rows_within
from skbal._utils.validation import check_count
from skbal._utils.votes import concentration_of_rows
from skbal.audit._checks import check_predictions
from skbal.information import vote_distribution

_COPIES = 4  # of a block of distributions, with what is made of it


def vote_pit(rho_draws, votes, *, concentration=None):
    """Return the two ends of the probability integral transform of votes.

    F is the distribution of the yes votes, over the draws. If the model is right, a
    point drawn uniformly between F(k - 1) and F(k) is uniform in [0, 1] [1]_.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions)
        The probability that one volunteer says yes, in [0, 1].
    votes : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        What was observed: yes votes k and all votes N.
    concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
        Of the beta-binomial distribution of votes given the draw; None or infinity is
        the binomial.

    Returns
    -------
    pit : ndarray of shape (n_samples, n_questions, 2), dtype=float64
        F(k - 1) and F(k). NaN where N is 0. They are equal where k is all but
        impossible.

    Raises
    ------
    TypeError, ValueError
        If the arguments are not of these shapes and values, or differ in their rows
        or questions.

    References
    ----------
    .. [1] C. Czado, T. Gneiting and L. Held (2009), Predictive model assessment for
       count data, Biometrics 65.

    Examples
    --------
    Two volunteers, each for yes with probability 1/2; one says yes:

    >>> vote_pit([[[0.5]]], [[1, 2]]).round(4)
    array([[[0.25, 0.75]]])
    """
    return pit_of(*check_predictions(rho_draws, votes, concentration, "vote_pit"))


def vote_pit_histogram(pit, n_bins=10):
    """Return the share of the votes whose transform falls into each bin.

    The histogram of [1]_: a row counts for a bin by the part of its interval that lies
    inside. It is flat if the model is right; it is high at both ends if the predicted
    distributions are too narrow, and in the middle if they are too wide.

    Parameters
    ----------
    pit : array-like of shape (n_samples, n_questions, 2)
        As `vote_pit` returns it.
    n_bins : int, default=10
        How many bins of equal width cut [0, 1].

    Returns
    -------
    shares : ndarray of shape (n_questions, n_bins), dtype=float64
        Each row sums to one.

    Raises
    ------
    TypeError, ValueError
        If ``pit`` has not this shape, a question has no votes, or ``n_bins`` is no
        integer >= 1.

    References
    ----------
    .. [1] C. Czado, T. Gneiting and L. Held (2009), Predictive model assessment for
       count data, Biometrics 65.

    Examples
    --------
    >>> vote_pit_histogram([[[0.25, 0.75]]], n_bins=4)
    array([[0. , 0.5, 0.5, 0. ]])
    """
    owner = "vote_pit_histogram"
    n_bins = check_count(n_bins, "n_bins", owner)
    pit = _check_pit(pit, owner)
    edges = np.linspace(0, 1, n_bins + 1)
    edges[[0, -1]] = -1, 2  # the outer bins hold the points 0 and 1, too
    heights = [np.nanmean(pit_cdf(pit, edge), axis=0) for edge in edges]
    return np.diff(heights, axis=0).T


def pit_of(rho_draws, votes, concentration):
    """Return `vote_pit` of arguments that are checked already.

    Parameters
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        Draws of rho.
    votes : ndarray of shape (n_samples, n_questions, 2)
        k and N.
    concentration : float, ndarray of shape (n_questions,) or (n_samples, \
n_questions), or None
        As in `vote_pit`.

    Returns
    -------
    pit : ndarray of shape (n_samples, n_questions, 2)
    """
    pit = np.empty(votes.shape)
    for rows, distribution in vote_distributions(rho_draws, votes, concentration):
        pit[rows] = pit_in(cumulative(distribution), votes[rows])
    return pit


def vote_distributions(rho_draws, votes, concentration):
    """Yield rows and the distributions of their votes, in bounded memory.

    Parameters
    ----------
    rho_draws, votes, concentration
        As in `pit_of`.

    Yields
    ------
    rows : slice
        Which ones.
    distribution : ndarray of shape (n_rows, n_questions, max N of the rows + 1)
        As `vote_distribution` returns it.
    """
    n_samples, n_questions = votes.shape[:2]
    width = n_questions * (votes[..., 1].max(initial=0) + 2)
    for rows in pieces(n_samples, rows_within(8 * _COPIES * width)):
        arguments = votes[rows, :, 1], concentration_of_rows(concentration, rows)
        yield rows, vote_distribution(rho_draws[rows], *arguments)


def cumulative(distribution):
    """Return F(-1) = 0, F(0), F(1), ... of distributions.

    Parameters
    ----------
    distribution : ndarray of shape (n_samples, n_questions, max N + 1)
        The probabilities of k = 0, 1, ...

    Returns
    -------
    cdf : ndarray of shape (n_samples, n_questions, max N + 2)
        Ends in 1 exactly.
    """
    cdf = np.zeros((*distribution.shape[:-1], distribution.shape[-1] + 1))
    np.cumsum(distribution, axis=-1, out=cdf[..., 1:])
    cdf /= cdf[..., -1:]
    return cdf


def pit_in(cdf, votes):
    """Return F(k - 1) and F(k) of observed votes, NaN where N is 0.

    Parameters
    ----------
    cdf : ndarray of shape (n_samples, n_questions, max N + 2)
        As `cumulative` returns it.
    votes : ndarray of shape (n_samples, n_questions, 2)
        k and N.

    Returns
    -------
    pit : ndarray of shape (n_samples, n_questions, 2)
    """
    k = votes[..., :1]
    pit = np.take_along_axis(cdf, np.concatenate([k, k + 1], axis=-1), axis=-1)
    pit[votes[..., 1] == 0] = np.nan
    return pit


def pit_cdf(pit, u):
    """Return how much of each interval lies at or below u, a part of its length.

    Parameters
    ----------
    pit : ndarray of shape (n_samples, n_questions, 2)
        As `vote_pit` returns it.
    u : float
        A probability.

    Returns
    -------
    part : ndarray of shape (n_samples, n_questions)
        From 0 to 1; of an interval without length, one of them. NaN stays.
    """
    low, high = pit[..., 0], pit[..., 1]
    is_point = low == high
    length = np.where(is_point, 1, high - low)
    with np.errstate(over="ignore"):
        part = np.clip((u - low) / length, 0, 1)
    return np.where(is_point, high <= u, part)


def _check_pit(pit, owner):
    pit = np.asarray(pit, dtype=np.float64)
    if pit.ndim != 3 or pit.shape[2] != 2:
        raise ValueError(
            f"pit given to {owner} must have shape (n_samples, n_questions, 2), got "
            f"{pit.shape}."
        )
    if np.isnan(pit).all(axis=(0, 2)).any():
        raise ValueError(f"pit given to {owner} has a question without votes.")
    low, high = pit[..., 0], pit[..., 1]
    wrong = ~np.isnan(pit).any(axis=2) & ~((low >= 0) & (low <= high) & (high <= 1))
    if wrong.any():
        row, question = np.argwhere(wrong)[0]
        raise ValueError(
            f"pit given to {owner} must have 0 <= F(k - 1) <= F(k) <= 1, but row {row} "
            f"has {low[row, question]:g} and {high[row, question]:g} of question "
            f"{question}."
        )
    return pit
