"""The graph of a pool: its parts, a label, and a question, in time and memory.

The rows are those of 50 Gaussian clusters in 64 dimensions, in a file that is mapped
into memory. Neighbours are exact up to 100,000 rows, and approximate (faiss) from there
on. A label is a ``partial_fit`` of `GraphClassifier`, a question the choice of one row
by `ExpectedVarianceReduction` among all rows. Ten lines of NumPy do the same, with the
functions of the pool at hand in the precision of the graph: they find no rows, break no
ties and check nothing.

Run as ``python -m benchmarks.speed.bench_pool_graph`` for 60,000 rows, which takes some
minutes. ``--rows 1000000 --components 50`` takes half an hour of processor time, nearly
all of it for neighbours, and 2.5 GB. Not run by asv.
"""

import resource
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np

from skbal.features import PoolGraph, _pool_graph
from skbal.features._nodes import Nodes
from skbal.models import GraphClassifier
from skbal.query import ExpectedVarianceReduction

from ._timing import PeakMemory, command_line, report, seconds

N_FEATURES, N_GROUPS, N_CLASSES, N_LABELS = 64, 50, 10, 30
APART = 0.5  # standard deviations between groups, so that they touch
MOST_EXACT = 100_000  # rows
AT_ONCE = 50_000  # rows written together


def write_pool(path, n_rows):
    """Write the rows of Gaussian clusters; return them as a memory map, and groups."""
    rng = np.random.default_rng(0)
    groups = rng.integers(0, N_GROUPS, n_rows)
    centres = APART * rng.standard_normal((N_GROUPS, N_FEATURES), dtype=np.float32)
    X = np.lib.format.open_memmap(path, "w+", np.float32, (n_rows, N_FEATURES))
    for start in range(0, n_rows, AT_ONCE):
        part = groups[start : start + AT_ONCE]
        noise = rng.standard_normal((len(part), N_FEATURES), dtype=np.float32)
        X[start : start + AT_ONCE] = centres[part] + noise
    X.flush()
    return np.load(path, mmap_mode="r"), groups


def measured(name, function):
    """Return a function that also prints its time and how far memory rises."""

    def call(*arguments, **options):
        wall, used = time.perf_counter(), time.process_time()
        with PeakMemory() as memory:
            result = function(*arguments, **options)
        wall, used = time.perf_counter() - wall, time.process_time() - used
        print(
            f"{name}: {wall:.3g} s, processor {used:.3g} s, "
            f"memory +{memory.extra / 2**30:.2f} GB",
            flush=True,
        )
        return result

    return call


def fitted_graph(X, n_components, neighbors):
    """Return the graph of a pool; print the time of its parts."""
    graph = PoolGraph(
        n_components=n_components,
        pca_components=None,
        neighbors=neighbors,
        random_state=0,
    )
    # The search is built by the first, and neighbours found by the second.
    parts = [(_pool_graph, "Nodes"), (Nodes, "neighbours")]
    parts += [(_pool_graph, "affinity_matrix"), (_pool_graph, "eigenfunctions")]
    patches = [
        mock.patch.object(owner, name, measured(f"  {name}", getattr(owner, name)))
        for owner, name in reversed(parts)
    ]
    for patch in patches:
        patch.start()
    try:
        return measured("graph", graph.fit)(X)
    finally:
        mock.patch.stopall()


def ten_lines(functions, root, noise):
    """Return how far the label of each row lowers the mean variance over the pool."""
    F = functions @ root.astype(functions.dtype)
    M = F.T @ F / len(F)
    spreads = np.einsum("ij,ij->i", F @ M, F)
    return spreads / (noise + np.einsum("ij,ij->i", F, F))


def query(strategy, model, X):
    """Return the row that is asked for."""
    return int(strategy(model, X)[0])


def main():
    parser = command_line(__doc__, pairs=7)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--components", type=int, default=200)
    parser.add_argument("--neighbors", choices=["exact", "approximate"])
    options = parser.parse_args()
    default = "exact" if options.rows <= MOST_EXACT else "approximate"
    with tempfile.TemporaryDirectory() as folder:
        X, groups = write_pool(Path(folder) / "pool.npy", options.rows)
        labels = groups % N_CLASSES
        print(f"{options.rows} rows, {options.components} eigenfunctions", flush=True)
        neighbors = options.neighbors or default
        graph = fitted_graph(X, options.components, neighbors)
        print(f"connected components: {graph.n_connected_components_}")
        report_use(graph, X, labels, options.pairs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # in kB on Linux
    print(f"peak of the whole process: {peak / 2**20:.2f} GB")


def report_use(graph, X, labels, n_pairs):
    """Print the time of a label and of a question."""
    rows = np.random.default_rng(1).permutation(len(X))[:N_LABELS]
    model = GraphClassifier(graph, random_state=0)
    measured("30 labels", model.fit)(X[rows], labels[rows])
    more = iter(np.random.default_rng(2).permutation(len(X)))
    one_label = [
        seconds(model.partial_fit, X[row : row + 1], labels[row : row + 1])
        for row in (next(more) for _ in range(n_pairs))
    ]
    print(f"one more label: {1e3 * np.median(one_label):.1f} ms")
    strategy = ExpectedVarianceReduction(random_state=0)
    mine = measured("first question", query)(strategy, model, X)
    measured("second question", query)(strategy, model, X)
    space = model.weight_space(X)
    functions = space.functions(slice(None))
    falls = ten_lines(functions, space.root, space.noise)
    print(
        f"its fall over the largest one of ten lines: {falls[mine] / falls.max():.7f}"
    )
    times = [
        (
            seconds(ten_lines, functions, space.root, space.noise),
            seconds(query, strategy, model, X),
        )
        for _ in range(n_pairs)
    ]
    report("ten lines", *zip(*times))
    measured("predictions", model.predict)(X[: 10 * AT_ONCE])


if __name__ == "__main__":
    main()
