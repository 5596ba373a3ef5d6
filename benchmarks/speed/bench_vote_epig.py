"""VoteEPIG's score and batches over a pool, against plain NumPy.

The plain way holds all tables of a chunk of 500 rows and all joint probabilities of one
target at once. The whole pool in one array would take gigabytes.

Run by asv, or as ``python -m benchmarks.speed.bench_vote_epig``.
"""

import numpy as np
from scipy.stats import binom

from skbal.information import expected_vote_information_gain
from skbal.query import VoteEPIG

from ._timing import command_line, extra_bytes, ratio, seconds

N_ROWS, N_TARGETS, N_DRAWS = 10_000, 100, 100
CHUNK = 500  # rows of the plain way
BATCH = 10


def random_rho(n_samples, n_draws=N_DRAWS):
    """Return joint draws: logits of five features with random weights."""
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((5, n_draws))
    logits = rng.standard_normal((n_samples, 5)) @ weights
    return 1 / (1 + np.exp(-logits))[:, :, np.newaxis]


def plain(pool, target, n, n_target):
    """Return the same by ten plain lines, for a pool of one chunk."""
    tables = [
        binom.pmf(np.arange(m + 1), m, rho)  # (n_rows, n_draws, m + 1)
        for rho, m in ((pool, n), (target, n_target))
    ]
    gain = np.zeros(len(pool))
    for table in tables[1]:
        joint = tables[0].swapaxes(1, 2) @ table / table.shape[0]
        apart = joint.sum(axis=2, keepdims=True) * joint.sum(axis=1, keepdims=True)
        gain += (joint * np.log(joint / apart)).sum(axis=(1, 2))
    return gain / len(target)


class Model:
    """Draws that are there already."""

    def __init__(self, rho):
        self.rho = rho

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return self.rho[X]


class VoteInformationGain:
    """asv: 10,000 rows, 100 targets, 100 draws."""

    timeout = 600
    params = ((10, 40), (1, 10))
    param_names = ("n_votes", "n_votes_target")

    def setup(self, n, n_target):
        rho = random_rho(N_ROWS + N_TARGETS)
        self.pool, self.target = rho[:N_ROWS], rho[N_ROWS:]
        self.model, self.rows = Model(rho), np.arange(N_ROWS)
        self.strategy = VoteEPIG(
            n,
            n_votes_target=n_target,
            X_target=np.arange(N_ROWS, N_ROWS + N_TARGETS),
            random_state=0,
        )

    def time_scores(self, n, n_target):
        expected_vote_information_gain(self.pool, self.target, n, n_target)

    def time_batch(self, n, n_target):
        self.strategy(self.model, self.rows, BATCH)

    def track_extra_megabytes(self, n, n_target):
        arguments = self.pool, self.target, n, n_target
        return extra_bytes(expected_vote_information_gain, *arguments) / 2**20

    track_extra_megabytes.unit = "MB"

    def track_ratio_to_plain(self, n, n_target):
        some = self.pool[:CHUNK], self.target, n, n_target
        return ratio(plain, expected_vote_information_gain, *some, n_pairs=3)

    track_ratio_to_plain.unit = "times"


def report(n, n_target):
    case = VoteInformationGain()
    case.setup(n, n_target)
    some = case.pool[:20], case.target, n, n_target
    error = np.abs(expected_vote_information_gain(*some)[:, 0] - plain(*some)).max()
    print(f"{n} votes on {N_ROWS} rows, {n_target} on {N_TARGETS} targets")
    print(f"  scores: {seconds(case.time_scores, n, n_target):.2f} seconds")
    print(f"  a batch of {BATCH}: {seconds(case.time_batch, n, n_target):.2f} seconds")
    print(f"  extra memory: {case.track_extra_megabytes(n, n_target):.1f} MB")
    times = case.track_ratio_to_plain(n, n_target)
    print(f"  plain NumPy ({CHUNK} rows) / ours: {times:.1f}")
    print(f"  largest difference: {error:.0e} nats")


def main():
    command_line(__doc__).parse_args()
    for n in VoteInformationGain.params[0]:
        for n_target in VoteInformationGain.params[1]:
            report(n, n_target)


if __name__ == "__main__":
    main()
