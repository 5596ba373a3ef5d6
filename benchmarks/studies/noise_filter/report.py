"""The table and the figures of wrong answers and the label filter.

``python -m benchmarks.studies.noise_filter.report [RUNS.jsonl] [--table TABLE.md]
[--images FOLDER]``. Without RUNS it reads the runs that are kept here.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from .._runs import read
from .run import RUNS

# Rejects per step, from Tables 2 and 3 of the report that this study repeats.
PUBLISHED = {
    ("BALD, dynamic", 0.0): 0.39,
    ("BALD, dynamic", 0.1): 1.47,
    ("BALD, dynamic", 0.2): 2.98,
    ("BALD, dynamic", 0.3): 4.96,
    ("BALD, 0.1", 0.2): 3.18,
    ("BALD, 0.25", 0.2): 5.10,
}
STAGES = (0, 2, 5, 10, 15, 20)
COLOURS = {"BALD": "C0", "Random": "C1", "BALD, dynamic": "C2"}


class Runs:
    """All runs, as arrays with one row per seed."""

    def __init__(self, path):
        lines = read(path)
        self.of = {(line["arm"], line["noise"], line["seed"]): line for line in lines}
        self.noises = sorted({line["noise"] for line in lines})
        self.arms = sorted({line["arm"] for line in lines})

    def seeds(self, *keys):
        """Return the seeds that all of the given (arm, noise) have."""
        each = [{seed for *key, seed in self.of if tuple(key) == one} for one in keys]
        return sorted(set.intersection(*each))

    def get(self, name, arm, noise, seeds=None):
        """Return a measurement, (n_seeds, n_steps)."""
        seeds = self.seeds((arm, noise)) if seeds is None else seeds
        return np.array([self.of[arm, noise, seed][name] for seed in seeds])


def mean_and_margin(values):
    """Return the mean over seeds and half of Student's 95 % interval."""
    n = len(values)
    margin = stats.t.ppf(0.975, n - 1) * stats.sem(values) if n > 1 else np.nan
    return np.mean(values, axis=0), margin


def shown(values, digits=2, sign=""):
    mean, margin = mean_and_margin(values)
    return f"{mean:{sign}.{digits}f} ± {margin:.{digits}f}"


def rejections(runs):
    """Yield the lines of the table of rejects beside the published ones."""
    yield "| noise | filter | rejects a step | wrong met a step | excess | precision "
    yield "| recall | estimated noise | published rejects (excess) |"
    for (arm, noise), published in sorted(
        PUBLISHED.items(), key=lambda kv: kv[0][::-1]
    ):
        if not runs.seeds((arm, noise)):
            continue
        yield rejection_line(runs, arm, noise, published)


def rejection_line(runs, arm, noise, published):
    rejected, wrong, hits = (
        runs.get(name, arm, noise)[:, 1:].sum(axis=1)
        for name in ("rejected", "wrong", "wrong_rejected")
    )
    n_steps = runs.get("rejected", arm, noise).shape[1] - 1
    estimate = runs.get("noise_rate", arm, noise)[:, -1]
    cells = [
        f"{noise:.0%}",
        arm.split(", ")[1],
        shown(rejected / n_steps),
        shown(wrong / n_steps),
        excess(rejected, wrong),
        f"{hits.sum() / rejected.sum():.2f}" if noise and rejected.sum() else "-",
        f"{hits.sum() / wrong.sum():.2f}" if noise else "-",
        shown(estimate.astype(float)) if arm.endswith("dynamic") else "-",
        f"{published} ({published / (10 * noise) - 1:+.0%})"
        if noise
        else f"{published}",
    ]
    return "| " + " | ".join(cells) + " |"


def excess(rejected, wrong):
    """Return rejects / wrong answers met - 1 over all seeds, with its interval."""
    if not wrong.sum():
        return "-"
    result = stats.bootstrap(
        (rejected, wrong),
        lambda r, w, axis: r.sum(axis=axis) / w.sum(axis=axis) - 1,
        paired=True,
        vectorized=True,
        method="percentile",
        random_state=np.random.default_rng(0),
    )
    low, high = result.confidence_interval
    return f"{rejected.sum() / wrong.sum() - 1:+.0%} ({low:+.0%} to {high:+.0%})"


def accuracies(runs):
    """Yield the lines of the table of accuracies."""
    yield "| noise | arm | " + " | ".join(f"step {step}" for step in STAGES) + " |"
    yield "| --- " * (len(STAGES) + 2) + "|"
    for noise in runs.noises:
        for arm in runs.arms:
            if runs.seeds((arm, noise)):
                curve = 100 * runs.get("accuracy", arm, noise)
                cells = [shown(curve[:, step], 1) for step in STAGES]
                yield f"| {noise:.0%} | {arm} | " + " | ".join(cells) + " |"


def differences(runs):
    """Yield the lines of the table of paired differences to unfiltered BALD."""
    yield (
        "| noise | arm | counted by | "
        + " | ".join(f"step {step}" for step in STAGES[1:])
        + " | stages below by more than the interval |"
    )
    yield "| --- " * (len(STAGES) + 3) + "|"
    for noise in runs.noises:
        for arm in runs.arms:
            if arm != "BALD" and runs.seeds((arm, noise), ("BALD", noise)):
                yield from difference_lines(runs, arm, noise)


def difference_lines(runs, arm, noise):
    seeds = runs.seeds((arm, noise), ("BALD", noise))
    ours, theirs = (
        100 * runs.get("accuracy", name, noise, seeds) for name in (arm, "BALD")
    )
    paid = at_labels_of_bald(runs, arm, noise, seeds)
    for counted, values in (("labels taught", ours), ("labels paid for", paid)):
        change = values - theirs
        mean, margin = mean_and_margin(change)
        cells = [shown(change[:, step], 1, "+") for step in STAGES[1:]]
        n_below = int((mean + margin < 0).sum())
        yield (
            f"| {noise:.0%} | {arm} | {counted} | "
            + " | ".join(cells)
            + (f" | {n_below} of {change.shape[1] - 1} |")
        )


def at_labels_of_bald(runs, arm, noise, seeds):
    """Return accuracies in percent at the numbers of labels that BALD paid for."""
    own, bald = (runs.get("n_labels", name, noise, seeds) for name in (arm, "BALD"))
    accuracy = 100 * runs.get("accuracy", arm, noise, seeds)
    return np.array([np.interp(*row) for row in zip(bald, own, accuracy)])


def draw_noise(runs, axes):
    """Figure: BALD and random at each noise."""
    for ax, noise in zip(axes, runs.noises):
        for arm in ("BALD", "Random"):
            band(ax, runs, arm, noise)
        ax.set_title(f"{noise:.0%} wrong answers")


def draw_filter(runs, axes):
    """Figure: BALD, BALD with the dynamic filter, and random."""
    for ax, noise in zip(axes, runs.noises):
        for arm in COLOURS:
            band(ax, runs, arm, noise)
        ax.set_title(f"{noise:.0%} wrong answers")


def band(ax, runs, arm, noise):
    if not runs.seeds((arm, noise)):
        return
    mean, margin = mean_and_margin(runs.get("accuracy", arm, noise))
    labels = runs.get("n_labels", arm, noise).mean(axis=0)
    ax.plot(labels, mean, color=COLOURS[arm], label=arm)
    low, high = mean - margin, mean + margin
    ax.fill_between(labels, low, high, color=COLOURS[arm], alpha=0.2, lw=0)


def save_figure(draw, runs, path):
    figure = Figure(figsize=(11, 3.2), layout="constrained")
    axes = figure.subplots(1, len(runs.noises), sharey=True, squeeze=False)[0]
    draw(runs, axes)
    axes[0].set_ylabel("test accuracy")
    axes[-1].legend(loc="lower right")
    for ax in axes:
        ax.set_xlabel("labels paid for")
        ax.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def table(runs):
    """Return the table as Markdown."""
    head, more, *lines = rejections(runs)
    head += more
    counts = {key: len(runs.seeds(key)) for key in {key[:2] for key in runs.of}}
    return "\n".join(
        [
            "# Wrong answers and the label filter (benchmarks/studies/noise_filter)",
            "",
            f"{min(counts.values())} to {max(counts.values())} paired repeats; ± is "
            "half of Student's 95 % interval over them, intervals of the excess are "
            "bootstrapped over them. Accuracies are in percent.",
            "",
            "## Rejections",
            "",
            head,
            "| --- " * (head.count("|") - 1) + "|",
            *lines,
            "",
            "## Accuracy",
            "",
            *accuracies(runs),
            "",
            "## Accuracy less that of BALD without a filter, same seeds",
            "",
            *differences(runs),
            "",
        ]
    )


def report(options):
    runs = Runs(options.runs)
    text = table(runs)
    print(text)
    if options.table:
        Path(options.table).write_text(text, encoding="utf-8")
    if options.images:
        folder = Path(options.images)
        save_figure(draw_noise, runs, folder / "noise_bald_random.png")
        save_figure(draw_filter, runs, folder / "noise_filter.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--table", help="Markdown file")
    parser.add_argument("--images", help="folder of the figures")
    report(parser.parse_args())


if __name__ == "__main__":
    main()
