"""BALD with a penalty for similarity within a batch: Figure 7, also with near-copies.

A seed decides the pool, the first labels and, at each number of labels, the training.
So the arms of a seed differ only in what they ask.
"""

from collections import Counter

import numpy as np

from skbal._utils.random import stream
from skbal._utils.threads import one_thread
from skbal.datasets import make_repeated
from skbal.experiments._catalogue._uncertainty2025._rows import rows_of, small_network
from skbal.query import BALD, DiversityPenalised, PowerBALD, Random
from skbal.seeding import BalancedSeed

COPY_NOISE = 0.1


def penalised(unit, strategy, n_repeats):
    """Return the run of a strategy on a pool with or without copies.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have the size of the run.
    strategy : dict or str
        Parameters of `DiversityPenalised`, or the name of another strategy.
    n_repeats : int
        Number of copies of each image in the pool, each with noise. 1 has none.

    Returns
    -------
    result : dict
        For each step, the number of labels, the score, the rows asked about next, and
        how many of them share their image with another one.
    """
    X, y, image, X_test, y_test = _pool(unit, n_repeats)
    settings, seed = unit.settings, unit.seed
    first = BalancedSeed(settings["n_per_class"], random_state=seed)
    labelled = first.select(y, y)
    steps = []
    for _ in range(settings["n_queries_penalty"] + 1):
        key = len(labelled)
        net = _network(unit, key)
        with one_thread(net):
            net.fit(X[labelled], y[labelled])
            score = net.score(X_test, y_test)
            left = np.setdiff1d(np.arange(len(X)), labelled)
            query = _strategy(strategy, _seed(seed, "query", key))
            chosen = left[query(net, X[left], n_instances=settings["n_instances"])]
        steps.append((key, round(score, 4), chosen.tolist(), alike(image[chosen])))
        labelled = np.append(labelled, chosen)
    names = ("n_labels", "score", "queried", "alike")
    return {name: list(column) for name, column in zip(names, zip(*steps))}


def _pool(unit, n_repeats):
    X, y, X_test, y_test = rows_of(unit)
    seed = unit.seed
    n_images = min(unit.settings["n_rows_penalty"], len(X)) // n_repeats
    images = stream(seed, "images").permutation(len(X))[:n_images]
    X, y, image = X[images], y[images], images
    if n_repeats > 1:
        X, y, index = make_repeated(
            X, y, n_repeats, COPY_NOISE, random_state=seed, return_index=True
        )
        image = images[index]
    return X, y, image, X_test, y_test


def _network(unit, key):
    settings = unit.settings
    seed = _seed(unit.seed, "training", key)
    return small_network(
        unit, settings["max_steps_penalty"], settings["lr_penalty"], seed
    )


def _strategy(strategy, seed):
    if strategy == "PowerBALD":
        return PowerBALD(beta=4, random_state=seed)
    if strategy == "Random":
        return Random(random_state=seed)
    return DiversityPenalised(BALD(random_state=seed), random_state=seed, **strategy)


def _seed(*keys):
    return int(stream(*keys).integers(2**32))


def alike(images):
    """Return how many rows share their image with another one.

    Parameters
    ----------
    images : iterable of int
        The image of each row.

    Returns
    -------
    n_alike : int

    Examples
    --------
    >>> alike([4, 7, 4, 9, 4])
    3
    """
    counts = Counter(int(image) for image in images).values()
    return sum(count for count in counts if count > 1)
