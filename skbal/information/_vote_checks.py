"""Checked arguments of the functions of votes, and their rows in pieces of one N."""

import numpy as np

from skbal._utils.chunks import chunks
from skbal.information._binomials import numbers_a_row

# A concentration this small is the limit: all volunteers say the same.
_SMALLEST = 1e-200
_NUMBERS = 2**17  # of a piece, 1 MB in float64


def check_chances(rho, owner):
    """Return draws in float64, or say that they are no probabilities.

    Parameters
    ----------
    rho : ndarray of float
        Of one question, at least one number.
    owner : str
        The function that they were given to.

    Returns
    -------
    rho : ndarray of the same shape, dtype=float64

    Raises
    ------
    ValueError
        If one of them is NaN or not in [0, 1].
    """
    refuse_no_chances(rho, owner)
    return rho.astype(np.float64)


def refuse_no_chances(rho, owner):
    """Say that draws are no probabilities, if one of them is none.

    Parameters
    ----------
    rho : ndarray of float
        At least one number.
    owner : str
        The function that they were given to.

    Raises
    ------
    ValueError
        If one of them is NaN or not in [0, 1].
    """
    if not (rho.min() >= 0 and rho.max() <= 1):  # also true of NaN
        raise ValueError(
            f"rho_draws given to {owner} must be probabilities in [0, 1], "
            f"got values from {rho.min():.6g} to {rho.max():.6g}."
        )


def check_concentration(concentration, shape, owner):
    """Return concentrations as numbers above 0, in the shape that they came in.

    Parameters
    ----------
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        Infinity and None are the binomial.
    shape : tuple of int
        The numbers of rows and questions.
    owner : str
        Whose argument it is.

    Returns
    -------
    concentration : ndarray of shape (), (n_questions,) or (n_samples, n_questions) or \
None

    Raises
    ------
    TypeError
        If it is of no numbers.
    ValueError
        If one is not above 0, or the shape is another.
    """
    if concentration is None:
        return None
    what = (
        f"concentration of {owner} must be None, a number > 0, one a question or one "
        "for each row's questions"
    )
    numbers = np.asarray(concentration)
    if numbers.dtype.kind not in "iuf":
        raise TypeError(f"{what}, got {concentration!r}.")
    if numbers.shape not in {(), shape[1:], shape}:
        raise ValueError(
            f"{what}: there are {shape[0]} rows and {shape[1]} questions, got the "
            f"shape {numbers.shape}."
        )
    if not (numbers > 0).all():  # also true of NaN
        raise ValueError(f"{what}, got {numbers[~(numbers > 0)].ravel()[0]:g}.")
    return numbers


def inverse_concentration(concentration, shape, owner):
    """Return one over the concentrations; 0 is the binomial.

    Parameters
    ----------
    concentration, shape, owner
        As in `check_concentration`.

    Returns
    -------
    inverse : ndarray of shape (n_samples, n_questions)

    Raises
    ------
    TypeError, ValueError
        As `check_concentration`.
    """
    numbers = check_concentration(concentration, shape, owner)
    if numbers is None:
        return np.zeros(shape)
    numbers = np.maximum(numbers.astype(np.float64), _SMALLEST)
    return np.broadcast_to(1 / numbers, shape)


def pieces_of_one_number(rho_draws, n_votes, inverse, owner):
    """Yield rows that have the same number of volunteers, a few at a time.

    So no work is done for k above the N of a row.

    Parameters
    ----------
    rho_draws : ndarray of shape (n_samples, n_draws, n_questions)
        Checked as they are gone through.
    n_votes : ndarray of int of shape (n_samples, n_questions)
        How many volunteers are asked.
    inverse : ndarray of shape (n_samples, n_questions)
        One over the concentrations.
    owner : str
        The function that the draws were given to.

    Yields
    ------
    rows : ndarray of int of shape (n_rows,)
        Which rows.
    question : int
        Of which question.
    arguments : tuple
        Their draws of shape (n_rows, n_draws) in float64, the number of volunteers,
        and one over their concentrations, of shape (n_rows,).
    """
    for question, numbers in enumerate(n_votes.T):
        order = np.argsort(numbers, kind="stable")
        found, starts = np.unique(numbers[order], return_index=True)
        for n, rows in zip(found.tolist(), np.split(order, starts[1:])):
            held = numbers_a_row(rho_draws.shape[1], n, inverse[rows, question])
            for piece in chunks(len(rows), max(_NUMBERS // held, 1)):
                part = rows[piece]
                rho = check_chances(rho_draws[part, :, question], owner)
                yield part, question, (rho, n, inverse[part, question])
