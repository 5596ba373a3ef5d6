"""Which rows of a table to label for a network, fifty at a time?

``python -m benchmarks.studies.regression_batches.run RUNS.jsonl --data FOLDER`` adds a
line for each table, seed and strategy. FOLDER holds ``uci_regression.npz``
(``SET__X``, ``SET__y``). Without it the tables are two of Friedman's, which
scikit-learn makes. A study that was stopped goes on when the command is given again.
``report.py`` makes the table.

A run has 4,000 random rows of a table as its pool and 2,000 others to test on, columns
and y standardised. It begins with 100 random labels, the same for all strategies, and
asks three times for 50. The network has two layers of 100 units, and is trained anew
each time, from the same seed. `LaplaceRegressor` gives `BatchVariance` the covariance
of its last layer. The score is the root of the mean squared error.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import make_friedman1, make_friedman2

from skbal import ActiveLearner
from skbal._utils.random import next_seed, stream
from skbal.features import GradientFeatures
from skbal.models import LaplaceRegressor, MCDropoutRegressor
from skbal.query import BAIT, LCMD, BatchVariance, GreedySampling, Random

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
TABLES = ("kin8nm", "power_plant", "protein_tertiary_structure")
MADE = {"friedman1": make_friedman1, "friedman2": make_friedman2}
N_POOL, N_TEST, N_FIRST, N_BATCH, N_BATCHES = 4000, 2000, 100, 50, 3


def strategies(seed):
    """Return the strategies by the names of the table."""
    gradients = GradientFeatures(n_components=512, random_state=seed)
    return {
        "random": Random(random_state=seed),
        "BatchVariance": BatchVariance(random_state=seed),
        "GSy": GreedySampling("GSy", random_state=seed),
        "LCMD, last layer": LCMD(random_state=seed),
        "LCMD, gradients": LCMD(features=gradients, random_state=seed),
        "BAIT, last layer": BAIT(random_state=seed),
        "BAIT, gradients": BAIT(features=gradients, random_state=seed),
    }


def table(name, folder):
    """Return the rows and the numbers of a table."""
    if name in MADE:
        return MADE[name](N_POOL + N_TEST, noise=1.0, random_state=0)
    packed = np.load(folder / "uci_regression.npz")
    return packed[f"{name}__X"], packed[f"{name}__y"]


def split(X, y, seed):
    """Return a pool and test rows, both standardised by the pool."""
    order = stream(seed, "rows").permutation(len(y))[: N_POOL + N_TEST]
    X, y = X[order].astype(np.float64), y[order].astype(np.float64)
    X = (X - X[:N_POOL].mean(axis=0)) / X[:N_POOL].std(axis=0)
    y = (y - y[:N_POOL].mean()) / y[:N_POOL].std()
    X = X.astype(np.float32)
    return X[:N_POOL], y[:N_POOL], X[N_POOL:], y[N_POOL:]


def record_of(name, seed, strategy, data):
    """Return the record of one run."""
    X, y, X_test, y_test = data
    begin = time.process_time()
    network = MCDropoutRegressor(
        max_steps=500, lr=0.003, random_state=next_seed(stream(seed, "network"))
    )
    known = list(range(N_FIRST))  # the rows are in a random order
    errors, querying = [], 0.0
    for step in range(N_BATCHES + 1):
        learner = ActiveLearner(LaplaceRegressor(network), strategy, X[known], y[known])
        error = np.sqrt(np.mean((learner.predict(X_test) - y_test) ** 2))
        errors.append(round(float(error), 4))
        if step < N_BATCHES:
            left = np.setdiff1d(np.arange(len(y)), known)
            start = time.process_time()
            known += left[learner.query(X[left], n_instances=N_BATCH)[0]].tolist()
            querying += time.process_time() - start
    return {
        "table": name,
        "seed": seed,
        "rmse": errors,
        "seconds_querying": round(querying, 2),
        "seconds": round(time.process_time() - begin, 1),
    }


def run(options):
    names = TABLES if options.data is not None else tuple(MADE)
    done = {(r["table"], r["seed"], r["strategy"]) for r in read(options.runs)}
    for seed in range(options.seeds):
        for name in names:
            data = split(*table(name, options.data), seed)
            for label, strategy in strategies(seed).items():
                if (name, seed, label) not in done:
                    record = record_of(name, seed, strategy, data)
                    append(options.runs, {"strategy": label, **record})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--data", type=Path, help="folder of uci_regression.npz")
    parser.add_argument("--seeds", type=int, default=5)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
