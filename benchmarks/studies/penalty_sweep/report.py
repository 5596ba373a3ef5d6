"""The table of penalties in the user guide.

``python -m benchmarks.studies.penalty_sweep.report [UNITS.jsonl] [--against ARM]``
prints how much the mean accuracy of each arm exceeds that of penalty 0 or another arm,
over all labels, the first five acquisitions and the last five. It also prints
accuracies at some numbers of labels, and how many of the ten rows of a batch are copies
of the same image as another row. The runs are units of ``skbal reproduce
uncertainty2025``, which also draws the figure. Without UNITS it reads those of the
documentation.

Differences are between runs of the same seed. Their 95 percent intervals are separate
ones by Student's t over the seeds: with so many arms, one in twenty excludes 0 at
random.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import stats

from skbal.experiments._catalogue._uncertainty2025._arms import PENALISED, POOLS

from .._runs import read

ROOT = Path(__file__).parents[3]
UNITS = ROOT / "docs" / "reproductions" / "results" / "uncertainty2025.jsonl"
BASE = "penalty 0"
ARMS = [arm for arm in PENALISED if not arm.endswith(", copies")]
TITLES = {"": "Plain", ", copies": "Repeated"}
EARLY = 30, 70  # labels after the first and the fifth acquisition
PARTS = {"20 to 120": (None, None), "30 to 70": EARLY, "80 to 120": (80, 120)}
SHOWN = 40, 70, 120


def histories(path, pool):
    """Return the runs of a pool: {arm: {seed: result}}."""
    found = {}
    for line in read(path):
        arm = line.get("arm", "").removesuffix(pool)
        if arm in ARMS and line["arm"] == f"{arm}{pool}":
            found.setdefault(arm, {})[line["seed"]] = line["result"]
    return {arm: found[arm] for arm in ARMS if arm in found}


def curve(result):
    """Return labels and accuracies of a run."""
    return np.array(result["n_labels"]), np.array(result["score"])


def mean_accuracy(result, low=None, high=None):
    """Return the area under a curve by the trapezium rule over its width, in points."""
    labels, accuracies = curve(result)
    inside = (labels >= (low or labels[0])) & (labels <= (high or labels[-1]))
    weights = np.ones(inside.sum())
    weights[[0, -1]] = 0.5
    return 100 * np.average(accuracies[inside], weights=weights)


def interval(values):
    """Return the mean and half the width of its 95 percent interval."""
    values = np.asarray(values)
    if len(values) < 2:
        return values.mean(), np.nan
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return values.mean(), half


def difference(runs, base, low=None, high=None):
    """Return the `interval` of differences to the runs of the same seeds."""
    seeds = sorted(set(runs) & set(base))
    return interval(
        [
            mean_accuracy(runs[seed], low, high) - mean_accuracy(base[seed], low, high)
            for seed in seeds
        ]
    )


def alike(runs):
    """Return the mean number of rows per batch that share their image with another."""
    return np.mean([result["alike"] for result in runs.values()])


def table(options):
    for pool in POOLS:
        found = histories(options.runs, pool)
        print(f"\n**{TITLES[pool]} MNIST**\n")
        header = ["", *PARTS, *(f"at {n}" for n in SHOWN)]
        header += ["alike of 10", "runs"]
        print("| " + " | ".join(header) + " |")
        print("|---" * len(header) + "|")
        for arm, runs in found.items():
            print("| " + " | ".join(row(arm, runs, found[options.against])) + " |")


def row(arm, runs, base):
    cells = [arm]
    for limits in PARTS.values():
        mean, half = difference(runs, base, *limits)
        cells.append("" if runs is base else f"{mean:+.1f} ({half:.1f})")
    for n in SHOWN:
        at = [100 * dict(zip(*curve(result)))[n] for result in runs.values()]
        mean, half = interval(at)
        cells.append(f"{mean:.1f} ({half:.1f})")
    return [*cells, f"{alike(runs):.1f}", str(len(runs))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=UNITS, help="file of units")
    parser.add_argument("--against", default=BASE, choices=ARMS)
    table(parser.parse_args())


if __name__ == "__main__":
    main()
