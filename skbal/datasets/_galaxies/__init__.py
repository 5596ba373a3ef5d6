"""Synthetic galaxies with the votes of simulated volunteers."""

from skbal.datasets._galaxies._artefact import make_artefact_galaxies
from skbal.datasets._galaxies._make import make_galaxies

__all__ = ["make_artefact_galaxies", "make_galaxies"]
