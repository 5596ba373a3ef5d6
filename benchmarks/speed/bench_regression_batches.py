"""LCMD and BAIT against bmdal_reg, and BAIT against plain lines of NumPy.

Run by asv, or as ``python -m benchmarks.speed.bench_regression_batches``.
"""

import numpy as np

from ._timing import PeakMemory, command_line, report, run_peer, seconds
from .peer_bmdal import N_FEATURES, N_LABELLED, N_PICKS, PRECISION, rows


class Labelled:
    """The part of a learner that the strategies use when rows are features."""

    def __init__(self, X_training):
        self.X_training = X_training


def as_they_are(X):
    return X


def lcmd(X, n_picks=N_PICKS):
    from skbal.query import LCMD

    strategy = LCMD(features=as_they_are, random_state=0)
    return strategy(Labelled(X[:N_LABELLED]), X[N_LABELLED:], n_picks)


def bait(X, n_picks=N_PICKS):
    """Return a batch by BAIT, for all rows as targets, as the peer takes them."""
    from skbal.query import BAIT

    strategy = BAIT(
        prior_precision=PRECISION, features=as_they_are, X_target=X, random_state=0
    )
    return strategy(Labelled(X[:N_LABELLED]), X[N_LABELLED:], n_picks)


def plain_bait(X, n_picks=N_PICKS):
    """Return the same batch by plain lines: A and B of all rows for every choice."""
    pool, labelled = X[N_LABELLED:], X[:N_LABELLED]
    C = np.linalg.inv(PRECISION * np.eye(N_FEATURES) + labelled.T @ labelled)
    F, chosen = X.T @ X / len(X), []
    for _ in range(2 * n_picks):
        Z = pool @ C
        falls = np.sum((Z @ F) * Z, axis=1) / (1 + np.sum(Z * pool, axis=1))
        falls[chosen] = -np.inf
        chosen.append(int(falls.argmax()))
        z = Z[chosen[-1]]
        C -= np.outer(z, z) / (1 + z @ pool[chosen[-1]])
    while len(chosen) > n_picks:
        Z = pool[chosen] @ C
        rises = np.sum((Z @ F) * Z, axis=1) / (1 - np.sum(Z * pool[chosen], axis=1))
        k = int(rises.argmin())
        z = Z[k]
        C += np.outer(z, z) / (1 - z @ pool[chosen.pop(k)])
    return np.array(chosen)


class RegressionBatches:
    """asv: fifty of 20,000 rows of 64 features."""

    timeout = 600

    def setup(self):
        self.X = rows()
        for choose in (lcmd, bait, plain_bait):
            choose(self.X[:1000], 5)

    def time_lcmd(self):
        lcmd(self.X)

    def time_bait(self):
        bait(self.X)

    def track_ratio_to_plain_bait(self):
        return seconds(plain_bait, self.X) / seconds(bait, self.X)

    def track_extra_megabytes_of_bait(self):
        with PeakMemory() as memory:
            bait(self.X)
        return memory.extra / 1e6


def report_peer(python, method, choose, X, n_pairs):
    ours, theirs = [], []
    for _ in range(n_pairs):
        taken, *chosen = run_peer(python, "peer_bmdal.py", method).split()
        theirs.append(float(taken))
        ours.append(seconds(choose, X))
    report(f"{method} of bmdal_reg", theirs, ours)
    same = np.array_equal(np.array(chosen, dtype=int), choose(X))
    print(f"the same {N_PICKS} rows in the same order: {same}")


def main():
    peer = "python of an environment with bmdal_reg"
    options = command_line(__doc__, pairs=5, peer=peer).parse_args()
    case = RegressionBatches()
    case.setup()
    X = case.X
    megabytes = case.track_extra_megabytes_of_bait()
    print(f"BAIT: {megabytes:.0f} MB beside {X.nbytes / 1e6:.0f} MB of rows")
    pairs = [(seconds(plain_bait, X), seconds(bait, X)) for _ in range(options.pairs)]
    report("plain lines of NumPy", *zip(*pairs))
    same = set(plain_bait(X).tolist()) == set(bait(X).tolist())
    print(f"the same {N_PICKS} rows: {same}")
    for method, choose in (("lcmd", lcmd), ("bait", bait)) if options.peer else ():
        report_peer(options.peer, method, choose, X, options.pairs)


if __name__ == "__main__":
    main()
