"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
"""

from skbal._utils.names import missing_from
from skbal.audit._anomalies._display import AnomalyDisplay
from skbal.audit._anomalies._scores import AnomalyScores, anomaly_scores
from skbal.audit._coverage import VoteCoverage, vote_coverage
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._leakage._check import LeakageCheck, leakage_check
from skbal.audit._leakage._permuted_labels import (
    PermutedLabelsCheck,
    permuted_labels_check,
)
from skbal.audit._leakage._too_good import TooGoodCheck, too_good_check
from skbal.audit._pit import vote_pit, vote_pit_histogram
from skbal.audit._pit_display import VotePITDisplay

__all__ = [
    "AnomalyDisplay",
    "AnomalyScores",
    "LeakageCheck",
    "PermutedLabelsCheck",
    "TooGoodCheck",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "anomaly_scores",
    "leakage_check",
    "permuted_labels_check",
    "too_good_check",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
