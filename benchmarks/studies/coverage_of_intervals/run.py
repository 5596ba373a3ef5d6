"""How often the intervals of a comparison cover the true mean difference.

``python -m benchmarks.studies.coverage_of_intervals.run`` draws n paired differences
many times from distributions with mean 0. It counts how often 95 % intervals miss that
mean: above, which would be called a false "better than random", and below, a false
"worse". The counts go to ``results/cells.jsonl`` or to ``--results``, one line per
cell. Cells that are there are not computed again. ``report.py`` prints the table.

The methods are the plain percentile bootstrap; the expanded percentile bootstrap of
Hesterberg (2015); the bootstrap t, infinitely wide where too many resamples have no
spread; Student's interval; and ``skbal``, the hull of the second and the fourth, by the
library's own function. The width is that of the median sample, in units of Student's.

The last lines count how often at least one of three strategies, all as good as random,
is called better or worse, both with simultaneous and with separate intervals.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
from scipy import stats

from skbal._utils.random import stream
from skbal.experiments._intervals import mean_interval

from .._runs import append, read

CELLS = Path(__file__).parent / "results" / "cells.jsonl"
SIZES = (2, 3, 5, 10, 20)
CONFIDENCE, N_RESAMPLES = 0.95, 1999
DISTRIBUTIONS = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "outliers": lambda rng, shape: (
        rng.normal(size=shape) * np.where(rng.random(shape) < 0.05, 10, 1)
    ),
    "skewed": lambda rng, shape: rng.gamma(2, size=shape) - 2,
    "very skewed": lambda rng, shape: rng.exponential(size=shape) - 1,
}
METHODS = ("percentile", "expanded", "bootstrap t", "Student", "skbal")


def intervals(values, number):
    """Return the ends of each method's interval for the mean of the values."""
    n, mean, error = len(values), values.mean(), stats.sem(values)
    weights = stream(0, "weights", number).multinomial(n, [1 / n] * n, N_RESAMPLES) / n
    means = weights @ values
    spread = np.sqrt(np.maximum(weights @ values**2 - means**2, 0) / (n - 1))
    tail = (1 - CONFIDENCE) / 2
    quantile = stats.t.isf(tail, n - 1)
    expanded = stats.norm.sf(quantile * np.sqrt(n / (n - 1)))
    low, high = np.quantile(
        _ratios(means - mean, spread), [tail, 1 - tail], method="inverted_cdf"
    )
    return {
        "percentile": np.quantile(means, [tail, 1 - tail]),
        "expanded": np.quantile(means, [expanded, 1 - expanded]),
        "bootstrap t": (mean - high * error, mean - low * error),
        "Student": (mean - quantile * error, mean + quantile * error),
        "skbal": mean_interval(values, CONFIDENCE, N_RESAMPLES, number),
    }


def _ratios(differences, spread):
    # A resample of one value repeated has no spread: infinitely far from the mean.
    infinite = np.where(differences == 0, 0, np.copysign(np.inf, differences))
    safe = np.where(spread > 1e-9, spread, 1)
    return np.where(spread > 1e-9, differences / safe, infinite)


def cell(name, n, n_samples):
    """Return misses and widths of the methods on many samples of n values."""
    samples = DISTRIBUTIONS[name](stream(0, name, n), (n_samples, n))
    ends = [intervals(values, number) for number, values in enumerate(samples)]
    record = {"values": name, "n": n, "n_samples": n_samples}
    for method in METHODS:
        low, high = np.array([found[method] for found in ends]).T
        width = np.array([np.diff(found["Student"])[0] for found in ends])
        record[method] = {
            "better": float((low > 0).mean()),
            "worse": float((high < 0).mean()),
            "width": float(np.median((high - low) / width)),
        }
    return record


def family(n, n_samples, n_strategies=3):
    """Return how often any strategy gets a false word, for both kinds of interval."""
    levels = {
        "together": 1 - (1 - CONFIDENCE) / n_strategies,
        "each for itself": CONFIDENCE,
    }
    rng = stream(0, "family", n)
    runs = rng.normal(size=(n_samples, n_strategies + 1, n))
    record = {"values": f"{n_strategies} strategies", "n": n, "n_samples": n_samples}
    for kind, level in levels.items():
        record[kind] = float(np.mean([_any_word(run, level) for run in runs]))
    return record


def _any_word(runs, level):
    reference, *others = runs
    ends = [mean_interval(run - reference, level, N_RESAMPLES, 0) for run in others]
    return any(low > 0 or high < 0 for low, high in ends)


def run(options):
    """Compute the cells that the file does not have yet."""
    cells = {(name, n): partial(cell, name, n) for name in DISTRIBUTIONS for n in SIZES}
    cells.update({("3 strategies", n): partial(family, n) for n in SIZES})
    done = {(record["values"], record["n"]) for record in read(options.results)}
    for key, compute in cells.items():
        if key not in done:
            append(options.results, compute(options.samples))
            print(*key, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=4000, help="samples per cell")
    parser.add_argument("--results", type=Path, default=CELLS)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
