"""All states of small lattices, and their exact probabilities."""

import numpy as np


def all_states(size):
    """Return every state of a lattice, int8 of shape (2**(size * size), size, size)."""
    n = size * size
    bits = (np.arange(2**n)[:, np.newaxis] >> np.arange(n)) & 1
    return (2 * bits - 1).astype(np.int8).reshape(-1, size, size)


def number_of(spins):
    """Return the number of each state in `all_states`."""
    flat = spins.reshape(len(spins), -1) > 0
    return flat @ (1 << np.arange(flat.shape[1]))


def energy_by_loops(state):
    """Return the energy of a whole lattice, bond by bond."""
    size = len(state)
    return -sum(
        int(state[i, j]) * int(state[(i + 1) % size, j])
        + int(state[i, j]) * int(state[i, (j + 1) % size])
        for i in range(size)
        for j in range(size)
    )


def boltzmann(energies, temperature):
    """Return the probability of each state from the energies of whole lattices."""
    weights = np.exp(-(energies - energies.min()) / temperature)
    return weights / weights.sum()
