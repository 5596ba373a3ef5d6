"""Seconds that bmdal_reg takes for the batches of `bench_regression_batches`.

It runs in an environment of its own, with nothing of skbal, and prints the seconds and
the rows it chose::

    python -m venv peers && peers/bin/pip install bmdal_reg
    python -m benchmarks.speed.bench_regression_batches --peer peers/bin/python

"""

import sys
import time

import numpy as np

N_ROWS, N_FEATURES, N_LABELLED, N_PICKS = 20_000, 64, 100, 50
PRECISION = 0.25


def rows():
    """Return the rows of `bench_regression_batches`; the first are labelled."""
    rng = np.random.default_rng(0)
    scales = np.geomspace(1, 0.05, N_FEATURES)
    return rng.standard_normal((N_ROWS, N_FEATURES)) * scales


def main(method):
    # Imported here: asv imports every file of this directory, peer or no peer.
    import torch

    vars(np)["Inf"] = np.inf  # which it names, and NumPy 2 no longer has
    from bmdal_reg.bmdal.algorithms import select_batch
    from bmdal_reg.bmdal.feature_data import TensorFeatureData

    torch.set_num_threads(1)
    sigma = PRECISION**0.5
    bait = {"bait_sigma": sigma, "overselection_factor": 2.0}
    transforms = [("train", [sigma, 1.0])] if method == "bait" else []

    def choose(X, n_picks):
        parts = {"train": X[:N_LABELLED], "pool": X[N_LABELLED:]}
        data = {k: TensorFeatureData(torch.from_numpy(v)) for k, v in parts.items()}
        return select_batch(
            n_picks, [None], data, None, "linear", transforms, method, verbosity=0,
            **(bait if method == "bait" else {}),
        )[0]  # fmt: skip

    X = rows()
    choose(X[:1000], 5)
    start = time.perf_counter()
    chosen = choose(X, N_PICKS)
    print(time.perf_counter() - start, *chosen.tolist())


if __name__ == "__main__":
    main(sys.argv[1])
