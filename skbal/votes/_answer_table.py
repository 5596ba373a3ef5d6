"""Answers of people as `DawidSkene` takes them: items, labels and annotators."""

import numpy as np

from skbal._utils.labels import class_codes, label_column
from skbal._utils.unanswered import unanswered

COLUMNS = ("item", "answer", "annotator")


def answer_columns(frame, owner):
    """Return the columns of a data frame of answers, without empty answers.

    Parameters
    ----------
    frame : data frame
        With the columns item, answer and annotator.
    owner : str
        Name of the caller, for error messages.

    Returns
    -------
    items, labels, people : ndarray of shape (n_answers,)

    Raises
    ------
    ValueError
        If a column is missing.
    TypeError
        If the answers are to several questions.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(
            f"A data frame given to {owner} must have the columns {COLUMNS}, got none "
            f"named {missing[0]!r}."
        )
    answers = np.asarray(frame["answer"], dtype=object)
    given = ~unanswered(answers)
    if any(isinstance(one, dict) for one in answers[given][:1]):
        raise TypeError(
            f"The answers given to {owner} must be to one question, got a dict. Take "
            "out the answers to one question first."
        )
    items, people = (np.asarray(frame[name])[given] for name in ("item", "annotator"))
    return items, np.array(answers[given].tolist()), people


def name_codes(values, name, owner):
    """Return the different names in ascending order, and the number of each value's.

    Parameters
    ----------
    values : array-like of shape (n_answers,)
        Names.
    name, owner : str
        Names of the argument and of the caller, for error messages.

    Returns
    -------
    names : ndarray of shape (n_names,)
    codes : ndarray of int, shape (n_answers,)
    """
    column = label_column(values, f"{name} given to {owner}")
    return class_codes(column, name, owner)


def check_lengths(items, labels, people, owner):
    """Check that there are answers, each with its item and its person.

    Parameters
    ----------
    items, labels, people : array-like of shape (n_answers,)
        The answers.
    owner : str
        Name of the caller, for error messages.

    Raises
    ------
    ValueError
        If the numbers differ or there are none.
    """
    if not len(items) == len(labels) == len(people):
        raise ValueError(
            f"items, labels and annotators given to {owner} must be equally many, got "
            f"{len(items)}, {len(labels)} and {len(people)}."
        )
    if not len(items):
        raise ValueError(f"labels given to {owner} must be one or more, got none.")


def known_rows(known, names, classes, owner):
    """Return the rows of items whose class is known, and the class of each.

    Parameters
    ----------
    known : dict or None
        Labels by item. Items without answers are left out.
    names : ndarray of shape (n_items,)
        The items.
    classes : ndarray of shape (n_classes,)
        All possible answers.
    owner : str
        Name of the caller, for error messages.

    Returns
    -------
    rows, codes : ndarray of int, shape (n_known,)

    Raises
    ------
    TypeError
        If it is no dict.
    ValueError
        If a label is no class, or an item is of another kind than the names.
    """
    if known is None:
        known = {}
    if not isinstance(known, dict):
        raise TypeError(
            f"known given to {owner} must be a dict of items to labels, got "
            f"{known!r:.80}."
        )
    check_same_kind(known, names, f"known given to {owner} must have items that are")
    places = {label: place for place, label in enumerate(classes.tolist())}
    rows = {name: row for row, name in enumerate(names.tolist())}
    found = [(rows[item], label) for item, label in known.items() if item in rows]
    for _, label in found:
        if label not in places:
            raise ValueError(
                f"known given to {owner} must have labels among {classes.tolist()}, "
                f"got {as_plain(label)!r}. Set classes to all possible answers."
            )
    codes = [places[label] for _, label in found]
    return np.array([row for row, _ in found], int), np.array(codes, int)


def as_plain(value):
    """Return a NumPy scalar as a Python object, and anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def check_same_kind(items, names, must):
    """Raise an error if items are strings and those of ``fit`` numbers, or the reverse.

    Such items would be taken for ones that nobody answered about.

    Parameters
    ----------
    items : iterable of str or number
        What was given.
    names : ndarray of shape (n_items,)
        The items of ``fit``, of one kind.
    must : str
        The begin of the message, such as "items given to DawidSkene must be".

    Raises
    ------
    ValueError
        If an item is of another kind.
    """
    known = names.tolist()[0]
    kind = "strings" if isinstance(known, str) else "numbers"
    for item in items:
        if isinstance(item, str) != isinstance(known, str):
            raise ValueError(
                f"{must} {kind}, like the item {known!r} of fit, got "
                f"{as_plain(item)!r}."
            )
