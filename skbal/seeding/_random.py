"""The seed that looks at nothing."""

import numpy as np

from skbal._utils.pools import n_rows
from skbal.seeding._seed import Seed


class RandomSeed(Seed):
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
            The pool, of any kind that a strategy takes; only its number of rows
            matters.
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
        size = self._check_n_instances(X)
        return self._rng().choice(n_rows(X), size, replace=False).astype(np.intp)
