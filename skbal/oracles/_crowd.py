"""The oracle that asks several people and combines their answers."""

import numpy as np

from skbal._utils.indices import check_indices
from skbal._utils.parameters import count, option_or_function, seed
from skbal._utils.random import check_seed
from skbal.oracles._one_by_one import as_labels
from skbal.oracles._oracle import Oracle
from skbal.oracles._table import AnswerTable
from skbal.votes import DawidSkene

# Changes of the log-posterior below this change no label.
_TOLERANCE, _MAX_ITER = 1e-5, 1_000


class CrowdOracle(Oracle):
    """Answers with what several people said, from a table of their answers.

    Asked about a row, it buys the answers of ``n_answers`` people and returns the label
    that most of them give. Asked again about the row, it buys answers of further
    people, as long as there are any, and combines all that it has. A row that nobody
    answered about is left unanswered, so a loop asks about another.

    Parameters
    ----------
    items : array-like of int of shape (n_lines,)
        The row of the pool that each answer is about.
    labels : array-like of shape (n_lines,)
        The answers.
    workers : array-like of shape (n_lines,), optional
        The person who gave each answer. If a person answered several times about a
        row, one of these answers counts, chosen at random. ``None`` means that all
        answers are from different people.
    n_answers : int, default=3
        Number of answers to buy each time, or all answers if a row has fewer.
    aggregate : {"majority", "votes", "dawid-skene"} or callable, default="majority"
        How the answers about a row are combined. "majority" is the label that most
        people give. Among labels with equal votes, ``random_state`` chooses one, always
        the same for one row. "votes" is the number of answers for each class.
        "dawid-skene" is the most probable class by `skbal.votes.DawidSkene`, which
        finds from all answers bought so far who is often right; it needs ``workers``. A
        function is called with the array of answers about a row and returns the label,
        or None to leave the row unanswered.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides the order in which answers about a row are bought, and the majority
        among equal votes. An integer makes both repeatable. The label of a row does not
        depend on which other rows are asked about, unless ``aggregate`` is
        "dawid-skene".
    cost_per_label : float, default=1.0
        Cost of one answer of one person.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the table, sorted.

    Notes
    -----
    The table is read at the first call. A clone has bought nothing.

    With "dawid-skene", labels given earlier may turn out wrong once more is known about
    the people: `crowd` has the present classes of all rows. Each call runs EM over all
    answers. If people are about equally good, do not expect more than from the
    majority.

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

    Ann and Bob agree on many rows, Cyd with nobody. So Ann is believed about row 6,
    which Bob has not seen:

    >>> items = [row for row in range(6) for _ in range(3)] + [6, 6]
    >>> labels = ["cat", "cat", "dog", "dog", "dog", "cat"] * 3 + ["cat", "dog"]
    >>> people = ["ann", "bob", "cyd"] * 6 + ["ann", "cyd"]
    >>> oracle = CrowdOracle(items, labels, people, aggregate="dawid-skene")
    >>> oracle(range(7)).tolist()
    ['cat', 'dog', 'cat', 'dog', 'cat', 'dog', 'cat']
    >>> crowd = oracle.crowd()
    >>> dict(zip(crowd.annotators_.tolist(), crowd.accuracy_.round(1).tolist()))
    {'ann': 1.0, 'bob': 1.0, 'cyd': 0.1}
    """

    _parameter_rules = {
        "n_answers": count(1),
        "aggregate": option_or_function(
            "majority", "votes", "dawid-skene", of="answers"
        ),
        "random_state": seed(),
    }

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
        return self._answer_table().classes

    @property
    def n_pool(self):
        """Number of rows that the oracle can be asked about."""
        return len(self._answer_table().n_given)

    @property
    def n_bought(self):
        """Number of answers of people that were paid for so far."""
        return int(self._bought.sum()) if hasattr(self, "_bought") else 0

    def votes(self, indices):
        """Return the votes bought so far, without buying any.

        Parameters
        ----------
        indices : array-like of int of shape (n_indices,)
            Rows of the pool.

        Returns
        -------
        votes : ndarray of int of shape (n_indices, n_classes)
            Number of answers for each class, in the order of ``classes_``. Zeros for a
            row that was not asked about.
        """
        rows, table = self._check_indices(indices), self._answer_table()
        votes = [table.votes(row, self._bought[row]) for row in rows]
        return np.reshape(votes, (len(rows), len(table.classes))).astype(np.intp)

    def answers(self):
        """Return all answers bought so far.

        Returns
        -------
        items : ndarray of int of shape (n_bought,)
            The row that each answer is about, ascending.
        labels : ndarray of shape (n_bought,)
            The answers.
        workers : ndarray of shape (n_bought,)
            The person who gave each.
        """
        table = self._answer_table()
        return table.first(self._bought)

    def crowd(self):
        """Return what the answers bought so far say about people and rows.

        Returns
        -------
        crowd : skbal.votes.DawidSkene
            Fitted to `answers`. It also says whom to ask next.

        Raises
        ------
        ValueError
            If no answer was bought, or ``workers`` is None.
        """
        self._answer_table()
        return self._crowd_of(self._bought)

    def _check_indices(self, indices):
        owner, n_pool = type(self).__name__, self.n_pool
        rows = check_indices(indices, np.inf, "indices", owner, unique=False)
        if len(rows) and rows.max() >= n_pool:
            raise ValueError(
                f"indices of {owner} must lie in [0, {n_pool}), since nobody answered "
                f"about later rows, got {rows.max()}. A loop asks about the others "
                "alone with candidates=np.unique(items)."
            )
        return rows

    def _crowd_of(self, bought):
        owner, table = type(self).__name__, self._answer_table()
        if self.workers is None:
            raise ValueError(
                f"workers of {owner} must be the person who gave each answer for the "
                "model of Dawid and Skene, got None."
            )
        if not bought.any():
            raise ValueError(f"{owner} has bought no answer yet: ask about a row.")
        classes = table.classes if len(table.classes) > 1 else None
        model = DawidSkene(classes, tol=_TOLERANCE, max_iter=_MAX_ITER)
        return model.fit(*table.first(bought))

    def answer(self, indices):
        return self._answer_and_changes(indices)[0]

    def _answer_and_changes(self, indices):
        table, bought = self._answer_table(), self._bought.copy()
        if not len(indices):
            return table.classes[:0], {}
        numbers = []
        for row in indices:
            bought[row] = min(int(bought[row]) + self.n_answers, table.n_given[row])
            numbers.append(bought[row])
        answers = self._aggregated(table, indices, numbers, bought)
        labels = as_labels(answers, type(self).__name__)
        n_asked = self.n_asked + len(indices)
        return labels, {"_bought": bought, "_n_asked": n_asked}

    def _aggregated(self, table, rows, numbers, bought):
        """Return the label of each row from its first answers, None without any."""
        if isinstance(self.aggregate, str) and self.aggregate == "dawid-skene":
            return self._by_skill(table, rows, bought)
        return [
            self._label(table, row, n) if n else None for row, n in zip(rows, numbers)
        ]

    def _label(self, table, row, n):
        if isinstance(self.aggregate, str):
            combine = table.majority if self.aggregate == "majority" else table.votes
            return combine(row, n)
        return self.aggregate(table.labels(row, n))

    def _by_skill(self, table, rows, bought):
        if not bought.any():
            return [None] * len(rows)
        crowd = self._crowd_of(bought)
        labels = dict(zip(crowd.items_.tolist(), crowd.predict(crowd.items_).tolist()))
        return [labels.get(row) for row in rows.tolist()]

    def _answer_table(self):
        if not hasattr(self, "_table"):
            owner = type(self).__name__
            seed = check_seed(self.random_state, owner)
            table = AnswerTable(self.items, self.labels, self.workers, seed, owner)
            self._table, self._bought = table, np.zeros_like(table.n_given)
        return self._table
