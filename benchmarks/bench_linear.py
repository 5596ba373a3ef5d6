"""Bayesian linear regression of 60,000 x 128 features and 10 outputs, against peers.

Run by asv, or as ``python benchmarks/bench_linear.py`` for ratios in one run. Ratios
are medians of pairs measured in turn, since machines drift.
"""

import statistics
import time
import tracemalloc

import numpy as np
from scipy import linalg
from sklearn.linear_model import BayesianRidge
from sklearn.utils import gen_batches

from skbal.models import BayesianLinearRegression

SHAPE = (60_000, 128, 10)
N_DRAWS = 100


def problem(shape=SHAPE):
    n_samples, n_features, n_outputs = shape
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_features))
    y = X @ rng.normal(size=(n_features, n_outputs))
    return X, y + rng.normal(size=y.shape)


def one_solve(X, y):
    """Return the weights by one Phi'Phi and one Cholesky solve, nothing checked."""
    factor = linalg.cho_factor(X.T @ X + np.eye(X.shape[1]))
    return linalg.cho_solve(factor, X.T @ y)


def ten_bayesian_ridges(X, y):
    return [BayesianRidge().fit(X, target) for target in y.T]


def seconds(function, *arguments, n_calls=1):
    start = time.perf_counter()
    for _ in range(n_calls):
        function(*arguments)
    return (time.perf_counter() - start) / n_calls


def median_ratio(slow, fast, n_pairs=9):
    """Return how many times longer ``slow`` takes; both give seconds."""
    return statistics.median(slow() / fast() for _ in range(n_pairs))


def extra_megabytes(function):
    """Return the peak of what ``function`` allocates, its result included."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


class LinearRegression:
    """asv: fit, partial_fit and draws."""

    timeout = 600

    def setup(self):
        self.X, self.y = problem()
        self.model = BayesianLinearRegression().fit(self.X, self.y)

    def fit(self):
        return BayesianLinearRegression().fit(self.X, self.y)

    def fit_evidence(self):
        return BayesianLinearRegression(optimize="evidence").fit(self.X, self.y)

    def add_ten_rows(self):
        self.model.partial_fit(self.X[:10], self.y[:10])

    def draw_in_chunks(self):
        for rows in gen_batches(len(self.X), 4096):
            self.model.predict_samples(self.X[rows], N_DRAWS, random_state=0)

    def draw_at_once_in_float32(self):
        self.model.predict_samples(self.X.astype(np.float32), N_DRAWS, random_state=0)

    time_fit = fit
    time_fit_evidence = fit_evidence
    time_add_ten_rows = add_ten_rows
    time_draw_in_chunks = draw_in_chunks

    def track_fit_over_one_solve(self):
        return median_ratio(
            lambda: seconds(self.fit), lambda: seconds(one_solve, self.X, self.y)
        )

    def track_ten_bayesian_ridges_over_fit(self):
        return median_ratio(
            lambda: seconds(ten_bayesian_ridges, self.X, self.y),
            lambda: seconds(self.fit),
            n_pairs=3,
        )

    def track_ten_bayesian_ridges_over_evidence(self):
        return median_ratio(
            lambda: seconds(ten_bayesian_ridges, self.X, self.y),
            lambda: seconds(self.fit_evidence),
            n_pairs=3,
        )

    def track_fit_over_adding_ten_rows(self):
        return median_ratio(
            lambda: seconds(self.fit),
            lambda: seconds(self.add_ten_rows, n_calls=50),
        )

    def track_megabytes_of_draws_in_chunks(self):
        return extra_megabytes(self.draw_in_chunks)

    def track_megabytes_of_draws_at_once(self):
        return extra_megabytes(self.draw_at_once_in_float32)


def main():
    case = LinearRegression()
    case.setup()
    error = np.abs(
        BayesianLinearRegression(fit_intercept=False).fit(case.X, case.y).coef_mean_
        - one_solve(case.X, case.y)
    ).max()
    print(f"{SHAPE[0]} rows, {SHAPE[1]} features, {SHAPE[2]} outputs")
    print(f"  fit: {seconds(case.fit, n_calls=5):.3f} s")
    print(f"  fit / one solve: {case.track_fit_over_one_solve():.2f}")
    ridges = case.track_ten_bayesian_ridges_over_fit()
    print(f"  ten BayesianRidge / fit: {ridges:.0f}")
    ridges = case.track_ten_bayesian_ridges_over_evidence()
    print(f"  ten BayesianRidge / fit with evidence: {ridges:.0f}")
    adding = case.track_fit_over_adding_ten_rows()
    print(f"  fit / partial_fit of ten rows: {adding:.0f}")
    chunks = case.track_megabytes_of_draws_in_chunks()
    print(f"  {N_DRAWS} draws in chunks of 4096 rows: {chunks:.0f} MB")
    whole = case.track_megabytes_of_draws_at_once()
    size = 4 * SHAPE[0] * N_DRAWS * SHAPE[2] / 2**20
    print(f"  at once in float32: {whole:.0f} MB, of which the result {size:.0f} MB")
    print(f"  largest difference of weights from one solve: {error:.1e}")


if __name__ == "__main__":
    main()
