"""The checks of a report, one a file, in the order in which they are shown.

A new check is a file with a ``CHECK`` and a line in ``CHECKS``.
"""

from skbal.audit._report._checks import (
    _against_random,
    _anomaly_scores,
    _calibration_error,
    _generalisation_report,
    _groups,
    _invariance_report,
    _labelled_classes,
    _leakage,
    _people,
    _repeatable,
    _saliency,
    _score,
    _selection_test,
    _shortcut_test,
    _unbiased_risk,
    _vote_coverage,
)

CHECKS = (
    _labelled_classes.CHECK,
    _people.CHECK,
    _score.CHECK,
    _against_random.CHECK,
    _calibration_error.CHECK,
    _vote_coverage.CHECK,
    _generalisation_report.CHECK,
    _selection_test.CHECK,
    _groups.SELECTION,
    _groups.ERRORS,
    _unbiased_risk.CHECK,
    _saliency.PREDICTION,
    _saliency.UNCERTAINTY,
    _saliency.SANITY,
    _shortcut_test.CHECK,
    _invariance_report.CHECK,
    _anomaly_scores.CHECK,
    _leakage.COPIES,
    _leakage.PERMUTED,
    _leakage.TOO_GOOD,
    _repeatable.CHECK,
)
