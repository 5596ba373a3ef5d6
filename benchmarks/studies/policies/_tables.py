"""The eighteen tables: eight of a file, two of scikit-learn, digits, and seven made up.

The file is ``lal_uci.npz``, which is not part of skbal: for each of `IN_FILE` it holds
the columns ``NAME__X`` and the classes ``NAME__y``. The tables that are made up have
2,000 rows and are the same in every episode.
"""

from pathlib import Path

import numpy as np
from sklearn import datasets

FILE = "lal_uci.npz"
IN_FILE = (
    "breast_cancer",
    "diabetis",
    "flare_solar",
    "german",
    "heart",
    "mushrooms",
    "waveform",
    "wdbc",
)
N_ROWS = 2000
SEED = 0  # of the tables that are made up


def moons():
    """Return two half circles that touch."""
    return datasets.make_moons(N_ROWS, noise=0.2, random_state=SEED)


def circles():
    """Return a ring around a disc."""
    return datasets.make_circles(N_ROWS, noise=0.1, factor=0.5, random_state=SEED)


def blobs():
    """Return five overlapping clouds, the largest of 1,000 rows, the smallest of 60."""
    sizes = [1000, 500, 300, 140, 60]
    return datasets.make_blobs(sizes, n_features=4, cluster_std=4.0, random_state=SEED)


def checkerboard(n_fields, degrees):
    """Return the two colours of a board of n_fields by n_fields, turned by an angle."""
    points = np.random.default_rng(SEED).uniform(0, n_fields, size=(N_ROWS, 2))
    y = np.floor(points).astype(int).sum(axis=1) % 2
    angle = np.deg2rad(degrees)
    turn = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return (points - n_fields / 2) @ np.transpose(turn), y


def noisy_labels():
    """Return twenty columns, ten of them of use, and a tenth of labels at random."""
    return datasets.make_classification(
        N_ROWS,
        n_features=20,
        n_informative=5,
        n_redundant=5,
        flip_y=0.1,
        random_state=SEED,
    )


def rare_class():
    """Return two classes, of which one has a twentieth of the rows."""
    return datasets.make_classification(
        N_ROWS,
        n_features=10,
        n_informative=5,
        n_redundant=0,
        weights=[0.95],
        flip_y=0.0,
        random_state=SEED,
    )


MADE = {
    "iris": lambda: datasets.load_iris(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "moons": moons,
    "circles": circles,
    "blobs": blobs,
    "checkerboard 2x2": lambda: checkerboard(2, 0),
    "checkerboard 4x4": lambda: checkerboard(4, 45),
    "noisy labels": noisy_labels,
    "rare class": rare_class,
}
TABLES = (*IN_FILE, *MADE)


def there(data):
    """Return the names of the tables that can be had.

    Parameters
    ----------
    data : path or None
        The folder of the file; None if there is none.

    Returns
    -------
    names : list of str
        In the order of `TABLES`.
    """
    has_file = data is not None and Path(data, FILE).exists()
    return [name for name in TABLES if name in MADE or has_file]


def load(name, data=None):
    """Return a table.

    Parameters
    ----------
    name : str
        One of `TABLES`.
    data : path, optional
        The folder of the file, for the tables of `IN_FILE`.

    Returns
    -------
    X : ndarray of shape (n_rows, n_columns), dtype=float64
    y : ndarray of int of shape (n_rows,)
        Classes, numbered from 0.
    """
    if name in MADE:
        X, y = MADE[name]()
    else:
        with np.load(Path(data, FILE)) as file:
            X, y = file[f"{name}__X"], file[f"{name}__y"]
    return np.asarray(X, dtype=np.float64), np.unique(y, return_inverse=True)[1]
