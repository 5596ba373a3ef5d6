"""The Laplace approximation of all weights of a network, in several forms."""
