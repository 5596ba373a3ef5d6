"""Do intervals of votes hold what they say? Galaxies, and real votes on photographs.

- ``python benchmarks/vote_calibration.py run RUNS.jsonl --cifar10h FILE`` adds a line
  for each data set, split and likelihood. A run that was stopped goes on where it was
  when the command is given again. FILE holds the packed images and votes of CIFAR-10H;
  without it, only the galaxies are done.
- ``... report RUNS.jsonl TABLE.md --figure PNG`` makes the table and the figure.

The galaxies are ``make_galaxies(4000, image_size=32)``, other ones in each repeat:
3,000 to learn from, 1,000 to test, 40 volunteers each, both questions at once.
CIFAR-10H has 2,000 photographs with some 51 votes each; "animal?" and "cat?" are yes
where people chose such a class, 1,500 to learn from and 500 to test in each random
split.

"Posterior" is the mixture of the votes that 30 dropout draws predict; "one model" has
the mean of the draws for its rho, as one network without a posterior would. Coverage is
exact for whole numbers (see `skbal.audit.vote_coverage`).

The rate of dropout was chosen from .1, .25 and .5, and 60 epochs from 30 and 60, by the
log-likelihood of other galaxies (random state 0, beta-binomial); CIFAR-10H has the same
rate, and 40 epochs.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure

from skbal._utils.random import stream
from skbal.audit import vote_coverage
from skbal.datasets import count_votes, load_image_votes, make_galaxies
from skbal.information import vote_log_likelihood
from skbal.models import MCDropoutVoteRegressor

LIKELIHOODS = ("binomial", "beta-binomial")
LEVELS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
SHOWN = (0.5, 0.8, 0.95)
ANIMALS, CAT = (2, 3, 4, 5, 6, 7), (3,)
DATA = {"galaxies": ("smooth", "bar"), "cifar10h": ("animal", "cat")}
REPEATS = range(10, 15)
EPOCHS = {"galaxies": 60, "cifar10h": 40}


def galaxies(repeat):
    """Return rows, votes, and how many of the first are to learn from."""
    X, votes = make_galaxies(4000, 32, random_state=repeat, return_X_y=True)
    return X, votes, 3000


def photographs(repeat, path):
    """Return rows, votes, and how many of the first are to learn from."""
    found = load_image_votes(path)
    votes = count_votes(found.votes, [ANIMALS, CAT])
    order = stream(repeat, "split").permutation(len(votes))
    return found.images[order], votes[order], 1500


def turned(images):
    """Return images of the sky, which has no up: mirrored and turned at random."""
    images = images.clone()
    for change in (_mirror, _upside_down, _transpose):
        some = torch.rand(len(images)) < 0.5
        images[some] = change(images[some])
    return images


def mirrored(images):
    """Return photographs, half of them mirrored."""
    images = images.clone()
    some = torch.rand(len(images)) < 0.5
    images[some] = _mirror(images[some])
    return images


def _mirror(images):
    return images.flip(-1)


def _upside_down(images):
    return images.flip(-2)


def _transpose(images):
    return images.transpose(-1, -2)


def one_run(name, likelihood, repeat, path=None):
    """Return the coverage and the log-likelihood of the posterior and of one model."""
    X, votes, n_train = galaxies(repeat) if name == "galaxies" else photographs(
        repeat, path
    )  # fmt: skip
    model = MCDropoutVoteRegressor(
        likelihood=likelihood,
        module__dropout=0.25,
        n_draws=30,
        max_epochs=EPOCHS[name],
        lr=0.002,
        augment=turned if name == "galaxies" else mirrored,
        random_state=repeat,
    ).fit(X[:n_train], votes[:n_train])
    X, votes = X[n_train:], votes[n_train:]
    rho = model.predict_samples(X, random_state=repeat).astype(np.float64)
    concentration = model.predict_concentration(X)
    kinds = {"posterior": rho, "one model": rho.mean(axis=1, keepdims=True)}
    return {
        "data": name,
        "likelihood": likelihood,
        "repeat": repeat,
        **{kind: held(draws, votes, concentration) for kind, draws in kinds.items()},
    }


def held(rho, votes, concentration):
    """Return coverage, its standard error and the mean log-likelihood of a vote."""
    kwargs = {"concentration": concentration}
    found = vote_coverage(rho, votes, levels=LEVELS, **kwargs)
    likelihood = vote_log_likelihood(rho, votes, **kwargs).sum(axis=0)
    return {
        "coverage": found.coverage.tolist(),
        "standard_error": found.standard_error.tolist(),
        "log_likelihood": (likelihood / votes[..., 1].sum(axis=0)).tolist(),
    }


def run(results, cifar10h):
    """Add the runs that the file of results does not have yet."""
    path = Path(results)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    done = [json.loads(line) for line in lines]
    done = {(r["data"], r["likelihood"], r["repeat"]) for r in done}
    for name in DATA if cifar10h else ["galaxies"]:
        for repeat in REPEATS:
            for likelihood in LIKELIHOODS:
                if (name, likelihood, repeat) in done:
                    continue
                result = one_run(name, likelihood, repeat, cifar10h)
                with path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(result) + "\n")
                print(name, likelihood, repeat, flush=True)


def collected(results):
    """Return arrays over repeats: {(data, likelihood, kind): {measure: array}}."""
    lines = Path(results).read_text(encoding="utf-8").splitlines()
    runs = [json.loads(line) for line in lines]
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
    """Write the table, and the figure if there is to be one."""
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
    Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
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
    """Draw coverage against level, a panel for each question."""
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
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run")
    runs.add_argument("results")
    runs.add_argument("--cifar10h")
    tables = commands.add_parser("report")
    tables.add_argument("results")
    tables.add_argument("table")
    tables.add_argument("--figure")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.command == "run":
        run(arguments.results, arguments.cifar10h)
    else:
        report(arguments.results, arguments.table, arguments.figure)


if __name__ == "__main__":
    main()
