"""Policies that learn which row to label next."""

from skbal.policy._bandit import BanditQuery
from skbal.policy._features import CANDIDATE_FEATURES, STATE_FEATURES
from skbal.policy._inputs import PolicyInputs, policy_inputs
from skbal.policy._policy import Policy

__all__ = [
    "CANDIDATE_FEATURES",
    "STATE_FEATURES",
    "BanditQuery",
    "Policy",
    "PolicyInputs",
    "policy_inputs",
]
