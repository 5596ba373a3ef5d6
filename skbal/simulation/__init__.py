"""A whole run of active learning as one scikit-learn estimator.

``fit`` hides the labels, simulates the oracle and runs the loop. Thresholds, penalties
and strategies are parameters, so ``GridSearchCV`` can choose them.
"""

from skbal._utils.names import missing_from
from skbal.simulation._classifier import ActiveLearningClassifier
from skbal.simulation._regressor import ActiveLearningRegressor
from skbal.simulation._scorers import (
    LabelsToTarget,
    LearningCurveScores,
    final_score,
    learning_curve_area_score,
)

__all__ = [
    "ActiveLearningClassifier",
    "ActiveLearningRegressor",
    "LabelsToTarget",
    "LearningCurveScores",
    "final_score",
    "learning_curve_area_score",
]

__getattr__ = missing_from(__name__)
