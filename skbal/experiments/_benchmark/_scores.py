"""Scores of runs on many tables: checked, their areas, and differences of areas."""

import numpy as np
from scipy.special import stdtrit

from skbal.experiments._difference import PairedDifference

OWNER = "BenchmarkResult"
N_DECIMALS = 9  # so that equals are equal on every processor, whatever its last digits


def check_scores(scores):
    """Return scores as arrays, of the same strategies and repeats on each table."""
    if not isinstance(scores, dict) or not scores:
        raise TypeError(
            f"scores of {OWNER} must be a dict of tables to dicts of strategies to "
            f"arrays of shape (n_repeats, n_steps), got {scores!r:.60}."
        )
    arrays = {
        table: {name: np.array(curves, dtype=np.float64) for name, curves in by.items()}
        for table, by in scores.items()
    }
    first = next(iter(arrays.values()))
    for table, by_strategy in arrays.items():
        shapes = {curves.shape for curves in by_strategy.values()}
        if list(by_strategy) != list(first) or not by_strategy:
            raise ValueError(
                f"scores of {OWNER} must have the same strategies on each table: "
                f"{list(first)}, got {list(by_strategy)} for {table!r}."
            )
        n_repeats = {len(curves) for curves in first.values()}
        if len(shapes) > 1 or any(len(s) != 2 or 0 in s for s in shapes):
            raise ValueError(
                f"scores of {OWNER} for {table!r} must have one shape (n_repeats, "
                f"n_steps), got {sorted(shapes)}."
            )
        if {shape[0] for shape in shapes} != n_repeats:
            raise ValueError(
                f"scores of {OWNER} must have the same number of repeats on each "
                f"table: {sorted(n_repeats)}, got {sorted(shapes)} for {table!r}."
            )
    return arrays


def gain_of(values, confidence):
    """Return a difference with Student's interval, or none if nothing scatters."""
    mean, n = float(np.round(values.mean(), N_DECIMALS)), len(values)
    if n < 2 or np.ptp(values) <= 1e-12 * np.abs(values).max():
        return PairedDifference(mean, np.nan, np.nan, values)
    half = stdtrit(n - 1, (1 + confidence) / 2) * values.std(ddof=1) / np.sqrt(n)
    half = float(np.round(half, N_DECIMALS))
    return PairedDifference(mean, mean - half, mean + half, values)


def area_of(curves):
    """Return the areas under curves with equal steps, by the trapezoidal rule."""
    if curves.shape[1] == 1:
        return curves[:, 0]
    areas = (curves[:, 1:] + curves[:, :-1]).mean(axis=1) / 2
    return np.round(areas, N_DECIMALS)
