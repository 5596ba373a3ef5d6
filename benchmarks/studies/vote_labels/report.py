"""The table of labels that are saved.

``python -m benchmarks.studies.vote_labels.report [RUNS.jsonl]`` prints, for each set,
the error with 100 and 200 random labels, how many chosen labels reach the same, the
saving with a 95% interval over paired repeats (Student), and where the chosen labels
are worst beside equally many random ones.
"""

import argparse

import numpy as np
from scipy.stats import t

from .._runs import read
from .run import RUNS, SETS

BUDGETS = (100, 200)


def labels_to(errors, goal):
    """Return the first number of labels whose error is at most a goal, interpolated."""
    numbers = np.array(sorted(map(int, errors)))
    values = np.array([errors[str(n)] for n in numbers])
    reached = np.flatnonzero(values <= goal)
    if not reached.size:
        return np.inf
    k = reached[0]
    if k == 0:
        return float(numbers[0])
    share = (values[k - 1] - goal) / (values[k - 1] - values[k])
    return float(numbers[k - 1] + share * (numbers[k] - numbers[k - 1]))


def mean_interval(values):
    """Return the mean and the half width of its interval."""
    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return np.mean(values), half


def lines(records):
    yield (
        "| set | repeats | budget | error of random | labels to it | saved | error, "
        "chosen minus random | at its worst |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for name in SETS:
        runs = [r["errors"] for r in records if r["set"] == name]
        if len(runs) < 2:
            continue
        numbers = sorted(map(int, runs[0]["random"]))
        gaps = np.array(
            [
                [r["variance"][str(n)] - r["random"][str(n)] for n in numbers]
                for r in runs
            ]
        )
        worst = gaps.mean(axis=0).argmax()
        for budget in BUDGETS:
            goals = [r["random"][str(budget)] for r in runs]
            needed = [labels_to(r["variance"], goal) for r, goal in zip(runs, goals)]
            saved = 100 * (1 - np.minimum(needed, numbers[-1]) / budget)
            mean, half = mean_interval(saved)
            gap, half_gap = mean_interval(gaps[:, numbers.index(budget)])
            yield (
                f"| {name} | {len(runs)} | {budget} | {np.mean(goals):.4f} | "
                f"{np.median(needed):.0f} | {mean:.0f}% ({mean - half:.0f} to "
                f"{mean + half:.0f}) | {gap:+.4f} ({gap - half_gap:+.4f} to "
                f"{gap + half_gap:+.4f}) | {gaps.mean(axis=0)[worst]:+.4f} with "
                f"{numbers[worst]} |"
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    records = read(parser.parse_args().runs)
    print("\n".join(lines(records)) if records else "There are no runs yet.")


if __name__ == "__main__":
    main()
