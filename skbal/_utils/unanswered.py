"""Answers that are none: None, NaN, a masked value or ``SKIP``."""

import numpy as np

from skbal._utils.arrays import without_new_text


class Skip:
    """The answer of an oracle that leaves a row unanswered. There is one: `SKIP`."""

    def __repr__(self):
        return "SKIP"

    def __reduce__(self):
        return "SKIP"  # copies and pickles are the same object


SKIP = Skip()


def unanswered(answers):
    """Return which answers are none.

    Parameters
    ----------
    answers : array-like of shape (n_answers,) or (n_answers, n_outputs)
        The answers. An answer of several outputs is none if all of them are.

    Returns
    -------
    missing : ndarray of shape (n_answers,), dtype=bool

    Examples
    --------
    >>> unanswered(["cat", None, SKIP]).tolist()
    [False, True, True]
    >>> unanswered([0.5, float("nan")]).tolist()
    [False, True]
    """
    if isinstance(answers, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(answers)
        return _all_of_row(mask) | unanswered(answers.data)
    values = answers if isinstance(answers, np.ndarray) else _as_array(answers)
    if values.dtype.kind == "f":
        return _all_of_row(np.isnan(values))
    if values.dtype.kind in "mM":
        return _all_of_row(np.isnat(values))
    if values.dtype.kind != "O":
        return np.zeros(len(values), dtype=bool)
    return np.array([_is_none(value) for value in values], dtype=bool)


def _as_array(answers):
    try:
        return without_new_text(answers)
    except ValueError:  # an answer of several outputs beside None
        values = np.empty(len(answers), dtype=object)
        values[:] = list(answers)
        return values


def _all_of_row(mask):
    return mask.reshape(len(mask), -1).all(axis=1) if mask.ndim > 1 else mask


def _is_none(answer):
    if answer is None or answer is SKIP:
        return True
    if isinstance(answer, (list, tuple, np.ndarray)):
        parts = np.ravel(answer)  # an array without axes has one
        return len(parts) > 0 and all(map(_is_none, parts))
    try:
        return bool(answer != answer)  # NaN differs from itself
    except (TypeError, ValueError):
        return type(answer).__name__ == "NAType"  # of pandas
