"""Checked votes: how many of N volunteers said yes."""

import numpy as np
from sklearn.pipeline import Pipeline

from skbal._utils.answers import COUNT_LIKELIHOODS, check_asked_questions, described
from skbal._utils.arrays import refuse_masked
from skbal._utils.counts import as_table, check_counts
from skbal._utils.validation import as_numbers

_TOO_MANY = 2**31  # so that no sum of votes overflows


def check_votes(y, owner, *, n_questions=None, name="y"):
    """Return votes as integers with an axis of questions.

    Parameters
    ----------
    y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        The last axis is k, the yes votes, and N, all votes. Both are 0 if a question
        was not asked.
    owner : str
        Name of the caller, for messages.
    n_questions : int, optional
        Number of questions that there must be.
    name : str, default="y"
        Name of the argument.

    Returns
    -------
    votes : ndarray of shape (n_samples, n_questions, 2), dtype=int64

    Raises
    ------
    ValueError
        If the shape is another, there is no row, or the numbers of a row are not
        integers with 0 <= k <= N. The message names the row and both numbers.

    Examples
    --------
    >>> check_votes([[3, 10], [0, 0]], "VoteOracle").shape
    (2, 1, 2)
    >>> check_votes([[3, 10], [7, 5]], "VoteOracle")
    Traceback (most recent call last):
        ...
    ValueError: y given to VoteOracle: row 1 has k = 7 yes votes of N = 5, but must
    have 0 <= k <= N.
    """
    what = f"{name} given to {owner}"
    if y is None:  # scikit-learn's words, which its checks look for
        raise ValueError(f"{owner} requires y to be passed, but the target y is None.")
    numbers = as_numbers(y, f"{what} must be votes, numbers k and N")
    if numbers.ndim not in (2, 3) or numbers.shape[-1] != 2 or 0 in numbers.shape:
        raise ValueError(
            f"{what} must be votes of shape (n_samples, 2), columns k and N, or "
            f"(n_samples, n_questions, 2), got shape {numbers.shape}."
            f"{_table_hint(numbers.shape)}"
        )
    votes = numbers.reshape(len(numbers), -1, 2)
    if n_questions is not None and votes.shape[1] != n_questions:
        raise ValueError(
            f"{what} has votes on {votes.shape[1]} questions, but {owner} was fitted "
            f"on {n_questions}."
        )
    _check_each(votes, what)
    return votes.astype(np.int64)


def _table_hint(shape):
    if len(shape) != 2 or shape[1] < 3:
        return ""
    return (
        " skbal.datasets.count_votes(table, yes) makes them of a table with one column "
        "for each answer."
    )


def _check_each(votes, what):
    k, n = votes[..., 0], votes[..., 1]
    _refuse(~(np.isfinite(k) & np.isfinite(n)), votes, what, "must have finite numbers")
    fractional = (k % 1 != 0) | (n % 1 != 0)
    _refuse(fractional, votes, what, "must have whole numbers of votes")
    _refuse((k < 0) | (k > n), votes, what, "must have 0 <= k <= N")
    # NumPy 2.0 may crash where it compares narrow integers with a larger one.
    _refuse(n.astype(np.float64) >= _TOO_MANY, votes, what, "must have N < 2**31")


def _refuse(wrong, votes, what, rule):
    if not wrong.any():
        return
    row, question = np.argwhere(wrong)[0]
    k, n = votes[row, question].tolist()
    place = f" of question {question}" if votes.shape[1] > 1 else ""
    raise ValueError(
        f"{what}: row {row} has k = {k:g} yes votes of N = {n:g}{place}, but {rule}."
    )


def learns_votes(estimator):
    """Return whether an estimator is a model of votes that learns from y.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. In pipelines and searches, the model inside decides.

    Returns
    -------
    learns_votes : bool
    """
    return _vote_learner(estimator) is not None


def learns_counts(estimator):
    """Return whether an estimator is a model of votes that learns a count per answer.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. In pipelines and searches, the model inside decides, and in a
        model on features its head. Such a model has the attribute ``likelihood``.

    Returns
    -------
    learns_counts : bool
        False if it learns k of N, or nothing of votes.
    """
    return getattr(_vote_learner(estimator), "likelihood", None) in COUNT_LIKELIHOODS


def questions_to_learn(estimator):
    """Return the questions that a model of counts will learn.

    Parameters
    ----------
    estimator : estimator
        A model for which `learns_counts` is true, fitted or not.

    Returns
    -------
    asked : tuple of Asked or None
        None for one question about all columns of y.

    Raises
    ------
    TypeError, ValueError
        If the parameter ``questions`` of the model is wrong.
    """
    model = _vote_learner(estimator)
    questions = getattr(model, "questions", None)
    if questions is None:
        return None
    return check_asked_questions(questions, type(model).__name__)


def check_votes_for(estimator, y, owner, *, name="y"):
    """Raise an error if y does not have the form of votes that a model learns from.

    Parameters
    ----------
    estimator : estimator
        A model for which `learns_votes` is true.
    y : array-like
        Votes k of N, or counts of answers if the likelihood of the model is one of
        ``COUNT_LIKELIHOODS``.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Raises
    ------
    TypeError, ValueError
        If y has another form; see `check_votes` and `check_counts`.
    """
    if not learns_counts(estimator):
        check_votes(y, owner, name=name)
        return
    n_columns = as_table(y, owner, name=name).shape[1]
    asked = questions_to_learn(estimator)
    questions = None if asked is None else described(asked)
    asked = check_asked_questions(questions, owner, n_columns=n_columns, name=name)
    check_counts(y, owner, asked=asked, name=name)


def _vote_learner(estimator):
    """Return the model inside an estimator that is given the votes, or None."""
    while not hasattr(estimator, "predict_votes"):
        if isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif hasattr(estimator, "estimator"):
            estimator = estimator.estimator
        else:
            return None
    # A model on features gives y to its head.
    while hasattr(getattr(estimator, "head", None), "predict_votes"):
        estimator = estimator.head
    return estimator


def check_numbers_of_votes(n_votes, owner, *, name="n_votes"):
    """Return numbers of volunteers as an array of integers.

    Parameters
    ----------
    n_votes : int or array-like of int
        0 or more.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    n_votes : ndarray of the same shape, dtype=int64
        May be the given array itself.

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If one is negative or not below 2**31, or masked.

    Examples
    --------
    >>> check_numbers_of_votes([3, -1], "VoteBALD")
    Traceback (most recent call last):
        ...
    ValueError: n_votes of VoteBALD must be 0 or more, got -1.
    """
    refuse_masked(n_votes, f"{name} of {owner}")
    try:
        numbers = np.asarray(n_votes)
    except ValueError:  # lists of different lengths
        numbers = np.array(n_votes, dtype=object)
    if numbers.dtype.kind not in "iu":
        got = repr(n_votes) if numbers.ndim == 0 else f"dtype {numbers.dtype}"
        raise TypeError(f"{name} of {owner} must be integers, got {got}.")
    if numbers.min(initial=0) < 0:
        raise ValueError(f"{name} of {owner} must be 0 or more, got {numbers.min()}.")
    if int(numbers.max(initial=0)) >= _TOO_MANY:
        raise ValueError(f"{name} of {owner} must be below 2**31, got {numbers.max()}.")
    # One more than the largest of a narrow type would overflow.
    return numbers.astype(np.int64, copy=False)


def check_numbers_to_compare(n_votes, owner):
    """Return several numbers of volunteers as an array of integers.

    Parameters
    ----------
    n_votes : array-like of int of shape (n_numbers,)
        At least one number, each 0 or more.
    owner : str
        Name of the caller, for messages.

    Returns
    -------
    n_votes : ndarray of shape (n_numbers,), dtype=int64

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If one is negative, or they are not a sequence with at least one number.
    """
    n_votes = check_numbers_of_votes(n_votes, owner)
    if n_votes.ndim != 1 or len(n_votes) == 0:
        raise ValueError(
            f"n_votes of {owner} must be a sequence of one number or more, got shape "
            f"{n_votes.shape}."
        )
    return n_votes


def check_n_votes(n_votes, n_samples, n_questions, owner, *, name="n_votes"):
    """Return the number of volunteers per row and question.

    Parameters
    ----------
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        N, 0 or more.
    n_samples, n_questions : int
        Numbers of rows and questions.
    owner, name : str
        Names of the caller and of its argument, for messages.

    Returns
    -------
    n_votes : ndarray of shape (n_samples, n_questions), dtype=int64
        May be a view that must not be written to.

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If one is negative or the shape is another.

    Examples
    --------
    >>> check_n_votes([3, 40], 2, 2, "predict_votes").tolist()
    [[3, 3], [40, 40]]
    """
    numbers = check_numbers_of_votes(n_votes, owner, name=name)
    shape = (n_samples, n_questions)
    if numbers.shape not in {(), shape[:1], shape}:
        raise ValueError(
            f"{name} of {owner} must be one integer or have the shape {shape[:1]} or "
            f"{shape}, one number per row or per row and question, got shape "
            f"{numbers.shape}."
        )
    if numbers.ndim == 1:
        numbers = numbers[:, np.newaxis]
    return np.broadcast_to(numbers, shape)
