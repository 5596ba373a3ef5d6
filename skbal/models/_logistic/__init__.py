"""The Bayesian logistic regression of classes."""
