"""Learners: they ask a query strategy, are taught, and keep the training data.

Both are subclasses of modAL's learners, so modAL's strategies and committees take them.
Unlike modAL's, they work with current scikit-learn, including ``clone`` and searches.
"""

from skbal._utils.names import missing_from
from skbal.learner._active_learner import ActiveLearner
from skbal.learner._bayesian_optimizer import BayesianOptimizer

__all__ = ["ActiveLearner", "BayesianOptimizer"]

__getattr__ = missing_from(__name__)
