"""The sets of the study: images and small tables, halved into a pool and a test set."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal._utils.random import stream
from skbal.datasets import fetch_mnist
from skbal.features import GradientHistograms, PatchFeatures

IMAGES = {
    "digits": "mnist.npz",
    "clothes": "fashion_mnist_h_6k.npz",
    "galaxies": "gz1_small.npz",
    "photographs": "cifar10h_2k.npz",
    "photographs, patches": "cifar10h_2k.npz",
}
TABLES = "lal_uci.npz"
N_DIGITS = 3000  # in the pool, and in the test set


@dataclass(frozen=True)
class Halves:
    """The rows of one repeat, as they are and as features, and their classes."""

    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    points: np.ndarray
    points_test: np.ndarray
    n_classes: int
    n_labels: int


def names_in(folder):
    """Return the names of the sets whose files are in a folder, images first."""
    names = [name for name, file in IMAGES.items() if Path(folder, file).exists()]
    if Path(folder, TABLES).exists():
        keys = np.load(Path(folder, TABLES)).files
        names += sorted(key[:-3] for key in keys if key.endswith("__X"))
    return names


def load(folder, name):
    """Return a function that gives the halves of a repeat."""
    if name == "digits":
        return _Digits(Path(folder, IMAGES[name]))
    if name in IMAGES:
        with np.load(Path(folder, IMAGES[name])) as file:
            X, y = file["X"], file["y"]
        if X.ndim == 4:  # channels first
            X = X.transpose(0, 3, 1, 2)
        images = GradientHistograms()
        if name.endswith("patches"):
            images = PatchFeatures(mirror=True, random_state=0)
        return _RandomHalves(X, y, images)
    with np.load(Path(folder, TABLES)) as file:
        return _RandomHalves(file[f"{name}__X"], file[f"{name}__y"], None)


class _Digits:
    """Random training images as pool, random images of the test set as test set."""

    def __init__(self, path):
        self.parts = [
            fetch_mnist(data_home=path, subset=subset, return_X_y=True)
            for subset in ("train", "test")
        ]

    def __call__(self, repeat):
        halves = []
        for (X, y), key in zip(self.parts, ("pool", "test")):
            rows = np.sort(stream(repeat, key).permutation(len(y))[:N_DIGITS])
            halves += [X[rows].reshape(-1, 28, 28), y[rows]]
        return _with_features(*halves, GradientHistograms())


class _RandomHalves:
    """Half of the rows as pool, the others as test set."""

    def __init__(self, X, y, images):
        self.X, self.y = X, np.unique(y, return_inverse=True)[1]
        self.images = images

    def __call__(self, repeat):
        order = stream(repeat, "pool").permutation(len(self.y))
        pool, test = (np.sort(part) for part in np.array_split(order, 2))
        halves = self.X[pool], self.y[pool], self.X[test], self.y[test]
        return _with_features(*halves, self.images)


def _with_features(X, y, X_test, y_test, images):
    """Return halves; ``images`` is a transformer of images, None for a table."""
    features = StandardScaler()
    if images is not None:
        features = make_pipeline(images, PCA(60, random_state=0))
    points = features.fit_transform(X)
    n_classes = 1 + max(y.max(), y_test.max())
    n_labels = min(100, len(y) // 2)
    halves = X, y, X_test, y_test, points, features.transform(X_test)
    return Halves(*halves, int(n_classes), n_labels)
