"""The tables of the Ising study.

``python -m benchmarks.studies.ising.report [FOLDER]`` prints the tables of the user
guide from the runs in FOLDER, by default those that are kept here. Intervals are 95%
intervals of Student's t over repeats.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import stats

from .._runs import read
from .pixels import DATA
from .pixels import NETWORKS as FORMS
from .run import RESULTS
from .transfer import CASES


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
    for name, tables in (("transfer", transfer_tables), ("pixels", pixel_tables)):
        records = read(folder / f"{name}.jsonl")
        if records:
            print("\n".join(tables(records)))


if __name__ == "__main__":
    main()
