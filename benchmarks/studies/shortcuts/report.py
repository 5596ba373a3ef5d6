"""The table of shortcuts that were found, and of false alarms.

``python -m benchmarks.studies.shortcuts.report [RUNS.jsonl] [--table TABLE.md]``.
Without RUNS it reads the runs that are kept here.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy import stats

from .._runs import read
from .plants import KINDS
from .run import RUNS

HEAD = ["plants", "found", "IoU > 0.5", "class named", "kind named", "fall of accuracy"]


def is_planted(run):
    """Return whether a run has a shortcut."""
    return run["kind"] in KINDS


def share(flags):
    """Return a share with its exact 95 % interval (Clopper and Pearson)."""
    flags = [bool(flag) for flag in flags]
    if not flags:
        return "-"
    interval = stats.binomtest(sum(flags), len(flags)).proportion_ci()
    return (
        f"{np.mean(flags):.1%} ({sum(flags)} of {len(flags)}; "
        f"{interval.low:.1%} to {interval.high:.1%})"
    )


def planted_line(name, runs):
    """Return a line of the table of planted runs."""
    # What the class loses in held-out rows if the plant is taken out of them.
    falls = [run["with_plant"] - run["without_plant"] for run in runs]
    cells = [
        str(len(runs)),
        *(
            share(flags)
            for flags in (
                [run["found"] for run in runs],
                [run["iou"] > 0.5 for run in runs],
                [run["found"] and run["found_label"] == run["label"] for run in runs],
                [run["found"] and names_kind(run) for run in runs],
            )
        ),
        f"{np.mean(falls):.2f} ({min(falls):.2f} to {max(falls):.2f})",
    ]
    return "| " + " | ".join([name, *cells]) + " |"


def names_kind(run):
    """Return whether the part that was named is of the kind that was planted."""
    region = run["kind"] in ("tag", "frame")
    return run["found_kind"] == ("region" if region else run["kind"])


def planted_table(runs):
    """Yield the lines of the table of planted runs."""
    yield "| | " + " | ".join(HEAD) + " |"
    yield "| --- " * (len(HEAD) + 1) + "|"
    for key in ("kind", "set", "model"):
        for value in dict.fromkeys(run[key] for run in runs):
            yield planted_line(value, [run for run in runs if run[key] == value])
    used = [run for run in runs if run["with_plant"] - run["without_plant"] >= 0.1]
    if used:
        yield planted_line("accuracy falls by 0.1 or more", used)
    little = [run for run in runs if run not in used]
    if little:
        yield planted_line("by less", little)
    yield planted_line("all", runs)


def clean_table(runs):
    """Yield the lines of the table of runs without a plant."""
    yield "| | false alarms | lowest p value |"
    yield "| --- | --- | --- |"
    groups = {(run["set"], run["model"]) for run in runs}
    for name, model in sorted(groups):
        here = [run for run in runs if (run["set"], run["model"]) == (name, model)]
        yield clean_line(f"{name}, {model}", here)
    yield clean_line("all", runs)


def clean_line(name, runs):
    lowest = min(run["p_value"] for run in runs)
    return f"| {name} | {share(run['found'] for run in runs)} | {lowest:.2g} |"


def table(runs):
    """Return the tables as Markdown."""
    planted = [run for run in runs if is_planted(run)]
    clean = [run for run in runs if not is_planted(run)]
    lines = ["# Planted shortcuts and clean images (benchmarks/studies/shortcuts)", ""]
    if planted:
        lines += [
            "## Planted on 60 to 100% of a class",
            "",
            "Fall of accuracy: of the class on held-out rows, if the plant is taken "
            "out of them; mean, lowest and highest of the runs.",
            "",
            *planted_table(planted),
            "",
        ]
    if clean:
        lines += ["## Without a plant", "", *clean_table(clean), ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--table", help="Markdown file")
    options = parser.parse_args()
    text = table(read(options.runs))
    print(text)
    if options.table:
        Path(options.table).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
