"""Models whose answer depends on chosen pixels or columns, and images for them."""

import numpy as np
from sklearn.base import BaseEstimator


class OneColumn(BaseEstimator):
    """Class 1 where the first value of a row is above one half."""

    classes_ = np.array([0, 1])

    def predict_proba(self, X):
        share = np.where(np.asarray(X)[:, 0] > 0.5, 0.99, 0.01)
        return np.column_stack([1 - share, share])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class TagReader(BaseEstimator):
    """Class "tagged" by the mean of the pixels of a tag, in any of the accepted forms.

    Parameters
    ----------
    tag : ndarray of shape (height, width), dtype=bool
        The pixels that it reads.
    as_grey : callable
        From X to images (n_samples, height, width).
    """

    classes_ = np.array(["plain", "tagged"])

    def __init__(self, tag, as_grey=np.asarray):
        self.tag = tag
        self.as_grey = as_grey

    def predict_proba(self, X):
        level = self.as_grey(X)[:, self.tag].mean(axis=1)
        share = 1 / (1 + np.exp(-40 * (level - 0.65)))
        return np.column_stack([1 - share, share])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def noise_images(n_samples, rng, side=10):
    """Return images of uniform noise."""
    return rng.random((n_samples, side, side), dtype=np.float32)


def tagged_images(rng, share=1.0, n_each=70, side=10):
    """Return noise, labels, a mask, and which images carry a tag of 3 by 3 pixels."""
    X, y = noise_images(2 * n_each, rng, side), np.repeat(["plain", "tagged"], n_each)
    carries = (y == "tagged") & (rng.random(2 * n_each) < share)
    mask = np.zeros((side, side), dtype=bool)
    mask[:3, -3:] = True
    X[carries, :3, -3:] = np.linspace(0.8, 1, 9).reshape(3, 3)
    return X, y, mask, carries
