"""First labels with equally many rows of every class."""

from skbal._utils.parameters import count
from skbal.seeding._classes import check_classes, in_turns, members_of_classes
from skbal.seeding._seed import Seed


class BalancedSeed(Seed):
    """Selects equally many random rows of every class.

    It needs the labels, as in most published experiments. A real campaign that knows no
    label yet begins with `RandomSeed` or `KMeansSeed`.

    The rows come in turns: one row of each class, in random order, then the next row of
    each class. So the first rows are as balanced as their number allows.

    Parameters
    ----------
    n_per_class : int, default=2
        Number of rows of each class.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of rows. An integer gives the same rows every time.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.seeding import BalancedSeed
    >>> y = np.array(["cat"] * 5 + ["dog"] * 5)
    >>> chosen = BalancedSeed(n_per_class=2, random_state=0).select(np.zeros(10), y)
    >>> sorted(y[chosen].tolist())
    ['cat', 'cat', 'dog', 'dog']
    """

    _parameter_rules = {"n_per_class": count(1)}

    def __init__(self, n_per_class=2, random_state=None):
        self.n_per_class = n_per_class
        self.random_state = random_state

    def select_rows(self, X, y, rng):
        y, size = check_classes(X, y, type(self).__name__), self.n_per_class
        members = members_of_classes(y, size, type(self).__name__)
        return in_turns(
            [rng.choice(rows, size, replace=False) for rows in members], rng
        )
