"""The tables of wrong answers and the label filter in the user guide.

``python -m benchmarks.studies.noise_filter.report [UNITS.jsonl] [--table TABLE.md]``.
The runs are units of ``skbal reproduce uncertainty2025``, which also draws the figures.
Without UNITS it reads those of the documentation.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import stats

from skbal.experiments._catalogue._uncertainty2025._arms import NOISY
from skbal.experiments._catalogue._uncertainty2025._measures import TABLES

from .._runs import read

ROOT = Path(__file__).parents[3]
UNITS = ROOT / "docs" / "reproductions" / "results" / "uncertainty2025.jsonl"
NAMES = {
    "BALD, dynamic filter": "BALD, dynamic",
    "BALD, filter 0.1": "BALD, 0.1",
    "BALD, filter 0.25": "BALD, 0.25",
}
# Rejects per step, from Tables 2 and 3 of the report that this study repeats.
PUBLISHED = {(NAMES[kind], noise): n for (kind, noise), n in TABLES.items()}
STAGES = (0, 2, 5, 10, 15, 20)


class Runs:
    """All runs, as arrays with one row per seed."""

    def __init__(self, path):
        self.of = {}
        for line in read(path):
            if line.get("arm") in NOISY:
                kind, noise = NOISY[line["arm"]]
                key = (NAMES.get(kind, kind), noise, line["seed"])
                self.of[key] = {**line["result"], "accuracy": line["result"]["score"]}
        self.noises = sorted({noise for _, noise, _ in self.of})
        self.arms = sorted({arm for arm, _, _ in self.of})

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=UNITS)
    parser.add_argument("--table", help="Markdown file")
    report(parser.parse_args())


if __name__ == "__main__":
    main()
