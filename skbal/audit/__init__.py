"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
For classifiers: does a small or side part of the input decide by itself?
"""

from skbal._utils.names import missing_from
from skbal.audit._coverage import VoteCoverage, vote_coverage
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._pit import vote_pit, vote_pit_histogram
from skbal.audit._pit_display import VotePITDisplay
from skbal.audit._shortcuts._display import ShortcutDisplay
from skbal.audit._shortcuts._result import ShortcutTest
from skbal.audit._shortcuts._verdict import shortcut_test

__all__ = [
    "ShortcutDisplay",
    "ShortcutTest",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "shortcut_test",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
