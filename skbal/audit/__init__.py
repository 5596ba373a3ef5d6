"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
"""

from skbal._utils.names import missing_from
from skbal.audit._coverage import VoteCoverage, vote_coverage
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._pit import vote_pit, vote_pit_histogram
from skbal.audit._pit_display import VotePITDisplay
from skbal.audit._selection._active_test import ActiveTest
from skbal.audit._selection._group_errors import GroupErrors, group_errors
from skbal.audit._selection._group_selection import GroupSelection, group_selection
from skbal.audit._selection._lure import UnbiasedRisk, unbiased_risk
from skbal.audit._selection._selection_test import SelectionTest, selection_test

__all__ = [
    "ActiveTest",
    "GroupErrors",
    "GroupSelection",
    "SelectionTest",
    "UnbiasedRisk",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "group_errors",
    "group_selection",
    "selection_test",
    "unbiased_risk",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
