"""What an environment is made of: labelled tables, a classifier, strategies."""

import numpy as np

from skbal._utils.labels import check_classes, label_column
from skbal._utils.parameters import own
from skbal._utils.pools import n_rows
from skbal._utils.tags import classifies
from skbal._utils.validation import check_same_number

_TABLES = "a list of pairs (X, y) of rows and their labels"
_CLASSIFIER = "a classifier with predict_proba"
_STRATEGIES = "a list of two query strategies or more"


def check_tables(value, name, owner):
    """Raise an error unless this is a list of labelled tables."""
    if not isinstance(value, (list, tuple)) or not len(value):
        raise TypeError(f"{name} of {owner} must be {_TABLES}, got {value!r:.80}.")
    for number, pair in enumerate(value):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise TypeError(
                f"{name} of {owner} must be {_TABLES}, entry {number} is a "
                f"{type(pair).__name__}. A single table is [(X, y)]."
            )
        labels_of(pair, number, f"{name} of {owner}")


def labels_of(table, number, what):
    """Return the labels of a table.

    Parameters
    ----------
    table : tuple
        X and y.
    number : int
        Position of the table, for messages.
    what : str
        The argument and its owner, for messages.

    Returns
    -------
    y : ndarray of shape (n_rows,)

    Raises
    ------
    TypeError, ValueError
        If they are not those of two classes or more, one per row.
    """
    X, y = table
    y = label_column(y, f"y of table {number} in {what}")
    check_classes(y, f"table {number} in {what}")
    check_same_number(n_rows(X), len(y), f"table {number} in {what}")
    if len(np.unique(y)) < 2:
        raise ValueError(
            f"y of table {number} in {what} must have two classes or more, got "
            f"{np.unique(y).tolist()}."
        )
    return y


def check_classifier(value, name, owner):
    """Raise a TypeError unless this is a classifier with probabilities."""
    is_right = not isinstance(value, type) and classifies(value)
    if not is_right or not hasattr(value, "predict_proba"):
        raise TypeError(f"{name} of {owner} must be {_CLASSIFIER}, got {value!r:.80}.")


def check_strategies(value, name, owner):
    """Raise an error unless this is a list of query strategies."""
    is_list = isinstance(value, (list, tuple)) and len(value) > 1
    if not is_list:
        raise TypeError(f"{name} of {owner} must be {_STRATEGIES}, got {value!r:.80}.")
    for strategy in value:
        if isinstance(strategy, type) or not callable(strategy):
            raise TypeError(
                f"{name} of {owner} must be {_STRATEGIES}, got {strategy!r:.80} in it."
            )


tables_rule = own(check_tables, _TABLES, [])
classifier_rule = own(check_classifier, _CLASSIFIER, "forest")
strategies_rule = own(check_strategies, _STRATEGIES, [], none=True)
