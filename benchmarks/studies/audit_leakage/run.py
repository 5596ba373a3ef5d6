"""How often `leakage_check` finds copies, and how often it raises a false alarm.

``python -m benchmarks.studies.audit_leakage.run [FOLDER] [--seeds 20] [--rows 2000]``.
FOLDER holds the images ``X`` in ``mnist.npz`` (``X_train``), ``gz1_small.npz`` and
``fashion_mnist_h_6k.npz``, and the tables ``SET__X`` in ``uci_regression.npz``. Without
it, the digits of scikit-learn are the only set. A fifth of the rows are test rows. In
each of the runs but the clean ones, 2% of them become copies of training rows.

``--artefacts`` instead trains models on simulations with and without an artefact, and
prints their errors on the simulation and on the sky.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.audit import leakage_check
from skbal.datasets import make_artefact_galaxies

SHARE = 0.02  # of the test rows
IMAGES = {  # the key of the images, and the noise of copies
    "mnist": ("X_train", 0.1),
    "gz1_small": ("X", 0.02),
    "fashion_mnist_h_6k": ("X", 0.05),
}
TABLES = (
    "concrete",
    "energy",
    "kin8nm",
    "naval_propulsion_plant",
    "power_plant",
    "wine_quality_red",
)
OF_IMAGES = ("clean", "exact", "noise", "moved", "mirrored", "brighter", "moved, noise")
OF_TABLES = ("clean", "exact", "noise")


def copies(rows, kind, noise, rng):
    """Return copies of rows. Noise has the unit of pixels in [0, 1], or of columns."""
    if "moved" in kind:
        rows = np.roll(rows, (1, -1), (1, 2))
    if kind == "mirrored":
        rows = rows[:, :, ::-1]
    if kind == "brighter":
        rows = 0.8 * rows + 0.05
    if "noise" in kind:
        rows = rows + noise * rng.normal(size=rows.shape)
    return rows


def one_run(X, kind, noise, n_rows, seed):
    """Return the concern, and the share of leaked rows that are found as such."""
    rng = np.random.default_rng(seed)
    X = X[rng.permutation(len(X))[:n_rows]]
    n_test = len(X) // 5
    train, test = X[n_test:], X[:n_test].copy()
    n_leaked = max(1, round(SHARE * n_test))
    source = rng.choice(len(train), n_leaked, replace=False)
    if kind != "clean":
        test[:n_leaked] = copies(train[source], kind, noise, rng)
    found = leakage_check(train, test, random_state=seed)
    pairs = set(zip(found.train_rows.tolist(), found.test_rows.tolist()))
    right = len(pairs & set(zip(source.tolist(), range(n_leaked))))
    return found.concern, right / n_leaked, len(found.kind)


def sets(folder):
    """Yield the name, the rows, the kinds of copies and the noise of each set."""
    if folder is None:
        yield "digits", load_digits().images / 16, OF_IMAGES, 0.05
        return
    for name, (key, noise) in IMAGES.items():
        X = np.load(folder / f"{name}.npz")[key] / np.float32(255)
        yield name, X, OF_IMAGES, noise
    tables = np.load(folder / "uci_regression.npz")
    for name in TABLES:
        X = tables[f"{name}__X"].astype(np.float64)
        yield name, X, OF_TABLES, 0.01 * X.std(axis=0)


def leaks(folder, n_seeds, n_rows, chosen=OF_IMAGES):
    """Print one line for each set and each of the chosen kinds of copies."""
    print("set, copies: share of runs with concern, without an answer; pairs found")
    for name, X, kinds, noise in sets(folder):
        for kind in kinds:
            if kind not in chosen:
                continue
            runs = [one_run(X, kind, noise, n_rows, seed) for seed in range(n_seeds)]
            concerns = [run[0] for run in runs]
            found, listed = np.mean([run[1:] for run in runs], axis=0)
            n = len(runs)
            print(
                f"{name:24} {kind:12} {concerns.count(True) / n:5.2f} "
                f"{concerns.count(None) / n:5.2f}   {found:5.2f} found, "
                f"{listed:6.1f} listed",
                flush=True,
            )


def artefacts(n_seeds, n_rows):
    """Print the errors of a linear model on the simulation and on the sky."""
    print("artefact: error on the simulation, on the sky; runs where the sky is worse")
    for artefact, strength in (("edge", 3.0), ("noise", 3.0), ("edge", 0.0)):
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
    parser.add_argument("--artefacts", action="store_true")
    options = parser.parse_args(arguments)
    if options.artefacts:
        artefacts(options.seeds, options.rows)
    else:
        leaks(options.folder, options.seeds, options.rows, options.kinds)


if __name__ == "__main__":
    main()
