"""The probability integral transform of votes.

F is the predicted distribution of the number of yes votes of one row. Its transform is
the interval from F(k - 1) to F(k), where k is the observed number.
"""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.rho import concentration_of_rows
from skbal._utils.validation import MOST_IN_MEMORY, as_numbers, check_count
from skbal.audit._checks import check_predictions, check_same
from skbal.information import vote_distribution
from skbal.sampling._vote_draws import vote_draws

_COPIES = 4  # arrays of the size of a chunk's distributions that are held at once


def vote_pit(rho_draws, votes, *, concentration=None, questions=None):
    """Return the two ends of the probability integral transform of votes.

    F is the predicted distribution of the number of yes votes, averaged over the draws.
    If the model is right, a point drawn uniformly between F(k - 1) and F(k) is uniform
    in [0, 1] [1]_.

    Parameters
    ----------
    rho_draws : array-like of shape (n_samples, n_draws, n_questions) or (n_samples, \
n_draws, n_columns)
        Draws of the probability that one volunteer says yes, in [0, 1], or of the
        shares of answers.
    votes : array-like of shape (n_samples, 2), (n_samples, n_questions, 2) or \
(n_samples, n_columns)
        Observed votes: yes votes k and all votes N, or for draws of shares the count of
        each answer.
    concentration : float or array-like of shape (n_questions,) or (n_samples, \
n_questions), optional
        Concentration of the beta-binomial distribution of votes given the draw.
        ``None`` or infinity is the binomial distribution.
    questions : list of tuple, optional
        The questions that counts of answers belong to, as in the parameter
        ``questions`` of the models. ``None`` is one question about all columns, if
        there are three or more.

    Returns
    -------
    pit : ndarray of shape (n_samples, n_questions, 2), dtype=float64
        F(k - 1) and F(k). They are NaN where N is 0, and equal where the probability of
        k is 0 in floating-point arithmetic. For counts, each answer is a question.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong shape or value, or the numbers of rows or questions
        differ.

    References
    ----------
    .. [1] C. Czado, T. Gneiting and L. Held (2009), Predictive model assessment for
       count data, Biometrics 65.

    Examples
    --------
    There are two volunteers. Each says yes with probability 1/2, and one of them does:

    >>> vote_pit([[[0.5]]], [[1, 2]]).round(4)
    array([[[0.25, 0.75]]])
    """
    predictions = check_predictions(
        rho_draws, votes, concentration, "vote_pit", questions=questions
    )
    return pit_of(*predictions[:3])


def vote_pit_histogram(pit, n_bins=10):
    """Return the share of the rows whose transform falls into each bin.

    This is the histogram of [1]_. A row counts for a bin by the part of its interval
    that lies inside the bin. The histogram is flat if the model is right. It is high at
    both ends if the predicted distributions are too narrow, and in the middle if they
    are too wide.

    Parameters
    ----------
    pit : array-like of shape (n_samples, n_questions, 2)
        Result of `vote_pit`.
    n_bins : int, default=10
        Number of bins of equal width in [0, 1].

    Returns
    -------
    shares : ndarray of shape (n_questions, n_bins), dtype=float64
        Each row sums to one.

    Raises
    ------
    TypeError, ValueError
        If ``pit`` has another shape, a question has no votes, or ``n_bins`` is not an
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
    n_bins = check_count(n_bins, "n_bins", owner, most=MOST_IN_MEMORY)
    pit = _check_pit(pit, owner)
    edges = np.linspace(0, 1, n_bins + 1)
    edges[[0, -1]] = -1, 2  # so that the outer bins contain the points 0 and 1
    heights = [np.nanmean(pit_cdf(pit, edge), axis=0) for edge in edges]
    return np.diff(heights, axis=0).T  # (n_bins, n_questions) -> (n_questions, n_bins)


def pit_of_model(
    estimator, X, votes, owner, *, single=False, n_draws=None, random_state=None
):
    """Return the transforms of votes under a fitted model.

    The draws of a chunk of rows are forgotten before the next chunk is drawn.

    Parameters
    ----------
    estimator : estimator or learner
        A fitted model of votes, or an object that holds one.
    X : array-like of shape (n_samples, ...)
        The rows.
    votes : ndarray of shape (n_samples, n_questions, 2)
        Their votes, checked by `check_model_and_votes`.
    owner : str
        Name of the caller, for messages.
    single : bool, default=False
        See `pits_of_draws`.
    n_draws, random_state
        See `skbal.predict_samples`.

    Returns
    -------
    pits : ndarray of shape (1, n_samples, n_questions, 2) or (2, n_samples, \
n_questions, 2)
        Result of `pits_of_draws`.
    """
    pits = []
    for rows, rho_draws, concentration in vote_draws(
        estimator,
        X,
        owner,
        n_draws=n_draws,
        random_state=random_state,
        for_votes=True,
    ):
        check_same(rho_draws.shape[2], votes.shape[1], "questions", owner)
        pits.append(pits_of_draws(rho_draws, votes[rows], concentration, single=single))
    return np.concatenate(pits, axis=1)


def pits_of_draws(rho_draws, votes, concentration, *, single=False):
    """Return the transforms of votes under all draws, and under the mean draw.

    Parameters
    ----------
    rho_draws, votes, concentration
        See `pit_of`.
    single : bool, default=False
        Whether to compute the transform of one model, too. Its rho is the mean of the
        draws.

    Returns
    -------
    pits : ndarray of shape (1, n_samples, n_questions, 2) or (2, n_samples, \
n_questions, 2)
        The transform by all draws, then that by one model if ``single`` is true.
    """
    models = [rho_draws]
    if single:
        models.append(rho_draws.mean(axis=1, keepdims=True))
    return np.stack([pit_of(rho, votes, concentration) for rho in models])


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
        See `vote_pit`.

    Returns
    -------
    pit : ndarray of shape (n_samples, n_questions, 2)
    """
    pit = np.empty(votes.shape)
    for rows, distribution in vote_distributions(rho_draws, votes, concentration):
        pit[rows] = pit_in(cumulative(distribution), votes[rows])
    return pit


def vote_distributions(rho_draws, votes, concentration):
    """Yield chunks of rows and the distributions of their votes, in bounded memory.

    Parameters
    ----------
    rho_draws, votes, concentration
        See `pit_of`.

    Yields
    ------
    rows : slice
        Rows of the chunk.
    distribution : ndarray of shape (n_rows, n_questions, max N of the rows + 1)
        Result of `vote_distribution`.
    """
    n_samples, n_questions = votes.shape[:2]
    width = n_questions * (votes[..., 1].max(initial=0) + 2)
    for rows in chunks(n_samples, rows_within(8 * _COPIES * width)):
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
        The last value is exactly 1.
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
        Result of `cumulative`.
    votes : ndarray of shape (n_samples, n_questions, 2)
        k and N.

    Returns
    -------
    pit : ndarray of shape (n_samples, n_questions, 2)
    """
    k = votes[..., :1]
    # F(k - 1) is at place k, since F(-1) is at place 0.
    pit = np.take_along_axis(cdf, np.concatenate([k, k + 1], axis=-1), axis=-1)
    pit[votes[..., 1] == 0] = np.nan
    return pit


def pit_cdf(pit, u):
    """Return the part of each interval that lies at or below u.

    Parameters
    ----------
    pit : ndarray of shape (n_samples, n_questions, 2)
        Result of `vote_pit`.
    u : float
        A probability.

    Returns
    -------
    part : ndarray of shape (n_samples, n_questions)
        Part of the interval's length, from 0 to 1. It is 0 or 1 for an interval of
        length 0, and NaN where the interval is NaN.
    """
    low, high = pit[..., 0], pit[..., 1]
    is_point = low == high
    length = np.where(is_point, 1, high - low)
    with np.errstate(over="ignore"):
        part = np.clip((u - low) / length, 0, 1)
    return np.where(is_point, high <= u, part)


def _check_pit(pit, owner):
    pit = as_numbers(pit, f"pit given to {owner} must be numbers").astype(np.float64)
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
