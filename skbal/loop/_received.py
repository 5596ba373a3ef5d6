"""The answer of an oracle, checked as soon as it comes."""

import numpy as np

from skbal._utils.multilabel import gaps_of, takes_missing_labels
from skbal._utils.tags import classifies
from skbal._utils.unanswered import unanswered
from skbal._utils.votes import learns_votes
from skbal.loop._checks import OWNER


def received(answer, rows, known, estimator):
    """Return which rows were left unanswered, and the labels of the others.

    Parameters
    ----------
    answer : array-like of shape (n_rows,) or (n_rows, n_outputs)
        What the oracle returned.
    rows : ndarray of shape (n_rows,), dtype=intp
        The rows that it was asked about.
    known : array-like or None
        Labels that were given before.
    estimator : object
        What is fitted to the labels.

    Returns
    -------
    skipped : ndarray of shape (n_rows,), dtype=bool
        For a model of votes also rows with no vote at all, 0 of 0.
    labels : ndarray of shape (n_answers,) or (n_answers, n_outputs)

    Raises
    ------
    TypeError, ValueError
        If the oracle did not answer about each row, or if an answer is no label or of
        another kind than those before. The message names the row.
    """
    values = _as_values(answer, rows)
    skipped = unanswered(values)
    if learns_votes(estimator):
        skipped |= _without_votes(values)
    kept, rows = np.flatnonzero(~skipped), rows[~skipped]
    if not len(kept):
        return skipped, np.empty(0)
    labels = _in_one_array([values[position] for position in kept], values, rows, kept)
    _check_numbers(labels, rows, estimator)
    if known is not None and len(known):
        _check_like(labels, known, rows)
    if classifies(estimator) and labels.dtype.kind == "f" and labels.ndim == 1:
        _check_each(labels == np.rint(labels), labels, rows, "a class")
    return skipped, labels


def _as_values(answer, rows):
    is_frame = hasattr(answer, "iloc") or hasattr(answer, "columns")
    if is_frame or not hasattr(answer, "__len__"):
        answer = np.asarray(answer)
    elif hasattr(answer, "to_list"):  # a Series of polars, whose null is none
        answer = answer.to_list()
    shape = getattr(answer, "shape", None)
    has_rows = shape != () and not isinstance(answer, (str, bytes, dict))
    if not has_rows or len(answer) != len(rows):
        shape = (len(answer),) if has_rows and shape is None else np.shape(answer)
        raise ValueError(
            f"oracle of {OWNER} must answer one label per row: {len(rows)} rows "
            f"were asked for, got {_what(answer, shape)}."
        )
    return answer


def _what(answer, shape):
    is_none = shape == () and np.asarray(answer).tolist() is None
    return "None" if is_none else f"an answer of shape {shape}"


def _without_votes(values):
    """Return for which rows there is a label of numbers, all of which are 0."""
    return np.array([_is_without_votes(value) for value in values], dtype=bool)


def _is_without_votes(value):
    if not isinstance(value, (list, tuple, np.ndarray)):
        return False
    try:
        votes = np.asarray(value)
    except ValueError:  # lists of different lengths
        return False
    return votes.dtype.kind in "iuf" and votes.size > 0 and not votes.any()


def _in_one_array(answers, values, rows, kept):
    """Return answers as an array that holds either strings or numbers."""
    if isinstance(values, np.ndarray) and values.dtype.kind != "O":
        return np.array(np.ma.getdata(values)[kept])
    kinds = np.array([_kind(answer) for answer in answers])
    _check_each(kinds != "neither", answers, rows, "a string or a number")
    _check_each(kinds == kinds[0], answers, rows, kinds[0])
    shapes = np.array([str(np.shape(answer)) for answer in answers])
    _check_each(shapes == shapes[0], answers, rows, f"a label of shape {shapes[0]}")
    # Of an array of objects, such as a row of a frame with text, the objects count.
    return np.array([_as_list(answer) for answer in answers])


def _as_list(answer):
    is_objects = isinstance(answer, np.ndarray) and answer.dtype == object
    return answer.tolist() if is_objects else answer


def _kind(answer):
    if isinstance(answer, (list, tuple, np.ndarray)):
        kinds = {_kind(part) for part in answer}
        return kinds.pop() if len(kinds) == 1 else "neither"
    if isinstance(answer, (str, np.str_)):
        return "a string"
    is_number = isinstance(answer, (bool, int, float, np.number, np.bool_))
    return "a number" if is_number else "neither"


def _check_numbers(labels, rows, estimator):
    if labels.dtype.kind not in "biufUS":
        raise TypeError(
            f"oracle of {OWNER} must answer strings or numbers, got {labels.dtype}."
        )
    if labels.dtype.kind == "f":
        finite = np.isfinite(labels)
        if takes_missing_labels(estimator):
            finite |= gaps_of(labels) if labels.ndim == 2 else False
        finite = finite.reshape(len(labels), -1).all(axis=1)
        _check_each(finite, labels, rows, "finite")


def _check_like(labels, known, rows):
    before = np.asarray(known)
    if before.shape[1:] != labels.shape[1:]:
        raise ValueError(
            f"oracle of {OWNER} must answer labels of shape {before.shape[1:]}, like "
            f"those before, got {labels.shape[1:]} for row {rows[0]}."
        )
    kind = _kind(np.ravel(before)[0])
    right = np.full(len(labels), kind == _kind(np.ravel(labels)[0]))
    _check_each(right, labels, rows, f"{kind}, like the labels before")


def _check_each(right, answers, rows, words):
    if right.all():
        return
    wrong = int(np.argmin(right))
    answer = answers[wrong]
    answer = answer.item() if isinstance(answer, np.generic) else answer
    raise ValueError(
        f"oracle of {OWNER} must answer {words}, but for row {rows[wrong]} it answered "
        f"{answer!r}. It is asked again when the loop continues. To leave a row "
        "unanswered, it answers None."
    )
