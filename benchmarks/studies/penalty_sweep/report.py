"""What the runs of the penalty sweep say: a table and a figure.

- ``python -m benchmarks.studies.penalty_sweep.report table [RUNS] [--against ARM]``
  prints how much the mean accuracy of each arm exceeds that of penalty 0 or another
  arm, over all labels, the first five acquisitions and the last five. It also prints
  accuracies at some numbers of labels, and how many of the ten rows of a batch are
  copies of the same image as another row.
- ``... report figure PNG [RUNS]`` draws accuracy against labels, for all and for the
  first five acquisitions, and the differences with their intervals.

Without RUNS it reads the runs that are kept here.

Differences are between runs of the same seed. Their 95 percent intervals are separate
ones by Student's t over the seeds: with so many arms, one in twenty excludes 0 at
random.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from .run import ARMS, N_INSTANCES, POOLS, histories

RUNS = Path(__file__).parent / "results"

BASE = "0"
EARLY = 30, 70  # labels after the first and the fifth acquisition
PARTS = {"20 to 120": (None, None), "30 to 70": EARLY, "80 to 120": (80, 120)}
SHOWN = 40, 70, 120
COLOURS = {
    "-0.3": "#b2182b",
    "-0.1": "#ef8a62",
    "0": "black",
    "0.1": "#92c5de",
    "0.3": "#4393c3",
    "1": "#2166ac",
    "0.3_model": "#1b7837",
    "0.1_nats": "#8c510a",
    "PowerBALD": "#762a83",
    "Random": "0.6",
}


def curve(records):
    """Return labels and accuracies of a run."""
    labels = np.array([record["n_labels"] for record in records])
    return labels, np.array([record["accuracy"] for record in records])


def mean_accuracy(records, low=None, high=None):
    """Return the area under a curve by the trapezium rule over its width, in points."""
    labels, accuracies = curve(records)
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
    counts = [
        sum(count for count in Counter(record["images"]).values() if count > 1)
        for records in runs.values()
        for record in records
    ]
    return np.mean(counts)


def name_of(arm):
    penalty, _, rest = arm.partition("_")
    if penalty in ("Random", "PowerBALD"):
        return penalty
    kinds = {"": "", "model": ", model's features", "nats": " nats on BALD as it is"}
    return f"penalty {penalty}{kinds[rest]}"


def is_number(arm):
    return arm.lstrip("-").replace(".", "").isdigit()


# --------------------------------------------------------------------------- the table


def table(options):
    for pool in POOLS:
        found = histories(options.runs, pool)
        print(f"\n**{pool.capitalize()} MNIST**\n")
        header = ["", *PARTS, *(f"at {n}" for n in SHOWN)]
        header += [f"alike of {N_INSTANCES}", "runs"]
        print("| " + " | ".join(header) + " |")
        print("|---" * len(header) + "|")
        for arm, runs in found.items():
            print("| " + " | ".join(row(arm, runs, found[options.against])) + " |")


def row(arm, runs, base):
    cells = [name_of(arm)]
    for limits in PARTS.values():
        mean, half = difference(runs, base, *limits)
        cells.append("" if runs is base else f"{mean:+.1f} ({half:.1f})")
    for n in SHOWN:
        at = [100 * dict(zip(*curve(records)))[n] for records in runs.values()]
        mean, half = interval(at)
        cells.append(f"{mean:.1f} ({half:.1f})")
    return [*cells, f"{alike(runs):.1f}", str(len(runs))]


# -------------------------------------------------------------------------- the figure


def figure(options):
    canvas = Figure(figsize=(13, 8), layout="constrained")
    grid = canvas.subplots(len(POOLS), 3, width_ratios=(1, 1, 0.9))
    for axes, pool in zip(grid, POOLS):
        found = histories(options.runs, pool)
        for axis in axes[:2]:
            draw_curves(axis, found)
        axes[0].set(title=f"{pool.capitalize()} MNIST", ylabel="Accuracy")
        axes[1].set(title="The first five acquisitions", xlim=(20, EARLY[1]))
        axes[1].set_ylim(*span(found, EARLY[1]))
        draw_differences(axes[2], found)
    lines = grid[0, 0].get_lines()
    canvas.legend(handles=lines, loc="outside lower center", ncols=5)
    canvas.savefig(options.png, dpi=150)


def draw_curves(axis, found):
    for arm, runs in found.items():
        labels = curve(next(iter(runs.values())))[0]
        mean = np.mean([curve(records)[1] for records in runs.values()], axis=0)
        axis.plot(
            labels,
            mean,
            color=COLOURS[arm],
            linestyle="-" if is_number(arm) else "--",
            linewidth=2.2 if arm == BASE else 1.4,
            label=name_of(arm),
        )
    axis.set(xlabel="Labels", xlim=(labels[0], labels[-1]))


def span(found, high):
    """Return limits for the accuracies of curves up to some number of labels."""
    shown = []
    for runs in found.values():
        mean = np.mean([curve(records)[1] for records in runs.values()], axis=0)
        shown.append(mean[curve(next(iter(runs.values())))[0] <= high])
    return np.min(shown) - 0.01, np.max(shown) + 0.01


def draw_differences(axis, found):
    arms = [arm for arm in found if arm != BASE]
    for shift, limits, label, marker in (
        (-0.14, (None, None), "all labels", "o"),
        (0.14, EARLY, "30 to 70 labels", "s"),
    ):
        for place, arm in enumerate(arms):
            mean, half = difference(found[arm], found[BASE], *limits)
            axis.errorbar(
                mean,
                place + shift,
                xerr=half,
                color=COLOURS[arm],
                marker=marker,
                markerfacecolor=COLOURS[arm] if marker == "o" else "white",
                capsize=3,
                label=label if place == len(arms) - 1 else None,
            )
    axis.axvline(0, color="black", linewidth=0.8)
    axis.set_yticks(range(len(arms)), [name_of(arm) for arm in arms])
    axis.invert_yaxis()
    axis.set(
        title="Mean accuracy, 95% intervals", xlabel="Percentage points above penalty 0"
    )
    axis.legend(fontsize="small")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for command in (table, figure):
        one = commands.add_parser(command.__name__)
        one.set_defaults(command=command)
        if command is figure:
            one.add_argument("png")
        else:
            one.add_argument("--against", default=BASE, choices=ARMS)
        one.add_argument("runs", nargs="?", default=RUNS, help="folder")
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
