"""Checks of arguments. Their messages name the argument and its function or class."""

from numbers import Integral, Real

import numpy as np

from skbal._utils.arrays import check_length_known, refuse_masked
from skbal._utils.torch_models import torch_hint

# Precisions in which rows stay as they are; others become the first.
FLOAT_DTYPES = (np.float64, np.float32)
# Of things that are held in memory at once, such as draws. So many numbers are 16 GB.
MOST_IN_MEMORY = 2**31 - 1


def check_count(value, name, owner, *, smallest=1, most=None):
    """Return ``value`` as an int.

    Parameters
    ----------
    value : int
        The count. Bools and floats are refused, even 3.0.
    name, owner : str
        Names of the argument and of the caller, for messages.
    smallest : int, default=1
        Smallest value allowed.
    most : int, optional
        Largest value allowed, for a count of things that are all held in memory.

    Returns
    -------
    value : int

    Raises
    ------
    TypeError
        If it is not an integer.
    ValueError
        If it is too small or too large.

    Examples
    --------
    >>> check_count(0, "n_instances", "BALD")
    Traceback (most recent call last):
        ...
    ValueError: n_instances of BALD must be an integer >= 1, got 0.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            f"{name} of {owner} must be an integer >= {smallest}, "
            f"got {value!r} ({type(value).__name__})."
        )
    if value < smallest:
        raise ValueError(
            f"{name} of {owner} must be an integer >= {smallest}, got {value}."
        )
    if most is not None and value > most:
        raise ValueError(
            f"{name} of {owner} must be an integer from {smallest} to {most}, got "
            f"{_shown(value)}: so many do not fit into memory."
        )
    return int(value)


def check_n_draws(n_draws, owner):
    """Return a number of posterior draws as an int.

    Parameters
    ----------
    n_draws : int
        At least 1.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    n_draws : int

    Raises
    ------
    TypeError, ValueError
        As `check_count`; also if no memory can hold so many draws.
    """
    return check_count(n_draws, "n_draws", owner, most=MOST_IN_MEMORY)


def _shown(number):
    return number if abs(number) < 10**24 else "a number of more than 24 digits"


def check_real(value, name, owner, *, low=None, high=None):
    """Return ``value`` as a float in [low, high].

    Parameters
    ----------
    value : float
        The number. NaN and infinity are refused.
    name, owner : str
        Names of the argument and of the caller, for messages.
    low, high : float, optional
        The bounds, both included.

    Returns
    -------
    value : float

    Raises
    ------
    TypeError
        If it is not a real number.
    ValueError
        If it lies outside the bounds or is not finite.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(
            f"{name} of {owner} must be a real number{_bounds(low, high)}, "
            f"got {value!r} ({type(value).__name__})."
        )
    try:
        number = float(value)
    except OverflowError:
        raise ValueError(
            f"{name} of {owner} must be a real number{_bounds(low, high)} that a float "
            f"can hold, got {_shown(value)}."
        ) from None
    inside = float("-inf" if low is None else low) <= value
    inside = inside and value <= float("inf" if high is None else high)
    if not inside or number in (float("inf"), float("-inf")):
        raise ValueError(
            f"{name} of {owner} must be a real number{_bounds(low, high)}, got {value}."
        )
    return number


def _bounds(low, high):
    if low is not None and high is not None:
        return f" in [{low}, {high}]"
    if low is not None:
        return f" >= {low}"
    return "" if high is None else f" <= {high}"


def check_option(value, name, options, owner):
    """Return ``value`` if it is one of the options.

    Parameters
    ----------
    value : object
        The value.
    name : str
        Name of the argument.
    options : sequence of str or None
        Allowed values, at least two.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    value : str or None

    Raises
    ------
    ValueError
        If it is not one of the options.

    Examples
    --------
    >>> check_option("beta", "likelihood", ("binomial", "beta-binomial"), "Model")
    Traceback (most recent call last):
        ...
    ValueError: likelihood of Model must be 'binomial' or 'beta-binomial', got 'beta'.
    """
    # "in" would compare an array elementwise with each option.
    if not any(value is option or _same_string(value, option) for option in options):
        *most, last = (repr(option) for option in options)
        raise ValueError(
            f"{name} of {owner} must be {', '.join(most)} or {last}, got {value!r}."
        )
    return value


def _same_string(value, option):
    return isinstance(value, str) and value == option


def as_numbers(values, what):
    """Return values as an array of numbers, in their own dtype if that is numeric.

    Parameters
    ----------
    values : array-like
        Booleans count as numbers.
    what : str
        What the values are and must be, for the message.

    Returns
    -------
    numbers : ndarray
        May be the given array itself.

    Raises
    ------
    ValueError
        If the values are not real numbers, are masked, or form no array.
    """
    refuse_masked(values, f"{what}, but it")
    check_length_known(values, what)
    try:
        numbers = np.asarray(values)
        if numbers.dtype.kind in "biuf":
            return numbers
        if numbers.dtype.kind in "cmM":  # NumPy would drop a part or count time
            raise TypeError(f"got dtype {numbers.dtype}.")
        if any(number is None for number in numbers.ravel()):
            raise TypeError("got None.")
        return numbers.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise ValueError(f"{what}: {error}") from None


def check_n_instances(n_instances, n_pool, owner, pool="X_pool"):
    """Return ``n_instances`` if the pool has as many rows.

    Parameters
    ----------
    n_instances : int
        Number of rows to choose.
    n_pool : int
        Number of rows in the pool.
    owner : str
        Name of the strategy, for messages.
    pool : str, default="X_pool"
        What holds the rows, for messages.

    Returns
    -------
    n_instances : int

    Raises
    ------
    TypeError, ValueError
        If it is not an integer >= 1, or if the pool is empty or too small.
    """
    n_instances = check_count(n_instances, "n_instances", owner)
    if n_instances > n_pool:
        if n_pool == 0:
            raise ValueError(
                f"{pool} given to {owner} is empty: nothing is left to query."
            )
        raise ValueError(
            f"n_instances of {owner} is {n_instances}, "
            f"but {pool} holds only {n_pool} rows."
        )
    return n_instances


def check_fits(estimator, owner):
    """Raise if an object cannot be fitted.

    Parameters
    ----------
    estimator : object
        The object.
    owner : str
        Name of the caller, for messages.

    Raises
    ------
    TypeError
        If it is a class, or has no ``fit``.
    """
    is_class = isinstance(estimator, type)
    if not is_class and hasattr(estimator, "fit"):
        return
    must = f"estimator of {owner} must be an estimator, an object with fit"
    name = estimator.__name__ if is_class else type(estimator).__name__
    hint = "" if hasattr(estimator, "fit") else torch_hint(estimator)
    if hint:
        raise TypeError(f"{must}, got a network of torch, {name}. {hint}")
    if is_class:
        raise TypeError(
            f"{must}, got the class {name}: give an instance, such as {name}()."
        )
    raise TypeError(f"{must}, got {estimator!r}.")


def check_same_number(n_rows, n_labels, owner, labels="y"):
    """Raise if there are more or fewer labels than rows.

    Parameters
    ----------
    n_rows, n_labels : int
        The numbers.
    owner : str
        Name of the caller, for messages.
    labels : str, default="y"
        Name of the argument that holds the labels.

    Raises
    ------
    ValueError
        If the numbers differ.
    """
    if n_rows != n_labels:
        raise ValueError(
            f"X and {labels} given to {owner} must have the same number of rows, got "
            f"{n_rows} rows and {n_labels} {'labels' if labels == 'y' else labels}."
        )


def check_not_both(return_std, return_cov, owner):
    """Raise if both ``return_std`` and ``return_cov`` are set.

    Parameters
    ----------
    return_std, return_cov : bool
        The arguments.
    owner : str
        Name of the estimator, for messages.

    Raises
    ------
    ValueError
        If both are true.
    """
    if return_std and return_cov:
        raise ValueError(
            f"predict of {owner} returns either return_std or return_cov, not both."
        )


def check_numbers(y, owner):
    """Return the targets of a regressor in float64.

    Parameters
    ----------
    y : ndarray
        Targets, with all other checks done.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    y : ndarray of the same shape, dtype=float64

    Raises
    ------
    ValueError
        If they are not finite numbers, such as labels of classes.

    Examples
    --------
    >>> check_numbers(np.array(["cat", "dog"]), "BayesianLinearRegression")
    Traceback (most recent call last):
        ...
    ValueError: y given to BayesianLinearRegression must be numbers, got 'cat': labels
    of classes need a classifier, such as LastLayerClassifier.
    """
    try:
        numbers = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError):
        first = np.ravel(y)[0]
        raise ValueError(
            f"y given to {owner} must be numbers, got {str(first)!r}: labels of "
            "classes need a classifier, such as LastLayerClassifier."
        ) from None
    if not np.isfinite(numbers).all():  # None among objects
        raise ValueError(f"y given to {owner} must be finite numbers, got NaN or None.")
    return numbers
