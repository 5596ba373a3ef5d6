"""The tables of the benchmark: of scikit-learn, made up, and of files of your own.

Tables that are made up have 2,000 rows, or 1,000 for regression, and are the same in
every repeat.
"""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from sklearn import datasets

from skbal._utils.archives import read_arrays

CLASSIFICATION, REGRESSION = "classification", "regression"
IN_FILE, IN_SKLEARN, MADE, OWN = "file", "scikit-learn", "made up", "yours"
FILES = {CLASSIFICATION: "lal_uci.npz", REGRESSION: "uci_regression.npz"}
N_ROWS = 2000
SEED = 0  # of the tables that are made up


@dataclass(frozen=True)
class Table:
    """Rows with their labels, and where they are from.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features), dtype=float64
        The rows.
    y : ndarray of shape (n_samples,)
        Classes, numbered from 0, or numbers.
    source : {"file", "scikit-learn", "made up", "yours"}
        Where they are from. Only the second and the third need no file.
    """

    X: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    source: str


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


def few_columns():
    """Return a linear function of five of twenty columns, with noise."""
    return datasets.make_regression(
        N_ROWS // 2, n_features=20, n_informative=5, noise=20.0, random_state=SEED
    )


def friedman(make, noise):
    """Return one of Friedman's functions, with noise of a standard deviation."""
    return make(n_samples=N_ROWS // 2, noise=noise, random_state=SEED)


def _of_sklearn(load):
    return IN_SKLEARN, partial(load, return_X_y=True)


BUILT_IN = {
    CLASSIFICATION: {
        "iris": _of_sklearn(datasets.load_iris),
        "wine": _of_sklearn(datasets.load_wine),
        "breast cancer": _of_sklearn(datasets.load_breast_cancer),
        "digits": _of_sklearn(datasets.load_digits),
        "moons": (MADE, moons),
        "circles": (MADE, circles),
        "blobs": (MADE, blobs),
        "checkerboard 2x2": (MADE, partial(checkerboard, 2, 0)),
        "checkerboard 4x4": (MADE, partial(checkerboard, 4, 45)),
        "noisy labels": (MADE, noisy_labels),
        "rare class": (MADE, rare_class),
    },
    REGRESSION: {
        "diabetes": _of_sklearn(datasets.load_diabetes),
        "Friedman 1": (MADE, partial(friedman, datasets.make_friedman1, 1.0)),
        "Friedman 2": (MADE, partial(friedman, datasets.make_friedman2, 100.0)),
        "Friedman 3": (MADE, partial(friedman, datasets.make_friedman3, 0.1)),
        "five of twenty": (MADE, few_columns),
    },
}
# The name here, and in the file. Its wdbc is the breast cancer of scikit-learn.
OF_FILE = {
    CLASSIFICATION: {
        "breast cancer, Ljubljana": "breast_cancer",
        "diabetes": "diabetis",
        "solar flares": "flare_solar",
        "German credit": "german",
        "heart": "heart",
        "mushrooms": "mushrooms",
        "waveform": "waveform",
    },
    REGRESSION: {
        "Boston housing": "bostonHousing",
        "concrete": "concrete",
        "energy": "energy",
        "kin8nm": "kin8nm",
        "naval propulsion": "naval_propulsion_plant",
        "power plant": "power_plant",
        "protein": "protein_tertiary_structure",
        "red wine": "wine_quality_red",
        "yacht": "yacht",
    },
}


def known_tables(task):
    """Return the names of all tables of a task, and where each is from.

    Parameters
    ----------
    task : {"classification", "regression"}
        The task.

    Returns
    -------
    sources : dict of str to str
    """
    of_file = dict.fromkeys(OF_FILE[task], IN_FILE)
    return of_file | {name: source for name, (source, _) in BUILT_IN[task].items()}


def load_tables(task, folder=None, names=None):
    """Return tables of the benchmark.

    Parameters
    ----------
    task : {"classification", "regression"}
        The task.
    folder : str or os.PathLike, optional
        The folder of ``lal_uci.npz`` and ``uci_regression.npz``, which hold for each
        table ``NAME__X`` and ``NAME__y``. Without it, or if it lacks the file, there
        are no tables of the file.
    names : list of str, optional
        The tables to return. None returns all that can be had.

    Returns
    -------
    tables : dict of str to Table

    Raises
    ------
    FileNotFoundError
        If a table of the file is named, and the file is not in the folder.
    ValueError
        If the file is damaged.
    """
    path = None if folder is None else Path(folder, FILES[task])
    has_file = path is not None and path.is_file()
    wanted = [*OF_FILE[task], *BUILT_IN[task]] if names is None else names
    tables = {}
    for name in wanted:
        if name in BUILT_IN[task]:
            source, make = BUILT_IN[task][name]
            tables[name] = as_table(*make(), task, source)
        elif has_file:
            tables[name] = _of_file(path, OF_FILE[task][name], task)
        elif names is not None:
            raise FileNotFoundError(
                f"{FILES[task]}, which holds the table {name!r} of benchmark, is not "
                f"in {folder or 'any folder'}. Give its folder as data (--data FOLDER)."
            )
    return tables


def _of_file(path, name, task):
    wanted = [f"{name}__X", f"{name}__y"]
    arrays = read_arrays(path, wanted, "data", lambda heads: None)
    return as_table(*map(arrays.get, wanted), task, IN_FILE)


def as_table(X, y, task, source):
    """Return a table whose classes are numbered, or whose numbers have deviation 1.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        The rows.
    y : array-like of shape (n_samples,)
        Their labels.
    task : {"classification", "regression"}
        The task.
    source : str
        Where the rows are from.

    Returns
    -------
    table : Table
    """
    X, y = np.asarray(X, dtype=np.float64), np.ravel(y)
    if task == CLASSIFICATION:
        return Table(X, np.unique(y, return_inverse=True)[1], source)
    y = y.astype(np.float64)
    return Table(X, (y - y.mean()) / y.std(), source)
