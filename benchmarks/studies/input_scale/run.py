"""Test scores of the default networks with rows as they are and standardized.

``python -m benchmarks.studies.input_scale.run [FOLDER]``, where FOLDER holds packed
sets: ``lal_uci.npz`` and ``uci_regression.npz`` (``SET__X``, ``SET__y``), and images
``X`` with classes ``y`` in ``gz1_small.npz``, ``cifar10h_2k.npz`` and ``mnist.npz``.
Without it, the digits of scikit-learn are the only set.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.base import is_classifier
from sklearn.datasets import load_digits

from skbal.models import MCDropoutClassifier, MCDropoutRegressor

REPEATS = 3
CLASSES = ("wdbc", "diabetis", "heart", "german", "waveform", "mushrooms")
NUMBERS = ("bostonHousing", "concrete", "energy", "yacht")


def score(model, X, y, n_labels, seed):
    """Return the score on up to 1,000 rows of a model fitted to others."""
    order = np.random.default_rng(seed).permutation(len(X))
    train, test = order[:n_labels], order[n_labels:][-1000:]
    if is_classifier(model) and len(np.unique(y[train])) < 2:
        return np.nan
    model.set_params(random_state=seed, n_draws=30).fit(X[train], y[train])
    return model.score(X[test], y[test])


def compare_scales(name, model, X, y, n_labels=(50, 200)):
    """Print the mean scores without and with `standardize`."""
    for n in n_labels:
        means = [
            np.nanmean(
                [
                    score(model.set_params(standardize=how), X, y, n, seed)
                    for seed in range(REPEATS)
                ]
            )
            for how in (False, True)
        ]
        print(f"{name:24} {n:4} labels  {means[0]:8.3f} {means[1]:8.3f}", flush=True)


def images(folder):
    """Yield names, images with channels first, classes and scales of packed sets."""
    packed = np.load(folder / "gz1_small.npz")
    cut, y = packed["X"][:, None, 8:-8, 8:-8] / 255, packed["y"] != 0
    yield "galaxies", cut, y
    yield "galaxies, faint", 0.14 * cut, y
    packed = np.load(folder / "cifar10h_2k.npz")
    yield "photographs", packed["X"].transpose(0, 3, 1, 2) / 255, packed["y"]
    packed = np.load(folder / "mnist.npz")
    yield (
        "digits, 0 to 1",
        packed["X_train"][:5000, None] / 255,
        packed["y_train"][:5000],
    )
    yield "digits, 0 to 255", packed["X_train"][:5000, None], packed["y_train"][:5000]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    print("mean test score: as they are, standardized")
    X, y = load_digits(return_X_y=True)
    classifier = MCDropoutClassifier()
    for scale in (1, 16):
        compare_scales(f"8x8 digits / {scale}", classifier, X / scale, y)
        square = MCDropoutClassifier(image_shape=(8, 8))
        compare_scales(f"8x8 digits / {scale}, CNN", square, X / scale, y)
    if folder is None:
        return
    for name in CLASSES:
        packed = np.load(folder / "lal_uci.npz")
        compare_scales(name, classifier, packed[f"{name}__X"], packed[f"{name}__y"])
    for name in NUMBERS:
        packed = np.load(folder / "uci_regression.npz")
        X, y = packed[f"{name}__X"], packed[f"{name}__y"]
        compare_scales(name, MCDropoutRegressor(), X, y)
    for name, X, y in images(folder):
        compare_scales(name, classifier, X, y)


if __name__ == "__main__":
    main()
