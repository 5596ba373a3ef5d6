"""Answers of people who are wrong in different ways."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from sklearn.utils import Bunch

from skbal._utils.arrays import as_array, refuse_masked
from skbal._utils.labels import class_codes, label_column
from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count, check_real

_OWNER = "make_biased_labels"
_USUAL = {
    "careful": 0.95,
    "hasty": 0.75,
    "neighbours": "confuses neighbours",
    "guessing": "random",
    "same": "constant",
}
_CONFUSED = 0.4  # how often "confuses neighbours" gives the next class
_ROUNDING = 1e-6
_WORDS = (
    "an accuracy from 0 to 1, a matrix of probabilities, 'random', 'constant', or "
    "'confuses neighbours'"
)

_DESCR = """\
{n:,} answers of {people} people about {items:,} items of {classes} classes
------------------------------------------------------------------
Each person has a confusion matrix. {group:,} items belong to a group about which people
are wrong more often.

A. P. Dawid and A. M. Skene (1979): Maximum likelihood estimation of observer
error-rates using the EM algorithm. Applied Statistics 28, 20-28.
"""


def make_biased_labels(
    y,
    annotators=None,
    *,
    group=None,
    group_error=0.3,
    n_answers=None,
    random_state=None,
):
    """Return answers of people, some of whom are biased.

    Each person has a confusion matrix, the probability of each answer given the class
    [1]_. Somebody may be careless, confuse two classes, answer at random or always the
    same. A group of rows may be judged worse by everybody, or by some.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The right answers, as strings or numbers of two classes or more.
    annotators : dict, optional
        For each person, by name, one of these:

        - a number from 0 to 1: the probability of the right answer. All wrong answers
          are equally probable;
        - an array of shape (n_classes, n_classes): in row k, the probability of each
          answer about an item of class k, with the classes sorted;
        - "random": all answers are equally probable;
        - "constant": always the first class;
        - "confuses neighbours": with probability 0.4 the next class instead of the
          right one.

        ``None`` is one person of each kind, of whom two are right with probability 0.95
        and 0.75.
    group : array-like of bool of shape (n_samples,), optional
        Rows that people judge worse. ``None`` is no row.
    group_error : float or dict, default=0.3
        Probability that an answer about a row of the group is replaced by another
        class, each with equal probability. A dict gives it for some people by name, and
        0 for the others.
    n_answers : int, optional
        Number of people who answer about each row, chosen at random. ``None`` asks all.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same answers at every call.

    Returns
    -------
    answers : sklearn.utils.Bunch
        With the entries

        rows : ndarray of shape (n_lines,), dtype=intp
            The row of y that each answer is about, ascending.
        labels : ndarray of shape (n_lines,)
            The answers.
        workers : ndarray of str of shape (n_lines,)
            The person who gave each answer.
        classes : ndarray of shape (n_classes,)
            The classes, sorted.
        names : list of str
            The people.
        confusion : ndarray of shape (n_people, n_classes, n_classes)
            Entry [a, k, l] is the probability that person a says class l about an item
            of class k outside of the group.
        group_confusion : ndarray of the same shape
            The same inside the group.
        DESCR : str
            Description of the data set.

    Raises
    ------
    TypeError, ValueError
        If an argument has a wrong type, shape or value.

    See Also
    --------
    skbal.oracles.CrowdOracle : Takes rows, labels and workers, in this order.
    skbal.votes.DawidSkene : Finds the confusion matrices from the answers.

    References
    ----------
    .. [1] A. P. Dawid and A. M. Skene (1979), Maximum likelihood estimation of
       observer error-rates using the EM algorithm, Applied Statistics 28.

    Examples
    --------
    >>> from skbal.datasets import make_biased_labels
    >>> people = {"ann": 1.0, "bob": "constant"}
    >>> answers = make_biased_labels(["cat", "dog"], people, random_state=0)
    >>> answers.rows
    array([0, 0, 1, 1])
    >>> answers.workers.tolist()
    ['ann', 'bob', 'ann', 'bob']
    >>> answers.labels.tolist()
    ['cat', 'cat', 'dog', 'cat']
    """
    y = label_column(y, f"y of {_OWNER}")
    classes, codes = class_codes(y, "y", _OWNER)
    if len(classes) < 2:
        raise ValueError(
            f"y of {_OWNER} must have two classes or more, got {classes.tolist()}."
        )
    people = _check_people(_USUAL if annotators is None else annotators)
    confusion = np.stack(
        [_matrix(name, kind, len(classes)) for name, kind in people.items()]
    )
    group = _check_group(group, len(y))
    group_confusion = _with_errors(confusion, _check_errors(group_error, list(people)))
    n_answers = _check_n_answers(n_answers, len(people))
    rng = stream(check_seed(random_state, _OWNER), _OWNER)
    items, workers = _who_is_asked(len(y), len(people), n_answers, rng)
    by_group = np.stack([confusion, group_confusion])
    # Row k of the matrix of each answer, (n_lines, n_classes).
    probabilities = by_group[group[items].astype(np.intp), workers, codes[items]]
    labels = classes[_drawn(probabilities, rng)]
    names = list(people)
    return Bunch(
        rows=items,
        labels=labels,
        workers=np.array(names)[workers],
        classes=classes,
        names=names,
        confusion=confusion,
        group_confusion=group_confusion,
        DESCR=_DESCR.format(
            n=len(items),
            people=len(names),
            items=len(y),
            classes=len(classes),
            group=int(group.sum()),
        ),
    )


def _who_is_asked(n_items, n_people, n_answers, rng):
    """Return items and workers of each answer, people of an item in their order."""
    asked = rng.random((n_items, n_people)).argsort(axis=1)[:, :n_answers]
    return np.repeat(np.arange(n_items), n_answers), np.sort(asked, axis=1).ravel()


def _drawn(probabilities, rng):
    """Return a class for each row of probabilities, by the inverse of their sums."""
    below = probabilities.cumsum(axis=1) <= rng.random((len(probabilities), 1))
    return np.minimum(below.sum(axis=1), probabilities.shape[1] - 1)


def _check_people(annotators):
    if not isinstance(annotators, Mapping) or not annotators:
        raise TypeError(
            f"annotators of {_OWNER} must be a dict with one entry or more, a kind for "
            f"each name, got {annotators!r}."
        )
    for name in annotators:
        if not isinstance(name, str):
            raise TypeError(
                f"annotators of {_OWNER} must have strings as names, got {name!r}."
            )
    return annotators


def _matrix(name, kind, n):
    """Return the confusion matrix of a person, (n, n)."""
    owner = f"annotators of {_OWNER}"
    if isinstance(kind, str):
        if kind == "random":
            return np.full((n, n), 1 / n)
        if kind == "constant":
            return np.eye(n)[np.zeros(n, dtype=np.intp)]
        if kind == "confuses neighbours":
            return (1 - _CONFUSED) * np.eye(n) + _CONFUSED * np.roll(np.eye(n), 1, 1)
        raise ValueError(f"{owner} must have {_WORDS}, got {kind!r} for {name!r}.")
    if isinstance(kind, Real) and not isinstance(kind, bool):
        right = check_real(kind, f"The accuracy of {name!r} among annotators", _OWNER,
                           low=0, high=1)  # fmt: skip
        wrong = (1 - right) / (n - 1)
        return wrong + (right - wrong) * np.eye(n)
    refuse_masked(kind, f"The matrix of {name!r} among annotators of {_OWNER}")
    try:
        matrix = np.asarray(kind, dtype=np.float64)
    except (TypeError, ValueError):
        matrix = np.empty(0)
    if matrix.shape != (n, n):
        raise ValueError(
            f"{owner} must have {_WORDS}; a matrix has shape {(n, n)}, since y has {n} "
            f"classes. Got {kind!r:.60} for {name!r}."
        )
    if not (matrix >= 0).all() or np.abs(matrix.sum(axis=1) - 1).max() > _ROUNDING:
        raise ValueError(
            f"{owner} must have matrices whose rows are probabilities that sum to one, "
            f"got rows with the sums {matrix.sum(axis=1).round(3).tolist()} for "
            f"{name!r}."
        )
    return matrix


def _check_group(group, n_samples):
    if group is None:
        return np.zeros(n_samples, dtype=bool)
    group = as_array(group, f"group of {_OWNER}")
    if group.shape != (n_samples,) or group.dtype != bool:
        raise ValueError(
            f"group of {_OWNER} must be True or False for each of the {n_samples} "
            f"rows, got dtype {group.dtype} and shape {group.shape}."
        )
    return group


def _check_errors(group_error, names):
    """Return the probability of a further error of each person."""
    if not isinstance(group_error, Mapping):
        group_error = dict.fromkeys(names, group_error)
    for name in group_error:
        if name not in names:
            raise ValueError(
                f"group_error of {_OWNER} must name people among {names}, got {name!r}."
            )
    return np.array(
        [
            check_real(group_error.get(name, 0), "group_error", _OWNER, low=0, high=1)
            for name in names
        ]
    )


def _with_errors(confusion, errors):
    """Return the matrices if an answer is replaced by another one with probability e.

    The probability of answer l is (1 - e) p_l + e (1 - p_l) / (n - 1).
    """
    e = errors[:, np.newaxis, np.newaxis]
    return (1 - e) * confusion + e * (1 - confusion) / (confusion.shape[1] - 1)


def _check_n_answers(n_answers, n_people):
    if n_answers is None:
        return n_people
    n_answers = check_count(n_answers, "n_answers", _OWNER)
    if n_answers > n_people:
        raise ValueError(
            f"n_answers of {_OWNER} must be at most {n_people}, the number of "
            f"annotators, got {n_answers}."
        )
    return n_answers
