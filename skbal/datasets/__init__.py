"""Data sets for active learning: loaders of real data, and generators."""

from skbal._utils.names import missing_from
from skbal.datasets._aligned import align_votes
from skbal.datasets._biased_labels import make_biased_labels
from skbal.datasets._cifar10 import load_cifar10
from skbal.datasets._cinic10 import load_cinic10
from skbal.datasets._emnist import load_emnist
from skbal.datasets._galaxies import make_artefact_galaxies, make_galaxies
from skbal.datasets._glyphs import make_glyphs
from skbal.datasets._images import load_images
from skbal.datasets._ising import ising_energy, ising_exact, make_ising
from skbal.datasets._mnist import fetch_mnist, load_mnist_5k
from skbal.datasets._repeated import make_repeated
from skbal.datasets._tagged import make_tagged_digits
from skbal.datasets._vote_tables import (
    count_votes,
    load_galaxy_votes,
    load_image_votes,
)
from skbal.datasets._zooniverse import read_zooniverse_votes

__all__ = [
    "align_votes",
    "count_votes",
    "fetch_mnist",
    "ising_energy",
    "ising_exact",
    "load_cifar10",
    "load_cinic10",
    "load_emnist",
    "load_galaxy_votes",
    "load_image_votes",
    "load_images",
    "load_mnist_5k",
    "make_artefact_galaxies",
    "make_biased_labels",
    "make_galaxies",
    "make_glyphs",
    "make_ising",
    "make_repeated",
    "make_tagged_digits",
    "read_zooniverse_votes",
]

__getattr__ = missing_from(__name__)
