"""Information of counts of several answers: ours against ten plain lines of NumPy.

The opponent holds the probabilities of all count vectors for all rows and draws in one
array, so that it gets only the first rows. Ratios compare seconds per row.

Run by asv, or as ``python -m benchmarks.speed.bench_answers``.
"""

import itertools
import statistics

import numpy as np
from scipy.special import gammaln

from skbal.information import answer_information

from ._timing import command_line, extra_bytes, seconds

N_ROWS, N_DRAWS = 10_000, 30
SIZES = ((5, 3), (10, 3), (40, 3), (10, 5))  # numbers of votes and of answers
CONCENTRATION = 20.0
FEW = 20  # rows for the opponent with a concentration


def random_shares(n_answers, n_samples=N_ROWS, n_draws=N_DRAWS):
    """Return draws as different as those of a network, some near 0 and 1."""
    rng = np.random.default_rng(0)
    logits = 2 * rng.standard_normal((n_samples, 1, n_answers))
    logits = logits + 0.7 * rng.standard_normal((n_samples, n_draws, n_answers))
    shares = np.exp(logits - logits.max(axis=2, keepdims=True))
    return shares / shares.sum(axis=2, keepdims=True)


def plain_formula(shares, n, concentration=None):
    """Return the information of all rows, the opponent."""
    n_answers = shares.shape[2]
    stars = itertools.combinations(range(n + n_answers - 1), n_answers - 1)
    bars = np.array([(-1, *bars, n + n_answers - 1) for bars in stars])
    k = np.diff(bars, axis=1) - 1  # (n_outcomes, n_answers)
    logs = gammaln(n + 1) - gammaln(k + 1).sum(axis=1)
    if concentration is None:
        logs = logs + np.log(shares) @ k.T  # (n_rows, n_draws, n_outcomes)
    else:
        a = concentration * shares[:, :, np.newaxis]
        logs = logs + (gammaln(a + k) - gammaln(a)).sum(axis=3)
        logs += gammaln(concentration) - gammaln(concentration + n)
    parts = np.exp(logs)
    mean = parts.mean(axis=1)
    entropy = -(mean * np.log(mean + 1e-300)).sum(axis=1)
    return entropy + (parts * logs).sum(axis=2).mean(axis=1)


def seconds_per_row(function, shares, *arguments):
    return seconds(function, shares, *arguments) / len(shares)


def ratio(shares, n, concentration=None, *, n_slow=1000, n_pairs=5):
    """Return plain seconds per row over ours, the median over pairs."""
    answer_information(shares[:100], n, concentration)
    pairs = (
        (
            seconds_per_row(plain_formula, shares[:n_slow], n, concentration),
            seconds_per_row(answer_information, shares, n, concentration),
        )
        for _ in range(n_pairs)
    )
    return statistics.median(a / b for a, b in pairs)


class AnswerInformation:
    """asv: information over counts of 10,000 rows, 30 draws."""

    timeout = 600
    params = SIZES
    param_names = ("n_votes_and_answers",)

    def setup(self, size):
        self.shares = random_shares(size[1])

    def time_multinomial(self, size):
        answer_information(self.shares, size[0])

    def time_dirichlet_multinomial(self, size):
        answer_information(self.shares[:1000], size[0], CONCENTRATION)

    def track_extra_megabytes(self, size):
        return extra_bytes(answer_information, self.shares, size[0]) / 2**20

    track_extra_megabytes.unit = "MB"

    def track_ratio_to_plain_formula(self, size):
        return ratio(self.shares[:1000], size[0], n_slow=200)

    track_ratio_to_plain_formula.unit = "times"


def report(n, n_answers):
    shares = random_shares(n_answers)
    some = shares[:FEW]
    print(f"{n} votes on {n_answers} answers: {N_ROWS} rows, {N_DRAWS} draws")
    for name, c in (("multinomial", None), ("Dirichlet-multinomial", CONCENTRATION)):
        ours = seconds(answer_information, shares, n, c)
        n_slow = FEW if c else 200
        error = np.abs(plain_formula(some, n, c) - answer_information(some, n, c))
        print(f"  {name}: {ours:.2f} seconds")
        times = ratio(shares[:1000], n, c, n_slow=n_slow)
        print(f"    plain formula ({n_slow} rows) / ours: {times:.1f}")
        print(f"    largest difference: {error.max():.0e} nats")
        memory = extra_bytes(answer_information, shares, n, c)
        print(f"    extra memory: {memory / 2**20:.1f} MB")
        memory = extra_bytes(plain_formula, some, n, c) * N_ROWS / FEW
        print(f"    extra memory of the plain formula: {memory / 2**20:,.0f} MB")


def simulated():
    """Print how long a row takes that is simulated, and its standard error."""
    shares = random_shares(3, 200)
    for c in (None, CONCENTRATION):
        took = seconds(answer_information, shares, 500, c) / len(shares)
        std = answer_information(shares, 500, c, random_state=0, return_std=True)[1]
        print(f"500 votes on 3 answers, concentration {c}, simulated: ", end="")
        print(f"{1000 * took:.1f} ms a row, standard error {np.median(std):.3f} nats")


def main():
    command_line(__doc__).parse_args()
    for size in SIZES:
        report(*size)
    simulated()


if __name__ == "__main__":
    main()
