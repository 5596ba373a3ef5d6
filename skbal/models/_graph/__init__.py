"""Gaussian fields on the graph of a pool."""
