"""Expected error reduction from draws, against plain NumPy and against retraining.

2,000 rows, 200 targets, 100 draws, 10 classes. The plain way is eight lines of NumPy
for a chunk of 100 rows. Retraining fits a forest of 100 trees for a candidate and each
label, as Roy and McCallum (2001) describe it, and predicts the targets.

Run by asv, or as ``python -m benchmarks.speed.bench_expected_error``.
"""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from skbal.information import expected_loss_reduction
from skbal.query import ExpectedErrorReduction

from ._timing import command_line, extra_bytes, ratio, seconds

N_ROWS, N_TARGETS, N_DRAWS, N_CLASSES = 2_000, 200, 100, 10
CHUNK = 100
LOSSES = ("log", "brier", "zero-one")


def random_draws(n_rows, seed):
    rng = np.random.default_rng(seed)
    alpha = np.full(N_CLASSES, 0.3)
    return rng.dirichlet(alpha, (n_rows, N_DRAWS)).astype(np.float32)


def plain(pool, target, loss):
    """Return the same by a few plain lines, chunk by chunk."""
    losses = {
        "log": lambda p: -(p * np.log(p + 1e-12)).sum(axis=-1),
        "brier": lambda p: 1 - (p**2).sum(axis=-1),
        "zero-one": lambda p: 1 - p.max(axis=-1),
    }
    now = losses[loss](target.mean(axis=1)).mean()
    falls = []
    for start in range(0, len(pool), CHUNK):
        part = pool[start : start + CHUNK]
        label = part.mean(axis=1)  # (n, y)
        weights = (part / part.sum(axis=1, keepdims=True)).transpose(0, 2, 1)
        after = np.tensordot(weights, target, axes=(2, 1))  # (n, y, target, class)
        falls.append(now - (label * losses[loss](after).mean(axis=2)).sum(axis=1))
    return np.concatenate(falls)


class ExpectedError:
    """asv: the scores of a pool by each loss."""

    timeout = 600
    params = (LOSSES,)
    param_names = ("loss",)

    def setup(self, loss):
        self.pool, self.target = random_draws(N_ROWS, 0), random_draws(N_TARGETS, 1)

    def time_scores(self, loss):
        expected_loss_reduction(self.pool, self.target, loss)

    def track_ratio_to_plain(self, loss):
        return ratio(plain, expected_loss_reduction, self.pool, self.target, loss)

    def track_extra_megabytes(self, loss):
        arguments = self.pool, self.target, loss
        return extra_bytes(expected_loss_reduction, *arguments) / 2**20

    track_ratio_to_plain.unit = "times"
    track_extra_megabytes.unit = "MB"


class Retraining:
    """A forest on 100 digits, and the other digits as the pool."""

    def __init__(self):
        X, y = load_digits(return_X_y=True)
        self.X, self.y, self.pool, self.target = X[:100], y[:100], X[300:], X[100:300]
        self.forest = RandomForestClassifier(100, random_state=0).fit(self.X, self.y)
        self.strategy = ExpectedErrorReduction(
            "zero-one", X_target=self.target, random_state=0
        )

    def from_draws(self):
        """Return the scores of all 1,497 candidates."""
        return self.strategy.score_pool(self.forest, self.pool)

    def one_candidate(self, row=0):
        """Return the score of a candidate by ten fits."""
        x, after = self.pool[[row]], 0.0
        for label, probability in zip(
            self.forest.classes_, self.forest.predict_proba(x)[0]
        ):
            X, y = np.vstack([self.X, x]), np.append(self.y, label)
            forest = RandomForestClassifier(100, random_state=0).fit(X, y)
            best = forest.predict_proba(self.target).max(axis=1)
            after += probability * (1 - best).mean()
        return -after


def main():
    command_line(__doc__).parse_args()
    bench = ExpectedError()
    for loss in LOSSES:
        bench.setup(loss)
        bench.time_scores(loss)  # warm
        took = seconds(bench.time_scores, loss, n_calls=3)
        print(
            f"{loss}: {took:.2f} s, plain NumPy takes "
            f"{bench.track_ratio_to_plain(loss):.1f} times as long, "
            f"{bench.track_extra_megabytes(loss):.0f} MB"
        )
    forest = Retraining()
    forest.from_draws()
    ours = seconds(forest.from_draws, n_calls=3) / len(forest.pool)
    theirs = seconds(forest.one_candidate)
    print(f"retraining a forest: {theirs:.2f} s a candidate, {theirs / ours:.0f} times")


if __name__ == "__main__":
    main()
