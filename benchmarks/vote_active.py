"""How many labels VoteBALD saves: galaxies it asks about against random ones.

- ``python benchmarks/vote_active.py run RUNS.jsonl --only bar --model dropout`` adds a
  line for each repeat, question and model that is not there yet; without ``--only`` and
  ``--model`` it does all.
- ``... report RUNS.jsonl TABLE.md --figure PNG`` makes the table and the figure.

Each repeat has other rows, other first labels and other models, the same for both
strategies; 3,000 rows to ask about and 1,000 to score on. All models are trained anew
after each query. The score is the mean log-likelihood of a vote.

"smooth?" and "bar?" are put to 40 volunteers about ``make_galaxies(4000,
image_size=32)``, each image with mean 0 and variance 1.

- "dropout": `MCDropoutVoteRegressor`, as published: dropout before the last layer, 30
  draws.
- "last layer": the features of such a network, and `BayesianVoteRegression` (beta-
  binomial) on them: a Laplace approximation of the last layer.

"even?" and "rare?" are put about a catalogue of 20 properties (Student's t, 3 degrees
of freedom) on which the logit of rho is linear, to 40 volunteers of whom half say yes,
and to 5 of whom few do.

- "logistic": `BayesianVoteRegression`, a model that is right.

"Labels saved" compares at the score that random has in the end: 1 - (labels VoteBALD
needs for it) / (labels random needs). Curves are means over the repeats, made monotone,
linear between steps; intervals are percentiles over resampled repeats (few of them:
take them as rough).
"""

import argparse
import json
from itertools import product
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.isotonic import IsotonicRegression
from sklearn.pipeline import make_pipeline
from skorch.callbacks import LRScheduler
from torch.optim.lr_scheduler import OneCycleLR
from vote_calibration import turned

from skbal._utils.random import stream
from skbal.datasets import make_galaxies
from skbal.experiments import Comparison, compare
from skbal.loop import History
from skbal.models import BayesianVoteRegression, MCDropoutVoteRegressor
from skbal.query import VoteBALD
from skbal.seeding import RandomSeed

QUESTIONS = ("smooth", "bar", "even", "rare")
MODELS = {
    "dropout": ("smooth", "bar"),
    "last layer": ("smooth", "bar"),
    "logistic": ("even", "rare"),
}
N_REPEATS = {"dropout": 5, "last layer": 5, "logistic": 20}
# First labels, labels a query, queries.
SIZES = {
    "smooth": (20, 20, 9),
    "bar": (50, 50, 9),
    "even": (10, 5, 12),
    "rare": (10, 5, 12),
}
# "bar?" is the harder question.
N_STEPS = {"smooth": 200, "bar": 300}
# Volunteers, and the logit of rho in the middle.
CATALOGUES = {"even": (40, 0.0), "rare": (5, -3.0)}


class NetworkFeatures(TransformerMixin, BaseEstimator):
    """What enters the last layer of a network that is trained with each fit."""

    def __init__(self, network):
        self.network = network

    def fit(self, X, y):
        self.network_ = clone(self.network).fit(X, y)
        return self

    def transform(self, X):
        return self.network_.transform(X)


def model_of(name, question):
    """Return the model with this name."""
    if name == "logistic":
        return BayesianVoteRegression(n_draws=50)
    n_steps = N_STEPS[question]
    # A rate that falls to nothing leaves less of the last steps' noise in the score.
    rate = LRScheduler(
        OneCycleLR, step_every="batch", max_lr=0.005, total_steps=n_steps + 1
    )
    network = MCDropoutVoteRegressor(
        n_draws=30, max_steps=n_steps, augment=turned, callbacks=[("rate", rate)]
    )
    if name == "dropout":
        return network
    head = BayesianVoteRegression("beta-binomial", n_draws=30)
    return make_pipeline(NetworkFeatures(network), head)


def galaxies(repeat, question):
    """Return standardised images, and votes on a question."""
    X, votes = make_galaxies(4000, 32, random_state=100 + repeat, return_X_y=True)
    X = X - X.mean(axis=(1, 2, 3), keepdims=True)
    X /= X.std(axis=(1, 2, 3), keepdims=True)
    return X, votes[:, QUESTIONS.index(question)]


def catalogue(repeat, question):
    """Return rows of properties, and votes on a question."""
    n_votes, middle = CATALOGUES[question]
    rng = stream(repeat, "catalogue")
    X = rng.standard_t(3, size=(4000, 20))
    weights = rng.normal(size=20) * 2 / np.sqrt(20)
    yes = rng.binomial(n_votes, expit(X @ weights + middle))
    return X, np.stack([yes, np.full_like(yes, n_votes)], axis=1)


def one_run(question, model, repeat):
    """Return the histories of both strategies as plain data."""
    first, n_instances, n_queries = SIZES[question]
    data = catalogue if model == "logistic" else galaxies
    X, votes = data(repeat, question)
    comparison = compare(
        [VoteBALD(n_votes=int(votes[0, 1]))],
        model_of(model, question),
        X,
        votes,
        n_repeats=1,
        n_queries=n_queries,
        n_instances=n_instances,
        initial=RandomSeed(first),
        test_size=0.25,
        random_state=repeat,
    )
    histories = {
        name: runs[0].to_records() for name, runs in comparison.histories.items()
    }
    return {"question": question, "model": model, "repeat": repeat, **histories}


def run(results, questions, models):
    """Add the runs that the file of results does not have yet."""
    path = Path(results)
    done = {(r["question"], r["model"], r["repeat"]) for r in read(path)}
    wanted = (
        (question, model, repeat)
        for model in models
        for repeat in range(N_REPEATS[model])
        for question in MODELS[model]
    )
    for question, model, repeat in wanted:
        if (question, model, repeat) in done or question not in questions:
            continue
        result = one_run(question, model, repeat)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        print(question, model, repeat, flush=True)


def read(path):
    """Return the runs of a file, none if there is no file."""
    path = Path(path)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def comparisons(path):
    """Yield question, model and the comparison of their runs."""
    runs = sorted(read(path), key=lambda r: r["repeat"])
    for question, model in product(QUESTIONS, MODELS):
        of = [r for r in runs if (r["question"], r["model"]) == (question, model)]
        if of:
            histories = {
                name: [History.from_records(r[name]) for r in of]
                for name in ("VoteBALD", "Random")
            }
            yield question, model, Comparison(histories)


def monotone(labels, scores):
    """Return a curve that never falls, the nearest to the mean over repeats."""
    return IsotonicRegression().fit_transform(labels, np.mean(scores, axis=0))


def labels_saved(comparison, repeats):
    """Return the share of labels saved, of some repeats; minus infinity for never."""
    histories = comparison.histories
    labels = histories["Random"][0].n_labels
    active, chance = (
        monotone(labels, [histories[name][r].scores for r in repeats])
        for name in ("VoteBALD", "Random")
    )
    target = chance[-1]
    if active[-1] < target:
        return -np.inf
    return 1 - first_at(labels, active, target) / first_at(labels, chance, target)


def first_at(labels, curve, target):
    """Return where a rising curve, linear between its points, first has a value."""
    place = int(np.argmax(curve >= target))
    if place == 0:
        return labels[0]
    low, high = curve[place - 1 : place + 1]
    part = (target - low) / (high - low)
    return labels[place - 1] + part * (labels[place] - labels[place - 1])


def interval(comparison, n_resamples=2000):
    """Return the 2.5 and 97.5 percentiles of the labels saved."""
    rng, n = np.random.default_rng(0), comparison.n_repeats
    found = [
        labels_saved(comparison, rng.integers(n, size=n)) for _ in range(n_resamples)
    ]
    return np.quantile(found, [0.025, 0.975], method="nearest")


def report(results, table, figure):
    """Write the table, and the figure if there is to be one."""
    lines = [
        "| question | model | labels | VoteBALD | random | area, difference | saved |",
        "|---|---|---|---|---|---|---|",
    ]
    found = list(comparisons(results))
    lines += [row(*one) for one in found]
    Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    if figure:
        draw(found, figure)


def row(question, model, comparison):
    """Return a line of the table."""
    low, high = comparison.label_range
    last = [
        np.mean([history.scores[-1] for history in comparison.histories[name]])
        for name in ("VoteBALD", "Random")
    ]
    difference = comparison.differences["VoteBALD"]
    saved = percent(labels_saved(comparison, range(comparison.n_repeats)))
    ends = [percent(end) for end in interval(comparison)]
    if set(ends) != {saved}:
        saved += f" ({' to '.join(ends)})"
    return (
        f"| {question}? | {model} | {low}-{high} | {last[0]:.4f} | {last[1]:.4f} | "
        f"{difference.mean:+.4f} ({difference.low:+.4f} to {difference.high:+.4f}) | "
        f"{saved} |"
    )


def percent(share):
    """Return a share in words."""
    return "never" if np.isneginf(share) else f"{100 * share:.0f} %"


def draw(found, path):
    """Draw the learning curves, a panel for each question and model."""
    n_rows = -(-len(found) // 2)
    figure = Figure(figsize=(8, 2.3 * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, 2, squeeze=False).ravel()
    for ax, (question, model, comparison) in zip(axes, found):
        for name, colour in (("VoteBALD", "#0072B2"), ("Random", "#D55E00")):
            runs = comparison.histories[name]
            scores = np.array([history.scores for history in runs])
            labels, mean = runs[0].n_labels, scores.mean(axis=0)
            error = scores.std(axis=0, ddof=1) / np.sqrt(len(scores))
            ax.plot(labels, mean, color=colour, label=name)
            ax.fill_between(labels, mean - error, mean + error, color=colour, alpha=0.2)
        ax.set(title=f"{question}?, {model}")
    figure.supxlabel("Labels")
    figure.supylabel("Log-likelihood of a vote (nats)")
    axes[-1].legend(loc="lower right")
    figure.savefig(path, dpi=130)


def main():
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    runs = commands.add_parser("run")
    runs.add_argument("results")
    runs.add_argument("--only", choices=QUESTIONS)
    runs.add_argument("--model", choices=list(MODELS))
    tables = commands.add_parser("report")
    tables.add_argument("results")
    tables.add_argument("table")
    tables.add_argument("--figure")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.command == "report":
        report(arguments.results, arguments.table, arguments.figure)
        return
    questions = [arguments.only] if arguments.only else QUESTIONS
    run(
        arguments.results,
        questions,
        [arguments.model] if arguments.model else list(MODELS),
    )


if __name__ == "__main__":
    main()
