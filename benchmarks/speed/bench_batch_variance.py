"""Regression batches: ours against a dense conditional variance for every pick.

Run by asv, or as ``python -m benchmarks.speed.bench_batch_variance``.
"""

import numpy as np

from skbal.models import BayesianLinearRegression
from skbal.query import BatchVariance, PredictiveVariance

from ._timing import command_line, extra_bytes, ratio, seconds

N_ROWS, N_FEATURES, N_PICKS = 60_000, 128, 100
N_ROWS_NAIVE = 3000


def model_and_pool(n_rows=N_ROWS, n_features=N_FEATURES):
    """Return a linear model of ten outputs, taught 1,000 rows, and features like those
    of a network.
    """
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(n_features, n_features)) / np.sqrt(n_features)
    X = np.maximum(rng.normal(size=(n_rows + 1000, n_features)) @ mixing, 0)
    weights = rng.normal(size=(n_features, 10)) / np.sqrt(n_features)
    y = X[:1000] @ weights + 0.3 * rng.normal(size=(1000, 10))
    model = BayesianLinearRegression(noise_variance=0.09).fit(X[:1000], y)
    return model, X[1000:]


def naive(model, X, n_picks=N_PICKS):
    """Return the greedy batch by computing all variances given the batch anew."""
    factor = model.covariance_factor(X)
    covariance = factor @ factor.T
    noise, batch = model.noise_variance_, []
    for _ in range(n_picks):
        cross = covariance[batch]
        among = cross[:, batch] + noise * np.eye(len(batch))
        explained = np.einsum("sn,sn->n", cross, np.linalg.solve(among, cross))
        variance = covariance.diagonal() - explained
        variance[batch] = -np.inf
        batch.append(int(variance.argmax()))
    return batch


def ours(model, X, n_picks=N_PICKS):
    return BatchVariance(random_state=0)(model, X, n_picks)


class Batch:
    """asv: a hundred of 60,000 rows with 128 features, by the memory for factors."""

    params = [None, 2**24, 2**22]
    param_names = ["max_memory"]
    timeout = 600

    def setup(self, max_memory):
        self.model, self.X = model_and_pool()
        self.strategy = BatchVariance(random_state=0, max_memory=max_memory)
        self.strategy(self.model, self.X[:2000], 10)

    def ask(self):
        return self.strategy(self.model, self.X, N_PICKS)

    def time_batch(self, max_memory):
        self.ask()

    def track_extra_megabytes(self, max_memory):
        return extra_bytes(self.ask) / 2**20

    def track_ratio_to_predictive_variance(self, max_memory):
        variance = PredictiveVariance(random_state=0)
        return ratio(self.ask, lambda: variance(self.model, self.X, N_PICKS))

    track_extra_megabytes.unit = "MB"
    track_ratio_to_predictive_variance.unit = "times"


class BatchAgainstNaive:
    """asv: a hundred of 3,000 rows, whose covariance fits into memory."""

    timeout = 600

    def setup(self):
        self.model, self.X = model_and_pool(N_ROWS_NAIVE)
        ours(self.model, self.X, 10)

    def track_ratio_to_naive(self):
        return ratio(
            lambda: naive(self.model, self.X), lambda: ours(self.model, self.X)
        )

    def track_ratio_of_memory_to_naive(self):
        slow = extra_bytes(lambda: naive(self.model, self.X))
        return slow / extra_bytes(lambda: ours(self.model, self.X))

    track_ratio_to_naive.unit = "times"
    track_ratio_of_memory_to_naive.unit = "times"


def main():
    command_line(__doc__).parse_args()
    case = BatchAgainstNaive()
    case.setup()
    same = naive(case.model, case.X) == ours(case.model, case.X).tolist()
    print(f"{N_PICKS} of {N_ROWS_NAIVE} rows, {N_FEATURES} features")
    print(f"  the same batch: {same}")
    print(f"  naive / ours, seconds: {case.track_ratio_to_naive():.1f}")
    print(f"  naive / ours, memory: {case.track_ratio_of_memory_to_naive():.1f}")
    for max_memory in Batch.params:
        case = Batch()
        case.setup(max_memory)
        print(f"{N_PICKS} of {N_ROWS} rows, max_memory={max_memory}")
        print(f"  seconds: {seconds(case.ask):.2f}")
        print(f"  extra memory: {case.track_extra_megabytes(max_memory):.1f} MB")
        times = case.track_ratio_to_predictive_variance(max_memory)
        print(f"  ours / PredictiveVariance: {times:.1f}")


if __name__ == "__main__":
    main()
