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


def log_partition(size, coupling):
    """Return the log of the partition function of a periodic lattice (Kaufman 1949).

    It is the sum of four products over angles, of 2 cosh(n g / 2) and 2 sinh(n g / 2)
    with odd and with even angles, in logs.
    """
    angles = np.pi * np.arange(2 * size) / size
    sinh, cosh = np.sinh(2 * coupling), np.cosh(2 * coupling)
    g = np.arccosh(np.maximum(cosh**2 / sinh - np.cos(angles), 1))
    g[0] = 2 * coupling + np.log(np.tanh(coupling))  # negative above the transition
    half = size * g / 2
    logs, signs = [], []
    for part in (half[1::2], half[::2]):
        logs.append(np.logaddexp(part, -part).sum())
        logs.append((np.abs(part) + np.log1p(-np.exp(-2 * np.abs(part)))).sum())
        signs += [1, np.sign(part).prod()]
    top = max(logs)
    total = np.log(np.dot(signs, np.exp(np.array(logs) - top))) + top
    return size**2 / 2 * np.log(2 * sinh) + total - np.log(2)


def exact_energy(size, temperature):
    """Return the mean energy per spin of a periodic lattice."""
    step = 1e-5
    above, below = (log_partition(size, 1 / temperature + h) for h in (step, -step))
    return -(above - below) / (2 * step * size**2)


def boltzmann(energies, temperature):
    """Return the probability of each state from the energies of whole lattices."""
    weights = np.exp(-(energies - energies.min()) / temperature)
    return weights / weights.sum()
