"""Rows far apart: ours against scikit-activeml's CoreSet and scikit-learn's k-means++.

Run by asv, or as ``python -m benchmarks.speed.bench_diverse``.
"""

import numpy as np

from ._timing import PeakMemory, command_line, report, run_peer, seconds

N_ROWS, N_FEATURES, N_LABELLED, N_PICKS = 60_000, 128, 10, 100


def rows(n_rows=N_ROWS):
    """Return rows in float32, of which the first ones are labelled for `k_center`."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((n_rows, N_FEATURES), dtype=np.float32)


class Labelled:
    """The part of a learner that `KCenterGreedy` uses when rows are features."""

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
        with PeakMemory() as memory:
            k_center(self.X)
        return memory.extra / 1e6


def report_peer(python, X, n_pairs):
    ours, theirs = [], []
    for _ in range(n_pairs):
        taken, *chosen = run_peer(python, "peer_activeml.py").split()
        theirs.append(float(taken))
        ours.append(seconds(k_center, X))
    report("scikit-activeml's CoreSet", theirs, ours)
    same = np.array_equal(np.array(chosen, dtype=int), k_center(X))
    print(f"the same {N_PICKS} rows in the same order: {same}")


def main():
    peer = "python of an environment with scikit-activeml"
    options = command_line(__doc__, pairs=5, peer=peer).parse_args()
    case = Diverse()
    case.setup()
    print(f"k-center: {case.track_extra_megabytes():.0f} MB beside the pool")
    twice = np.repeat(case.X[::2], 2, axis=0)
    print(f"k-center, every row twice: {seconds(k_center, twice):.3f} s")
    for name, trials in (("kmeans_plusplus", None), ("with one trial per step", 1)):
        pairs = [
            (seconds(scikit_learns, case.X, trials), seconds(k_means_plus_plus, case.X))
            for _ in range(options.pairs)
        ]
        report(f"scikit-learn's {name}", *zip(*pairs))
    if options.peer:
        report_peer(options.peer, case.X, options.pairs)


if __name__ == "__main__":
    main()
