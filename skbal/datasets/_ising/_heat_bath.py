"""Local updates: a spin is drawn anew, given its four neighbours."""

import numpy as np

_CHAINS_AT_ONCE = 256


def heat_bath(spins, temperatures, n_sweeps, rng):
    """Update chains spin by spin, all spins of a colour of the chessboard at once.

    A spin becomes 1 with probability ``1 / (1 + exp(-2 h / T))``, where h is the sum of
    its neighbours. No two spins of a colour are neighbours.

    Parameters
    ----------
    spins : ndarray of shape (n_chains, size, size), dtype=int8
        The first states. They are not changed.
    temperatures : ndarray of shape (n_chains,)
        Temperature of each chain.
    n_sweeps : int
        Number of updates of the whole lattice.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    spins : ndarray of shape (n_chains, size, size), dtype=int8
        The last states.
    """
    size = spins.shape[-1]
    colours = colours_of(size)
    parts = []
    for start in range(0, len(spins), _CHAINS_AT_ONCE):
        rows = slice(start, start + _CHAINS_AT_ONCE)
        # (n_sites, n_chains): the spins of a site lie next to each other in memory.
        state = spins[rows].reshape(-1, size * size).T.copy()
        for _ in range(n_sweeps):
            for sites, neighbours in colours:
                update_colour(state, sites, neighbours, temperatures[rows], rng)
        parts.append(state.T.reshape(-1, size, size))
    return np.concatenate(parts)


def colours_of(size):
    """Return sites without neighbours among themselves, and the neighbours of each.

    A chessboard has two colours. Where the edges of a lattice of odd size meet, two
    fields of one colour would be neighbours, so it gets three.

    Parameters
    ----------
    size : int
        Number of rows of the lattice.

    Returns
    -------
    colours : list of tuple
        For each colour, the flat indices of its sites, an ndarray of shape (n,), and
        of their neighbours, an ndarray of shape (4, n).
    """
    colour = np.arange(size) % 2
    n_colours = 2
    if size % 2:
        colour[-1], n_colours = 2, 3
    board = (colour[:, np.newaxis] + colour) % n_colours
    index = np.arange(size * size).reshape(size, size)
    moves = [(1, 0), (-1, 0), (1, 1), (-1, 1)]
    neighbours = np.stack([np.roll(index, step, axis).ravel() for step, axis in moves])
    sites = [np.flatnonzero(board == number) for number in range(n_colours)]
    return [(of, neighbours[:, of]) for of in sites]


def update_colour(state, sites, neighbours, temperatures, rng):
    """Draw the spins of a colour anew, in place.

    Parameters
    ----------
    state : ndarray of shape (n_sites, n_chains), dtype=int8
        The spins.
    sites : ndarray of shape (n,)
        The sites of the colour.
    neighbours : ndarray of shape (4, n)
        Their neighbours.
    temperatures : ndarray of shape (n_chains,)
        Temperature of each chain.
    rng : numpy.random.Generator
        Source of randomness.
    """
    field = state[neighbours[0]]
    for of in neighbours[1:]:
        field += state[of]
    # A logistic number lies below 2 h / T with the probability of the docstring.
    # Rounding to float32 changes probabilities by less than 1e-7.
    uniform = rng.random(field.shape, dtype=np.float32)
    with np.errstate(divide="ignore"):
        logistic = np.log(uniform / (1 - uniform))
    logistic *= (temperatures / 2).astype(np.float32)
    state[sites] = 2 * (logistic < field).astype(np.int8) - 1
