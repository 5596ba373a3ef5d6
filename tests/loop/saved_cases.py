"""Loops of many kinds, and a program that goes on with those that were saved."""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, BayesianOptimizer
from skbal.features import PoolGraph
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.models import GraphClassifier, MCDropoutClassifier
from skbal.oracles import LabelOracle, NoisyOracle
from skbal.query import (
    BALD,
    DiversityPenalised,
    Margin,
    MaxEntropy,
    PowerBALD,
    PredictiveVariance,
    Random,
)
from skbal.seeding import RandomSeed
from skbal.stopping import PredictionsStable, UncertaintyBelow

X = np.random.default_rng(0).normal(size=(70, 3))
Y = np.array(["cat", "dog", "eel"])[(X[:, 0] > 0.3) + 1 * (X[:, 1] > 0)]
POOL, TEST = slice(0, 50), slice(50, 70)
HELD_OUT = {"X_test": X[TEST], "y_test": Y[TEST]}


def sometimes_silent(rows):
    """Answer all but every third row."""
    return [None if row % 3 == 0 else Y[row] for row in rows]


class Paid(LabelOracle):
    """An oracle whose answers cost 2.5 each, and that leaves some rows unanswered."""

    def answer(self, indices):
        return np.array(sometimes_silent(indices), dtype=object)


def forest(**settings):
    return RandomForestClassifier(n_estimators=8, random_state=0, **settings)


def network(**settings):
    return MCDropoutClassifier(max_steps=6, n_draws=5, random_state=0, **settings)


def labels():
    return LabelOracle(Y[POOL])


# Of each kind: the learner, the oracle, and settings of the loop.
CASES = {
    "a forest": lambda: (
        ActiveLearner(forest(), BALD(random_state=0)), labels(),
        {"initial": RandomSeed(8, random_state=0)},
    ),
    "a batch from a sample": lambda: (
        ActiveLearner(forest(), DiversityPenalised(PowerBALD(random_state=1),
                      pool_subsample=20, random_state=2)), labels(),
        {"initial": range(2, 9), "n_instances": 4, "candidates": np.arange(2, 50)},
    ),
    "a graph": lambda: (
        ActiveLearner(GraphClassifier(PoolGraph(n_neighbors=5, n_components=10,
                      random_state=0), random_state=0), BALD(random_state=0)),
        labels(), {"initial": range(8)},
    ),
    "a graph of its own": lambda: (
        ActiveLearner(GraphClassifier(random_state=0), Margin(random_state=0)),
        labels(), {"initial": range(8)},
    ),
    "a network": lambda: (
        ActiveLearner(network(), BALD(random_state=0)), labels(),
        {"initial": range(8)},
    ),
    "a network that trains on": lambda: (
        ActiveLearner(network(warm_start=True), BALD(random_state=0)), labels(),
        {"initial": range(8)},
    ),
    "a network in a pipeline": lambda: (
        ActiveLearner(make_pipeline(StandardScaler(), network()),
                      BALD(random_state=0)), labels(), {"initial": range(8)},
    ),
    "a pipeline with weights": lambda: (
        ActiveLearner(make_pipeline(StandardScaler(), LogisticRegression()),
                      MaxEntropy(random_state=0)), labels(),
        {"initial": range(8), "sample_weight": 1 + np.arange(50) % 3},
    ),
    "a filter": lambda: (
        ActiveLearner(forest(), Margin(random_state=0),
                      label_filter=LabelLikelihoodFilter("dynamic")),
        NoisyOracle(Y[POOL], noise=0.4, random_state=3),
        {"initial": range(12), "n_instances": 3},
    ),
    "skips and costs": lambda: (
        ActiveLearner(forest(), MaxEntropy(random_state=0)),
        Paid(Y[POOL], cost_per_label=2.5), {"initial": range(9), "n_instances": 3},
    ),
    "one class at first": lambda: (
        ActiveLearner(LogisticRegression(), Margin(random_state=0)), labels(),
        {"initial": np.flatnonzero(Y[POOL] == "eel")[:3], "n_instances": 1},
    ),
    "random streams": lambda: (
        ActiveLearner(forest(), Random(random_state=np.random.RandomState(0))),
        labels(), {"initial": range(8)},
    ),
    "a rule": lambda: (
        ActiveLearner(forest(), BALD(random_state=0)), labels(),
        {"initial": range(8), "stopping": PredictionsStable(
            0.5, n_steps=2, random_state=np.random.default_rng(0))},
    ),
    "a rule that scores": lambda: (
        ActiveLearner(forest(), BALD(random_state=0)), labels(),
        {"initial": range(8), "stopping": UncertaintyBelow(
            0.0, BALD(), n_rows=9, random_state=np.random.default_rng(0))},
    ),
    "rows from elsewhere": lambda: (
        ActiveLearner(forest(), BALD(random_state=0), X_training=X[TEST],
                      y_training=Y[TEST].tolist()), labels(), {},
    ),
    "an optimizer": lambda: (
        BayesianOptimizer(
            GaussianProcessRegressor(RBF(1.0) + WhiteKernel(0.1), random_state=0),
            PredictiveVariance(n_draws=20, random_state=0)),
        LabelOracle(X[POOL].sum(axis=1)),
        {"initial": range(8), "X_test": X[TEST], "y_test": X[TEST].sum(axis=1)},
    ),
}  # fmt: skip


def new_loop(case):
    """Return a loop of some kind that is not started."""
    learner, oracle, settings = CASES[case]()
    usual = {"n_queries": 3, "n_instances": 2, **HELD_OUT}
    return ActiveLearningLoop(learner, X[POOL], oracle, **{**usual, **settings})


def loaded(path, case, with_learner=False):
    """Return the loop in a file, with a pool and an oracle that were made anew."""
    other = new_loop(case)
    return ActiveLearningLoop.load(
        path,
        X[POOL].copy(),
        other.oracle,
        learner=other.learner if with_learner else None,
        X_test=other.X_test,
        y_test=other.y_test,
    )


def go_on(folder):
    """Print the histories of the loops in a folder, each run to its end."""
    histories = {}
    for path in sorted(Path(folder).glob("*.skbal")):
        loop = loaded(path, path.stem.partition("-")[0])
        histories[path.stem] = loop.run().history_.to_records()
    sys.stdout.write(json.dumps(histories))


if __name__ == "__main__":
    go_on(sys.argv[1])
