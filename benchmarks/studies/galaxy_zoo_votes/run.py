"""Whether binomial or beta-binomial votes fit real galaxies: a check without any model.

``python -m benchmarks.studies.galaxy_zoo_votes.run PATH [--results FILE]`` takes
minutes. PATH is the file ``gz_decals_votes.npz`` or its folder, and FILE gets the
results (JSON). ``report.py`` prints the tables.

The data tell for 7,884 galaxies how many volunteers answered smooth, featured or
artifact. Each answer is a question of its own, k of N. Three distributions are fitted:

- binomial votes with one rho for all galaxies;
- beta-binomial votes with one rho and one concentration;
- votes with any distribution of rho: the mixture of binomials of largest likelihood
  (Kiefer and Wolfowitz 1956), on a grid of rho. No other mixture, a beta-binomial
  included, can fit better, up to the grid.

The comparison tells by how much votes of galaxies are more spread than coins of one
rho, and whether a beta distribution has the right form. It cannot tell volunteers who
disagree about a galaxy from galaxies that differ: with one total per galaxy both give
the same numbers, because a beta-binomial with one rho *is* binomial votes whose rho
differs between galaxies. The concentration here is therefore that of a model that knows
nothing of a galaxy. A model that sees the image explains part of the spread, and finds
a larger concentration.

Log-likelihoods are those of votes in the order in which they came, in nats. Differences
have 95 % intervals by bootstrap over galaxies, the concentration has one by its profile
likelihood. Coverage uses the exact, non-randomised probability integral transform
(Czado, Gneiting and Held 2009): the part of [F(k - 1), F(k)] inside the central
interval. Held-out figures fit one half of the galaxies and measure on the other, both
ways, for random halves.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import optimize, stats
from scipy.special import betaln, expit, logit, xlog1py, xlogy

from skbal.datasets import count_votes, load_galaxy_votes
from skbal.models import BayesianVoteRegression

FITS = Path(__file__).parent / "results" / "fits.json"
LEVELS = (0.5, 0.8, 0.95)
LIKELIHOODS = ("binomial", "beta-binomial")
GRID = expit(np.linspace(-9, 9, 241))
N_EM = 5000
N_RESAMPLES = 5000
N_HALVES = 10


def log_likelihoods(votes, rho, concentration):
    """Return the log-likelihood of each galaxy's votes, in the order they came in."""
    k, n = votes.T
    if np.isinf(concentration):
        return xlogy(k, rho) + xlog1py(n - k, -rho)
    a, b = concentration * rho, concentration * (1 - rho)
    return betaln(k + a, n - k + b) - betaln(a, b)


def fitted(votes, likelihood):
    """Return rho and concentration by the estimator, on a column of zeros."""
    model = BayesianVoteRegression(likelihood, intercept_variance=1e4)
    model.fit(np.zeros((len(votes), 1)), votes)
    return float(expit(model.intercept_mean_[0])), float(model.concentration_[0])


def fitted_by_scipy(votes):
    """Return rho and concentration of largest beta-binomial likelihood."""

    def loss(place):
        rho, concentration = expit(place[0]), np.exp(place[1])
        return -log_likelihoods(votes, rho, concentration).sum()

    start = [logit(votes[:, 0].sum() / votes[:, 1].sum()), np.log(5.0)]
    options = {"xatol": 1e-7, "fatol": 1e-7}
    best = optimize.minimize(loss, start, method="Nelder-Mead", options=options)
    return float(expit(best.x[0])), float(np.exp(best.x[1]))


def concentration_interval(votes, rho, concentration):
    """Return where the profile likelihood is within 1.92 nats of its maximum."""

    def profile(log_c):
        found = optimize.minimize_scalar(
            lambda eta: -log_likelihoods(votes, expit(eta), np.exp(log_c)).sum(),
            bounds=(logit(rho) - 1, logit(rho) + 1),
            method="bounded",
            options={"xatol": 1e-7},
        )
        return -found.fun

    best, centre = profile(np.log(concentration)), np.log(concentration)
    drop = stats.chi2.ppf(0.95, 1) / 2

    def short(log_c):
        return best - profile(log_c) - drop

    ends = [optimize.brentq(short, centre, centre + sign) for sign in (-1, 1)]
    return np.exp(ends).tolist()


def best_mixture(votes):
    """Return weights of the best mixture on the grid, by EM, and a bound on the gap.

    As the logarithm is concave, no other weights gain more than log(max gradient)
    nats per galaxy.
    """
    distinct, counts = np.unique(votes, axis=0, return_counts=True)
    shares = counts / len(votes)
    likelihood, _ = likelihoods_on_grid(distinct)
    weights = np.full(len(GRID), 1 / len(GRID))
    for _ in range(N_EM):
        gradient = (shares / (likelihood @ weights)) @ likelihood
        weights = weights * gradient
    return weights, float(np.log(gradient.max()))


def mixture_log_likelihoods(votes, weights):
    likelihood, log_scale = likelihoods_on_grid(votes)
    return log_scale + np.log(likelihood @ weights)


def likelihoods_on_grid(votes):
    """Return the likelihoods of each row over their maximum, and its logarithm."""
    k, n = votes.T[:, :, np.newaxis]
    logs = k * np.log(GRID) + (n - k) * np.log1p(-GRID)
    largest = logs.max(axis=1, keepdims=True)
    return np.exp(logs - largest), largest[:, 0]


def transform_ends(votes, distribution):
    """Return F(k - 1) and F(k); ``distribution`` gives P(K <= j) from j and N."""
    k, n = votes.T
    return distribution(k - 1, n), distribution(k, n)


def distributions(binomial, beta_binomial, weights):
    """Return P(K <= j) of each fit, as functions of j and N."""
    rho, c = beta_binomial

    def of_mixture(j, n):
        return stats.binom.cdf(j[:, np.newaxis], n[:, np.newaxis], GRID) @ weights

    return {
        "binomial": lambda j, n: stats.binom.cdf(j, n, binomial),
        "beta-binomial": lambda j, n: stats.betabinom.cdf(j, n, c * rho, c - c * rho),
        "any mixture": of_mixture,
    }


def coverage(below, upto, level):
    """Return the mean share of [F(k - 1), F(k)] inside the central interval."""
    low, high = (1 - level) / 2, (1 + level) / 2
    width = upto - below
    inside = np.clip(np.minimum(upto, high) - np.maximum(below, low), 0, None)
    middle = (below + upto) / 2
    # Where p(k) is lost in rounding, the transform is the one point.
    point = ((low <= middle) & (middle <= high)).astype(float)
    shares = np.divide(inside, width, out=point, where=width > 1e-12)
    return float(shares.mean())


def goodness(votes, functions):
    ends = {name: transform_ends(votes, found) for name, found in functions.items()}
    return {
        name: {str(level): coverage(*both, level) for level in LEVELS}
        for name, both in ends.items()
    }


def gain(better, worse, votes, rng):
    """Return the gain per galaxy, with its interval, and per vote."""
    difference = better - worse
    interval = stats.bootstrap(
        (difference,), np.mean, n_resamples=N_RESAMPLES, batch=250,
        method="percentile", random_state=rng,
    ).confidence_interval  # fmt: skip
    return {
        "per_galaxy": float(difference.mean()),
        "interval": [float(interval.low), float(interval.high)],
        "per_vote": float(difference.sum() / votes[:, 1].sum()),
    }


def held_out(votes, rng):
    """Return log-likelihoods per galaxy on halves that were not fitted."""
    rows = []
    for _ in range(N_HALVES):
        order = rng.permutation(len(votes))
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        both = [
            one_half(votes[fit], votes[rest]) for fit, rest in (halves, halves[::-1])
        ]
        rows.append(np.mean(both, axis=0))
    rows = np.array(rows)
    names = (*LIKELIHOODS, "any mixture")
    return {
        "log_likelihood": dict(zip(names, rows.mean(axis=0).tolist(), strict=True)),
        "gain_of_beta": spread(rows[:, 1] - rows[:, 0]),
        "gain_of_mixture_over_beta": spread(rows[:, 2] - rows[:, 1]),
    }


def spread(values):
    return {"mean": float(values.mean()), "std_over_splits": float(values.std(ddof=1))}


def one_half(fit, rest):
    found = [
        log_likelihoods(rest, *fitted(fit, likelihood)).mean()
        for likelihood in LIKELIHOODS
    ]
    weights, _ = best_mixture(fit)
    return [*found, mixture_log_likelihoods(rest, weights).mean()]


def question(votes, seed):
    """Return all figures of one question."""
    rng = np.random.default_rng(seed)
    (rho_b, _), (rho, c) = (fitted(votes, likelihood) for likelihood in LIKELIHOODS)
    weights, gap = best_mixture(votes)
    logs = {
        "binomial": log_likelihoods(votes, rho_b, np.inf),
        "beta-binomial": log_likelihoods(votes, rho, c),
        "any mixture": mixture_log_likelihoods(votes, weights),
    }
    n_votes = votes[:, 1].sum()
    return {
        "n_galaxies": len(votes),
        "n_votes": int(n_votes),
        "rho": {"binomial": rho_b, "beta-binomial": rho},
        "concentration": c,
        "concentration_interval": concentration_interval(votes, rho, c),
        "std_of_rho": float(np.sqrt(rho * (1 - rho) / (c + 1))),
        "by_scipy": fitted_by_scipy(votes),
        "log_likelihood_per_galaxy": {n: float(v.mean()) for n, v in logs.items()},
        "log_likelihood_per_vote": {
            n: float(v.sum() / n_votes) for n, v in logs.items()
        },
        "gain_of_beta": gain(logs["beta-binomial"], logs["binomial"], votes, rng),
        "gain_of_mixture_over_beta": gain(
            logs["any mixture"], logs["beta-binomial"], votes, rng
        ),
        "mixture_gap_per_galaxy": gap,
        "coverage": goodness(votes, distributions(rho_b, (rho, c), weights)),
        "held_out": held_out(votes, rng),
    }


def run(path, results, seed):
    if not Path(path).exists():
        print(f"Skipped: there is no {path}.")
        return
    galaxies = load_galaxy_votes(path)
    found = {
        name: question(count_votes(galaxies.votes, [number]), seed)
        for number, name in enumerate(galaxies.answer_names)
    }
    Path(results).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", default=FITS)
    options = parser.parse_args()
    run(options.path, options.results, options.seed)


if __name__ == "__main__":
    main()
