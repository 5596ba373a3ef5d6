"""When a loop should stop: small rules for its ``stopping``.

A rule is called with the loop after each step, and answers why to stop, or None to go
on. Any function of a loop will do; these are parameter objects.
"""

from skbal.stopping._limits import MaxCost, MaxLabels, MaxQueries
from skbal.stopping._scores import ScorePlateau, TargetScore
from skbal.stopping._stable import PredictionsStable
from skbal.stopping._uncertainty import UncertaintyBelow

__all__ = [
    "MaxCost",
    "MaxLabels",
    "MaxQueries",
    "PredictionsStable",
    "ScorePlateau",
    "TargetScore",
    "UncertaintyBelow",
]
