"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
For classifiers: are class probabilities as often right as they say?
For all: is the model overfit, or overspecialised to its source of data?
"""

from skbal._utils.names import missing_from
from skbal.audit._calibration._display import ReliabilityDisplay
from skbal.audit._calibration._error import CalibrationError, calibration_error
from skbal.audit._calibration._scores import ProbabilityScores, probability_scores
from skbal.audit._calibration._steps import (
    CalibrationSteps,
    calibration_over_steps,
    neg_calibration_error,
)
from skbal.audit._coverage import VoteCoverage, vote_coverage
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._generalisation._report import (
    GeneralisationReport,
    generalisation_report,
)
from skbal.audit._pit import vote_pit, vote_pit_histogram
from skbal.audit._pit_display import VotePITDisplay

__all__ = [
    "CalibrationError",
    "CalibrationSteps",
    "GeneralisationReport",
    "ProbabilityScores",
    "ReliabilityDisplay",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "calibration_error",
    "calibration_over_steps",
    "generalisation_report",
    "neg_calibration_error",
    "probability_scores",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
