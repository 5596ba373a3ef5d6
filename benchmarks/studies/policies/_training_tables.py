"""Tables that anybody can make, to train the shipped policy on.

Sixteen are made at random: clouds, half spaces, waves and rules, with few or many
columns and classes, of unequal size, some with labels at random. Three come with
scikit-learn. None of the other fifteen tables of `_tables.py` is among them.
"""

from itertools import count

import numpy as np
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.preprocessing import StandardScaler

N_MADE = 16
OF_BOTH = ("iris", "wine", "digits")  # of this module, and of the study
_FEWEST = 12  # rows of a class


def clouds(rng, X, n_classes):
    """Return rows in one to three clouds for each class, of unequal size and width."""
    n_rows, n_columns = X.shape
    n_clouds = n_classes * int(rng.integers(1, 4))
    far = rng.uniform(1.0, 3.0) * np.sqrt(2 / n_columns)
    centres = far * rng.standard_normal((n_clouds, n_columns))
    cloud = rng.choice(n_clouds, n_rows, p=rng.dirichlet(np.full(n_clouds, 1.5)))
    width = rng.uniform(0.3, 1.0, n_clouds)[cloud]
    return centres[cloud] + X * width[:, np.newaxis], cloud % n_classes


def half_spaces(rng, X, n_classes):
    """Return classes with linear boundaries; some columns are of no use."""
    useful = rng.random((X.shape[1], 1)) < 0.6
    slopes = rng.standard_normal((X.shape[1], n_classes)) * useful
    return X, (X @ slopes + 0.5 * rng.standard_normal(n_classes)).argmax(axis=1)


def waves(rng, X, n_classes, n_waves=60):
    """Return classes that are the largest of smooth random functions."""
    length = rng.uniform(0.6, 2.25) / np.sqrt(X.shape[1])
    directions = length * rng.standard_normal((X.shape[1], n_waves))
    phases = rng.uniform(0, 2 * np.pi, n_waves)
    heights = rng.standard_normal((n_waves, n_classes))
    return X, (np.cos(X @ directions + phases) @ heights).argmax(axis=1)


def rules(rng, X, n_classes):
    """Return classes of the leaves of a random tree, on coarse and skewed columns."""
    is_coarse = rng.random(X.shape[1]) < 0.5
    X = np.where(is_coarse, np.round(1.5 * X), np.exp(X))
    leaf = np.zeros(len(X), dtype=int)
    for depth in range(int(rng.integers(2, 5))):
        for node in np.unique(leaf):
            rows, column = leaf == node, rng.integers(X.shape[1])
            step = np.quantile(X[rows, column], rng.uniform(0.25, 0.75))
            leaf[rows & (X[:, column] > step)] += 2**depth
    names, leaf = np.unique(leaf, return_inverse=True)
    return X, np.resize(rng.permutation(n_classes), len(names))[leaf]


KINDS = (clouds, half_spaces, waves, rules)


def made(number):
    """Return a table that is made at random.

    Parameters
    ----------
    number : int
        Its seed, which also decides the kind.

    Returns
    -------
    X : ndarray of shape (n_rows, n_columns)
        From 300 to 1,600 rows, and from 2 to 15 columns.
    y : ndarray of int of shape (n_rows,)
        At most 6 classes. Classes of fewer than 12 rows are left out, so that there may
        be one class only.
    """
    rng = np.random.default_rng([number, 0])
    shape = int(rng.integers(300, 1600)), int(rng.integers(2, 16))
    n_classes = int(rng.choice([2, 2, 2, 3, 4, 6]))
    X, y = KINDS[number % 4](rng, rng.standard_normal(shape), n_classes)
    at_random = rng.random(len(y)) < rng.choice([0, 0, 0.05, 0.1, 0.2])
    y = np.where(at_random, rng.integers(n_classes, size=len(y)), y)
    kept = np.bincount(y, minlength=n_classes)[y] >= _FEWEST
    return X[kept], np.unique(y[kept], return_inverse=True)[1]


def training_tables():
    """Return the tables that the shipped policy is trained on.

    Returns
    -------
    tables : list of tuple
        Pairs (X, y). Columns have mean 0 and standard deviation 1.
    """
    tables = []
    for number in count():
        X, y = made(number)
        if y.max() > 0:
            tables.append((X, y))
        if len(tables) == N_MADE:
            break
    tables += [load(return_X_y=True) for load in (load_iris, load_wine, load_digits)]
    return [standardised(*table) for table in tables]


def standardised(X, y):
    """Return a table whose columns have mean 0 and standard deviation 1."""
    return StandardScaler().fit_transform(X), y
