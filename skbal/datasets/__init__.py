"""Data sets that show active learning at work: real ones, small enough to try."""

from skbal.datasets._mnist import fetch_mnist, load_mnist_5k
from skbal.datasets._repeated import make_repeated

__all__ = ["fetch_mnist", "load_mnist_5k", "make_repeated"]
