"""Wrong answers and a filter that looks for them: BALD and random on noisy MNIST.

``python -m benchmarks.studies.noise_filter.run RUNS.jsonl --mnist MNIST``, where MNIST
is the packed digits, adds a line for each run. Runs that the file holds are not made
again, so a study that was stopped goes on when the command is given again. Several
commands may write to files of their own, to be joined by ``cat``, if their ``--seeds``
differ. ``report.py`` makes the table and the figures.

The setting is that of Gal, Islam and Ghahramani (2017, section 5.1) made cheaper. The
60,000 training images are the pool, and an acquisition scores 1,000 random ones. It
begins with two correct labels of each digit, followed by twenty acquisitions of ten.
The network has half the filters of the one of repeated MNIST, dropout in its dense
layers and 50 draws. It is trained from new weights for 200 steps. Accuracy is that on
2,000 test images. The oracle answers wrongly with probability ``noise``, and then names
each other digit equally often. With a filter, an acquisition asks for up to ten more
answers in place of those that it rejects, so that ten are taught.

A seed decides the first labels, which answers are wrong, which rows of the pool are
scored, and the training. So the arms of a seed differ only in what they ask and what
they believe.
"""

import argparse
from pathlib import Path

import numpy as np

from skbal import ActiveLearner
from skbal.datasets import fetch_mnist
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutClassifier
from skbal.oracles import NoisyOracle
from skbal.query import BALD, Random
from skbal.seeding import BalancedSeed

from .._mnist import Network, as_images
from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
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
    """Return all runs as (arm, noise, seed), the most important ones first."""
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


def one_run(arm, noise, seed, n_queries, data):
    """Return the record of a run: for each quantity one number per step."""
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
    done = {(r["arm"], r["noise"], r["seed"]) for r in read(options.runs)}
    missing = [one for one in plan(options.noise, options.seeds) if one not in done]
    data = digits(options.mnist) if missing else None
    for one in missing:
        append(options.runs, one_run(*one, options.queries, data))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--mnist", required=True, help="file of the packed digits")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--noise", type=float, nargs="+", default=[0.2, 0.0, 0.1, 0.3])
    parser.add_argument("--queries", type=int, default=20)
    run(parser.parse_args())


if __name__ == "__main__":
    main()
