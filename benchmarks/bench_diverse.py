"""Rows far apart: ours against scikit-activeml's CoreSet and scikit-learn's k-means++.

Run by asv, or as ``python benchmarks/bench_diverse.py`` for the ratios in one run.
Ratios are medians of pairs measured in turn, since machines drift.
"""

import argparse
import statistics
import subprocess
import threading
import time
from pathlib import Path

import numpy as np

N_ROWS, N_FEATURES, N_LABELLED, N_PICKS = 60_000, 128, 10, 100


def rows(n_rows=N_ROWS):
    """Return rows in float32; of the k-center batch, the first are labelled."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((n_rows, N_FEATURES), dtype=np.float32)


class Labelled:
    """All that `KCenterGreedy` with the rows as features asks of a learner."""

    def __init__(self, X_training):
        self.X_training = X_training


def k_center(X):
    """Return the rows chosen, the first ones being labelled."""
    from skbal.query import KCenterGreedy

    strategy = KCenterGreedy(features="input", random_state=0)
    labelled, pool = X[:N_LABELLED], X[N_LABELLED:]
    return N_LABELLED + strategy(Labelled(labelled), pool, N_PICKS)


def k_means_plus_plus(X):
    from skbal.query._far_apart import Points, far_apart

    return far_apart(Points(X), N_PICKS, np.random.default_rng(0), sampled=True)


def scikit_learns(X, n_local_trials=None):
    from sklearn.cluster import kmeans_plusplus

    kmeans_plusplus(X, N_PICKS, random_state=0, n_local_trials=n_local_trials)


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def peak_resident_bytes(function, *arguments):
    """Return how far the process's resident memory rises while ``function`` runs."""
    import psutil

    process, stop = psutil.Process(), threading.Event()
    before = process.memory_info().rss
    peak = [before]

    def watch():
        while not stop.wait(0.002):
            peak[0] = max(peak[0], process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        function(*arguments)
    finally:
        stop.set()
        watcher.join()
    return peak[0] - before


class Diverse:
    """asv: a hundred of 60,000 rows of 128 features."""

    timeout = 600

    def setup(self):
        self.X = rows()
        k_center(self.X[:1000])

    def time_k_center(self):
        k_center(self.X)

    def time_k_center_where_every_row_comes_twice(self):
        k_center(np.repeat(self.X[::2], 2, axis=0))

    def time_k_means_plus_plus(self):
        k_means_plus_plus(self.X)

    def track_ratio_to_scikit_learn(self):
        return seconds(scikit_learns, self.X) / seconds(k_means_plus_plus, self.X)

    def track_extra_megabytes(self):
        return peak_resident_bytes(k_center, self.X) / 1e6


def peer(python):
    """Return the seconds and the rows of `peer_activeml`, run by another python."""
    script = Path(__file__).with_name("peer_activeml.py")
    result = subprocess.run(
        [python, str(script)], capture_output=True, text=True, check=True
    )
    taken, *chosen = result.stdout.split()
    return float(taken), [int(row) for row in chosen]


def report(name, theirs, ours):
    ratios = [a / b for a, b in zip(theirs, ours)]
    print(
        f"{name} {statistics.median(theirs):.2f} s, "
        f"skbal {statistics.median(ours):.3f} s, "
        f"ratio {statistics.median(ratios):.1f} "
        f"(from {min(ratios):.1f} to {max(ratios):.1f}, {len(ratios)} pairs)"
    )


def report_peer(python, X, n_pairs):
    ours, theirs = [], []
    for _ in range(n_pairs):
        taken, chosen = peer(python)
        theirs.append(taken)
        ours.append(seconds(k_center, X))
    report("scikit-activeml's CoreSet", theirs, ours)
    same = np.array_equal(chosen, k_center(X))
    print(f"the same {N_PICKS} rows in the same order: {same}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--peer", help="python of an environment with scikit-activeml")
    options = parser.parse_args()
    case = Diverse()
    case.setup()
    print(f"k-center: {case.track_extra_megabytes():.0f} MB beside the pool")
    twice = np.repeat(case.X[::2], 2, axis=0)
    print(f"k-center, every row twice: {seconds(k_center, twice):.3f} s")
    for name, trials in (("kmeans_plusplus", None), ("with one trial a step", 1)):
        pairs = [
            (seconds(scikit_learns, case.X, trials), seconds(k_means_plus_plus, case.X))
            for _ in range(options.pairs)
        ]
        report(f"scikit-learn's {name}", *zip(*pairs))
    if options.peer:
        report_peer(options.peer, case.X, options.pairs)


if __name__ == "__main__":
    main()
