"""What `VotePosteriorDisplay` plots: the votes that draws predict for a few rows."""

import numpy as np

from skbal._utils.pools import n_rows, take
from skbal._utils.rho import check_concentration, concentration_of_rows
from skbal._utils.vote_models import check_column_votes
from skbal._utils.votes import check_n_votes
from skbal.information import vote_distribution
from skbal.plotting._image_grid import as_pictures

_MOST_ROWS = 20
_N_VOTES = 40


def check_few(n_samples, name, owner):
    """Return a number of rows that fits into one figure.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    name, owner : str
        Names of the argument and of the display, for messages.

    Returns
    -------
    n_samples : int

    Raises
    ------
    ValueError
        If there is no row, or more than 20.
    """
    if not 1 <= n_samples <= _MOST_ROWS:
        raise ValueError(
            f"{name} of {owner} must be a few rows, 1 to {_MOST_ROWS}, got "
            f"{n_samples}. Give it some of them, such as {name}[:5]."
        )
    return n_samples


def check_observed(y, n_votes, n_samples, owner, model=None):
    """Return the votes of a few rows, if there are any.

    Parameters
    ----------
    y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2) or None
        Yes votes k and all votes N.
    n_votes : int or array-like of shape (n_samples,) or None
        Numbers of volunteers, if y is None.
    n_samples : int
        Number of rows.
    owner : str
        Name of the display, for messages.
    model : estimator, optional
        The fitted model, whose y may have counts of answers.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64, or None
        None if y is None.

    Raises
    ------
    TypeError, ValueError
        If y holds no votes, has another number of rows, or both arguments are given.
    """
    if y is None:
        return None
    if n_votes is not None:
        raise ValueError(f"{owner} takes y or n_votes, not both: y says how many.")
    votes = check_column_votes(model, y, owner)
    if len(votes) != n_samples:
        raise ValueError(
            f"y given to {owner} must have votes on {n_samples} rows, got votes on "
            f"{len(votes)}."
        )
    return votes


def votes_on_question(votes, n_votes, shape, question, owner):
    """Return the yes votes of each row on one question, and all its votes.

    Parameters
    ----------
    votes : ndarray of shape (n_samples, n_questions, 2) or None
        Result of `check_observed`.
    n_votes : int or array-like of shape (n_samples,) or None
        Numbers of volunteers, if ``votes`` is None; 40 if this is None, too.
    shape : tuple of int
        Shape (n_samples, n_draws, n_questions) of the draws.
    question : int
        Number of the question.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    observed : ndarray of shape (n_samples,) or None
        None without votes.
    n_votes : ndarray of shape (n_samples,), dtype=int64

    Raises
    ------
    TypeError, ValueError
        If the arguments have a wrong shape, or a row has no votes.
    """
    n_samples, _, n_questions = shape
    if votes is None:
        n_votes = _N_VOTES if n_votes is None else n_votes
        return None, check_n_votes(n_votes, n_samples, n_questions, owner)[:, question]
    if votes.shape[1] != n_questions:
        raise ValueError(
            f"y given to {owner} must have votes on {n_questions} questions, got votes "
            f"on {votes.shape[1]}."
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
    """Return the distributions of votes by the mean draw, and by each draw.

    Parameters
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        Draws of rho.
    n_votes : ndarray of shape (n_samples,)
        All votes of each row.
    concentration : float, array-like of shape (n_questions,) or (n_samples, \
n_questions), or None
        Concentration of the beta-binomial distribution of votes given the draw.
    question : int
        Number of the question.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    single : ndarray of shape (n_samples, max N + 1)
        Probabilities of k = 0, 1, ... by the mean draw.
    draws : ndarray of shape (n_samples, n_draws, max N + 1)
        The same by each draw.
    """
    n_samples, n_draws, n_questions = rho_draws.shape
    shape = (n_samples, n_questions)
    concentration = check_concentration(concentration, shape, owner)
    mean = rho_draws.mean(axis=1, keepdims=True)
    single = vote_distribution(mean, n_votes, concentration)[:, question]
    # vote_distribution averages over draws, so each draw becomes a row of its own:
    # (n_samples, n_draws, n_questions) -> (n_samples * n_draws, 1, n_questions).
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
        Name of the display, for messages.

    Returns
    -------
    images : ndarray of shape (n_samples, ...) or None

    Raises
    ------
    ValueError
        If ``images`` is another string.
    """
    if images != "auto":
        raise ValueError(
            f'images of {owner} must be "auto", None or an array, got {images!r}.'
        )
    shape = getattr(X, "shape", ())
    is_images = len(shape) == 3 or (len(shape) == 4 and {1, 3} & {shape[1], shape[3]})
    return np.asarray(take(X, slice(0, n_rows(X)))) if is_images else None


def check_pictures(images, n_samples, owner):
    """Return one picture per row, in the shape that matplotlib takes.

    Parameters
    ----------
    images : array-like of shape (n_samples, ...) or None
        See `ImageGridDisplay`.
    n_samples : int
        Number of rows.
    owner : str
        Name of the display, for messages.

    Returns
    -------
    pictures : list of ndarray, or None
        None without images.

    Raises
    ------
    ValueError
        If the images have another shape, or are more or fewer than the rows.
    """
    if images is None:
        return None
    pictures = as_pictures(images, owner)
    if len(pictures) != n_samples:
        raise ValueError(
            f"images of {owner} must be one per row, got {len(pictures)} images for "
            f"{n_samples} rows."
        )
    return list(pictures)
