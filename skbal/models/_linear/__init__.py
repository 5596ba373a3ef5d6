"""Bayesian linear regression: statistics, posteriors, evidence, estimators; private."""
