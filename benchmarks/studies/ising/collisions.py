"""A table of particle physics, in the manner of the data set SUSY: made here, small.

In an event, two heavy particles each decay into a lepton, which is seen, and something
that is not. Eight columns are what a detector measures, eight more are what physicists
compute from these. The order of the columns means nothing.
"""

import numpy as np

# Mass of the heavy particle and of the unseen one, in GeV.
BACKGROUND, SIGNAL = (80.0, 0.0), (150.0, 90.0)


def make_events(n_samples, random_state):
    """Return columns (n_samples, 16) and whether an event is signal (n_samples,)."""
    rng = np.random.default_rng(random_state)
    y = rng.integers(0, 2, n_samples)
    mass, unseen = np.array([BACKGROUND, SIGNAL])[y].T
    decays = [_decay(mass, unseen, rng) for _ in range(2)]
    first, second = (lepton for lepton, _ in decays)
    # The first lepton is the one with the larger transverse momentum.
    swap = np.hypot(first[0], first[1]) < np.hypot(second[0], second[1])
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    missing = sum(other for _, other in decays)[:2]
    missing = missing + rng.normal(scale=10, size=missing.shape)  # of the detector
    return _columns(first, second, missing), y


def _directions(n, rng):
    """Return random unit vectors, (3, n)."""
    vectors = rng.normal(size=(3, n))
    return vectors / np.linalg.norm(vectors, axis=0)


def _decay(mass, unseen, rng):
    """Return the momenta (3, n) of the lepton and of what is not seen."""
    n = len(mass)
    momentum = rng.exponential(40, n) * _directions(n, rng)
    energy = np.sqrt(mass**2 + (momentum**2).sum(axis=0))
    # At rest, both parts have this momentum, and the lepton this energy.
    size = (mass**2 - unseen**2) / (2 * mass)
    at_rest = size * _directions(n, rng)
    # The boost along the momentum of the heavy particle.
    along = (at_rest * momentum).sum(axis=0) / (energy + mass)
    lepton = at_rest + momentum / mass * (size + along)
    return lepton, momentum - lepton


def _columns(first, second, missing):
    """Return what is measured and what is computed from it, (n, 16)."""
    pt = [np.hypot(p[0], p[1]) for p in (first, second, missing)]
    phi = [np.arctan2(p[1], p[0]) for p in (first, second, missing)]
    eta = [np.arcsinh(p[2] / t) for p, t in zip((first, second), pt)]
    d_phi = np.abs(np.angle(np.exp(1j * (phi[0] - phi[1]))))
    d_eta = np.abs(eta[0] - eta[1])
    pair = first + second
    pair_pt = np.hypot(pair[0], pair[1])
    energies = np.linalg.norm(first, axis=0) + np.linalg.norm(second, axis=0)
    pair_mass = np.sqrt(np.maximum(energies**2 - (pair**2).sum(axis=0), 0))
    along = (pair[:2] * missing).sum(axis=0)
    transverse = np.sqrt(np.maximum(2 * (pair_pt * pt[2] - along), 0))
    measured = [pt[0], eta[0], phi[0], pt[1], eta[1], phi[1], pt[2], phi[2]]
    balance = along / (pair_pt * pt[2])
    computed = [pair_mass, d_phi, np.hypot(d_eta, d_phi), pair_pt, pt[0] + pt[1],
                transverse, d_eta, balance]  # fmt: skip
    return np.stack(measured + computed, axis=1)
