"""Bayesian logistic regression of votes, by Laplace's method; private."""
