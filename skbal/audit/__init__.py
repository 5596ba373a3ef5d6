"""Checks of trust: can this model, and this choice of labels, be believed?

Each check returns an object that prints as one plain sentence, its ``verdict``. Its
``concern`` is True if something was found, False if not, and None if that cannot be
told. ``to_frame()`` has the details, ``to_dict()`` all of it as plain data.
"""

from skbal._utils.names import missing_from
from skbal.audit._anomalies._display import AnomalyDisplay
from skbal.audit._anomalies._scores import AnomalyScores, anomaly_scores
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
from skbal.audit._invariance._display import InvarianceDisplay
from skbal.audit._invariance._report import invariance_report
from skbal.audit._invariance._result import InvarianceReport
from skbal.audit._leakage._check import LeakageCheck, leakage_check
from skbal.audit._leakage._permuted_labels import (
    PermutedLabelsCheck,
    permuted_labels_check,
)
from skbal.audit._leakage._too_good import TooGoodCheck, too_good_check
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
from skbal.audit._selection._active_test import ActiveTest
from skbal.audit._selection._group_errors import GroupErrors, group_errors
from skbal.audit._selection._group_selection import GroupSelection, group_selection
from skbal.audit._selection._lure import UnbiasedRisk, unbiased_risk
from skbal.audit._selection._selection_test import SelectionTest, selection_test
from skbal.audit._shortcuts._display import ShortcutDisplay
from skbal.audit._shortcuts._result import ShortcutTest
from skbal.audit._shortcuts._verdict import shortcut_test

__all__ = [
    "ActiveTest",
    "AnomalyDisplay",
    "AnomalyScores",
    "AuditReport",
    "CalibrationError",
    "CalibrationSteps",
    "FeatureMaps",
    "FeatureMapsDisplay",
    "GeneralisationReport",
    "GroupErrors",
    "GroupSelection",
    "InvarianceDisplay",
    "InvarianceReport",
    "LeakageCheck",
    "PermutedLabelsCheck",
    "ProbabilityScores",
    "ReliabilityDisplay",
    "Rubric",
    "SaliencyDisplay",
    "SaliencyMaps",
    "SaliencySanity",
    "SelectionTest",
    "ShortcutDisplay",
    "ShortcutTest",
    "TooGoodCheck",
    "UnbiasedRisk",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "anomaly_scores",
    "audit_report",
    "calibration_error",
    "calibration_over_steps",
    "feature_maps",
    "generalisation_report",
    "group_errors",
    "group_selection",
    "invariance_report",
    "leakage_check",
    "neg_calibration_error",
    "permuted_labels_check",
    "probability_scores",
    "rubric",
    "saliency",
    "saliency_sanity_check",
    "selection_test",
    "shortcut_test",
    "too_good_check",
    "unbiased_risk",
    "uncertainty_saliency",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
