"""What `VotePosteriorDisplay` draws: the votes that draws predict for a few rows."""

import numpy as np

from skbal._utils.pools import n_rows, take
from skbal._utils.votes import check_n_votes, check_votes, concentration_of_rows
from skbal.information import vote_distribution
from skbal.information._vote_checks import check_concentration

_MOST_ROWS = 20
_N_VOTES = 40


def check_few(n_samples, owner):
    """Refuse more rows than anybody can look at, or none.

    Parameters
    ----------
    n_samples : int
        How many there are.
    owner : str
        The display.

    Raises
    ------
    ValueError
        If there are none or more than 20.
    """
    if not 1 <= n_samples <= _MOST_ROWS:
        raise ValueError(
            f"{owner} draws a few rows, 1 to {_MOST_ROWS}, got {n_samples}. Give it "
            "some of them, such as X[:5]."
        )


def observed_votes(y, n_votes, shape, question, owner):
    """Return the yes votes of each row, and all its votes.

    Parameters
    ----------
    y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2) or None
        Yes votes k and all votes N.
    n_votes : int or array-like of shape (n_samples,) or None
        All votes, where y is None; 40 if this is None, too.
    shape : tuple of int
        Of the draws, (n_samples, n_draws, n_questions).
    question : int
        Which one.
    owner : str
        The display.

    Returns
    -------
    observed : ndarray of shape (n_samples,) or None
        None without y.
    n_votes : ndarray of shape (n_samples,), dtype=int64

    Raises
    ------
    TypeError, ValueError
        If they are not as they must be, both are given, or a row has no votes.
    """
    n_samples, _, n_questions = shape
    if y is None:
        n_votes = _N_VOTES if n_votes is None else n_votes
        return None, check_n_votes(n_votes, n_samples, n_questions, owner)[:, question]
    if n_votes is not None:
        raise ValueError(f"{owner} takes y or n_votes, not both: y says how many.")
    votes = check_votes(y, owner)
    if votes.shape[:2] != (n_samples, n_questions):
        raise ValueError(
            f"y given to {owner} must have votes on {n_questions} questions for "
            f"{n_samples} rows, got {votes.shape[1]} questions for {len(votes)} rows."
        )
    k, n = votes[:, question].T
    if (n == 0).any():
        row = np.flatnonzero(n == 0)[0]
        raise ValueError(
            f"y given to {owner} must have votes in every row, but row {row} has "
            f"k = 0 of N = 0 on question {question}. Leave it out."
        )
    return k, n


def distributions(rho_draws, n_votes, concentration, question, owner):
    """Return the votes on a question by the mean draw, and by each draw.

    Parameters
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        Draws of rho.
    n_votes : ndarray of shape (n_samples,)
        All votes of each row.
    concentration : float, array-like of shape (n_questions,) or (n_samples, \
n_questions), or None
        Of the beta-binomial distribution of votes given the draw.
    question : int
        Which one.
    owner : str
        The display.

    Returns
    -------
    single : ndarray of shape (n_samples, max N + 1)
    draws : ndarray of shape (n_samples, n_draws, max N + 1)
    """
    n_samples, n_draws, n_questions = rho_draws.shape
    shape = (n_samples, n_questions)
    concentration = check_concentration(concentration, shape, owner)
    mean = rho_draws.mean(axis=1, keepdims=True)
    single = vote_distribution(mean, n_votes, concentration)[:, question]
    # Each draw of a row as a row of its own.
    each = rho_draws.reshape(-1, 1, n_questions)
    rows = np.repeat(np.arange(n_samples), n_draws)
    concentration = concentration_of_rows(concentration, rows)
    draws = vote_distribution(each, n_votes[rows], concentration)
    return single, draws[:, question].reshape(n_samples, n_draws, -1)


def rows_as_images(X, images, owner):
    """Return the rows themselves if they have the shape of images, otherwise None.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        A few rows.
    images : str
        Must be "auto".
    owner : str
        The display.

    Returns
    -------
    images : ndarray of shape (n_samples, ...) or None

    Raises
    ------
    ValueError
        If ``images`` is another word.
    """
    if images != "auto":
        raise ValueError(
            f'images of {owner} must be "auto", None or an array, got {images!r}.'
        )
    shape = getattr(X, "shape", ())
    is_images = len(shape) == 3 or (len(shape) == 4 and {1, 3} & {shape[1], shape[3]})
    return np.asarray(take(X, slice(0, n_rows(X)))) if is_images else None
