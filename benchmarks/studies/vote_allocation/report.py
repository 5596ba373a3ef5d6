"""The table of votes per image that are enough.

``python -m benchmarks.studies.vote_allocation.report [RUNS.jsonl]`` prints, for each
set and way, how many votes per image reach what ten uniform votes reach: the agreement
with the leading answer of all votes, and the error of the shares. Each repeat is
compared with its own ten uniform votes, and the goal is their mean over all repeats,
since a single repeat has its luck. Savings are against uniform voting and against
"closest". Intervals are 95% intervals of the mean over repeats (Student).
"""

import argparse

import numpy as np
from scipy.stats import t

from .._runs import read
from .run import RUNS, SETS, WAYS

N_GOAL = 10


def votes_to(scores, number, goal):
    """Return the votes per image from which a score is never worse than a goal.

    ``number`` 0 is the agreement, and 1 the error. Between scores it is interpolated.
    """
    votes = np.array(sorted(map(float, scores)))
    values = {float(n): pair[number] for n, pair in scores.items()}
    short = np.array([goal - values[n] for n in votes]) * (1 if number == 0 else -1)
    worse = np.flatnonzero(short > 0)
    if not worse.size:
        return votes[0]
    last = worse[-1]
    if last == len(votes) - 1:
        return np.nan
    share = short[last] / (short[last] - short[last + 1])
    return votes[last] + share * (votes[last + 1] - votes[last])


def interval(values):
    """Return mean and interval as text."""
    values = np.asarray(values)
    if np.isnan(values).any():
        return f"not reached in {np.isnan(values).sum()} of {len(values)}"
    if len(values) < 2:
        return f"{values.mean():.2f}"
    half = t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    low, high = values.mean() - half, values.mean() + half
    return f"{values.mean():.2f} ({low:.2f} to {high:.2f})"


def mean_curve(runs, number):
    """Return scores of the mean over repeats, at the numbers of votes of the first."""
    votes = np.array(sorted(map(float, runs[0])))
    curves = []
    for scores in runs:
        own = np.array(sorted(map(float, scores)))
        values = {float(n): pair[number] for n, pair in scores.items()}
        curves.append(np.interp(votes, own, [values[n] for n in own]))
    return votes, np.mean(curves, axis=0)


def lines(records):
    for name in SETS:
        runs = {
            way: {
                r["repeat"]: r["scores"]
                for r in records
                if (r["set"], r["way"]) == (name, way)
            }
            for way in WAYS
        }
        if not runs["uniform"]:
            continue
        goals = np.mean(
            [scores[str(N_GOAL)] for scores in runs["uniform"].values()], axis=0
        )
        yield (
            f"{name}: {N_GOAL} uniform votes agree in {100 * goals[0]:.2f}%, "
            f"error of the shares {goals[1]:.4f}"
        )
        yield "| way | repeats | votes to this agreement | votes to this error |"
        yield "|---|---|---|---|"
        for way in WAYS:
            if not runs[way]:
                continue
            cells = [
                interval(
                    [votes_to(s, number, goals[number]) for s in runs[way].values()]
                )
                for number in (0, 1)
            ]
            yield f"| {way} | {len(runs[way])} | {cells[0]} | {cells[1]} |"
        yield from difference(runs)
        yield ""


def difference(runs):
    """Yield where "leading" agrees less often than "closest", if anywhere."""
    if not runs["leading"] or not runs["closest"]:
        return
    both = [r for r in runs["leading"] if r in runs["closest"]]
    curves = {
        way: mean_curve([runs[way][r] for r in both], 0)
        for way in ("leading", "closest")
    }
    votes, leading = curves["leading"]
    ahead = leading - np.interp(votes, *curves["closest"])
    yield (
        f"Agreement of leading minus closest, mean over repeats: lowest "
        f"{100 * ahead.min():.2f} points at {votes[ahead.argmin()]:.2f} votes, highest "
        f"{100 * ahead.max():.2f} at {votes[ahead.argmax()]:.2f}."
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="*", default=[RUNS])
    records = [r for path in parser.parse_args().runs for r in read(path)]
    print("\n".join(lines(records)) if records else "There are no runs yet.")


if __name__ == "__main__":
    main()
