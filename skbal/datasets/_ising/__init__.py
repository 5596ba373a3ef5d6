"""Configurations of the two-dimensional Ising model, and its exact solution."""

from skbal.datasets._ising._energy import ising_energy
from skbal.datasets._ising._exact import ising_exact
from skbal.datasets._ising._make import make_ising

__all__ = ["ising_energy", "ising_exact", "make_ising"]
