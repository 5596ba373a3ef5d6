"""Cluster updates by Swendsen and Wang (1987)."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

_SPINS_AT_ONCE = 2**18  # graphs of this size stay in the cache of a processor


def swendsen_wang(spins, temperatures, n_sweeps, rng):
    """Update chains by clusters, each in its own lattice.

    A bond between equal spins is kept with probability ``1 - exp(-2 / T)``. Each
    cluster of spins that hang together by kept bonds then gets a new sign, -1 or 1 with
    equal probability.

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
    keep = -np.expm1(-2 / temperatures)
    step = max(1, _SPINS_AT_ONCE // spins[0].size)
    parts = []
    for start in range(0, len(spins), step):
        part = spins[start : start + step]
        neighbours = _neighbours(part.shape)
        for _ in range(n_sweeps):
            part = _update(part, neighbours, keep[start : start + step], rng)
        parts.append(part)
    return np.concatenate(parts)


def _neighbours(shape):
    """Return the flat indices of the spins below and on the right, (n_spins, 2)."""
    index = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    both = np.stack([np.roll(index, -1, axis=1), np.roll(index, -1, axis=2)], axis=-1)
    return both.reshape(-1, 2)


def _update(spins, neighbours, keep, rng):
    """Return the states after one update.

    Parameters
    ----------
    spins : ndarray of shape (n_chains, size, size), dtype=int8
        The states before it.
    neighbours : ndarray of shape (n_spins, 2), dtype=int32
        As `_neighbours` returns them.
    keep : ndarray of shape (n_chains,)
        Probability that a bond between equal spins is kept.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    spins : ndarray of shape (n_chains, size, size), dtype=int8
    """
    flat = spins.ravel()
    kept = rng.random((len(spins), neighbours.size // len(spins)), dtype=np.float32)
    kept = (kept < keep[:, np.newaxis].astype(np.float32)).reshape(neighbours.shape)
    kept &= flat[:, np.newaxis] == flat[neighbours]
    # Row i of the graph holds the kept bonds of spin i with its two neighbours.
    n_kept = kept[:, 0].astype(np.int32) + kept[:, 1]
    ends = np.concatenate([[0], n_kept.cumsum()])
    columns = neighbours[kept]
    graph = csr_array(
        (np.ones(len(columns)), columns, ends.astype(np.int32)), (flat.size, flat.size)
    )
    n_clusters, cluster = connected_components(graph, directed=False)
    signs = 2 * rng.integers(0, 2, n_clusters, dtype=np.int8) - 1
    return signs[cluster].reshape(spins.shape)
