"""A network from few labels: MNIST learned by a field, its student, and a CNN alone.

``python -m benchmarks.studies.pool_student.run RUNS.jsonl --mnist mnist.npz`` adds a
line for each repeat and number of labels. A run that was stopped goes on when the
command is given again. ``report.py`` makes the tables.

In each repeat the pool is 10,000 random training images. `ClusterSeed` asks for the
first 12 labels and `ExpectedVarianceReduction` for the others, up to 60. Three models
learn from the same labelled rows and are tested on the 10,000 test images:

- field: `GraphClassifier` with its default parameters, on stroke directions;
- student: an MC-dropout CNN on pixels, taught the field's probabilities of the pool by
  `DistilledClassifier`;
- CNN: the same network with the same number of steps, taught the labels alone.

Beside accuracy, NLL and ECE there is the error of the field in fifths of the test rows,
by the posterior variance of the field, which does not depend on the answers, and by
that of the class probabilities, which does.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist
from skbal.experiments._catalogue._fewlabels import features_of, scores_of
from skbal.features import PoolGraph
from skbal.information import predictive_variance
from skbal.models import DistilledClassifier, GraphClassifier, MCDropoutClassifier
from skbal.query import ExpectedVarianceReduction
from skbal.seeding import ClusterSeed

from .._mnist import Network
from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
LABELS = (12, 30, 60)
N_POOL = 10_000
N_FIFTHS = 5


def network(steps, seed):
    """Return the network."""
    return MCDropoutClassifier(
        Network,
        classes=range(10),  # 12 labels may lack one
        image_shape=(28, 28),
        standardize=True,
        max_steps=steps,
        n_draws=50,
        random_state=seed,
    )


def error_by_variance(field, X, y):
    """Return the error of a field in fifths of the rows, from low to high variance."""
    draws = field.predict_samples(X, 100, random_state=0)
    variances = {
        "field": np.square(field.covariance_factor(X)).sum(axis=1),
        "probabilities": predictive_variance(draws),
    }
    wrong = field.classes_[draws.mean(axis=1).argmax(axis=1)] != y
    return {
        name: [
            float(wrong[rows].mean())
            for rows in np.array_split(np.argsort(variance, kind="stable"), N_FIFTHS)
        ]
        for name, variance in variances.items()
    }


def questions(graph, X, seed):
    """Return the rows to be labelled, in order; they do not depend on the answers."""
    first = ClusterSeed(LABELS[0], graph, random_state=seed).select(X)
    left = np.setdiff1d(np.arange(len(X)), first)
    # The covariance of the field depends on the rows, so any labels will do.
    field = GraphClassifier(graph).fit(X[first], np.arange(len(first)) % 2)
    strategy = ExpectedVarianceReduction(random_state=seed)
    later = left[strategy(field, X[left], n_instances=LABELS[-1] - len(first))]
    return np.concatenate([first, later])


def compare(graph, X, labelled, y, networks, test):
    """Return the scores of field, student and network on the same labelled rows."""
    start = time.perf_counter()
    teacher = GraphClassifier(graph, random_state=0)
    student = DistilledClassifier(teacher, networks, X_pool=X).fit(X[labelled], y)
    taught = time.perf_counter()
    alone = clone(networks).fit(X[labelled], y)
    models = {"field": student.teacher_, "student": student, "CNN": alone}
    return {
        "scores": {name: scores_of(model, *test) for name, model in models.items()},
        "error_by_variance": error_by_variance(student.teacher_, *test),
        "seconds_student": round(taught - start, 1),
        "seconds": round(time.perf_counter() - start, 1),
    }


def run(options):
    if not Path(options.mnist).exists():
        print(f"Skipped: there is no file {options.mnist} with MNIST.")
        return
    (X, y), test = (
        fetch_mnist(data_home=options.mnist, subset=subset, return_X_y=True)
        for subset in ("train", "test")
    )
    done = {(r["repeat"], r["n_labels"]) for r in read(options.runs)}
    for repeat in range(options.repeats):
        left = [n for n in LABELS if (repeat, n) not in done]
        if not left:
            continue
        pool = np.sort(stream(repeat, "pool").permutation(len(y))[:N_POOL])
        graph = PoolGraph(features_of(upright=False), random_state=repeat).fit(X[pool])
        rows = questions(graph, X[pool], repeat)
        for n in left:
            known, networks = y[pool[rows[:n]]], network(options.steps, repeat)
            found = compare(graph, X[pool], rows[:n], known, networks, test)
            append(options.runs, {"repeat": repeat, "n_labels": n, **found})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", default=RUNS)
    parser.add_argument("--mnist", required=True, help="file of the packed digits")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000, help="steps of a network")
    run(parser.parse_args())


if __name__ == "__main__":
    main()
