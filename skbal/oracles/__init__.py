"""Oracles answer questions: called with pool indices, they return labels.

Each counts the rows it was asked about (``n_asked``) and what that cost (``cost``). A
row is left unanswered by None, NaN or ``SKIP``. `Oracle` is the base class for oracles
of your own.
"""

from skbal._utils.names import missing_from
from skbal._utils.unanswered import SKIP
from skbal.oracles._callable import CallableOracle
from skbal.oracles._crowd import CrowdOracle
from skbal.oracles._interactive import InteractiveOracle
from skbal.oracles._labels import LabelOracle
from skbal.oracles._noisy import NoisyOracle
from skbal.oracles._oracle import Oracle
from skbal.oracles._votes import VoteOracle

__all__ = [
    "SKIP",
    "CallableOracle",
    "CrowdOracle",
    "InteractiveOracle",
    "LabelOracle",
    "NoisyOracle",
    "Oracle",
    "VoteOracle",
]

__getattr__ = missing_from(__name__)
