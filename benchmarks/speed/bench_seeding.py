"""`KMeansSeed` against scikit-learn's k-means and the row nearest to each centre.

Run by asv, or as ``python -m benchmarks.speed.bench_seeding``. Rows are random and have
clusters. With ``--mnist MNIST`` they are the packed digits, which have the same size.

Beside the seconds it prints the mean squared distance of a row to the centre nearest to
it, relative to the best of three runs of `KMeans`.
"""

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import pairwise_distances_argmin, pairwise_distances_argmin_min

from skbal.seeding import KMeansSeed
from skbal.seeding._centres import centres_of

from ._timing import PeakMemory, command_line, report, seconds

N_ROWS, N_FEATURES, N_CLUSTERS, N_SOME = 60_000, 784, 20, 10_000


def rows(path=None):
    """Return rows in float32: digits, or forty clusters in twenty directions."""
    if path is not None:
        from skbal.datasets import fetch_mnist

        X = fetch_mnist(data_home=path, subset="train", return_X_y=True)[0]
        return np.ascontiguousarray(X.reshape(len(X), -1), dtype=np.float32)
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((20, N_FEATURES), dtype=np.float32)
    places = rng.standard_normal((40, 20), dtype=np.float32)
    X = 0.5 * rng.standard_normal((N_ROWS, 20), dtype=np.float32)
    X = (X + places[rng.integers(40, size=N_ROWS)]) @ basis
    return X + rng.standard_normal(X.shape, dtype=np.float32)


def ours(X, pool_subsample=None):
    seed = KMeansSeed(
        n_instances=N_CLUSTERS, pool_subsample=pool_subsample, random_state=0
    )
    return seed.select(X)


def nearest_to(clusterer, X):
    centres = clusterer.fit(X).cluster_centers_
    return pairwise_distances_argmin(centres, X)


def mini_batches(X):
    return nearest_to(MiniBatchKMeans(N_CLUSTERS, random_state=0), X)


def k_means(X):
    return nearest_to(KMeans(N_CLUSTERS, n_init=1, random_state=0), X)


def distortion(X, centres):
    return (pairwise_distances_argmin_min(X, centres)[1] ** 2).mean()


class Seeding:
    """asv: twenty of 60,000 rows of 784 features."""

    timeout = 600

    def setup(self):
        self.X = rows()
        ours(self.X[:1000])

    def time_all_rows(self):
        ours(self.X)

    def time_ten_thousand_rows(self):
        ours(self.X, N_SOME)

    def track_ratio_to_mini_batches(self):
        return seconds(mini_batches, self.X) / seconds(ours, self.X)

    def track_extra_megabytes(self):
        with PeakMemory() as memory:
            ours(self.X)
        return memory.extra / 1e6


def report_distortion(X):
    best = KMeans(N_CLUSTERS, n_init=3, random_state=0).fit(X).cluster_centers_
    least = distortion(X, best)
    clusterer = MiniBatchKMeans(N_CLUSTERS, random_state=0).fit(X)
    theirs = distortion(X, clusterer.cluster_centers_) / least
    of_ours = distortion(X, centres_of(X, N_CLUSTERS, 0)[0]) / least
    print(f"squared distances: mini-batches {theirs:.4f}, skbal {of_ours:.4f}")


def main():
    parser = command_line(__doc__, pairs=5)
    parser.add_argument("--mnist", help="file of the packed digits")
    options = parser.parse_args()
    X = rows(options.mnist)
    some = X[np.sort(np.random.default_rng(0).choice(len(X), N_SOME, replace=False))]
    for name, opponent, pool in (
        ("MiniBatchKMeans of all rows", mini_batches, X),
        ("MiniBatchKMeans of 10,000 rows", mini_batches, some),
        ("one KMeans of 10,000 rows", k_means, some),
    ):
        opponent(pool), ours(pool)  # so that neither is timed cold
        pairs = [
            (seconds(opponent, pool), seconds(ours, pool)) for _ in range(options.pairs)
        ]
        report(name, *zip(*pairs))
    report_distortion(X)


if __name__ == "__main__":
    main()
