"""The base class of rules that select the first labels."""

from abc import ABC, abstractmethod

from sklearn.base import BaseEstimator

from skbal._utils.indices import check_indices
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, seed
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream


class Seed(KnowsItsParameters, BaseEstimator, ABC):
    """Base class of rules that select the first rows to label.

    A subclass implements `select_rows`. As in scikit-learn, ``__init__`` only stores
    its parameters. ``random_state`` may be one of them, and is None otherwise.

    Examples
    --------
    A rule that selects the rows with the largest sums, and random ones among equals:

    >>> import numpy as np
    >>> from skbal.seeding import Seed
    >>> class LargestSums(Seed):
    ...     def __init__(self, n_instances=20, random_state=None):
    ...         self.n_instances = n_instances
    ...         self.random_state = random_state
    ...
    ...     def select_rows(self, X, y, rng):
    ...         sums = np.sum(X, axis=1)
    ...         order = np.lexsort((rng.random(len(sums)), -sums))
    ...         return order[: self.n_instances]
    >>> LargestSums(n_instances=2, random_state=0).select([[1, 2], [5, 5], [3, 4]])
    array([1, 2])
    """

    random_state = None
    _parameter_rules = {"random_state": seed()}

    def select(self, X, y=None):
        """Return the rows to label first.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The pool, of any kind that a strategy takes.
        y : array-like of shape (n_samples,), optional
            The label of every row, if it is known. Not all rules need it.

        Returns
        -------
        indices : ndarray of shape (n_selected,), dtype=intp
            Different rows of X. The first of them are the most important.

        Raises
        ------
        TypeError
            If a parameter is of the wrong kind.
        ValueError
            If a parameter does not fit X, or if labels are needed and y is missing or
            wrong.
        """
        check_parameters(self)
        owner = type(self).__name__
        n_samples = n_rows(X, f"X given to {owner}")
        rng = stream(check_seed(self.random_state, owner), "seed")
        rows = self.select_rows(X, y, rng)
        return check_indices(rows, n_samples, "result of select_rows", owner)

    @abstractmethod
    def select_rows(self, X, y, rng):
        """Return the rows to label first. Subclasses implement this method.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The pool, as `select` takes it.
        y : array-like of shape (n_samples,) or None
            The labels, as `select` takes them.
        rng : numpy.random.Generator
            Makes all random choices.

        Returns
        -------
        indices : array-like of int of shape (n_selected,)
            Different rows of X.
        """

    def _check_n_instances(self, X):
        """Raise an error if X holds fewer than ``n_instances`` rows."""
        owner = type(self).__name__
        n_samples = n_rows(X, f"X given to {owner}")
        if self.n_instances > n_samples:
            raise ValueError(
                f"n_instances of {owner} is {self.n_instances}, but X holds only "
                f"{n_samples} rows."
            )
