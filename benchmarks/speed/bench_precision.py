"""Training in bfloat16 against training in float32: seconds, and accuracy beside them.

Run by asv, or as ``python -m benchmarks.speed.bench_precision``. The CNN is the default
network for images, the digits are those of `skbal.datasets.load_mnist_5k`. A ratio
above 1 says that bfloat16 is faster. It depends on the processor: on one without
instructions for bfloat16 it is far below 1.
"""

import statistics

import numpy as np

from ._timing import command_line, seconds

N_LABELS, N_EPOCHS = 300, 30


def digits(seed):
    """Return labelled images, and 1,000 others for the test."""
    from skbal.datasets import load_mnist_5k

    X, y = load_mnist_5k(return_X_y=True)
    rows = np.random.default_rng(seed).permutation(len(X))[: N_LABELS + 1000]
    X, y = X[rows].reshape(-1, 1, 28, 28), y[rows]
    return X[:N_LABELS], y[:N_LABELS], X[N_LABELS:], y[N_LABELS:]


def table(seed):
    """Return rows of 20 numbers, on which little is multiplied."""
    X = np.random.default_rng(seed).normal(size=(N_LABELS + 1000, 20))
    X, y = X.astype(np.float32), (X[:, 0] * X[:, 1] > 0).astype(int)
    return X[:N_LABELS], y[:N_LABELS], X[N_LABELS:], y[N_LABELS:]


ROWS = {"digits": digits, "table": table}


def trained(X, y, precision, seed=0, n_epochs=N_EPOCHS):
    from skbal.models import MCDropoutClassifier

    return MCDropoutClassifier(
        max_epochs=n_epochs, n_draws=20, precision=precision, random_state=seed
    ).fit(X, y)


class Precision:
    """asv: the time of float32 divided by that of bfloat16."""

    params = sorted(ROWS)
    timeout = 600

    def setup(self, name):
        self.X, self.y, *_ = ROWS[name](0)
        for precision in ("float32", "bf16"):
            trained(self.X, self.y, precision, n_epochs=1)

    def pair(self):
        """Return the seconds in float32 and in bfloat16."""
        return [
            seconds(trained, self.X, self.y, precision)
            for precision in ("float32", "bf16")
        ]

    def track_ratio(self, name):
        plain, mixed = self.pair()
        return plain / mixed


def accuracies(name, n_seeds):
    """Return the accuracy of both, of shape (n_seeds, 2)."""
    found = []
    for seed in range(n_seeds):
        X, y, X_test, y_test = ROWS[name](seed)
        both = (trained(X, y, kind, seed) for kind in ("float32", "bf16"))
        found.append([model.score(X_test, y_test) for model in both])
    return np.array(found)


def main():
    parser = command_line(__doc__, pairs=5)
    parser.add_argument("--seeds", type=int, default=10, help="seeds of the accuracy")
    options = parser.parse_args()
    for name in ROWS:
        case = Precision()
        case.setup(name)
        pairs = [case.pair() for _ in range(options.pairs)]
        ratios = [plain / mixed for plain, mixed in pairs]
        print(
            f"{name}: float32 takes {statistics.median(ratios):.1f} times as long "
            f"as bfloat16 (from {min(ratios):.1f} to {max(ratios):.1f}, "
            f"{len(pairs)} pairs)"
        )
        found = accuracies(name, options.seeds)
        differences = found[:, 1] - found[:, 0]
        error = statistics.stdev(differences) / np.sqrt(len(differences))
        plain, mixed = found.mean(axis=0)
        print(
            f"{name}: accuracy {plain:.4f} in float32, {mixed:.4f} in bfloat16, "
            f"difference {differences.mean():+.4f}, standard error {error:.4f} "
            f"({len(found)} seeds)"
        )


if __name__ == "__main__":
    main()
