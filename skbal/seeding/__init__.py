"""The first labels: which rows to have labelled before there is a model to ask."""

from skbal.seeding._balanced import BalancedSeed
from skbal.seeding._kmeans import KMeansSeed
from skbal.seeding._random import RandomSeed

__all__ = ["BalancedSeed", "KMeansSeed", "RandomSeed"]
