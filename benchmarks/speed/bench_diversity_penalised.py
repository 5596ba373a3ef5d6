"""`DiversityPenalised` against two ways of comparing all rows with the batch.

Run by asv, or as ``python -m benchmarks.speed.bench_diversity_penalised``. Rows are
random, or with ``--mnist MNIST`` the packed digits, which have the same size.

The first way keeps the similarities of all rows. For each pick it multiplies the whole
pool with the row that was picked last, in float32. It may therefore pick a row whose
score is lower by a ten-millionth. The second way calls ``cosine_similarity`` on the
pool and the whole batch after each pick. All ways are given the scores.

With ``--few`` the pools have 100, 300 and 1,000 rows of 64 features. There the checks
of a call take longer than the choice, and the other way is eight lines of NumPy without
any check.
"""

import statistics
from pathlib import Path

import numpy as np

from ._timing import command_line, seconds

N_ROWS, N_FEATURES, N_PICKS = 60_000, 784, 100


def rows(path=None):
    """Return rows in float32: digits, or random rows that are about as similar."""
    if path is not None and Path(path).exists():
        from skbal.datasets import fetch_mnist

        return fetch_mnist(data_home=path, subset="train", return_X_y=True)[0]
    rng = np.random.default_rng(0)
    return rng.standard_exponential((N_ROWS, N_FEATURES), dtype=np.float32) ** 2


def scores(n_rows):
    return np.random.default_rng(1).permutation(n_rows) / (n_rows - 1)


class Given:
    """A strategy with given scores."""

    def __init__(self, values):
        self.values = values

    def score_pool(self, estimator, X_pool):
        return self.values


def penalised(X, values, penalty, similarity="max"):
    from skbal.query import DiversityPenalised

    strategy = DiversityPenalised(
        Given(values), penalty=penalty, similarity=similarity, random_state=0
    )
    return strategy(None, X, N_PICKS)


def incremental(X, values, penalty, similarity="max"):
    """Multiply all rows with the last pick for each new one."""
    lengths = np.sqrt(np.einsum("ij,ij->i", X, X))
    largest, total = np.full(len(X), -1.0), np.zeros(len(X))
    chosen, left = [int(values.argmax())], np.ones(len(X), dtype=bool)
    while len(chosen) < N_PICKS:
        last = chosen[-1]
        left[last] = False
        cosines = (X @ X[last]) / (lengths * lengths[last])
        np.maximum(largest, cosines, out=largest)
        total += cosines
        likeness = largest if similarity == "max" else total / len(chosen)
        worth = np.where(left, values - penalty * likeness, -np.inf)
        chosen.append(int(worth.argmax()))
    return np.array(chosen)


def naive(X, values, penalty, n_picks):
    """Compute all similarities to the batch anew for each pick."""
    from sklearn.metrics.pairwise import cosine_similarity

    chosen = [int(values.argmax())]
    while len(chosen) < n_picks:
        likeness = cosine_similarity(X, X[chosen]).max(axis=1)
        worth = values - penalty * likeness
        worth[chosen] = -np.inf
        chosen.append(int(worth.argmax()))
    return np.array(chosen)


def eight_lines(X, scores, penalty, n_picks):
    """Rank the scores, then multiply all directions with each pick."""
    from scipy.stats import rankdata

    directions = X / np.linalg.norm(X, axis=1, keepdims=True)
    left = values = (rankdata(scores) - 1) / (len(scores) - 1)
    likeness, chosen = np.full(len(X), -1.0), []
    while len(chosen) < n_picks:
        chosen.append(int(values.argmax()))
        left[chosen[-1]] = -np.inf
        np.maximum(likeness, directions @ directions[chosen[-1]], out=likeness)
        values = left - penalty * likeness
    return np.array(chosen)


class Penalised:
    """asv: a hundred of 60,000 rows of 784 features."""

    timeout = 600
    params = [[0.1, 1.0, -0.1], ["max", "mean"]]
    param_names = ["penalty", "similarity"]

    def setup(self, penalty, similarity):
        self.X = rows()
        self.scores = scores(len(self.X))

    def time_batch(self, penalty, similarity):
        penalised(self.X, self.scores, penalty, similarity)


def report(X, values, penalty, similarity, n_pairs):
    pairs = [
        (
            seconds(incremental, X, values, penalty, similarity),
            seconds(penalised, X, values, penalty, similarity),
        )
        for _ in range(n_pairs)
    ]
    ratios = [theirs / ours for theirs, ours in pairs]
    ours = statistics.median(ours for _, ours in pairs)
    shared = np.intersect1d(
        penalised(X, values, penalty, similarity),
        incremental(X, values, penalty, similarity),
    )
    print(
        f"penalty {penalty:4}, {similarity:4}: skbal {ours:.2f} s; one product per "
        f"pick takes {statistics.median(ratios):.1f} times as long "
        f"(from {min(ratios):.1f} to {max(ratios):.1f}, {n_pairs} pairs); "
        f"rows shared: {len(shared)} of {N_PICKS}"
    )


def report_naive(X, values, penalty, n_picks=20):
    """Compare with few picks, since the time of the naive loop is quadratic in them."""
    theirs = seconds(naive, X, values, penalty, n_picks)
    ours = seconds(penalised, X, values, penalty)
    same = np.array_equal(
        penalised(X, values, penalty)[:n_picks], naive(X, values, penalty, n_picks)
    )
    print(
        f"penalty {penalty}: cosine_similarity each time takes {theirs / ours:.0f} "
        f"times as long for {n_picks} rows as skbal for {N_PICKS}; same rows: {same}"
    )


def report_few(n_rows, penalty, n_picks, n_pairs, n_calls=20):
    from skbal.query import DiversityPenalised

    rng = np.random.default_rng(0)
    X, values = rng.standard_exponential((n_rows, 64)) ** 2, scores(n_rows)
    strategy = DiversityPenalised(Given(values), penalty=penalty, random_state=0)
    arguments = X, values, penalty, n_picks
    same = np.array_equal(strategy(None, X, n_picks), eight_lines(*arguments))
    pairs = [
        (
            seconds(eight_lines, *arguments, n_calls=n_calls),
            seconds(strategy, None, X, n_picks, n_calls=n_calls),
        )
        for _ in range(n_pairs)
    ]
    ours = statistics.median(ours for _, ours in pairs)
    times = statistics.median(theirs / ours for theirs, ours in pairs)
    print(
        f"{n_rows} rows, penalty {penalty:4}, {n_picks} picks: skbal {ours * 1e6:.0f} "
        f"microseconds; eight lines take {times:.2f} times as long; same rows: {same}"
    )


def main():
    parser = command_line(__doc__, pairs=5)
    parser.add_argument("--mnist", help="folder of mnist.npz")
    parser.add_argument("--few", action="store_true", help="pools of few rows")
    options = parser.parse_args()
    if options.few:
        for n_rows in (100, 300, 1000):
            for penalty in (0.1, -1.0):
                for n_picks in (10, 50):
                    report_few(n_rows, penalty, n_picks, 3 * options.pairs)
        return
    X = rows(options.mnist)
    values = scores(len(X))
    penalised(X[:1000], values[:1000], 0.1)
    for similarity in ("max", "mean"):
        for penalty in (0.1, 0.3, 1.0, -0.1, -0.3, -1.0):
            report(X, values, penalty, similarity, options.pairs)
    report_naive(X, values, 0.1)


if __name__ == "__main__":
    main()
