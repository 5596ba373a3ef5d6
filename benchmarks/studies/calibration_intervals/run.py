"""How often intervals of calibration errors hold the truth, and tests find an error.

``python -m benchmarks.studies.calibration_intervals.run`` draws probabilities and
labels many times from models whose true probabilities are known. It counts how often
the 95 % interval of `skbal.audit.calibration_error` misses the true error of its bins,
on which side, and what the plain error, the one without chance and the truth are on
average. Then it counts how often the test calls probabilities wrong: those that are
right (its level), and those of three models that are not (its power). The counts go to
``results/cells.jsonl`` or to ``--results``, one line per cell. Cells that are there are
not computed again. ``report.py`` prints the tables.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import expit, logit

from skbal._utils.random import stream
from skbal.audit import calibration_error
from skbal.audit._calibration._bins import bin_of, binned, number_of_bins
from skbal.audit._calibration._estimate import expected_calibration_error

from .._runs import append, read

CELLS = Path(__file__).parent / "results" / "cells.jsonl"
SIZES = (60, 300, 2000)
STRATEGIES = ("quantile", "uniform")


def _tempered(p, power):
    return expit(power * logit(np.clip(p, 1e-12, 1 - 1e-12)))


# Said probabilities of a class, and the true ones.
TRUTHS = {
    "right": lambda p: p,
    "too sure": lambda p: _tempered(p, 0.6),
    "a little too sure": lambda p: _tempered(p, 0.85),
    "two points too high": lambda p: p - 0.02,
    "only above 95 %": lambda p: np.where(p > 0.95, p - 0.15, p),
    "up and down": lambda p: np.clip(p + 0.06 * np.sign(np.sin(40 * p)), 0, 1),
    "nearly certain": lambda p: 0.93 * p,
}


def said(rng, name, n_rows):
    """Return probabilities of the likeliest of two classes, (n_rows,)."""
    if name == "nearly certain":
        return 1 - 0.5 * rng.beta(0.3, 4, n_rows)
    return 0.5 + 0.5 * rng.beta(3, 1, n_rows)


def interval_cell(name, n_rows, strategy, n_samples):
    """Return misses of the interval, and means of the three errors."""
    rng = stream(0, name, n_rows, strategy)
    n_bins, rows = number_of_bins(None, n_rows), []
    for _ in range(n_samples):
        p = said(rng, name, n_rows)
        truth = TRUTHS[name](p)
        bins = bin_of(p, n_bins, strategy)
        true = binned(p, truth, bins)
        error = true.n_rows @ np.abs(true.said - true.happened) / n_rows
        drawn = binned(p, rng.random(n_rows) < truth, bins)
        rows.append((error, *expected_calibration_error(drawn, 0.95)))
    error, plain, debiased, low, high = np.transpose(rows)
    return {
        "too high": float((error < low - 1e-12).mean()),
        "too low": float((error > high + 1e-12).mean()),
        "width": float((high - low).mean()),
        "true": float(error.mean()),
        "plain": float(plain.mean()),
        "debiased": float(debiased.mean()),
    }


# What is done to true probabilities before they are said.
WRONGS = {
    "right": lambda p: p,
    "too sure": lambda p: _powers(p, 1.5),
    "too cautious": lambda p: _powers(p, 0.7),
    "two classes exchanged": lambda p: p[:, [1, 0, *range(2, p.shape[1])]],
}


def _powers(p, power):
    return p**power / (p**power).sum(axis=1, keepdims=True)


def test_cell(name, n_rows, n_classes, n_samples):
    """Return how often the verdict is each of the three."""
    rng = stream(0, "test", name, n_rows, n_classes)
    concerns = []
    for number in range(n_samples):
        # Shares of classes differ, so that exchanging two of them is an error.
        truth = rng.dirichlet(np.geomspace(1, 0.2, n_classes), size=n_rows)
        sums = truth.cumsum(axis=1)[:, :-1]
        labels = (rng.random((n_rows, 1)) > sums).sum(axis=1)
        found = calibration_error(
            labels,
            WRONGS[name](truth),
            classes=range(n_classes),
            n_simulations=199,
            random_state=number,
        )
        concerns.append((found.p_value <= 0.05, found.concern))
    p, concern = zip(*concerns)
    words = {"concern": True, "no concern": False, "cannot be told": None}
    shares = {word: concern.count(value) / n_samples for word, value in words.items()}
    return {"p": float(np.mean(p)), **shares}


def run(options):
    """Compute the cells that the file does not have yet."""
    cells = {
        ("interval", name, n_rows, strategy): interval_cell
        for name in TRUTHS
        for n_rows in SIZES
        for strategy in STRATEGIES
    }
    cells |= {
        ("test", name, n_rows, n_classes): test_cell
        for name in WRONGS
        for n_rows in SIZES[:2]
        for n_classes in (2, 10)
    }
    done = {tuple(record["key"]) for record in read(options.results)}
    for key, compute in cells.items():
        if key in done:
            continue
        n_samples = options.samples // (1 if key[0] == "interval" else 4)
        found = partial(compute, *key[1:])(n_samples)
        append(options.results, {"key": key, "n_samples": n_samples, **found})
        print(*key, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=4000, help="samples per cell")
    parser.add_argument("--results", type=Path, default=CELLS)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
