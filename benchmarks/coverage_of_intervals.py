"""How often the intervals of a comparison hold the true mean difference.

``python benchmarks/coverage_of_intervals.py`` draws n paired differences many times
from distributions whose mean is 0, and counts how often 95 % intervals miss it: above,
where the word would be a false "better than random", and below, a false "worse". The
counts go to ``benchmarks/results/coverage_of_intervals.jsonl``, one line a cell; cells
that are there are not computed again. It ends with the table.

The methods: the plain percentile bootstrap; the expanded percentile bootstrap of
Hesterberg (2015); the bootstrap t, infinitely wide where too many resamples have no
spread; Student's interval; and ``skbal``, the hull of the second and the fourth, by the
library's own function. The width is that of the median sample, in units of Student's.

The last lines count how often at least one of three strategies, all as good as random,
is called better or worse: with intervals that hold together, and each for itself.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import numpy as np
from scipy import stats

from skbal._utils.random import stream
from skbal.experiments._intervals import mean_interval

RESULTS = Path(__file__).parent / "results" / "coverage_of_intervals.jsonl"
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
    """Return the ends of each method's interval for the mean of some values."""
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
    """Return what the methods do on many samples of n values."""
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
    """Return how often any strategy gets a false word, by the kind of its interval."""
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


def report(records):
    """Print the coverage and the two kinds of misses, in percent."""
    print("values       n ", *(f"{method:>26}" for method in METHODS))
    for record in records:
        if "together" in record:
            continue
        cells = []
        for method in METHODS:
            found = record[method]
            better, worse = 100 * found["better"], 100 * found["worse"]
            held = 100 - better - worse
            cells.append(
                f"{held:5.1f} (+{better:4.1f} -{worse:4.1f} w {found['width']:4.2f})"
            )
        print(f"{record['values']:11} {record['n']:2} ", *(f"{c:>26}" for c in cells))
    print("held (false better, false worse, width), in percent")
    for record in records:
        if "together" in record:
            words = [
                f"{100 * record[k]:.1f} {k}" for k in ("together", "each for itself")
            ]
            print(f"{record['values']}, n = {record['n']}, any false word:", *words)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=4000, help="samples a cell")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    cells = {(name, n): partial(cell, name, n) for name in DISTRIBUTIONS for n in SIZES}
    cells.update({("3 strategies", n): partial(family, n) for n in SIZES})
    lines = options.results.read_text().splitlines() if options.results.exists() else []
    records = {(r["values"], r["n"]): r for r in map(json.loads, lines)}
    for key in cells:
        if key not in records:
            records[key] = cells[key](options.samples)
            with options.results.open("a") as file:
                print(json.dumps(records[key]), file=file)
    report([records[key] for key in cells])


if __name__ == "__main__":
    main()
