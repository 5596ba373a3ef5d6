"""Bayes by backprop: the estimators, the layer, its training and draws; private."""
