"""Do binomial or beta-binomial votes fit real galaxies? A check without any model.

``python benchmarks/galaxy_zoo_votes.py run PATH --results FILE`` with PATH the file
``gz_decals_votes.npz`` or its folder, and FILE the results (JSON); it takes minutes.
``python benchmarks/galaxy_zoo_votes.py report --results FILE`` prints the tables.

For 7,884 galaxies the table holds how many volunteers answered smooth, featured or
artifact. Each answer is a question of its own, k of N, and each is fitted by

- binomial votes with one rho for all galaxies;
- beta-binomial votes with one rho and one concentration;
- votes of any distribution of rho: the mixture of binomials of largest likelihood
  (Kiefer and Wolfowitz 1956), on a grid of rho. No beta-binomial nor any other mixture
  can fit better, up to the grid.

What it can tell: by how much votes of galaxies are more spread than coins of one rho,
and whether a beta distribution has the right form for it. What it cannot: with one
total a galaxy, volunteers who disagree about a galaxy and galaxies that differ give the
same numbers, for a beta-binomial of one rho *is* binomial votes whose rho differs
between galaxies. So the concentration here is that of a model that knows nothing of a
galaxy; one that sees the image explains part of the spread, and is left with a larger
one.

Log-likelihoods are of votes in an order of their own, in nats. Differences have 95 %
intervals by bootstrap over galaxies, the concentration one by its profile likelihood.
Coverage is that of the exact, non-randomised probability integral transform (Czado,
Gneiting and Held 2009): the part of [F(k - 1), F(k)] inside the central interval.
Held-out figures fit one half of the galaxies and measure on the other, both ways, for
random halves.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import optimize, stats
from scipy.special import betaln, expit, logit, xlog1py, xlogy

from skbal.datasets import count_votes, load_galaxy_votes
from skbal.models import BayesianVoteRegression

LEVELS = (0.5, 0.8, 0.95)
LIKELIHOODS = ("binomial", "beta-binomial")
GRID = expit(np.linspace(-9, 9, 241))
N_EM = 5000
N_RESAMPLES = 5000
N_HALVES = 10


# ----------------------------------------------------------------------------- fits


def log_likelihoods(votes, rho, concentration):
    """Return the log-likelihood of each galaxy's votes, in an order of their own."""
    k, n = votes.T
    if np.isinf(concentration):
        return xlogy(k, rho) + xlog1py(n - k, -rho)
    a, b = concentration * rho, concentration * (1 - rho)
    return betaln(k + a, n - k + b) - betaln(a, b)


def fitted(votes, likelihood):
    """Return rho and concentration by the estimator, on a column without content."""
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
    """Return weights of the best mixture on the grid, by EM, and how far it is at most.

    No other weights gain more than log(max gradient) a galaxy, as the logarithm is
    concave.
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
    """Return the likelihood of each row and rho over the row's largest, and its log."""
    k, n = votes.T[:, :, np.newaxis]
    logs = k * np.log(GRID) + (n - k) * np.log1p(-GRID)
    largest = logs.max(axis=1, keepdims=True)
    return np.exp(logs - largest), largest[:, 0]


# ------------------------------------------------------------------- goodness of fit


def transform_ends(votes, distribution):
    """Return F(k - 1) and F(k); ``distribution`` gives P(K <= j) from j and N."""
    k, n = votes.T
    return distribution(k - 1, n), distribution(k, n)


def distributions(binomial, beta_binomial, weights):
    """Return for each fit the function of j and N that is P(K <= j)."""
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


# ------------------------------------------------------------------------ comparison


def gain(better, worse, votes, rng):
    """Return how much a galaxy and a vote gain, the former with its interval."""
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
    """Return log-likelihoods a galaxy on halves that were not fitted."""
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


# ---------------------------------------------------------------------------- report


def fit_table(found):
    yield "| answer | rho | std of rho | concentration (95 %) | log-lik. a galaxy: "
    yield "binomial | beta-binomial | any mixture | gain of beta a galaxy (95 %) "
    yield "| a vote | any mixture's gain over beta a galaxy (95 %) | a vote |\n"
    yield "|---" * 10 + "|\n"
    for name, one in found.items():
        low, high = one["concentration_interval"]
        logs = one["log_likelihood_per_galaxy"]
        yield f"| {name} | {one['rho']['beta-binomial']:.3f} | {one['std_of_rho']:.3f} "
        yield f"| {one['concentration']:.2f} ({low:.2f} to {high:.2f}) "
        yield " ".join(f"| {value:.3f}" for value in logs.values())
        for key, digits in (("gain_of_beta", 2), ("gain_of_mixture_over_beta", 4)):
            gained = one[key]
            low, high = gained["interval"]
            yield f" | {gained['per_galaxy']:.{digits}f} "
            yield f"({low:.{digits}f} to {high:.{digits}f}) "
            yield f"| {gained['per_vote']:.5f}"
        yield " |\n"


def coverage_table(found):
    yield "| answer | fit | " + " | ".join(f"{level:.0%}" for level in LEVELS)
    yield " | held-out log-lik. a galaxy |\n|---|---|---|---|---|---|\n"
    for name, one in found.items():
        for fit, covered in one["coverage"].items():
            shown = " | ".join(f"{covered[str(level)]:.1%}" for level in LEVELS)
            value = one["held_out"]["log_likelihood"][fit]
            yield f"| {name} | {fit} | {shown} | {value:.3f} |\n"


def report(results):
    found = json.loads(Path(results).read_text(encoding="utf-8"))
    print("".join(fit_table(found)))
    print("".join(coverage_table(found)))
    for name, one in found.items():
        gap, out = one["mixture_gap_per_galaxy"], one["held_out"]
        over = out["gain_of_mixture_over_beta"]
        rho, concentration = one["by_scipy"]
        print(
            f"{name}: scipy has rho {rho:.4f}, concentration {concentration:.4f}. The "
            f"mixture is at most {gap:.1e} nats a galaxy from the best on the grid; "
            f"held out it gains {over['mean']:+.4f} a galaxy over beta (standard "
            f"deviation over splits {over['std_over_splits']:.4f})."
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run")
    runner.add_argument("path")
    runner.add_argument("--seed", type=int, default=0)
    reporter = commands.add_parser("report")
    for command in (runner, reporter):
        command.add_argument(
            "--results", default=Path(__file__).parent / "results/galaxy_zoo_votes.json"
        )
    arguments = parser.parse_args()
    if arguments.command == "run":
        run(arguments.path, arguments.results, arguments.seed)
    else:
        report(arguments.results)


if __name__ == "__main__":
    main()
