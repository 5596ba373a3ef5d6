"""Expected variance reduction: ours against ten good lines of NumPy.

The factors of the covariance are there: the model returns its rows. The lines check
nothing, break no ties and hold whole matrices in the precision of the factors. For a
batch they compute the products of all rows anew for every pick. Both take as many
threads as BLAS is given (OMP_NUM_THREADS).

Run by asv, or as ``python -m benchmarks.speed.bench_variance_reduction``.
"""

import time

import numpy as np

from skbal.query import ExpectedVarianceReduction

from ._timing import command_line, extra_bytes, report, seconds

N_ROWS, N_FACTORS, N_PICKS, NOISE = 60_000, 200, 10, 0.1


class Factors:
    """A model whose factors are the rows themselves."""

    noise_variance_ = NOISE

    def covariance_factor(self, X):
        return X


def factors(dtype, n_rows=N_ROWS):
    """Return factors whose sizes fall, as those of smooth functions do."""
    rng = np.random.default_rng(0)
    sizes = np.exp(-np.arange(N_FACTORS) / 60)
    return (rng.normal(size=(n_rows, N_FACTORS)) * sizes).astype(dtype)


def ten_lines(F, n_picks=1):
    """Return the greedy batch, and the fall of the mean variance by its rows."""
    M, C, batch, falls = F.T @ F / len(F), np.eye(F.shape[1], dtype=F.dtype), [], []
    for _ in range(n_picks):
        G = F @ C if batch else F
        fall = np.einsum("ij,ij->i", G @ M, G)
        fall /= NOISE + np.einsum("ij,ij->i", G, F)
        fall[batch] = -np.inf
        batch.append(int(fall.argmax()))
        falls.append(fall[batch[-1]])
        seen = C @ F[batch[-1]]
        C = C - np.outer(seen, seen) / (NOISE + F[batch[-1]] @ seen)
    return batch, falls


def ours(F, n_picks=1):
    strategy = ExpectedVarianceReduction(random_state=0)
    return strategy(Factors(), F, n_picks).tolist(), strategy.gains_


class OneRow:
    """asv: one of 60,000 rows with 200 factors."""

    params = ["float32", "float64"]
    param_names = ["dtype"]
    n_picks = 1
    timeout = 600

    def setup(self, dtype):
        self.F = factors(dtype)
        for choose in (ours, ten_lines):
            choose(self.F, self.n_picks)

    def time_choice(self, dtype):
        ours(self.F, self.n_picks)

    def track_ratio_to_ten_lines(self, dtype):
        pairs = self.pairs(5)
        return float(np.median([lines / mine for lines, mine in pairs]))

    def track_extra_megabytes(self, dtype):
        return extra_bytes(ours, self.F, self.n_picks) / 2**20

    def pairs(self, n_pairs):
        return [
            tuple(seconds(choose, self.F, self.n_picks) for choose in (ten_lines, ours))
            for _ in range(n_pairs)
        ]

    track_ratio_to_ten_lines.unit = "times"
    track_extra_megabytes.unit = "MB"


class Batch(OneRow):
    """asv: ten of 60,000 rows with 200 factors."""

    n_picks = N_PICKS


def processor_seconds(function, *arguments, n_calls=5):
    """Return the median of the processor time of a call, over all threads."""
    times = []
    for _ in range(n_calls):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return float(np.median(times))


def main():
    options = command_line(__doc__, pairs=7).parse_args()
    for case in (OneRow(), Batch()):
        for dtype in OneRow.params:
            case.setup(dtype)
            F, n_picks = case.F, case.n_picks
            print(f"{n_picks} of {N_ROWS} rows, {N_FACTORS} factors, {dtype}")
            (rows, falls), (others, expected) = ours(F, n_picks), ten_lines(F, n_picks)
            error = np.abs(np.array(falls) / np.array(expected) - 1).max()
            print(f"  the same rows: {rows == others}; falls differ by {error:.0e}")
            report("  ten lines", *zip(*case.pairs(options.pairs)))
            for name, choose in (("ten lines", ten_lines), ("skbal", ours)):
                used = processor_seconds(choose, F, n_picks)
                print(f"  processor seconds of {name}: {used:.3f}")
            print(f"  extra memory: {case.track_extra_megabytes(dtype):.0f} MB")


if __name__ == "__main__":
    main()
