"""The base class of oracles: called with rows, they answer and count."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator

from skbal._utils.indices import check_indices
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, real


class Oracle(KnowsItsParameters, BaseEstimator, ABC):
    """Base class of oracles.

    A subclass implements `answer`. If the number of rows is known, it overrides
    `n_pool`, and wrong indices raise an error. If it buys more or less than one label
    per row, it overrides `n_bought`. ``cost_per_label`` may be a parameter of
    ``__init__`` as in the oracles of this module, and is 1.0 otherwise.

    Attributes
    ----------
    n_asked : int
        Number of rows that were answered so far.
    cost : float
        Cost of the answers so far: ``n_bought`` times ``cost_per_label``.

    Examples
    --------
    An oracle that looks up labels in a dictionary:

    >>> import numpy as np
    >>> from skbal.oracles import Oracle
    >>> class Catalogue(Oracle):
    ...     def __init__(self, names, kinds):
    ...         self.names = names
    ...         self.kinds = kinds
    ...
    ...     @property
    ...     def n_pool(self):
    ...         return len(self.names)
    ...
    ...     def answer(self, indices):
    ...         return np.array([self.kinds[self.names[i]] for i in indices])
    >>> oracle = Catalogue(["M31", "M42"], {"M31": "galaxy", "M42": "nebula"})
    >>> oracle([1, 0]).tolist(), oracle.n_asked, oracle.cost
    (['nebula', 'galaxy'], 2, 2.0)
    """

    cost_per_label = 1.0
    _parameter_rules = {"cost_per_label": real(0)}

    def __call__(self, indices):
        """Return the labels of rows.

        Parameters
        ----------
        indices : array-like of int of shape (n_indices,)
            Rows of the pool.

        Returns
        -------
        labels : ndarray of shape (n_indices,) or (n_indices, n_outputs)
            In the order of the indices.

        Raises
        ------
        TypeError
            If the indices are not integers.
        ValueError
            If an index is negative or not below `n_pool`.
        """
        return self.answer_once(None, indices)

    def answer_once(self, question, indices):
        """Return the labels of rows, and again at no cost for the same question.

        A loop that was interrupted before the answer arrived asks the same question
        again.

        Parameters
        ----------
        question : object
            Any object that stands for the question. None is a new question each time.
        indices : array-like of int of shape (n_indices,)
            Rows of the pool.

        Returns
        -------
        labels : ndarray of shape (n_indices,) or (n_indices, n_outputs)
            In the order of the indices.
        """
        if self.has_answered(question):
            return self._last_answer[1]
        self._check()
        rows = self._check_indices(indices)
        labels, changed = self._answer_and_changes(rows)
        # All that has changed, at once: an answer is paid for if and only if it is
        # kept.
        vars(self).update(changed, _last_answer=(question, labels))
        return labels

    def has_answered(self, question):
        """Return whether a question was answered last, so that the answer is kept.

        Parameters
        ----------
        question : object
            As it was given to `answer_once`.

        Returns
        -------
        has_answered : bool
        """
        last, _ = getattr(self, "_last_answer", (None, None))
        return question is not None and question is last

    def _answer_and_changes(self, rows):
        """Return the labels, and the attributes that change as they are paid for."""
        return self.answer(rows), {"_n_asked": self.n_asked + len(rows)}

    @abstractmethod
    def answer(self, indices):
        """Return the labels of rows. Subclasses implement this method.

        Call the oracle itself to ask it: the call checks the indices and counts.

        Parameters
        ----------
        indices : ndarray of shape (n_indices,), dtype=intp
            Rows of the pool, which exist.

        Returns
        -------
        labels : ndarray of shape (n_indices,) or (n_indices, n_outputs)
            In the order of the indices.
        """

    @property
    def n_pool(self):
        """Number of rows that the oracle can be asked about; infinite if unknown."""
        return np.inf

    @property
    def n_asked(self):
        """Number of rows that were answered so far."""
        return getattr(self, "_n_asked", 0)

    @property
    def n_bought(self):
        """Number of answers that were paid for so far, each ``cost_per_label``."""
        return self.n_asked

    @property
    def cost(self):
        """Cost of the answers so far, in the unit of ``cost_per_label``."""
        return self.n_bought * float(self.cost_per_label)

    def _check(self):
        """Raise an error if a parameter is wrong."""
        check_parameters(self)

    def _check_indices(self, indices):
        owner = type(self).__name__
        return check_indices(indices, self.n_pool, "indices", owner, unique=False)


def check_callable(value, name, owner):
    """Raise a TypeError unless the parameter can be called."""
    if not callable(value):
        raise TypeError(
            f"{name} of {owner} must be callable, got {value!r} "
            f"({type(value).__name__})."
        )
