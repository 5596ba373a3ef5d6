"""The critical temperature from few labels, chosen by BALD or at random.

Learning rate, steps and size of a batch were chosen on four other pools of 16 x 16
spins, whose seeds are not among those of the repeats. A first setting (learning rate
0.001, 100 steps, batches of 20), with which BALD did worse, was given up.
"""

from itertools import product

import numpy as np
import torch
from sklearn.isotonic import IsotonicRegression

from skbal import predict_samples
from skbal._utils.random import stream
from skbal.datasets import ising_exact, make_ising
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, Random

CRITICAL = ising_exact(1.0).critical_temperature
LOW, HIGH, N_POOL = 1.0, 3.5, 5000
COLD, HOT = 1.8, 2.9  # "far" answers below and above, and nothing in between
N_FIRST, N_INSTANCES, N_LABELS, N_TEST = 20, 45, 200, 1000
N_DRAWS = 20
STRATEGIES = {"BALD": BALD, "random": Random}
ORACLES = ("knows", "far")
NETWORKS = ("plain", "turned")
LEARNING_RATE, N_STEPS = 0.003, {16: 200, 32: 100}


def images(size, n, seed):
    """Return images (n, 1, size, size) of float32 and their temperatures."""
    spins, each = make_ising(size, np.linspace(LOW, HIGH, n), n, seed)
    return spins[:, np.newaxis].astype(np.float32), each


def answers_of(oracle, temperatures):
    """Return 1 for ordered, 0 for disordered, -1 for no answer."""
    ordered = (temperatures < CRITICAL).astype(int)
    if oracle == "far":
        ordered[(temperatures >= COLD) & (temperatures <= HOT)] = -1
    return ordered


def crossing(temperatures, probabilities):
    """Return the temperature at which the probability of order falls through 1/2.

    The probabilities are first made monotone by isotonic regression. If they stay on
    one side of 1/2, it is an end of the range.
    """
    order = np.argsort(temperatures, kind="stable")
    at = temperatures[order]
    fitted = IsotonicRegression(increasing=False).fit_transform(
        at, probabilities[order]
    )
    n_above = int((fitted >= 0.5).sum())
    if n_above in (0, len(at)):
        return float(at[0] if n_above == 0 else at[-1])
    return float((at[n_above - 1] + at[n_above]) / 2)


def turned(batch):
    """Return images with the sign of each drawn at random: the phase has no sign."""
    return batch * (2 * torch.randint(2, (len(batch), 1, 1, 1)) - 1)


def network(kind, size, seed):
    """Return a network as MCDropoutClassifier makes it, with 8 filters."""
    return MCDropoutClassifier(
        module__n_filters=8,
        lr=LEARNING_RATE,
        max_steps=N_STEPS[size],
        n_draws=N_DRAWS,
        augment=turned if kind == "turned" else None,
        random_state=seed,
    )


def probability_of_order(model, X):
    """Return the mean over draws, (n_samples,)."""
    draws = predict_samples(model, X, N_DRAWS, random_state=0)
    return draws.mean(axis=1)[:, list(model.classes_).index(1)]


def scores_of(model, pool, test, n_answered):
    """Return the crossing in the pool, accuracy on other rows, and the known labels."""
    X, temperatures = test
    ordered = probability_of_order(model, X)
    return {
        "critical": round(crossing(pool[1], probability_of_order(model, pool[0])), 4),
        "accuracy": float(((ordered >= 0.5) == (temperatures < CRITICAL)).mean()),
        "n_answered": n_answered,
    }


def curve(pool, test, kind, oracle, strategy, repeat):
    """Return the scores of a run by number of labels paid for, and the rows asked."""
    X, temperatures = pool
    answers = answers_of(oracle, temperatures)
    asked = list(stream(repeat, "first").permutation(len(X))[:N_FIRST])
    choose = STRATEGIES[strategy](random_state=repeat, pool_subsample=2000)
    scores = {}
    while True:
        known = [row for row in asked if answers[row] >= 0]
        model = network(kind, X.shape[-1], repeat).fit(X[known], answers[known])
        scores[len(asked)] = scores_of(model, pool, test, len(known))
        if len(asked) == N_LABELS:
            return scores, [int(row) for row in asked]
        left = np.setdiff1d(np.arange(len(X)), asked)
        asked.extend(left[choose(model, X[left], n_instances=N_INSTANCES)])


def runs(sizes, kinds, oracles, repeats, done):
    """Give one record per size, repeat, network, oracle and strategy not done yet."""
    for repeat in range(repeats):
        for size in sizes:
            todo = [
                arm
                for arm in product(kinds, oracles, STRATEGIES)
                if (size, repeat, *arm) not in done
            ]
            if not todo:
                continue
            pool = images(size, N_POOL, repeat)
            test = images(size, N_TEST, repeat + 1000)
            for kind, oracle, strategy in todo:
                scores, rows = curve(pool, test, kind, oracle, strategy, repeat)
                yield {
                    "size": size,
                    "repeat": repeat,
                    "network": kind,
                    "oracle": oracle,
                    "strategy": strategy,
                    "scores": scores,
                    "rows": rows,
                }
