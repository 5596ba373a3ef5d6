"""The table and the figure of the intervals of votes.

``python -m benchmarks.studies.vote_calibration.report [RUNS.jsonl] [--table TABLE.md]
[--figure PNG]``. Without RUNS it reads the runs that are kept here.
"""

import argparse
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .._runs import read
from .run import DATA, LEVELS, RUNS

SHOWN = (0.5, 0.8, 0.95)


def collected(results):
    """Return arrays over repeats: {(data, likelihood, kind): {measure: array}}."""
    runs = read(results)
    keys = dict.fromkeys(
        (run["data"], run["likelihood"], kind)
        for run in runs
        for kind in ("one model", "posterior")
    )
    return {
        (data, likelihood, kind): {
            measure: np.array(
                [
                    run[kind][measure]
                    for run in runs
                    if (run["data"], run["likelihood"]) == (data, likelihood)
                ]
            )
            for measure in ("coverage", "standard_error", "log_likelihood")
        }
        for data, likelihood, kind in keys
    }


def report(results, table, figure):
    """Print the table, and save it and the figure where they are asked for."""
    found = collected(results)
    lines = [
        "| question | likelihood | predicted by | 50 % | 80 % | 95 % | score |",
        "|---|---|---|---|---|---|---|",
    ]
    for data, questions in DATA.items():
        for number, question in enumerate(questions):
            for (of, likelihood, kind), measures in found.items():
                if of == data:
                    cells = [
                        f"{question}?",
                        likelihood,
                        kind,
                        *_cells(measures, number),
                    ]
                    lines.append("| " + " | ".join(cells) + " |")
    print("\n".join(lines))
    if table:
        Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")
    if figure:
        draw(found, figure)


def _cells(measures, number):
    places = [int(np.flatnonzero(np.isclose(LEVELS, level))[0]) for level in SHOWN]
    coverage = 100 * measures["coverage"][:, number, places].mean(axis=0)
    return [
        *(f"{value:.1f}" for value in coverage),
        f"{measures['log_likelihood'][:, number].mean():.4f}",
    ]


def draw(found, path):
    """Draw coverage against level, one panel per question."""
    figure = Figure(figsize=(10, 3), layout="constrained")
    axes = figure.subplots(1, 4, sharey=True)
    panels = [(data, i, q) for data, qs in DATA.items() for i, q in enumerate(qs)]
    colours = {"binomial": "#0072B2", "beta-binomial": "#D55E00"}
    for ax, (data, number, question) in zip(axes, panels):
        ax.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        for (of, likelihood, kind), measures in found.items():
            if of != data:
                continue
            ax.plot(
                LEVELS,
                measures["coverage"][:, number].mean(axis=0),
                color=colours[likelihood],
                linestyle="-" if kind == "posterior" else ":",
                label=f"{likelihood}, {kind}",
            )
        ax.set(title=f"{question}?", xlabel="Level", xlim=(0, 1), ylim=(0, 1))
    axes[0].set_ylabel("Coverage")
    figure.legend(
        *axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4
    )
    figure.savefig(path, dpi=130)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--table", help="Markdown file")
    parser.add_argument("--figure", help="PNG file")
    options = parser.parse_args()
    report(options.runs, options.table, options.figure)


if __name__ == "__main__":
    main()
