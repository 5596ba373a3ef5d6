"""Checks beside other packages, in an environment that has them."""
