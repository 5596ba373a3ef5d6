"""Classifiers that say chosen probabilities, for the tests of the filters."""

import numpy as np


class Table:
    """Probabilities looked up by the number of the row, which is its only feature.

    It makes no draws, has no fit and no tags.
    """

    def __init__(self, probabilities, classes=None):
        self.probabilities = np.asarray(probabilities, dtype=float)
        n_classes = self.probabilities.shape[-1]
        self.classes_ = np.arange(n_classes) if classes is None else np.array(classes)

    def predict_proba(self, X):
        return self.probabilities[np.asarray(X)[:, 0].astype(int)]


class DrawsTable(Table):
    """Draws looked up in a table of shape (n_rows, n_draws, n_classes)."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        return self.probabilities[np.asarray(X)[:, 0].astype(int), :n_draws]

    def predict_proba(self, X):
        raise AssertionError("draws were there")


def numbered(n_rows):
    """Return rows that are their own numbers."""
    return np.arange(n_rows, dtype=float)[:, np.newaxis]


def predictives(n_answers, n_classes, rng, concentration=0.3):
    """Return what a model said of rows: some are clear to it, some are not."""
    return rng.dirichlet(np.full(n_classes, concentration), n_answers)


def drawn_labels(probabilities, rng):
    """Return a label a row with these probabilities."""
    edges = probabilities.cumsum(axis=1) / probabilities.sum(axis=1, keepdims=True)
    return (rng.random((len(edges), 1)) > edges).sum(axis=1)


def with_noise(labels, noise, n_classes, rng):
    """Return the labels, a share of them changed to another class."""
    change = rng.random(len(labels)) < noise
    others = (labels + rng.integers(1, n_classes, len(labels))) % n_classes
    return np.where(change, others, labels)
