"""Regression of counts of answers by a mixture of Dirichlet distributions; private."""
