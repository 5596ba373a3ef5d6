"""Laplace approximations to the posterior of a network's last layer; private."""
