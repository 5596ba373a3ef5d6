"""The tables of the Ising study.

``python -m benchmarks.studies.ising.report [FOLDER]`` prints the tables of the user
guide from the runs in FOLDER, by default those that are kept here. Intervals are 95%
intervals of Student's t over repeats. Differences are paired by repeat.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from scipy import stats

from .._runs import read
from .active import CRITICAL, NETWORKS, ORACLES, STRATEGIES
from .pixels import DATA
from .pixels import NETWORKS as FORMS
from .run import RESULTS
from .transfer import CASES

LABELS = (65, 110, 200)


def interval(values):
    """Return the half-width of the interval of a mean."""
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return np.nan
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(stats.t.ppf(0.975, len(values) - 1) * error)


def with_interval(values, digits=1):
    """Return the mean and its interval in words."""
    return f"{np.mean(values):.{digits}f} ± {interval(values):.{digits}f}"


def table(title, head, rows):
    """Give the lines of a table of reStructuredText."""
    yield f".. list-table:: {title}"
    yield "   :header-rows: 1"
    for row in (head, *rows):
        yield ""
        for i, cell in enumerate(row):
            yield f"   {'*' if i == 0 else ' '} - {cell}"
    yield ""


def errors_of(records, n_labels):
    """Return the error of the critical temperature of each run, in percent."""
    found = [r["scores"][str(n_labels)]["critical"] for r in records]
    return 100 * (np.array(found) / CRITICAL - 1)


def of_kind(records, kind, strategy):
    """Return the runs of a size, a network and an oracle, by repeat."""
    wanted = (*kind, strategy)
    keys = ("size", "network", "oracle", "strategy")
    return {r["repeat"]: r for r in records if tuple(r[key] for key in keys) == wanted}


def kinds(records):
    """Give the sizes, networks and oracles with runs of both strategies."""
    sizes = sorted({r["size"] for r in records})
    return [
        kind
        for kind in product(sizes, NETWORKS, ORACLES)
        if set(of_kind(records, kind, "BALD")) & set(of_kind(records, kind, "random"))
    ]


def active_row(kind, strategy, runs):
    last = [r["scores"][str(LABELS[-1])] for r in runs]
    errors = errors_of(runs, LABELS[-1])
    return [
        *map(str, kind),
        strategy,
        f"{np.mean([s['n_answered'] for s in last]):.0f}",
        *(with_interval(np.abs(errors_of(runs, n))) for n in LABELS),
        f"{np.mean(errors):+.1f} ± {interval(errors):.1f}",
        f"{(np.abs(errors) <= 3).sum()} of {len(runs)}",
        with_interval([100 * s["accuracy"] for s in last]),
    ]


def curve_of(record):
    """Return absolute errors and accuracies in percent, at each number of labels."""
    scores = [record["scores"][str(n)] for n in LABELS]
    errors = [abs(100 * (s["critical"] / CRITICAL - 1)) for s in scores]
    return np.array(errors + [100 * s["accuracy"] for s in scores])


def paired_row(kind, records):
    """Return differences between BALD and random, of the same pools and first rows."""
    ours, random = (of_kind(records, kind, name) for name in ("BALD", "random"))
    both = sorted(set(ours) & set(random))
    gaps = np.array([curve_of(ours[r]) - curve_of(random[r]) for r in both])
    return [*map(str, kind), str(len(both)), *map(with_interval, gaps.T)]


def active_tables(records):
    head = ["L", "network", "oracle", "chosen by", "answered"]
    head += [f"error at {n}, %" for n in LABELS]
    head += ["with its sign", "within 3%", "accuracy at 200, %"]
    rows = [
        active_row(kind, strategy, list(of_kind(records, kind, strategy).values()))
        for kind in kinds(records)
        for strategy in STRATEGIES
    ]
    yield from table("The critical temperature", head, rows)
    head = ["L", "network", "oracle", "pairs", *(f"error at {n}" for n in LABELS)]
    head += [f"accuracy at {n}" for n in LABELS]
    rows = [paired_row(kind, records) for kind in kinds(records)]
    yield from table("BALD minus random, in points", head, rows)


def transfer_tables(records):
    rows = []
    for case in CASES:
        runs = [r for r in records if r["case"] == case]
        if not runs:
            continue
        errors = 100 * np.array([r["errors"] for r in runs])
        called = sum(r["overspecialised"] is True for r in runs)
        rows.append(
            [
                case,
                with_interval(errors[:, 1]),
                with_interval(errors[:, 2]),
                f"{called} of {len(runs)}",
                *of_each_magnetisation(runs),
            ]
        )
    head = ["learned from, applied to", "test error, %", "error elsewhere, %"]
    head += ["called overspecialised", "cold, \\|m| < 0.3: called ordered"]
    yield from table("Overspecialised", [*head, "cold, \\|m| > 0.6"], rows)


def of_each_magnetisation(runs):
    """Return the share of cold rows called ordered, for a small and a large one."""
    counts = np.sum([r["called_ordered"] for r in runs], axis=0)
    return [
        f"{100 * called / n:.0f}% of {n}" if n else "none"
        for n, called in (counts[0], counts[2])
    ]


def pixel_tables(records):
    rows = []
    for name in DATA:
        runs = [r for r in records if r["data"] == name]
        by_kind = {
            f"{kind}, {order}": 100 * np.array([r[f"{kind}, {order}"] for r in runs])
            for kind in FORMS
            for order in ("plain", "permuted")
        }
        gains = [
            by_kind[f"convolutions, {order}"] - by_kind[f"dense, {order}"]
            for order in ("plain", "permuted")
        ]
        cells = [with_interval(values) for values in (*by_kind.values(), *gains)]
        rows.append([name, str(len(runs)), *cells])
    head = ["data", "repeats", *by_kind, "gain of convolutions, plain", "permuted"]
    yield from table("Accuracy in percent", head, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=RESULTS)
    folder = parser.parse_args().folder
    parts = ("active", active_tables), ("transfer", transfer_tables)
    for name, tables in (*parts, ("pixels", pixel_tables)):
        records = read(folder / f"{name}.jsonl")
        if records:
            print("\n".join(tables(records)))


if __name__ == "__main__":
    main()
