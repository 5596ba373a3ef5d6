"""Networks that have seen one source of spins only, on spins of another source."""

import numpy as np

from skbal.audit import generalisation_report
from skbal.datasets import ising_exact, make_ising
from skbal.models import MCDropoutClassifier

CRITICAL = ising_exact(1.0).critical_temperature
SIZE, N_TRAIN, N_OTHER, N_STEPS = 16, 400, 500, 150


def temperatures(n):
    return np.linspace(1.0, 3.5, n)


def clusters(n, seed):
    """Return spins in equilibrium, with both signs."""
    return make_ising(SIZE, temperatures(n), n, seed)


def positive(n, seed):
    """Return spins in equilibrium, the cold ones with the sign of the start."""
    options = {"sampler": "heat-bath", "start": "up", "n_sweeps": 500}
    return make_ising(SIZE, temperatures(n), n, seed, **options)


def turned(n, seed):
    """Return the same with the sign of each lattice drawn at random."""
    spins, each = positive(n, seed)
    signs = np.random.default_rng(seed).choice([-1, 1], size=(n, 1, 1))
    return (spins * signs).astype(np.int8), each


def quenches(n, seed):
    """Return hot spins after ten local sweeps at a temperature: domains and walls."""
    options = {"sampler": "heat-bath", "start": "random", "n_sweeps": 10}
    return make_ising(SIZE, temperatures(n), n, seed, **options)


def mixed(n, seed):
    """Return clusters and quenches, as many of each."""
    parts = [clusters(n // 2, seed), quenches(n - n // 2, seed + 1)]
    return tuple(np.concatenate(both) for both in zip(*parts))


def blocks(n, seed):
    """Return a corner of lattices of twice the size, one of each."""
    spins, each = make_ising(2 * SIZE, temperatures(n), n, seed)
    return spins[:, :SIZE, :SIZE], each


# What is learned from, and where it is applied.
CASES = {
    "positive, on both signs": (positive, clusters),
    "positive and turned, on both signs": (turned, clusters),
    "equilibrium, on quenches": (clusters, quenches),
    "equilibrium and quenches, on quenches": (mixed, quenches),
    "whole lattices, on parts of larger ones": (clusters, blocks),
}


def rows_of(source, n, seed):
    """Return images, and whether the temperature was below the critical one."""
    spins, each = source(n, seed)
    order = np.random.default_rng(seed).permutation(n)
    return spins[order, np.newaxis].astype(np.float32), (each < CRITICAL)[order]


def called_ordered(model, X, cold):
    """Return how many of the cold rows are called ordered, by their magnetisation.

    Returns
    -------
    counts : list of tuple of int
        Number of rows and how many of them are called ordered, for a magnetisation
        from 0 to 0.3, 0.3 to 0.6, and above.
    """
    m = np.abs(X[cold].mean(axis=(1, 2, 3)))
    called = model.predict(X[cold])
    part = np.digitize(m, [0.3, 0.6])
    return [(int((part == i).sum()), int(called[part == i].sum())) for i in range(3)]


def measured(case, repeat):
    """Return errors on training, test and other rows, and the verdict."""
    source, other = CASES[case]
    X, y = rows_of(source, N_TRAIN + N_OTHER, 10 * repeat)
    train, test = (X[:N_TRAIN], y[:N_TRAIN]), (X[N_TRAIN:], y[N_TRAIN:])
    model = MCDropoutClassifier(
        module__n_filters=8, max_steps=N_STEPS, n_draws=20, random_state=repeat
    ).fit(*train)
    elsewhere = rows_of(other, N_OTHER, 10 * repeat + 5)
    found = generalisation_report(model, train, test, elsewhere)
    return {
        "case": case,
        "repeat": repeat,
        "errors": [round(float(error), 4) for error in found.errors],
        "overspecialised": found.overspecialised,
        "called_ordered": called_ordered(model, *elsewhere),
    }


def runs(repeats, done):
    """Give one record per case and repeat that is not done yet."""
    for repeat in range(repeats):
        for case in CASES:
            if (case, repeat) not in done:
                yield measured(case, repeat)
