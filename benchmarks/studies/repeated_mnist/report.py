"""What the runs on repeated MNIST say: a table, a figure, and two batches.

- ``python -m benchmarks.studies.repeated_mnist.report table [RUNS]`` prints the labels
  needed to reach 80, 90 and 95 percent for the first time: the median over seeds with
  the quartiles (each the value of a seed, nothing in between). It also prints how many
  of the ten rows of a batch are copies of the same image as another row.
- ``... report figure PNG [RUNS] [--reference CURVES]`` draws mean and range over seeds,
  and dashed the published curves where CURVES holds them.
- ``... report batches MNIST JSON [RUNS] --seed 0 --labels 50`` shows what BALD and
  BatchBALD ask of the same network, which this run of BatchBALD had at so many labels.

Without RUNS it reads the runs that are kept here.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from skbal.loop import History, Record
from skbal.plotting import AcquisitionCurveDisplay

from .._runs import read
from .run import N_IMAGES, N_INSTANCES, STRATEGIES, Data, Run

RUNS = Path(__file__).parent / "results"

TARGETS = (0.8, 0.9, 0.95)
# Kirsch et al. (2019) have three copies and ten draws, Kirsch et al. (2023) four
# copies and a hundred draws.
PUBLISHED = {
    10: {
        "BatchBALD": "bb__rmnist_w_noise_multibald_bald_k10_b10",
        "BALD": "bb__rmnist_w_noise_independent_bald_k10_b10",
        "Random": "bb__rmnist_w_noise_independent_random_k10_b5",
    },
    100: {
        "BALD": "redux__MNIST__rep4__noiseTrue__b10__BALD__c1p0__P100",
        "PowerBALD": "redux__MNIST__rep4__noiseTrue__b10__StochasticBALD__Power__"
        "c4p0__P100",
        "Random": "redux__MNIST__rep4__noiseTrue__b10__Random__c1p0__P100",
    },
}
COPIES = {10: "three copies", 100: "four copies"}


def histories(folder, n_draws):
    """Return the histories of each strategy that has runs with so many draws."""
    found = {}
    for name in STRATEGIES:
        paths = sorted(Path(folder).glob(f"{name}_K{n_draws}_seed*.jsonl"))
        runs = [as_history(read(path)[1:]) for path in paths]
        if any(map(len, runs)):
            found[name] = [run for run in runs if len(run)]
    return found


def as_history(records):
    """Return a history whose indices are the rows asked about after each score."""
    return History(
        Record(
            step=step,
            n_labels=record["n_labels"],
            score=record["accuracy"],
            indices=tuple(record["queried"]),
        )
        for step, record in enumerate(records)
    )


def near_copies(rows):
    """Return how many rows of a batch come from an image that another comes from."""
    counts = Counter(row % N_IMAGES for row in rows)
    return sum(count for count in counts.values() if count > 1)


# --------------------------------------------------------------------------- the table


def table(options):
    for n_draws in sorted(PUBLISHED):
        found = histories(options.runs, n_draws)
        if found:
            print(f"K={n_draws}: labels to reach, median (quartiles), of seeds")
        for name, runs in found.items():
            cells = [to_reach(runs, target) for target in TARGETS]
            alike = np.mean([near_copies(r.indices) for run in runs for r in run])
            print(
                f"  {name:10}"
                + "".join(f"  {t:.0%} {c:18}" for t, c in zip(TARGETS, cells))
                + f"  seeds {len(runs)}  alike {alike:.1f} of {N_INSTANCES}"
            )


def to_reach(runs, target):
    """Return the labels to a target as a string, ``>`` if a run did not reach it."""
    needed = [run.labels_to(target) for run in runs]
    numbers = [np.inf if n is None else n for n in needed]
    low, median, high = np.quantile(
        numbers, [0.25, 0.5, 0.75], method="inverted_cdf"
    ).tolist()
    last = min(run[-1].n_labels for run in runs)
    shown = [f">{last}" if n == np.inf else f"{n:.0f}" for n in (median, low, high)]
    return shown[0] if len(set(shown)) == 1 else f"{shown[0]} ({shown[1]}-{shown[2]})"


# -------------------------------------------------------------------------- the figure


def figure(options):
    found = {n_draws: histories(options.runs, n_draws) for n_draws in PUBLISHED}
    found = {n_draws: runs for n_draws, runs in found.items() if runs}
    canvas = Figure(figsize=(5.5 * len(found), 4.5), layout="constrained")
    axes = np.atleast_1d(canvas.subplots(1, len(found), sharey=True))
    for axis, (n_draws, runs) in zip(axes, found.items()):
        display = AcquisitionCurveDisplay.from_histories(
            runs, ax=axis, band="range", score_name="Accuracy on MNIST's test set"
        )
        draw_published(display, options.reference, n_draws)
        title = f"Three copies of MNIST, ten labels at a time, {n_draws} draws"
        axis.set(title=title, xlim=(20, 200), ylim=(0.6, 1.0))
        axis.axhline(0.9, color="0.8", linewidth=0.8, zorder=0)
        axis.legend(loc="lower right", fontsize="small")
    canvas.savefig(options.png, dpi=150)


def draw_published(display, path, n_draws):
    if path is None:
        return
    if not Path(path).exists():
        print(f"No published curves: there is no file {path}.")
        return
    with np.load(path, allow_pickle=False) as curves:
        for name, key in PUBLISHED[n_draws].items():
            if name in display.lines_:
                display.ax_.plot(
                    np.nanmedian(curves[f"{key}__n"], axis=0),
                    np.nanmean(curves[f"{key}__acc"], axis=0),
                    color=display.lines_[name].get_color(),
                    linestyle="--",
                    linewidth=1.0,
                    label=f"{name}, published ({COPIES[n_draws]})",
                )


# ------------------------------------------------------------------------- the batches


def batches(options):
    """Write what each strategy asks of one network, and how much of it is alike."""
    if not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    path = Path(options.runs, f"BatchBALD_K{options.draws}_seed{options.seed}.jsonl")
    settings, *records = read(path)
    asked = argparse.Namespace(**settings, runs=options.runs)
    data = Data(options.mnist, options.seed)
    first = Run("BatchBALD", options.draws, options.seed, asked)
    labelled = first.initial(data)
    for record in records:
        if record["n_labels"] < options.labels:
            labelled = np.append(labelled, record["queried"])
    net = first.fitted(data, labelled)
    rows = first.candidates(labelled)
    found = {"settings": settings, "n_labels": len(labelled)}
    for name in STRATEGIES:
        run = Run(name, options.draws, options.seed, asked)
        chosen = rows[run.strategy(len(labelled))(net, data.X[rows], N_INSTANCES)]
        found[name] = {
            "rows": chosen.tolist(),
            "images": (chosen % N_IMAGES).tolist(),
            "digits": data.y[chosen].tolist(),
            "alike": near_copies(chosen.tolist()),
        }
        print(f"{name:10}  alike {found[name]['alike']}  {found[name]['digits']}")
    Path(options.json).write_text(json.dumps(found, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    for command in (table, figure, batches):
        one = commands.add_parser(command.__name__)
        one.set_defaults(command=command)
        if command is figure:
            one.add_argument("png")
            one.add_argument("--reference", help="file of published curves")
        if command is batches:
            one.add_argument("mnist", help="file of the packed digits")
            one.add_argument("json")
            one.add_argument("--draws", type=int, default=10)
            one.add_argument("--seed", type=int, default=0)
            one.add_argument("--labels", type=int, default=50)
        one.add_argument("runs", nargs="?", default=RUNS, help="folder")
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
