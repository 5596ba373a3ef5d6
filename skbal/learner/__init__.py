"""The learners: modAL's, repaired, with parameters that scikit-learn can handle.

They ask a query strategy, are taught, and keep the training data. Both are modAL's
classes by inheritance, so modAL's strategies and committees take them.
"""

from skbal.learner._active_learner import ActiveLearner
from skbal.learner._bayesian_optimizer import BayesianOptimizer

__all__ = ["ActiveLearner", "BayesianOptimizer"]
