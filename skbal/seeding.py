"""The first labels: which rows to have labelled before there is a model to ask."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _num_samples

from skbal._utils.random import check_seed, stream
from skbal._utils.validation import check_count

__all__ = ["BalancedSeed", "RandomSeed"]


class _Seed(BaseEstimator, ABC):
    @abstractmethod
    def select(self, X, y=None):
        """Return the rows to label first."""

    def _rng(self):
        owner = type(self).__name__
        return stream(check_seed(self.random_state, owner), "seed")


class RandomSeed(_Seed):
    """Chooses the first rows at random.

    Parameters
    ----------
    n_instances : int, default=20
        How many rows.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same rows every time.

    Examples
    --------
    >>> from skbal.seeding import RandomSeed
    >>> len(RandomSeed(n_instances=3, random_state=0).select([[0], [1], [2], [3]]))
    3
    """

    def __init__(self, n_instances=20, random_state=None):
        self.n_instances = n_instances
        self.random_state = random_state

    def select(self, X, y=None):
        """Return random rows of X, none twice.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The pool; only its number of rows matters.
        y : None
            Not used; every seed takes it.

        Returns
        -------
        indices : ndarray of shape (n_instances,), dtype=intp
            In random order.

        Raises
        ------
        ValueError
            If X holds fewer than ``n_instances`` rows.
        """
        n_samples = _num_samples(X)
        size = check_count(self.n_instances, "n_instances", "RandomSeed")
        if size > n_samples:
            raise ValueError(
                f"n_instances of RandomSeed is {size}, "
                f"but X holds only {n_samples} rows."
            )
        return self._rng().choice(n_samples, size, replace=False).astype(np.intp)


class BalancedSeed(_Seed):
    """Chooses equally many random rows of every class.

    It looks at the labels, as most published experiments do; a real campaign that
    knows no label yet starts from `RandomSeed`.

    Parameters
    ----------
    n_per_class : int, default=2
        How many rows of each class.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        An integer gives the same rows every time.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.seeding import BalancedSeed
    >>> y = np.array(["cat"] * 5 + ["dog"] * 5)
    >>> chosen = BalancedSeed(n_per_class=2, random_state=0).select(np.zeros(10), y)
    >>> sorted(y[chosen].tolist())
    ['cat', 'cat', 'dog', 'dog']
    """

    def __init__(self, n_per_class=2, random_state=None):
        self.n_per_class = n_per_class
        self.random_state = random_state

    def select(self, X, y=None):
        """Return ``n_per_class`` random rows of every class.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The pool; only its number of rows matters.
        y : array-like of shape (n_samples,)
            The class of every row.

        Returns
        -------
        indices : ndarray of shape (n_classes * n_per_class,), dtype=intp
            One row of each class, in random order, then the next of each: every
            first part is as balanced as its length allows.

        Raises
        ------
        ValueError
            If ``y`` is missing, is no class label, has another length than X, or if
            a class has fewer than ``n_per_class`` rows.
        """
        size = check_count(self.n_per_class, "n_per_class", "BalancedSeed")
        y = _check_classes(X, y)
        classes, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
        if counts.min() < size:
            rare = counts.argmin()
            raise ValueError(
                f"n_per_class of BalancedSeed is {size}, but class "
                f"{classes.tolist()[rare]!r} has only {counts[rare]} rows."
            )
        rng = self._rng()
        members = [np.flatnonzero(codes == code) for code in range(len(classes))]
        chosen = [rng.choice(rows, size, replace=False) for rows in members]
        return rng.permuted(np.transpose(chosen), axis=1).ravel().astype(np.intp)


def _check_classes(X, y):
    if y is None:
        raise ValueError(
            "y of BalancedSeed must hold the class of every row, got None. "
            "RandomSeed needs no labels."
        )
    check_consistent_length(X, y)
    y = column_or_1d(y)
    if not len(y):
        raise ValueError("y of BalancedSeed is empty: no class to choose from.")
    check_classification_targets(y)
    return y
