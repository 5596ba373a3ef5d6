"""BatchBALD: against a full search and batchbald_redux, its memory, and how it grows.

Run by asv, or as::

    python -m benchmarks.speed.bench_batch_bald
    python -m benchmarks.speed.bench_batch_bald --peer redux-env/bin/python
    python -m benchmarks.speed.bench_batch_bald --million
    python -m benchmarks.speed.bench_batch_bald --growth growth.png

The draws come from softmax regressions whose weights scatter around one set of weights.
Their rows range from certain to uncertain. ``--mnist mnist.npz`` adds the draws of an
MC-dropout network that was taught 60 digits. The full search is good lines of NumPy
that compute the gain of every row for every pick. All are timed warm.
"""

import json
import statistics
import tempfile
from pathlib import Path

import numpy as np

from skbal.query import BatchBALD

from ._timing import PeakMemory, command_line, report, run_peer, seconds

N_FEATURES, SPREAD = 16, 0.35
# Draws that differ so little that a hundred labels do not tell all about them.
SMALL_SPREAD = 0.05
# Rows, draws, picks, and the ratio to the peer that is wanted.
SETTINGS = [(10_000, 100, 5, 200), (1000, 50, 10, 40)]


class SoftmaxDraws:
    """Softmax regressions, one set of weights per draw."""

    def __init__(self, n_draws, spread=SPREAD, n_classes=10):
        rng = np.random.default_rng(0)
        mean = rng.normal(size=(N_FEATURES, 1, n_classes))
        scatter = rng.normal(size=(N_FEATURES, n_draws, n_classes))
        self.weights = (mean + spread * scatter).astype(np.float32)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        shape = self.weights.shape[1:]
        scores = X @ self.weights.reshape(N_FEATURES, -1)
        scores = scores.reshape(len(X), *shape)
        scores -= scores.max(axis=2, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=2, keepdims=True)
        return scores


class Table:
    """Draws looked up by the number of the row."""

    def __init__(self, draws):
        self.draws = draws

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return self.draws[X[:, 0]]


def write_pool(path, n_rows):
    """Write rows from certain to uncertain, chunk by chunk."""
    X = np.lib.format.open_memmap(path, "w+", np.float32, (n_rows, N_FEATURES))
    rng = np.random.default_rng(0)
    for start in range(0, n_rows, 100_000):
        chunk = X[start : start + 100_000]
        chunk[:] = rng.normal(size=chunk.shape) * rng.gamma(2, 0.5, (len(chunk), 1))


def pool(n_rows):
    """Return rows from certain to uncertain, in memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.npy"
        write_pool(path, n_rows)
        return np.load(path)


def mnist_draws(path, n_rows=10_000, n_draws=100):
    """Return draws of an MC-dropout network taught six digits of each class."""
    from skbal import predict_samples
    from skbal.models import MCDropoutClassifier

    data = np.load(path)
    X = (data["X_train"][:n_rows, np.newaxis] / 255).astype(np.float32)
    y = data["y_train"][:n_rows]
    taught = np.concatenate([np.flatnonzero(y == digit)[:6] for digit in range(10)])
    network = MCDropoutClassifier(max_steps=100, random_state=0)
    return predict_samples(
        network.fit(X[taught], y[taught]), X, n_draws, random_state=0
    )


def choose(draws, batch_size):
    strategy = BatchBALD(n_draws=None, random_state=0)
    numbers = np.arange(len(draws))[:, np.newaxis]
    return strategy(Table(draws), numbers, batch_size).tolist()


def every_row(draws, batch_size):
    """Return the exact batch: the gain of every row, for every pick, in chunks."""
    columns = np.ascontiguousarray(draws.transpose(0, 2, 1))
    n_rows, n_classes, n_draws = columns.shape
    expected = -(columns * np.log(columns + 1e-30)).sum(axis=1).mean(axis=1)
    joint, chosen = np.full((1, n_draws), 1 / n_draws, dtype=np.float32), []
    for _ in range(batch_size):
        gains, step = np.empty(n_rows), max(2**18 // (n_classes * len(joint)), 1)
        for start in range(0, n_rows, step):
            rows = columns[start : start + step]
            p = rows.reshape(-1, n_draws) @ joint.T
            p *= np.log(p + 1e-30)
            gains[start : start + step] = -p.reshape(len(rows), -1).sum(axis=1)
        gains -= expected
        gains[chosen] = -np.inf
        chosen.append(int(gains.argmax()))
        joint = (joint[:, np.newaxis] * columns[chosen[-1]]).reshape(-1, n_draws)
        joint = joint[joint.sum(axis=1) > 1e-7 / len(joint)]  # as ours does, nearly
    return chosen


class Batch:
    """asv: a batch from draws that are looked up."""

    settings = {
        "10,000 rows, 100 draws, 5 picks": (10_000, 100, 5),
        "10,000 rows, 100 draws, 10 picks": (10_000, 100, 10),
        "1000 rows, 50 draws, 10 picks": (1000, 50, 10),
    }
    params = list(settings)
    param_names = ["setting"]
    timeout = 600

    def setup(self, setting):
        n_rows, n_draws, self.batch_size = self.settings[setting]
        self.draws = SoftmaxDraws(n_draws).predict_samples(pool(n_rows))

    def time_batch(self, setting):
        choose(self.draws, self.batch_size)


def compare_with_every_row(draws_of, n_pairs=3):
    """Print how many times as long a search takes that leaves out no row."""
    for name, all_draws in draws_of.items():
        draws = np.ascontiguousarray(all_draws[:10_000, :100])
        same = every_row(draws, 5) == choose(draws, 5)
        pairs = [
            (seconds(every_row, draws, 5), seconds(choose, draws, 5))
            for _ in range(n_pairs)
        ]
        report(f"{name}: 5 of 10,000 rows, every row each time", *zip(*pairs))
        print(f"  same batch: {same}")


def compare(peer, draws_of):
    """Print how many times faster than the peer, and whether the batch is the same."""
    for name, all_draws in draws_of.items():
        for n_rows, n_draws, batch_size, target in SETTINGS:
            draws = np.ascontiguousarray(all_draws[:n_rows, :n_draws])
            choose(draws, batch_size)
            theirs, rows = batch_of_peer(peer, draws, batch_size)
            ours = [seconds(choose, draws, batch_size) for _ in theirs]
            ratios = sorted(a / b for a, b in zip(theirs, ours))
            exact = 10 ** (batch_size - 1) <= 10_000
            same = choose(draws, batch_size) == rows
            print(
                f"{name}: {n_rows} rows, {n_draws} draws, {batch_size} picks: "
                f"{statistics.median(theirs):.1f} s against "
                f"{statistics.median(ours):.3f} s, "
                f"{statistics.median(ratios):.0f} times faster "
                f"({ratios[0]:.0f}-{ratios[-1]:.0f}), wanted {target}"
                + (f"; same batch: {same}" if exact else "")
            )
        with PeakMemory() as memory:
            choose(all_draws[:10_000, :100], 10)
        print(f"{name}: 10 picks of 10,000 rows take {memory.extra / 1e6:.0f} MB")


def batch_of_peer(python, draws, batch_size, n_joint_samples=10_000):
    """Return the seconds of each warm run of `peer_batchbald`, and its rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draws.npy"
        np.save(path, draws)
        printed = run_peer(
            python, "peer_batchbald.py", path, batch_size, n_joint_samples
        )
    answer = json.loads(printed.splitlines()[-1])
    return answer["seconds"], answer["rows"]


def measure(
    n_rows, batch_sizes, n_draws=20, spread=SPREAD, max_memory="1GB", n_repeats=1
):
    """Print the fewest seconds and the extra memory for batches from a memory map."""
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pool.npy"
        write_pool(path, n_rows)
        X, model = np.load(path, mmap_mode="r"), SoftmaxDraws(n_draws, spread)
        for batch_size in batch_sizes:
            strategy = BatchBALD(n_draws=None, random_state=0, max_memory=max_memory)
            with PeakMemory() as memory:
                times[batch_size] = min(
                    seconds(strategy, model, X, batch_size) for _ in range(n_repeats)
                )
            print(
                f"{n_rows} rows, {n_draws} draws, {batch_size} picks, max_memory="
                f"{max_memory}: {times[batch_size]:.2f} s, "
                f"{memory.extra / 1e6:.0f} MB; information "
                f"{strategy.gains_.sum():.2f} of at most {np.log(n_draws):.2f} nats",
                flush=True,
            )
    return times


def plot_growth(path):
    """Plot the seconds against rows times picks."""
    import matplotlib.pyplot as plt

    measure(1000, [5])  # so that no late import is timed below
    _, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for n_rows in (1000, 10_000, 100_000, 1_000_000):
        times = measure(
            n_rows, (1, 2, 5, 10, 20, 50, 100), spread=SMALL_SPREAD, n_repeats=3
        )
        work = [n_rows * batch_size for batch_size in times]
        axes.loglog(work, times.values(), "o-", label=f"{n_rows:,} rows")
    work = np.array([1e3, 1e8])
    axes.loglog(work, work * 2e-6, "k:", label="linear")
    axes.set(xlabel="rows of the pool × rows of the batch", ylabel="seconds")
    axes.legend()
    plt.savefig(path, dpi=120)


def main():
    parser = command_line(__doc__, peer="python that imports batchbald_redux")
    parser.add_argument("--mnist", help="mnist.npz, for draws of a network")
    parser.add_argument("--million", action="store_true")
    parser.add_argument("--growth", help="where to save the figure")
    arguments = parser.parse_args()
    draws_of = {"softmax": SoftmaxDraws(100).predict_samples(pool(10_000))}
    if arguments.mnist:
        draws_of["network"] = mnist_draws(arguments.mnist)
    compare_with_every_row(draws_of)
    if arguments.peer:
        compare(arguments.peer, draws_of)
    if arguments.million:
        measure(1_000_000, [50])
        measure(1_000_000, [50], max_memory="200MB")
    if arguments.growth:
        plot_growth(arguments.growth)


if __name__ == "__main__":
    main()
