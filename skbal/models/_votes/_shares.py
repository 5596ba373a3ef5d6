"""Draws of the shares that the voters of one row give, around the mean shares."""

import numpy as np

from skbal._utils.random import stream


class ShareStreams:
    """The random numbers of draws, the same for any chunks that rows come in.

    Each kind of numbers has a stream of its own, and is drawn row by row.

    Parameters
    ----------
    seed : int
        As `check_seed` returns it.
    question : int
        Number of the question.
    """

    def __init__(self, seed, question):
        self.uniform, self.gamma, self.exponential = (
            stream(seed, "shares", name, question)
            for name in ("uniform", "gamma", "exponential")
        )


def dirichlet_draws(shares, concentration, streams):
    """Return draws of Dirichlet distributions with given means and concentrations.

    Parameters
    ----------
    shares : ndarray of shape (..., n_answers)
        The means, which sum to one.
    concentration : ndarray that broadcasts to the shape (..., 1)
        The sums of the parameters. Infinity returns the means.
    streams : ShareStreams

    Returns
    -------
    draws : ndarray of shape (..., n_answers), dtype=float64

    Examples
    --------
    With a tiny concentration everybody gives the same answer:

    >>> dirichlet_draws(np.full((2, 2), 0.5), 1e-3, ShareStreams(0, 0)).round(3)
    array([[0., 1.],
           [1., 0.]])
    """
    shares = shares.astype(np.float64)
    concentration = np.broadcast_to(concentration, (*shares.shape[:-1], 1))
    is_finite = np.isfinite(concentration)
    a = np.where(is_finite, concentration, 1.0) * shares
    a = np.maximum(a, np.finfo(np.float64).tiny)
    # The gamma variable of a is that of a + 1 times u**(1 / a). Their logarithms do not
    # underflow, however small a is.
    with np.errstate(over="ignore"):
        logs = np.log(streams.gamma.standard_gamma(a + 1.0))
        logs -= streams.exponential.standard_exponential(a.shape) / a
    logs -= logs.max(axis=-1, keepdims=True)
    draws = np.exp(logs)
    draws /= draws.sum(axis=-1, keepdims=True)
    return np.where(is_finite, draws, shares)
