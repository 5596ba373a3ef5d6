"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
For classifiers: are class probabilities as often right as they say?
For all: is the model overfit, or overspecialised to its source of data?
For all models: what do predictions, and their uncertainty, depend on?
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
from skbal.audit._report._report import AuditReport, audit_report
from skbal.audit._report._rubric import Rubric, rubric
from skbal.audit._saliency._display import SaliencyDisplay
from skbal.audit._saliency._feature_maps import FeatureMaps, feature_maps
from skbal.audit._saliency._feature_maps_display import FeatureMapsDisplay
from skbal.audit._saliency._maps import SaliencyMaps
from skbal.audit._saliency._saliency import saliency, uncertainty_saliency
from skbal.audit._saliency._sanity import SaliencySanity, saliency_sanity_check

__all__ = [
    "AuditReport",
    "CalibrationError",
    "CalibrationSteps",
    "FeatureMaps",
    "FeatureMapsDisplay",
    "GeneralisationReport",
    "ProbabilityScores",
    "ReliabilityDisplay",
    "Rubric",
    "SaliencyDisplay",
    "SaliencyMaps",
    "SaliencySanity",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "audit_report",
    "calibration_error",
    "calibration_over_steps",
    "feature_maps",
    "generalisation_report",
    "neg_calibration_error",
    "probability_scores",
    "rubric",
    "saliency",
    "saliency_sanity_check",
    "uncertainty_saliency",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
