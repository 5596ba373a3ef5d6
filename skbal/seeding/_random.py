"""Random first labels."""

from skbal._utils.parameters import count
from skbal._utils.pools import n_rows
from skbal.seeding._seed import Seed


class RandomSeed(Seed):
    """Selects random rows.

    Parameters
    ----------
    n_instances : int, default=20
        Number of rows.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the choice of rows. An integer gives the same rows every time.

    Examples
    --------
    >>> from skbal.seeding import RandomSeed
    >>> len(RandomSeed(n_instances=3, random_state=0).select([[0], [1], [2], [3]]))
    3
    """

    _parameter_rules = {"n_instances": count(1)}

    def __init__(self, n_instances=20, random_state=None):
        self.n_instances = n_instances
        self.random_state = random_state

    def select_rows(self, X, y, rng):
        self._check_n_instances(X)
        return rng.choice(n_rows(X), self.n_instances, replace=False)
