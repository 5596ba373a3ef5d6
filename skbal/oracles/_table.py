"""A table of answers: who said what about which row."""

import numpy as np

from skbal._utils.indices import check_indices
from skbal._utils.labels import COULD_NOT_TELL, class_codes, label_column
from skbal._utils.random import stream


class AnswerTable:
    """Answers sorted by row, with the answers about one row in random order.

    Parameters
    ----------
    items : array-like of int of shape (n_lines,)
        The row that each answer is about.
    labels : array-like of shape (n_lines,)
        The answers.
    workers : array-like of shape (n_lines,) or None
        The person who gave each answer. If a person answered several times about a row,
        one of these answers is kept. None keeps all.
    seed : int
        Decides the order, and the majority among equal votes.
    owner : str
        The oracle's name, for messages.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The labels, sorted.
    people : ndarray of shape (n_workers,)
        The people, sorted. Numbers from 0 on if ``workers`` is None.
    n_given : ndarray of int of shape (n_rows,)
        Number of answers about each row.

    Raises
    ------
    TypeError
        If items are not integers, or if labels or workers mix strings and numbers.
    ValueError
        If the table is empty, a label or worker is NaN, or the arrays differ in length.
    """

    def __init__(self, items, labels, workers, seed, owner):
        items = _rows_of_pool(items, owner)
        labels = _column(labels, "labels", len(items), owner)
        if workers is None:
            workers = np.arange(len(items))
        workers = _column(workers, "workers", len(items), owner)
        if not len(items):
            raise ValueError(f"items of {owner} are empty: there are no answers.")
        self.seed = seed
        self.classes, codes = class_codes(labels, "labels", owner)
        self.people, workers = class_codes(workers, "workers", owner)
        # The name of the stream decides its numbers, so it stays as it is.
        order = np.lexsort((stream(seed, "judgements").random(len(items)), items))
        order = order[_firsts(items[order], workers[order])]
        self.n_given = np.bincount(items[order])
        self._ends = np.cumsum(self.n_given)
        self._codes, self._workers = codes[order], workers[order]

    def first(self, numbers):
        """Return the first answers about each row, as a table of three columns.

        Parameters
        ----------
        numbers : ndarray of int of shape (n_rows,)
            How many answers about each row, at most ``n_given``.

        Returns
        -------
        items : ndarray of int of shape (n_answers,)
        labels : ndarray of shape (n_answers,)
        people : ndarray of shape (n_answers,)
        """
        items = np.repeat(np.arange(len(numbers)), numbers)
        place = np.arange(len(items)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        lines = np.repeat(self._ends - self.n_given, numbers) + place
        return (
            items,
            self.classes[self._codes[lines]],
            self.people[self._workers[lines]],
        )

    def labels(self, row, n):
        """Return the first ``n`` answers about a row, in its random order.

        Parameters
        ----------
        row, n : int
            A row, and a number of at most ``n_given[row]``.

        Returns
        -------
        labels : ndarray of shape (n,)
        """
        return self.classes[self._codes_of(row, n)]

    def votes(self, row, n):
        """Return how many of the first ``n`` answers about a row are for each class.

        Parameters
        ----------
        row, n : int
            As for `labels`.

        Returns
        -------
        votes : ndarray of int of shape (n_classes,)
        """
        return np.bincount(self._codes_of(row, n), minlength=len(self.classes))

    def majority(self, row, n):
        """Return the label of the majority of the first ``n`` answers about a row.

        Parameters
        ----------
        row, n : int
            As for `labels`, with ``n`` at least 1.

        Returns
        -------
        label : object
            Among classes with equal votes a random one, always the same for one row.
        """
        votes = self.votes(row, n)
        priority = stream(self.seed, "equal votes", row).random(len(votes))
        return self.classes[np.lexsort((priority, votes))[-1]]

    def _codes_of(self, row, n):
        start = self._ends[row] - self.n_given[row]
        return self._codes[start : start + n]


def _rows_of_pool(items, owner):
    try:
        return check_indices(items, np.inf, "items", owner, unique=False)
    except TypeError as error:
        raise TypeError(
            f"{error} They are positions of rows in the pool, counted from 0."
        ) from None


def _column(values, name, n_items, owner):
    hint = COULD_NOT_TELL if name == "labels" else ""
    values = label_column(values, f"{name} of {owner}", hint)
    if len(values) != n_items:
        raise ValueError(
            f"{name} of {owner} must be as many as the {n_items} items, got "
            f"{len(values)}."
        )
    return values


def _firsts(items, workers):
    """Return the first position of each worker at each item, in ascending order."""
    pairs = items * (workers.max() + 1) + workers
    return np.sort(np.unique(pairs, return_index=True)[1])
