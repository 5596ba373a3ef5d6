"""Features of rows for clusters, before there is a model."""

from functools import partial

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import PCA

from skbal._utils.arrays import as_array
from skbal._utils.features import as_features
from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.rows import RowsView
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.validation import check_count
from skbal._utils.walk import gathered, walk

_COMPONENTS = 50  # the default number


def features_of(X, rows, features, owner):
    """Return the features of some rows of a pool, read chunk by chunk.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...)
        The pool, of any kind.
    rows : ndarray of shape (n_rows,), dtype=intp
        Indices of the rows.
    features : {"input", "pca"}, callable or array-like of shape (n_samples, ...)
        For "input" and "pca", the flattened rows are returned, otherwise the result of
        the function or the given features.
    owner : str
        Name of the seed, for messages.

    Returns
    -------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        float32 or float64.

    Raises
    ------
    TypeError, ValueError
        If ``features`` is something else, does not have one row per row of X, or is not
        finite.
    """
    if callable(features) or isinstance(features, str):
        return _made(X, rows, _maker(features, owner), owner)
    if features is None:
        raise TypeError(_must_be(features, owner))
    given = features.tocsr() if sp.issparse(features) else np.asarray(features)
    if given.ndim == 0:
        raise TypeError(_must_be(features, owner))
    if given.shape[0] != n_rows(X):
        raise ValueError(
            f"features of {owner} must have a row for each of the {n_rows(X)} rows of "
            f"X, got shape {given.shape}."
        )
    return as_features(given[rows], len(rows), owner)


def principal_components(features, n_components, seed, owner):
    """Return the first principal components of rows.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.
    n_components : int or None
        Number of components. None takes 50, or all if there are fewer.
    seed : int
        Seeds the randomized solver.
    owner : str
        Name of the seed, for the message.

    Returns
    -------
    components : ndarray of shape (n_rows, n_components)

    Raises
    ------
    ValueError
        If there are fewer components.
    """
    # The solver for sparse matrices does not find the last component.
    most = max(min(features.shape) - sp.issparse(features), 1)
    if n_components is None:
        n_components = min(_COMPONENTS, most)
    size = check_count(n_components, "n_components", owner)
    if size > most:
        raise ValueError(
            f"n_components of {owner} is {size}, but {features.shape[0]} rows of "
            f"{features.shape[1]} features have only {most}."
        )
    # Equal rows have no variance, so PCA divides by 0 for its explained variance.
    with np.errstate(divide="ignore", invalid="ignore"):
        reduction = PCA(size, random_state=seed)
        # An array, whatever set_config(transform_output=...) says.
        return reduction.set_output(transform="default").fit_transform(features)


def _maker(features, owner):
    if callable(features):
        return features
    if features not in ("input", "pca"):
        raise ValueError(_must_be(features, owner))
    return None


def _must_be(features, owner):
    return (
        f"features of {owner} must be 'input', 'pca', a function of rows, or an array "
        f"with a row for each row of X, got {features!r}."
    )


def _made(X, rows, make, owner):
    X = RowsView(sliceable(X), rows, take)
    results = walk(partial(_features_of_rows, make, owner), X, n_jobs=1)
    return gathered(results, len(rows), "Features")


def _features_of_rows(make, owner, X):
    if make is not None:
        return as_features(make(X), n_rows(X), owner)
    what = f"X given to {owner}"
    X = X if sp.issparse(X) else as_array(X, what)
    with text_explained(what, f"features={ONE_HOT}.fit_transform(X)"):
        return as_features(X, n_rows(X), owner, f"rows of {what}")
