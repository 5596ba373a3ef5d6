"""Synthetic galaxies, and what volunteers say about them."""

from skbal.datasets._galaxies._make import make_galaxies

__all__ = ["make_galaxies"]
