"""Bayesian linear regression of 60,000 x 128 features and 10 outputs, against peers.

Run by asv, or as ``python -m benchmarks.speed.bench_linear``.
"""

import numpy as np
from scipy import linalg
from sklearn.linear_model import BayesianRidge
from sklearn.utils import gen_batches

from skbal.models import BayesianLinearRegression

from ._timing import command_line, extra_bytes, ratio, seconds

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

    def solve_once(self):
        return one_solve(self.X, self.y)

    def fit_ten_bayesian_ridges(self):
        return [BayesianRidge().fit(self.X, target) for target in self.y.T]

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
        return ratio(self.fit, self.solve_once, n_pairs=9)

    def track_ten_bayesian_ridges_over_fit(self):
        return ratio(self.fit_ten_bayesian_ridges, self.fit, n_pairs=3)

    def track_ten_bayesian_ridges_over_evidence(self):
        return ratio(self.fit_ten_bayesian_ridges, self.fit_evidence, n_pairs=3)

    def track_fit_over_adding_ten_rows(self):
        return ratio(self.fit, self.add_ten_rows, n_pairs=9, n_fast_calls=50)

    def track_megabytes_of_draws_in_chunks(self):
        return extra_bytes(self.draw_in_chunks) / 2**20

    def track_megabytes_of_draws_at_once(self):
        return extra_bytes(self.draw_at_once_in_float32) / 2**20


def main():
    command_line(__doc__).parse_args()
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
