"""Policies that learn which row to label next."""

from skbal.policy._q_learner import QLearner

__all__ = ["QLearner"]
