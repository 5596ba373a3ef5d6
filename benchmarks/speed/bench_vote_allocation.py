"""VoteAllocation on many images: how long does a round take?

Run ``python -m benchmarks.speed.bench_vote_allocation``. After a round, the images that
got a vote are looked at again and the next ones are chosen. Beside it are plain NumPy
lines of a rule that knows no image: ask where the two leading answers are closest.
"""

import argparse

import numpy as np

from skbal.votes import VoteAllocation

from ._timing import report, seconds

N_ANSWERS = 10


def closest(counts, n_items, rng):
    """Return the items whose two leading answers are closest, ties at random."""
    two = np.partition(counts, -2, axis=1)[:, -2:]
    return np.lexsort((rng.random(len(counts)), two[:, 1] - two[:, 0]))[:n_items]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--votes", type=int, default=1_000, help="votes per round")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    leading = rng.integers(N_ANSWERS, size=options.items)
    X = rng.normal(size=(options.items, 20)) + 2 * np.eye(N_ANSWERS, 20)[leading]
    shares = 0.03 + 0.7 * np.eye(N_ANSWERS)[leading]
    counts = rng.multinomial(1, shares)
    counts[: options.items // 20] += rng.multinomial(3, shares[: options.items // 20])

    allocation = VoteAllocation(max_iter=1, random_state=0)

    def fit():
        allocation.fit(X, counts)

    def ask(items):
        answers = [rng.choice(N_ANSWERS, p=share) for share in shares[items]]
        np.add.at(counts, (items, answers), 1)

    def round_of_ours():
        allocation.update(counts)
        return allocation.select(options.votes)

    def round_of_rule():
        return closest(counts, options.votes, rng)

    print(f"{options.items:,} images, {options.votes:,} votes a round")
    print(f"fit (logistic regression, 5 parts): {seconds(fit):.1f} s")
    ours, rule = [], []
    for _ in range(7):
        ask(allocation.select(options.votes))
        rule.append(seconds(round_of_rule))
        ours.append(seconds(round_of_ours))
    report("a round: plain rule", rule, ours)


if __name__ == "__main__":
    main()
