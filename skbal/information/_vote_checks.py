"""Checked arguments of the functions of votes, and chunks of rows with one N."""

import numpy as np

from skbal._utils.chunks import chunks
from skbal._utils.rho import check_concentration, check_rho
from skbal._utils.votes import check_votes
from skbal.information._binomials import numbers_per_row

# In the limit of small concentrations, all volunteers give the same answer.
_SMALLEST = 1e-200
_NUMBERS = 2**17  # in a chunk, 1 MB in float64


def rho_as_float64(rho, owner, *, name="rho_draws"):
    """Return draws of rho in float64, or raise if they are not probabilities.

    Parameters
    ----------
    rho : ndarray of float
        At least one number.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    rho : ndarray of the same shape, dtype=float64

    Raises
    ------
    ValueError
        If one of them is NaN or not in [0, 1].
    """
    check_rho(rho, owner, name=name)
    return rho.astype(np.float64)


def inverse_concentration(concentration, shape, owner, *, name="concentration"):
    """Return one over the concentrations. 0 is the binomial.

    Parameters
    ----------
    concentration, shape, owner, name
        As in `check_concentration`.

    Returns
    -------
    inverse : ndarray of shape (n_samples, n_questions)

    Raises
    ------
    TypeError, ValueError
        As `check_concentration`.
    """
    numbers = check_concentration(concentration, shape, owner, name=name)
    if numbers is None:
        return np.zeros(shape)
    numbers = np.maximum(numbers.astype(np.float64), _SMALLEST)
    return np.broadcast_to(1 / numbers, shape)


def votes_of_draws(votes, shape, owner):
    """Return votes on the rows and questions of draws.

    Parameters
    ----------
    votes : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        The last axis is k, the yes votes, and N, all votes.
    shape : tuple of int
        Numbers of rows and questions of the draws.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64

    Raises
    ------
    ValueError
        If they are no votes, or there are more or fewer.
    """
    votes = check_votes(votes, owner, name="votes")
    if votes.shape[:2] != shape:
        raise ValueError(
            f"votes given to {owner} must have the shape {(*shape, 2)}, with the rows "
            f"and questions of rho_draws, got {votes.shape}."
        )
    return votes


def chunks_of_one_number(
    rho_draws, n_votes, inverse, owner, *, name="rho_draws", n_rows=None
):
    """Yield chunks of rows that have the same number of volunteers.

    So no work is done for k above the N of a row.

    Parameters
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        Draws of rho, checked chunk by chunk.
    n_votes : ndarray of int of shape (n_samples, n_questions)
        Number of volunteers per row and question.
    inverse : ndarray of shape (n_samples, n_questions)
        One over the concentrations.
    owner, name : str
        Names of the caller and of its argument, for messages.
    n_rows : callable, optional
        Takes the number of volunteers, returns how many rows are a chunk. ``None`` is
        what fits into the cache with the functions of `_binomials`.

    Yields
    ------
    rows : ndarray of int of shape (n_rows,)
        Rows of the chunk.
    question : int
        The question.
    arguments : tuple
        Draws of shape (n_rows, n_draws) in float64, the number of volunteers, and one
        over the concentrations, of shape (n_rows,).
    """
    for question, numbers in enumerate(n_votes.T):
        order = np.argsort(numbers, kind="stable")
        found, starts = np.unique(numbers[order], return_index=True)
        for n, rows in zip(found.tolist(), np.split(order, starts[1:])):
            if n_rows is None:
                held = numbers_per_row(rho_draws.shape[1], n, inverse[rows, question])
                step = max(_NUMBERS // held, 1)
            else:
                step = n_rows(n)
            for places in chunks(len(rows), step):
                chunk = rows[places]
                # (n_rows, n_draws)
                rho = rho_as_float64(rho_draws[chunk, :, question], owner, name=name)
                yield chunk, question, (rho, n, inverse[chunk, question])
