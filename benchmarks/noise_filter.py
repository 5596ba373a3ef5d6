"""Wrong answers, and a filter that looks for them: BALD and random on noisy MNIST.

``python benchmarks/noise_filter.py run RUNS --mnist MNIST`` with RUNS a file that gets
a line for each run, and MNIST the packed digits. Runs that the file holds are not made
again, so a benchmark that was stopped goes on when the command is given again; several
commands may write to files of their own and be joined by ``cat`` if their ``--seeds``
differ. ``python benchmarks/noise_filter.py report RUNS --table TABLE --images FOLDER``
makes the table and the figures.

The setting is that of Gal, Islam and Ghahramani (2017, section 5.1) made cheaper: the
60,000 training images are the pool, 1,000 random ones of which are scored an
acquisition; two images of each digit, labelled rightly, to begin with, then twenty
acquisitions of ten; the network has half the filters of the one of repeated MNIST,
dropout in its dense layers, 50 draws, and is trained from new weights for 200 steps.
Accuracy is that on 2,000 test images. The oracle answers wrongly with the chance
``noise``, and then names each other digit as often. With a filter, an acquisition asks
for up to ten more answers in place of those that it rejects, so that ten are taught.

A seed decides the first labels, which answers are wrong, the pool that is looked at,
and the training: the arms of a seed differ only in what they ask and what they believe.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from noise_filter_report import report
from repeated_mnist import MEAN, STD, Network, append

from skbal import ActiveLearner
from skbal.datasets import fetch_mnist
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import NoisyOracle
from skbal.query import BALD, Random
from skbal.seeding import BalancedSeed

N_TEST, N_INSTANCES, N_DRAWS, N_STEPS = 2_000, 10, 50, 200
ARMS = {
    "BALD": (BALD, None),
    "BALD, dynamic": (BALD, "dynamic"),
    "Random": (Random, None),
    "BALD, 0.1": (BALD, 0.1),
    "BALD, 0.25": (BALD, 0.25),
}
EVERYWHERE = ["BALD, dynamic", "BALD", "Random"]


def plan(noises, seeds):
    """Return all runs, those that matter most first: (arm, noise, seed)."""
    runs = [
        (arm, noise, seed) for seed in seeds for noise in noises for arm in EVERYWHERE
    ]
    if 0.2 in noises:
        runs += [
            (arm, 0.2, seed) for seed in seeds for arm in ("BALD, 0.1", "BALD, 0.25")
        ]
    return runs


def digits(path):
    """Return images and labels to learn from, and those of the test."""
    X, y = fetch_mnist(data_home=path, subset="train", return_X_y=True)
    X_test, y_test = fetch_mnist(data_home=path, subset="test", return_X_y=True)
    return as_images(X), y, as_images(X_test[:N_TEST]), y_test[:N_TEST]


def as_images(X):
    return ((X - MEAN) / STD).reshape(-1, 1, 28, 28)


def one_run(arm, noise, seed, n_queries, data):
    """Return the record of a run: a number a step of each kind."""
    X, y, X_test, y_test = data
    make_strategy, threshold = ARMS[arm]
    label_filter = None
    if threshold is not None:
        label_filter = LabelLikelihoodFilter(threshold, random_state=seed)
    learner = ActiveLearner(
        MCDropoutClassifier(
            Network, n_draws=N_DRAWS, max_steps=N_STEPS, lr=0.003, random_state=seed
        ),
        make_strategy(pool_subsample=1000, random_state=seed),
        label_filter=label_filter,
    )
    first = BalancedSeed(2, random_state=seed).select(X, y)
    learner.fit(X[first], y[first])
    oracle = NoisyOracle(y, noise, random_state=seed)
    loop = ActiveLearningLoop(
        learner,
        X,
        oracle,
        n_queries=n_queries,
        n_instances=N_INSTANCES,
        candidates=np.setdiff1d(np.arange(len(X)), first),
        X_test=X_test,
        y_test=y_test,
    )
    steps = [
        measured(record, oracle.wrong_, learner, loop, n_queries) for record in loop
    ]
    columns = {name: [step[name] for step in steps] for name in steps[0]}
    return {"arm": arm, "noise": noise, "seed": seed, **columns}


def measured(record, wrong, learner, loop, n_queries):
    rejected = np.asarray(record.rejected, dtype=int)
    estimate = getattr(learner.label_filter, "noise_rate_", None)
    threshold = getattr(learner.label_filter, "threshold_", None)
    return {
        "n_labels": record.n_labels,
        "accuracy": round(record.score, 4),
        "wrong": int(wrong[list(record.indices)].sum()),
        "rejected": len(rejected),
        "wrong_rejected": int(wrong[rejected].sum()),
        "noise_rate": None if estimate is None else round(estimate, 4),
        "threshold": None if threshold is None else round(threshold, 5),
    }


def run(options):
    path = Path(options.runs)
    done = set()
    if path.exists():
        lines = map(json.loads, path.read_text().splitlines())
        done = {(line["arm"], line["noise"], line["seed"]) for line in lines}
    missing = [one for one in plan(options.noise, options.seeds) if one not in done]
    data = digits(options.mnist) if missing else None
    for one in missing:
        append(path, one_run(*one, options.queries, data))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    making = commands.add_parser("run")
    making.add_argument("runs")
    making.add_argument("--mnist", required=True)
    making.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    making.add_argument("--noise", type=float, nargs="+", default=[0.2, 0.0, 0.1, 0.3])
    making.add_argument("--queries", type=int, default=20)
    making.set_defaults(command=run)
    reporting = commands.add_parser("report")
    reporting.add_argument("runs")
    reporting.add_argument("--table", required=True)
    reporting.add_argument("--images", required=True)
    reporting.set_defaults(command=report)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
