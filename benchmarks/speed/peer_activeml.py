"""Seconds that scikit-activeml takes for the k-center batch of `bench_diverse`.

It runs in an environment of its own, with nothing of skbal, and prints the seconds and
the rows it chose::

    python -m venv peers && peers/bin/pip install scikit-activeml
    python -m benchmarks.speed.bench_diverse --peer peers/bin/python

"""

import time

import numpy as np

N_ROWS, N_FEATURES, N_LABELLED, N_PICKS = 60_000, 128, 10, 100


def rows():
    """Return the rows of `bench_diverse`; the first are labelled."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((N_ROWS, N_FEATURES), dtype=np.float32)


def main():
    # Imported here: asv imports every file of this directory, peer or no peer.
    from skactiveml.pool import CoreSet

    X = rows()
    y = np.full(N_ROWS, np.nan)
    y[:N_LABELLED] = 0
    strategy = CoreSet(random_state=0)
    strategy.query(X[:100], y[:100], batch_size=2)
    start = time.perf_counter()
    chosen = strategy.query(X, y, batch_size=N_PICKS)
    print(time.perf_counter() - start, *chosen)


if __name__ == "__main__":
    main()
