"""Policies that learn which row to label next."""

from skbal.policy._features import CANDIDATE_FEATURES, STATE_FEATURES
from skbal.policy._inputs import PolicyInputs, policy_inputs
from skbal.policy._policy import Policy
from skbal.policy._q_learner import QLearner

__all__ = [
    "CANDIDATE_FEATURES",
    "Policy",
    "PolicyInputs",
    "QLearner",
    "STATE_FEATURES",
    "policy_inputs",
]
