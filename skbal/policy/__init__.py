"""Policies that learn which row to label next."""

from skbal._utils.names import missing_from
from skbal._utils.optional import require
from skbal.policy._bandit import BanditQuery
from skbal.policy._dqn import DQNPolicy
from skbal.policy._features import CANDIDATE_FEATURES, STATE_FEATURES
from skbal.policy._imitation import ImitationPolicy
from skbal.policy._inputs import PolicyInputs, policy_inputs
from skbal.policy._learned_query import LearnedQuery
from skbal.policy._linear import LinearPolicy
from skbal.policy._policy import Policy
from skbal.policy._q_learner import QLearner
from skbal.policy._search import PolicySearch
from skbal.policy._shipped import shipped_policy

__all__ = [
    "CANDIDATE_FEATURES",
    "STATE_FEATURES",
    "ActiveLearningEnv",
    "BanditQuery",
    "DQNPolicy",
    "ImitationPolicy",
    "LearnedQuery",
    "LinearPolicy",
    "Policy",
    "PolicyInputs",
    "PolicySearch",
    "QLearner",
    "policy_inputs",
    "shipped_policy",
]

_missing = missing_from(__name__)


def __getattr__(name):
    if name == "ActiveLearningEnv":  # a subclass of gymnasium's, which is optional
        require("gymnasium", "policy", name)
        return require("skbal.policy._env", "policy", name).ActiveLearningEnv
    return _missing(name)


def __dir__():
    return sorted({*globals(), *__all__})
