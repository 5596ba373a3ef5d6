"""How often `leakage_check` finds copies, and how often it raises a false alarm.

``python -m benchmarks.studies.audit_leakage.run [FOLDER] [--seeds 20] [--rows 2000]``.
FOLDER holds the images ``X`` in ``mnist.npz`` (``X_train``), ``gz1_small.npz`` and
``fashion_mnist_h_6k.npz``, and the tables ``SET__X`` in ``uci_regression.npz``. Without
it, the digits of scikit-learn are the only set. A fifth of the rows are test rows. In
each of the runs but the clean ones, 8 of them become copies of training rows.

With so much noise that other rows are as near as the copy, nobody can find it. So the
median distance of the copies is printed, too, as a share of that of the nearest other
row of each, in pixels or in columns of standard deviation 1.

``--artefacts`` instead trains models on simulations with and without an artefact, and
prints their errors on the simulation and on the sky.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.audit import leakage_check
from skbal.datasets import make_artefact_galaxies

N_LEAKED = 8
# The key of the images in each file.
IMAGES = {"mnist": "X_train", "gz1_small": "X", "fashion_mnist_h_6k": "X"}
TABLES = (
    "concrete",
    "energy",
    "kin8nm",
    "naval_propulsion_plant",
    "power_plant",
    "wine_quality_red",
)
SETS = (*IMAGES, *TABLES)
OF_TABLES = ("clean", "exact", "noise", "rounded")
OF_IMAGES = (*OF_TABLES, "moved", "mirrored", "brighter", "moved, noise")
NOISE_OF_IMAGES = (0.02, 0.05, 0.1)  # of the brightest pixel
NOISE_OF_TABLES = (0.0001, 0.001, 0.01)  # of the standard deviation of each column


def copies(rows, kind, noise, rng):
    """Return copies of rows. Noise has the unit of pixels in [0, 1], or of columns."""
    if "moved" in kind:
        rows = np.roll(rows, (1, -1), (1, 2))
    if kind == "mirrored":
        rows = rows[:, :, ::-1]
    if kind == "brighter":
        rows = 0.8 * rows + 0.05
    if kind == "rounded":
        rows = np.round(15 * rows) / 15 if rows.ndim == 3 else three_digits(rows)
    if "noise" in kind:
        rows = rows + noise * rng.normal(size=rows.shape)
    return rows


def three_digits(rows):
    """Return rows with three significant digits."""
    size = 10.0 ** np.floor(np.log10(np.abs(np.where(rows == 0, 1, rows))))
    return np.round(rows / size, 2) * size


def one_run(X, kind, noise, n_rows, seed):
    """Return the concern, the share of leaked rows found, how many pairs, and how near.

    Parameters
    ----------
    X : ndarray of shape (n, height, width) or (n, n_features)
        All rows of the set.
    kind : str
        One of ``OF_IMAGES``.
    noise : float or ndarray of shape (n_features,)
        Standard deviation of noise, in the units of X.
    n_rows : int
        Number of rows that are used.
    seed : int
        Seed of everything.

    Returns
    -------
    concern : bool or None
    found : float
        Share of the leaked rows that are listed beside their training rows.
    n_listed : int
        Number of pairs.
    nearness : float
        Median distance of the copies, as a share of that of the nearest other row.
    """
    rng = np.random.default_rng(seed)
    X = X[rng.permutation(len(X))[:n_rows]]
    n_test = len(X) // 5
    train, test = X[n_test:], X[:n_test].copy()
    source = rng.choice(len(train), N_LEAKED, replace=False)
    nearness = np.nan
    if kind != "clean":
        test[:N_LEAKED] = copies(train[source], kind, noise, rng)
        nearness = distance_ratio(X, train[source], test[:N_LEAKED])
    found = leakage_check(train, test, random_state=seed)
    pairs = set(zip(found.train_rows.tolist(), found.test_rows.tolist()))
    right = len(pairs & set(zip(source.tolist(), range(N_LEAKED))))
    return found.concern, right / N_LEAKED, len(found.kind), nearness


def distance_ratio(X, originals, copied):
    """Return the median distance of copies over that of the nearest different row."""
    spread = X.std(axis=0) if X.ndim == 2 else np.ones(X.shape[1:])
    scale = np.where(spread > 0, spread, 1)
    X, originals, copied = (
        (rows / scale).reshape(len(rows), -1) for rows in (X, originals, copied)
    )
    X = np.unique(X, axis=0)
    search = NearestNeighbors(n_neighbors=2).fit(X)
    nearest = search.kneighbors(originals)[0][:, 1]  # after the row itself
    return np.median(np.linalg.norm(copied - originals, axis=1) / nearest)


def sets(folder, names=SETS):
    """Yield the name, rows, kinds of copies, levels of noise, and its unit of sets."""
    if folder is None:
        yield "digits", load_digits().images / 16, OF_IMAGES, NOISE_OF_IMAGES, 1.0
        return
    for name, key in IMAGES.items():
        if name in names:
            X = np.load(folder / f"{name}.npz")[key] / np.float32(255)
            yield name, X, OF_IMAGES, NOISE_OF_IMAGES, 1.0
    tables = np.load(folder / "uci_regression.npz")
    for name in TABLES:
        if name in names:
            X = tables[f"{name}__X"].astype(np.float64)
            yield name, X, OF_TABLES, NOISE_OF_TABLES, X.std(axis=0)


def leaks(folder, n_seeds, n_rows, chosen=OF_IMAGES, names=SETS, noise=None):
    """Print one line for each set, each chosen kind of copies and each noise."""
    print("set, copies: concern is True, None; copies found, pairs listed, nearness")
    for name, X, kinds, levels, unit in sets(folder, names):
        for kind in kinds:
            if kind not in chosen:
                continue
            for level in (noise or levels) if "noise" in kind else (0,):
                runs = [
                    one_run(X, kind, level * unit, n_rows, seed)
                    for seed in range(n_seeds)
                ]
                concerns = [run[0] for run in runs]
                found, listed, nearness = np.mean([run[1:] for run in runs], axis=0)
                what = f"{kind} {level:g}" if level else kind
                print(
                    f"{name:24} {what:18} {concerns.count(True) / n_seeds:5.2f} "
                    f"{concerns.count(None) / n_seeds:5.2f}   {found:5.2f} "
                    f"{listed:6.1f} {nearness:6.2f}",
                    flush=True,
                )


def artefacts(n_seeds, n_rows):
    """Print the errors of a linear model on the simulation and on the sky."""
    print("artefact: error on the simulation, on the sky; runs where the sky is worse")
    for artefact, strength in (("edge", 3.0), ("noise", 5.0), ("edge", 0.0)):
        errors = []
        for seed in range(n_seeds):
            galaxies = make_artefact_galaxies(
                n_rows, 16, seed, artefact=artefact, strength=strength
            )
            half = n_rows // 2
            # Noise shows in the squares of pixels only.
            sky, X = (np.hstack([x, x**2]) for x in (galaxies.sky_data, galaxies.data))
            model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01))
            model.fit(X[:half], galaxies.target[:half])
            test = 1 - model.score(X[half:], galaxies.target[half:])
            errors.append((test, 1 - model.score(sky, galaxies.sky_target)))
        test, sky = np.array(errors).T
        standard_error = np.sqrt(test * (1 - test) / half + sky * (1 - sky) / n_rows)
        worse = np.mean(sky - test > 2 * standard_error)
        print(
            f"{artefact} {strength:g}: {test.mean():.3f} {sky.mean():.3f} {worse:.2f}",
            flush=True,
        )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--kinds", nargs="+", choices=OF_IMAGES, default=OF_IMAGES)
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--noise", nargs="+", type=float)
    parser.add_argument("--artefacts", action="store_true")
    options = parser.parse_args(arguments)
    if options.artefacts:
        artefacts(options.seeds, options.rows)
    else:
        leaks(
            options.folder,
            options.seeds,
            options.rows,
            options.kinds,
            options.sets,
            options.noise,
        )


if __name__ == "__main__":
    main()
