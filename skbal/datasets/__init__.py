"""Data sets for active learning: loaders of real data, and generators."""

from skbal._utils.names import missing_from
from skbal.datasets._galaxies import make_galaxies
from skbal.datasets._mnist import fetch_mnist, load_mnist_5k
from skbal.datasets._repeated import make_repeated
from skbal.datasets._vote_tables import (
    count_votes,
    load_galaxy_votes,
    load_image_votes,
)

__all__ = [
    "count_votes",
    "fetch_mnist",
    "load_galaxy_votes",
    "load_image_votes",
    "load_mnist_5k",
    "make_galaxies",
    "make_repeated",
]

__getattr__ = missing_from(__name__)
