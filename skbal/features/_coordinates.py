"""The coordinates in which distances between rows of a pool are measured."""

from functools import partial

import numpy as np
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.decomposition import PCA, TruncatedSVD

from skbal._utils.features import as_features, check_powers_finite
from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.random import next_seed
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.walk import gathered, walk

_FITTED_ON = 10_000  # rows: more of them hardly change principal components


class Coordinates:
    """Turns rows into points: features first, then their principal components.

    Parameters
    ----------
    features : transformer, callable or None
        As `PoolGraph` takes it. A transformer is cloned.
    n_components : int or None
        Largest number of principal components. None leaves the features as they are.
    owner : str
        Name of the graph, for messages.

    Attributes
    ----------
    transformer : transformer, callable or None
        The fitted transformer, or what was given.
    projection : PCA, TruncatedSVD or None
        The fitted projection, if one was needed.
    """

    def __init__(self, features, n_components, owner):
        is_function = features is None or not hasattr(features, "transform")
        self.transformer = features if is_function else clone(features)
        self.projection = None
        self._n_components = n_components
        self._owner = owner

    def fit(self, X, rng):
        """Fit the transformer and the projection on at most 10,000 random rows."""
        X, n_samples = sliceable(X), n_rows(X)
        rows = np.arange(n_samples)
        if n_samples > _FITTED_ON:
            rows = np.sort(rng.choice(n_samples, _FITTED_ON, replace=False))
        seed, some = next_seed(rng), take(X, rows)
        if hasattr(self.transformer, "fit"):
            self.transformer.fit(some)
        found = self._features(some)
        if self._n_components is not None and found.shape[1] > self._n_components:
            size = min(self._n_components, min(found.shape))
            self.projection = _projection(found, size, seed)
        return self

    def __call__(self, X, *, batch_size=None, n_jobs=None, verbose=0):
        """Return the points of all rows, ndarray of shape (n_rows, n_coordinates).

        They are read chunk by chunk, so that only the points are held.
        """
        results = walk(
            partial(_points, self),
            X,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        return gathered(results, n_rows(X), "Features")

    def _features(self, X):
        make, n_samples = self.transformer, n_rows(X)
        if make is None:
            what = f"X given to {self._owner}"
            with text_explained(what, f"features={ONE_HOT}"):
                found = as_features(X, n_samples, self._owner, f"rows of {what}")
            check_powers_finite(found, f"rows of {what}")
            return found
        values = make.transform(X) if hasattr(make, "transform") else make(X)
        found = as_features(values, n_samples, self._owner)
        check_powers_finite(found, f"features of {self._owner}")
        return found


def _points(coordinates, X):
    values = coordinates._features(X)
    if coordinates.projection is not None:
        return coordinates.projection.transform(values)
    return values.toarray() if sp.issparse(values) else values


def _projection(features, size, seed):
    # PCA would make a sparse matrix dense to centre it.
    if sp.issparse(features):
        reduction = TruncatedSVD(min(size, features.shape[1] - 1), random_state=seed)
    else:
        reduction = PCA(size, svd_solver="covariance_eigh")
        if features.shape[1] > 2 * len(features):
            reduction = PCA(size, random_state=seed)
    # Rows that are all equal have no variance to divide by.
    with np.errstate(divide="ignore", invalid="ignore"):
        # An array, whatever set_config(transform_output=...) says.
        return reduction.set_output(transform="default").fit(features)
