"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
"""

from skbal._utils.names import missing_from
from skbal.audit._coverage import VoteCoverage, vote_coverage
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._pit import vote_pit, vote_pit_histogram
from skbal.audit._pit_display import VotePITDisplay
from skbal.audit._report._report import AuditReport, audit_report
from skbal.audit._report._rubric import Rubric, rubric

__all__ = [
    "AuditReport",
    "Rubric",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "audit_report",
    "rubric",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
