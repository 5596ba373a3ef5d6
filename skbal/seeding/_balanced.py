"""The seed that looks at nothing but labels."""

from skbal._utils.validation import check_count
from skbal.seeding._classes import check_classes, in_turns, members_of_classes
from skbal.seeding._seed import Seed


class BalancedSeed(Seed):
    """Chooses equally many random rows of every class.

    It looks at the labels, as most published experiments do; a real campaign that
    knows no label yet starts from `RandomSeed` or `KMeansSeed`.

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
            The pool, of any kind that a strategy takes; only its number of rows
            matters.
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
        y = check_classes(X, y, "BalancedSeed")
        members = members_of_classes(y, size, "BalancedSeed")
        rng = self._rng()
        return in_turns(
            [rng.choice(rows, size, replace=False) for rows in members], rng
        )
