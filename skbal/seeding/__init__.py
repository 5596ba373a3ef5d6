"""The first labels: which rows to label before there is a model to ask.

`Seed` is the base class for rules of your own.
"""

from skbal._utils.names import missing_from
from skbal.seeding._balanced import BalancedSeed
from skbal.seeding._cluster import ClusterSeed
from skbal.seeding._kmeans import KMeansSeed
from skbal.seeding._random import RandomSeed
from skbal.seeding._seed import Seed

__all__ = ["BalancedSeed", "ClusterSeed", "KMeansSeed", "RandomSeed", "Seed"]

__getattr__ = missing_from(__name__)
