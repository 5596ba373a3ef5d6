"""The tables of what strategies gain over random rows and over margin.

``python -m benchmarks.studies.policies.report [RUNS.jsonl ...]`` prints Markdown.
Without RUNS it reads the areas that are kept in ``results/``; ``--keep`` writes a file
of areas from RUNS.

Numbers are points: hundred times the area under the accuracy, the mean of the accuracy
after 0 to 50 queries. Differences are paired by episodes. In the table of a model, an
interval of 95% is by t over the episodes of a set; "*" marks one that leaves out 0,
without allowance for the number of sets. Below, the mean over sets has two intervals:
by t, with the mean of each set as one value, and by resampling the sets and, in each,
the episodes. The bandits are also compared with drawing one of their strategies at
random.
"""

import argparse

import numpy as np
from scipy import stats

from ._episodes import MODELS
from ._results import areas_of, keep, kept_files, names_in, paired

N_RESAMPLES = 4000
# What each strategy is compared with; None stands for all.
AGAINST = {"random": None, "margin": None, "any of three": ("ALBL", "EXP4.P")}


def half_width(values):
    """Return half of the 95% interval of a mean by t; NaN for fewer than two values."""
    if len(values) < 2:
        return np.nan
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return float(stats.t.ppf(0.975, len(values) - 1) * error)


def resampled(differences, seed=0):
    """Return the 95% interval of the mean over sets, by resampling sets and episodes.

    Parameters
    ----------
    differences : list of ndarray
        Those of each set.
    seed : int, default=0
        Of the resampling.

    Returns
    -------
    interval : tuple of float
    """
    rng, means = np.random.default_rng(seed), []
    for _ in range(N_RESAMPLES):
        sets = rng.integers(len(differences), size=len(differences))
        means.append(
            np.mean(
                [rng.choice(differences[s], len(differences[s])).mean() for s in sets]
            )
        )
    return tuple(np.quantile(means, [0.025, 0.975]))


def signs(differences):
    """Return on how many sets the mean is above 0 and below, and the sure ones."""
    means = np.array([d.mean() for d in differences])
    sure = np.array([abs(d.mean()) > half_width(d) for d in differences])
    above, below = means > 0, means < 0
    return (
        f"{above.sum()} ({(above & sure).sum()}*)",
        f"{below.sum()} ({(below & sure).sum()}*)",
    )


def sets_lines(areas, model):
    """Yield the table of a model: the gain over random on each set."""
    strategies, tables = names_in(areas, model)
    others = [s for s in strategies if s != "random"]
    yield f"| set | random | {' | '.join(others)} |"
    yield "|" + "---|" * (2 + len(others))
    for table in tables:
        level = 100 * np.mean(list(areas[model, "random", table].values()))
        cells = [table, f"{level:.1f}"]
        for strategy in others:
            gains = 100 * paired(areas, model, strategy, "random", table)
            cells.append(cell_of(gains))
        yield f"| {' | '.join(cells)} |"


def cell_of(values):
    """Return a mean with half of its interval, and a star if that leaves out 0."""
    if not len(values):
        return ""
    width = half_width(values)
    star = "*" if abs(values.mean()) > width else ""
    return f"{values.mean():+.2f} ± {width:.2f}{star}"


def means_lines(areas, model):
    """Yield the table of a model over all sets."""
    yield (
        "| strategy | against | mean over sets | by t | resampled | above | below | "
        "sets | episodes |"
    )
    yield "|" + "---|" * 9
    strategies, tables = names_in(areas, model)
    for other, compared in AGAINST.items():
        for strategy in compared or strategies:
            pairs = [paired(areas, model, strategy, other, t) for t in tables]
            pairs = [100 * p for p in pairs if len(p)]
            if strategy == other or not pairs:
                continue
            means = np.array([p.mean() for p in pairs])
            low, high = resampled(pairs)
            width = half_width(means)
            numbers = sorted({len(p) for p in pairs})
            cells = [
                strategy,
                other,
                f"{means.mean():+.2f}",
                f"{means.mean() - width:+.2f} to {means.mean() + width:+.2f}",
                f"{low:+.2f} to {high:+.2f}",
                *signs(pairs),
                str(len(pairs)),
                " to ".join(map(str, sorted({numbers[0], numbers[-1]}))),
            ]
            yield f"| {' | '.join(cells)} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="*", default=kept_files())
    parser.add_argument("--keep", help="file that the areas are written to")
    options = parser.parse_args()
    areas = areas_of(options.runs)
    if options.keep:
        keep(areas, options.keep)
    for model in MODELS:
        if any(m == model for m, _, _ in areas):
            print(f"\n{model}: gain over random, points\n")
            print("\n".join(sets_lines(areas, model)))
            print(f"\n{model}: over all sets, points\n")
            print("\n".join(means_lines(areas, model)))


if __name__ == "__main__":
    main()
