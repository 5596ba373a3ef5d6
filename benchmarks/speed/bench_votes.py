"""Information of votes over a whole pool: ours against three ways to write the sum.

1. A Python loop over rows, draws and k that asks scipy.stats.binom for each term.
2. A loop over rows and draws, as in galaxy-zoo-bayesian-cnn, the code of Walmsley et
   al. (2020): the probabilities of all k from scipy.stats.binom, each entropy from a
   list over k. That code also rounds rho to three decimals, so that a cache can help.
   ``loop_over_draws_cached`` does the same, with an empty cache at the start.
3. Plain vectorised NumPy: all rows, draws and k in one array.

Run by asv, or as ``python -m benchmarks.speed.bench_votes``. Ratios compare seconds per
row, because the slow ways get only the first few rows.
"""

import functools
import statistics

import numpy as np
from scipy.special import gammaln
from scipy.stats import betabinom, binom

from skbal.information import vote_information_curve, vote_mutual_information

from ._timing import command_line, extra_bytes, seconds

N_ROWS, N_DRAWS = 10_000, 30
NUMBERS = (5, 40, 227)
CONCENTRATION = 20.0
FEW = 2  # rows for the loop over k
SOME = 40  # rows for the loop over draws


def random_rho(n_samples=N_ROWS, n_draws=N_DRAWS):
    """Return draws as different as those of a network, some near 0 and 1."""
    rng = np.random.default_rng(0)
    logits = 2 * rng.standard_normal((n_samples, 1, 1))
    logits = logits + 0.7 * rng.standard_normal((n_samples, n_draws, 1))
    return 1 / (1 + np.exp(-logits))


def loop_over_k(rho, n):
    """Return the information of each row by a loop over all terms."""
    information = []
    for row in rho[:, :, 0]:
        entropy, expected = 0.0, 0.0
        for k in range(n + 1):
            p = [binom.pmf(k, n, share) for share in row]
            mean = sum(p) / len(p)
            entropy -= mean * np.log(mean)
            expected -= sum(q * np.log(q) for q in p) / len(p)
        information.append(entropy - expected)
    return np.array(information)


def loop_over_draws(rho, n):
    """Return the information of each row by a loop over draws, entropies as lists."""
    return _loop_over_draws(rho, n, lambda share: _pmf(share, n))


def loop_over_draws_cached(rho, n):
    """Return the same with rho rounded to three decimals and looked up in a cache."""
    cached = functools.lru_cache(maxsize=16_384)(_pmf)
    return _loop_over_draws(rho, n, lambda share: cached(np.around(share, 3), n))


def _loop_over_draws(rho, n, probabilities):
    information = []
    for row in rho[:, :, 0]:
        p = [probabilities(share) for share in row]
        expected = np.mean([_entropy_of_list(q) for q in p])
        information.append(_entropy_of_list(np.mean(p, axis=0)) - expected)
    return np.array(information)


def _pmf(share, n):
    return binom.pmf(np.arange(n + 1), n, share)


def _entropy_of_list(p):
    return float(np.sum([-q * np.log(q + 1e-12) for q in p]))


def plain_formula(rho, n):
    """Return the information of all rows, from (n_samples, n_draws, n + 1) numbers."""
    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return _plain(np.exp(ways + k * np.log(rho) + (n - k) * np.log1p(-rho)))


def plain_beta_binomial(rho, n):
    a = CONCENTRATION * rho
    return _plain(betabinom.pmf(np.arange(n + 1), n, a, CONCENTRATION - a))


def _plain(p):
    mean, tiny = p.mean(axis=1), np.finfo(np.float64).tiny
    expected = -(p * np.log(p + tiny)).sum(axis=2).mean(axis=1)
    return -(mean * np.log(mean + tiny)).sum(axis=1) - expected


def ours(rho, n):
    return vote_mutual_information(rho, n)[:, 0]


def our_beta_binomial(rho, n):
    return vote_mutual_information(rho, n, CONCENTRATION)[:, 0]


def seconds_per_row(function, rho, n):
    return seconds(function, rho, n) / len(rho)


def ratio(slow, fast, rho, n, *, n_slow=None, n_pairs=5):
    """Return the ratio of seconds per row, the median over pairs."""
    fast(rho, n)
    pairs = (
        (seconds_per_row(slow, rho[:n_slow], n), seconds_per_row(fast, rho, n))
        for _ in range(n_pairs)
    )
    return statistics.median(a / b for a, b in pairs)


class VoteMutualInformation:
    """asv: information over N votes of 10,000 rows, 30 draws."""

    timeout = 600
    params = NUMBERS
    param_names = ("n_votes",)

    def setup(self, n):
        self.rho = random_rho()

    def time_binomial(self, n):
        ours(self.rho, n)

    def time_beta_binomial(self, n):
        our_beta_binomial(self.rho, n)

    def time_numbers_that_differ(self, n):
        numbers = np.random.default_rng(0).integers(0, n + 1, len(self.rho))
        vote_mutual_information(self.rho, numbers)

    def time_curve_of_20_numbers(self, n):
        vote_information_curve(self.rho[:500], np.linspace(1, n, 20).astype(int))

    def track_extra_megabytes(self, n):
        return extra_bytes(ours, self.rho, n) / 2**20

    track_extra_megabytes.unit = "MB"

    def track_ratio_to_loop_over_k(self, n):
        return ratio(loop_over_k, ours, self.rho, n, n_slow=FEW, n_pairs=3)

    def track_ratio_to_loop_over_draws(self, n):
        return ratio(loop_over_draws, ours, self.rho, n, n_slow=SOME)

    def track_ratio_to_loop_over_draws_cached(self, n):
        return ratio(loop_over_draws_cached, ours, self.rho, n, n_slow=1000, n_pairs=3)

    def track_ratio_to_plain_formula(self, n):
        return ratio(plain_formula, ours, self.rho[:1000], n)

    def track_ratio_to_plain_beta_binomial(self, n):
        rho = self.rho[:200]
        return ratio(plain_beta_binomial, our_beta_binomial, rho, n, n_pairs=3)

    track_ratio_to_loop_over_k.unit = "times"
    track_ratio_to_loop_over_draws.unit = "times"
    track_ratio_to_loop_over_draws_cached.unit = "times"
    track_ratio_to_plain_formula.unit = "times"
    track_ratio_to_plain_beta_binomial.unit = "times"


def report(n):
    case = VoteMutualInformation()
    case.setup(n)
    some = case.rho[:SOME]
    exact, found = loop_over_k(some[:FEW], n), ours(some, n)
    rounded = np.abs(loop_over_draws_cached(some, n) - found).max()
    print(f"N = {n}: {N_ROWS} rows, {N_DRAWS} draws")
    print(f"  loop over k / ours: {case.track_ratio_to_loop_over_k(n):,.0f}")
    print(f"  loop over draws / ours: {case.track_ratio_to_loop_over_draws(n):,.0f}")
    cached = case.track_ratio_to_loop_over_draws_cached(n)
    print(f"  loop over draws (cached, 1,000 rows) / ours: {cached:,.0f}")
    plain = case.track_ratio_to_plain_formula(n)
    print(f"  plain formula (1,000 rows) / ours: {plain:.1f}")
    print(f"  seconds: {N_ROWS * seconds_per_row(ours, case.rho, n):.3f}")
    print(f"  extra memory: {case.track_extra_megabytes(n):.1f} MB")
    memory = extra_bytes(plain_formula, case.rho[:1000], n) * N_ROWS / 1000
    print(f"  extra memory of the plain formula: {memory / 2**20:,.0f} MB")
    print(f"  largest error of ours: {np.abs(found[:FEW] - exact).max():.0e} nats")
    print(f"  largest error of the cached loop: {rounded:.0e} nats")
    beta = N_ROWS * seconds_per_row(our_beta_binomial, case.rho, n)
    plain = case.track_ratio_to_plain_beta_binomial(n)
    print(f"  beta-binomial: {beta:.2f} seconds")
    print(f"  plain beta-binomial (200 rows) / ours: {plain:.1f}")


def main():
    command_line(__doc__).parse_args()
    for n in NUMBERS:
        report(n)


if __name__ == "__main__":
    main()
