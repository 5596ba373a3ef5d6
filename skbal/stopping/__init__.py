"""When a loop should stop: rules for its parameter ``stopping``.

A rule is called with the loop after each step. It returns a string (why to stop), or
None to continue. Any function of a loop is a rule. `StoppingRule` is the base class of
rules with parameters or a memory.
"""

from skbal._utils.names import missing_from
from skbal.stopping._limits import MaxCost, MaxLabels, MaxQueries
from skbal.stopping._rule import StoppingRule
from skbal.stopping._scores import ScorePlateau, TargetScore
from skbal.stopping._stable import PredictionsStable
from skbal.stopping._uncertainty import UncertaintyBelow

__all__ = [
    "MaxCost",
    "MaxLabels",
    "MaxQueries",
    "PredictionsStable",
    "ScorePlateau",
    "StoppingRule",
    "TargetScore",
    "UncertaintyBelow",
]

__getattr__ = missing_from(__name__)
