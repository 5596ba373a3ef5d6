"""Does the test of a selection hold its level, and does it see what BALD picks?

``python -m benchmarks.studies.selection_bias.run RUNS.jsonl --mnist mnist.npz`` adds a
line for each test. A study that was stopped goes on when the command is given again.
``report.py`` prints level and power. Without digits, only the tables are tested.

- "random table": 50 random rows of 300 with one heavy-tailed, one discrete and one
  string column, 2,000 times;
- "random digits": 50 random digits of 400, 2,000 times;
- "BALD": a random forest learns from 20 random digits, two per class, and BALD picks
  100 more out of a pool of 2,000, five at a time, 40 times. The 100 are compared with
  the 1,880 that are left; the first 20 belong to neither.

The kernel of the test was chosen on picks of BALD with other seeds, those from 100.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skbal._utils.random import stream
from skbal.audit import selection_test
from skbal.datasets import fetch_mnist
from skbal.query import BALD

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
N_RUNS = {"random table": 2000, "BALD": 40, "random digits": 2000}
N_TABLE, N_DIGITS, N_RANDOM = 300, 400, 50
N_POOL, N_PICKS, N_BATCH = 2000, 100, 5


def random_table(seed):
    """Return labelled and other rows of a table, chosen at random."""
    rng = stream(seed, "table")
    X = np.empty((N_TABLE, 3), dtype=object)
    X[:, 0] = rng.standard_cauchy(N_TABLE)
    X[:, 1] = rng.integers(0, 4, N_TABLE)
    X[:, 2] = rng.choice(["east", "west", "north"], N_TABLE, p=[0.7, 0.2, 0.1])
    return halves(X, rng.permutation(N_TABLE)[:N_RANDOM])


def random_digits(seed, X):
    """Return labelled and other images, chosen at random."""
    rng = stream(seed, "digits")
    rows = rng.choice(len(X), N_DIGITS, replace=False)
    return halves(X[rows], np.arange(N_RANDOM))  # the rows are in random order


def picks_of_bald(seed, X, y, n_pool=N_POOL, n_picks=N_PICKS):
    """Return the rows that BALD picked and those left, without the first labels."""
    rng = stream(seed, "pool")
    rows = rng.choice(len(X), n_pool, replace=False)
    X, y = X[rows], y[rows]
    flat = X.reshape(n_pool, -1)
    first = np.concatenate(
        [
            rng.choice(np.flatnonzero(y == label), 2, replace=False)
            for label in np.unique(y)
        ]
    )
    chosen = first.tolist()
    while len(chosen) < len(first) + n_picks:
        forest = RandomForestClassifier(50, random_state=seed)
        forest.fit(flat[chosen], y[chosen])
        left = np.setdiff1d(np.arange(n_pool), chosen)
        chosen += left[BALD(random_state=seed)(forest, flat[left], N_BATCH)].tolist()
    without_first = np.delete(X, first, axis=0)
    places = np.cumsum(~np.isin(np.arange(n_pool), first)) - 1
    return halves(without_first, places[chosen[len(first) :]])


def halves(X, labelled):
    """Return the labelled and the other rows."""
    return X[labelled], np.delete(X, labelled, axis=0)


def run(path, digits, *, n_runs=N_RUNS):
    """Add the records that are missing in a file."""
    done = {(r["kind"], r["seed"]) for r in read(path)}
    for kind, n in n_runs.items():
        if digits is None and kind != "random table":
            print(f"{kind}: no digits, left out")
            continue
        for seed in range(n):
            if (kind, seed) in done:
                continue
            if kind == "random table":
                samples = random_table(seed)
            elif kind == "random digits":
                samples = random_digits(seed, digits[0])
            else:
                samples = picks_of_bald(seed, *digits)
            result = selection_test(*samples, random_state=seed)
            append(
                path,
                {
                    "kind": kind,
                    "seed": seed,
                    "p_value": result.p_value,
                    "classifier_p_value": result.classifier_p_value,
                    "n_features": len(result.features),
                    "auc": round(result.auc, 4),
                },
            )


def main():
    """Run the study."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("runs", nargs="?", default=RUNS, help="file of the runs")
    parser.add_argument("--mnist", help="mnist.npz, the packed digits")
    given = parser.parse_args()
    digits = None
    if given.mnist and Path(given.mnist).exists():
        bunch = fetch_mnist(data_home=given.mnist)
        digits = bunch.images[:, 0], bunch.target
    run(given.runs, digits)


if __name__ == "__main__":
    main()
