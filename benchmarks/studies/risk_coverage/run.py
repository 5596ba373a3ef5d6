"""How often do intervals of a risk from chosen rows contain the true risk?

``python -m benchmarks.studies.risk_coverage.run`` prints, for each kind of loss and of
probabilities and each number of labels, the share of the 95% intervals of
`unbiased_risk` that contain the mean loss of the pool, and how far the risk and the
plain mean are from it on average, in standard errors. ``--runs`` is the number of
simulations of each case.

Losses: wrong labels with a mean rate of 2, 5 and 20% that differs between rows; log
losses of a calibrated and of an overconfident model; squared errors with heavy tails.
Probabilities: equal, in proportion to the expected loss, to its root, or to numbers
that have nothing to do with it. A tenth is spread evenly.
"""

import argparse

import numpy as np

from skbal._utils.random import stream
from skbal.audit import unbiased_risk

RATES = {"2% wrong": 0.02, "5% wrong": 0.05, "20% wrong": 0.2}
LOSSES = (*RATES, "log", "log, overconfident", "squared")
PROBABILITIES = ("equal", "expected", "root", "arbitrary")
SIZES = ((1000, 50), (1000, 100), (2000, 200), (1000, 500))


def pool_of(kind, n_pool, rng):
    """Return the losses of a pool, and the losses that a surrogate expects."""
    if kind in RATES:
        rate = RATES[kind]
        wrong = rng.beta(1.6 * rate, 1.6 * (1 - rate), n_pool).clip(0.001, 0.999)
        return (rng.random(n_pool) < wrong).astype(float), wrong
    if kind == "squared":
        scale = rng.gamma(1, 1, n_pool)
        return (scale * rng.normal(size=n_pool)) ** 2, scale**2
    wrong = rng.beta(0.5, 3, n_pool)
    factor = 0.3 if kind == "log, overconfident" else 1.0
    claimed = np.clip(factor * wrong, 1e-4, 1 - 1e-9)
    is_wrong = rng.random(n_pool) < wrong
    losses = -np.log(np.where(is_wrong, claimed, 1 - claimed))
    return losses, -claimed * np.log(claimed) - (1 - claimed) * np.log(1 - claimed)


def picks(shares, n_labels, rng):
    """Return picks without replacement, and their probabilities among rows left."""
    order = np.argsort(rng.exponential(size=len(shares)) / shares)[:n_labels]
    before = np.concatenate([[0], np.cumsum(shares[order])[:-1]])
    return order, shares[order] / (shares.sum() - before)


def shares_of(kind, expected, rng):
    """Return the probabilities of the first pick."""
    expected = np.maximum(expected, 1e-6)
    shares = {
        "equal": np.ones(len(expected)),
        "expected": expected,
        "root": np.sqrt(expected),
        "arbitrary": rng.gamma(1, 1, len(expected)),
    }[kind]
    return 0.9 * shares / shares.sum() + 0.1 / len(shares)


def simulate(loss, kind, n_pool, n_labels, n_runs):
    """Return the coverage, and the mean errors in standard errors."""
    errors, covered = np.empty((n_runs, 2)), 0
    for run in range(n_runs):
        rng = stream(run, loss, kind, n_pool, n_labels)
        losses, expected = pool_of(loss, n_pool, rng)
        order, probabilities = picks(shares_of(kind, expected, rng), n_labels, rng)
        bounds = None if loss in RATES else (0, None)
        result = unbiased_risk(losses[order], probabilities, n_pool, bounds=bounds)
        truth = losses.mean()
        covered += result.interval[0] <= truth <= result.interval[1]
        errors[run] = result.risk - truth, result.plain_risk - truth
    return covered / n_runs, errors.mean(axis=0) / errors.std(axis=0) * np.sqrt(n_runs)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=400, help="simulations per case")
    n_runs, coverages = parser.parse_args().runs, []
    for loss in LOSSES:
        for kind in PROBABILITIES:
            for n_pool, n_labels in SIZES:
                coverage, bias = simulate(loss, kind, n_pool, n_labels, n_runs)
                coverages.append(coverage)
                print(
                    f"{loss:20s}{kind:12s}{n_labels:4d} of {n_pool}: {coverage:.3f}, "
                    f"risk {bias[0]:+.1f}, plain mean {bias[1]:+.1f}",
                    flush=True,
                )
    print("quantiles", np.quantile(coverages, [0, 0.1, 0.5, 0.9, 1]).round(3))


if __name__ == "__main__":
    main()
