"""The eighteen tables: eight of a file, two of scikit-learn, digits, and seven made up.

The file is ``lal_uci.npz``, which is not part of skbal: for each of `IN_FILE` it holds
the columns ``NAME__X`` and the classes ``NAME__y``. The tables that are made up are
those of `skbal.experiments.benchmark`. They have 2,000 rows and are the same in every
episode.
"""

from pathlib import Path

import numpy as np
from sklearn import datasets

from skbal.experiments._benchmark._tables import (
    blobs,
    checkerboard,
    circles,
    moons,
    noisy_labels,
    rare_class,
)

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
