"""Arguments about rho, the probability that one volunteer says yes."""

import numpy as np

from skbal._utils.validation import check_real


def check_rho(rho, owner, *, name="rho_draws"):
    """Raise if draws of rho are not probabilities.

    Parameters
    ----------
    rho : ndarray of float
        At least one number.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Raises
    ------
    ValueError
        If one of them is NaN or not in [0, 1].
    """
    if not (rho.min() >= 0 and rho.max() <= 1):  # also true of NaN
        raise ValueError(
            f"{name} given to {owner} must be probabilities in [0, 1], "
            f"got values from {rho.min():.6g} to {rho.max():.6g}."
        )


def check_concentration(concentration, shape, owner, *, name="concentration"):
    """Return concentrations of beta-binomial votes as an array of numbers above 0.

    Parameters
    ----------
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        None and infinity are the binomial distribution.
    shape : tuple of int
        Numbers of rows and questions.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    concentration : None or ndarray of shape (), (n_questions,) or (n_samples, \
n_questions)

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If a number is not above 0, or the shape is another.
    """
    if concentration is None:
        return None
    what = (
        f"{name} of {owner} must be None, a number > 0, one number per question "
        "or one per row and question"
    )
    numbers = np.asarray(concentration)
    if numbers.dtype.kind not in "iuf":
        raise TypeError(f"{what}, got {concentration!r}.")
    if numbers.shape not in {(), shape[1:], shape}:
        raise ValueError(
            f"{what}: there are {shape[0]} rows and {shape[1]} questions, got "
            f"shape {numbers.shape}."
        )
    if not (numbers > 0).all():  # also true of NaN
        raise ValueError(f"{what}, got {numbers[~(numbers > 0)].ravel()[0]:g}.")
    return numbers


def check_level(level, owner):
    """Return the level of an interval as a float.

    Parameters
    ----------
    level : float
        Above 0 and below 1.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    level : float

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is not between 0 and 1.
    """
    level = check_real(level, "level", owner, low=0, high=1)
    if level in (0, 1):
        raise ValueError(f"level of {owner} must be above 0 and below 1, got {level}.")
    return level


def concentration_of_rows(concentration, rows):
    """Return the concentrations of some rows.

    Parameters
    ----------
    concentration : None, float or ndarray of shape (n_questions,) or (n_samples, \
n_questions)
        Concentrations of beta-binomial votes. What is the same for all rows is returned
        as it is.
    rows : slice or ndarray of int
        The rows.

    Returns
    -------
    concentration : None, float or ndarray
    """
    return concentration[rows] if np.ndim(concentration) == 2 else concentration
