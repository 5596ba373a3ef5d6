"""A Gaussian process by random features."""
