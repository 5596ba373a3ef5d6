"""The oracle that asks several people and has to make up its mind."""

import numpy as np

from skbal._utils.random import check_seed
from skbal._utils.validation import check_count
from skbal.oracles._judgements import Judgements
from skbal.oracles._one_by_one import as_labels
from skbal.oracles._oracle import Oracle


class CrowdOracle(Oracle):
    """Answers with what several people said, out of a table of their judgements.

    Asked about a row, it buys the judgements of ``n_answers`` people and answers with
    what most of them say. Asked again, it buys those of further people, as long as
    there are any, and answers with all it has.

    Parameters
    ----------
    items : array-like of int of shape (n_judgements,)
        Which row of the pool each judgement is about.
    labels : array-like of shape (n_judgements,)
        What was said.
    workers : array-like of shape (n_judgements,), optional
        Who said it. Of several judgements of one person about one row, a random one
        counts. None takes each for another person's.
    n_answers : int, default=3
        How many judgements to buy each time. A row with fewer gives those it has.
    aggregate : {"majority", "votes"} or callable, default="majority"
        What the judgements bought become. "majority": the label of most; among equals,
        ``random_state`` chooses, for one row always the same. "votes": the number of
        judgements for each class. A function is called with the array of labels of a
        row and returns its answer.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the order in which judgements of a row are bought, and of equal votes. What
        is said of a row does not depend on which others are asked.
    cost_per_label : float, default=1.0
        The price of one judgement.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the table, sorted.

    Notes
    -----
    The table is read at the first question. A clone has bought nothing.

    Examples
    --------
    >>> from skbal.oracles import CrowdOracle
    >>> oracle = CrowdOracle([0, 0, 0, 1], ["cat", "dog", "cat", "eel"])
    >>> oracle([0, 1]).tolist()
    ['cat', 'eel']
    >>> oracle.n_asked, oracle.cost
    (2, 4.0)
    >>> oracle.votes([0, 1])
    array([[2, 1, 0],
           [0, 0, 1]])
    """

    def __init__(
        self,
        items,
        labels,
        workers=None,
        n_answers=3,
        aggregate="majority",
        random_state=None,
        cost_per_label=1.0,
    ):
        self.items = items
        self.labels = labels
        self.workers = workers
        self.n_answers = n_answers
        self.aggregate = aggregate
        self.random_state = random_state
        self.cost_per_label = cost_per_label

    @property
    def classes_(self):
        """The labels of the table, sorted."""
        return self._judgements().classes

    def votes(self, indices):
        """Return the judgements bought so far, without buying any.

        Parameters
        ----------
        indices : array-like of int of shape (n_indices,)
            Rows of the pool.

        Returns
        -------
        votes : ndarray of int of shape (n_indices, n_classes)
            For each class, in the order of ``classes_``; zeros for a row that was not
            asked about.
        """
        rows, table = self._check_indices(indices), self._judgements()
        votes = [table.votes(row, self._bought[row]) for row in rows]
        return np.reshape(votes, (len(rows), len(table.classes))).astype(np.intp)

    def _check(self):
        super()._check()
        check_count(self.n_answers, "n_answers", type(self).__name__)
        if not (callable(self.aggregate) or self.aggregate in ("majority", "votes")):
            raise ValueError(
                f"aggregate of {type(self).__name__} must be 'majority', 'votes' or a "
                f"function of labels, got {self.aggregate!r}."
            )

    def _n_pool(self):
        return len(self._judgements().n_given)

    def _n_bought(self):
        return int(self._bought.sum()) if hasattr(self, "_bought") else 0

    def _answers(self, rows):
        table, bought = self._judgements(), self._bought.copy()
        unknown = rows[table.n_given[rows] == 0]
        if len(unknown):
            raise ValueError(
                f"Nobody judged row {unknown[0]}: items of {type(self).__name__} do "
                "not hold it."
            )
        if not len(rows):
            return table.classes[:0]
        answers = []
        for row in rows:
            bought[row] = min(bought[row] + self.n_answers, table.n_given[row])
            answers.append(self._aggregated(table, row, bought[row]))
        labels = as_labels(answers, type(self).__name__)
        # Only now, so that a function that raises has bought nothing.
        self._bought, self._n_asked = bought, self.n_asked + len(rows)
        return labels

    def _aggregated(self, table, row, n):
        if self.aggregate == "majority":
            return table.majority(row, n)
        if self.aggregate == "votes":
            return table.votes(row, n)
        answer = self.aggregate(table.labels(row, n))
        if answer is None:
            raise TypeError(
                f"aggregate of {type(self).__name__} must return a label, got None for "
                f"row {row}. Nothing was bought."
            )
        return answer

    def _judgements(self):
        if not hasattr(self, "_table"):
            owner = type(self).__name__
            seed = check_seed(self.random_state, owner)
            table = Judgements(self.items, self.labels, self.workers, seed, owner)
            self._table, self._bought = table, np.zeros_like(table.n_given)
        return self._table
