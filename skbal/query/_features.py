"""Features of rows: what distances between rows are measured on.

Only the features are held, rows come piece by piece. Rows in float32 have features in
float32.
"""

from functools import partial

import numpy as np
import scipy.sparse as sp
from sklearn.utils.validation import check_is_fitted

from skbal._utils.chunks import pieces
from skbal._utils.features import as_features
from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.unwrap import transform, unwrap
from skbal.query._engine import in_pieces, rows_in_a_piece

_FIRST_ROWS = 8  # computed first, to learn what the features of a row take
_COPIES = 4  # rows, their features, and what making them holds beside


def feature_function(estimator, features, owner):
    """Return the function that makes features of rows.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted; not looked at if ``features`` is a function.
    features : {"model", "input"} or callable
        "model": what enters the last layer, that is the model's ``transform``, or for a
        linear model the rows as they reach it. "input": the rows as they reach the
        model, flattened. A callable is given rows and returns a row of features each.
    owner : str
        The strategy's name, for messages.

    Returns
    -------
    function : callable
        Takes rows, gives ``(features,)``, an array or CSR matrix of shape (n_rows,
        n_features) in float32 or float64. It can be pickled if its parts can.

    Raises
    ------
    TypeError
        If the model has no features, or ``features`` is of the wrong kind.
    NotFittedError
        If the model is not fitted.
    ValueError
        If ``features`` is another text.
    """
    if callable(features):
        return partial(_features_of_rows, [], features, owner)
    if features not in ("model", "input"):
        raise (ValueError if isinstance(features, str) else TypeError)(
            f"features of {owner} must be 'model', 'input' or a function of rows, "
            f"got {features!r}."
        )
    transformers, model = unwrap(estimator)
    make = last_layer_input(model, owner) if features == "model" else None
    return partial(_features_of_rows, transformers, make, owner)


def last_layer_input(model, owner):
    """Return what makes the input of a model's last layer, or None for the rows.

    Parameters
    ----------
    model : estimator
        Without a pipeline or a learner around it.
    owner : str
        The strategy's name, for the message.

    Returns
    -------
    function : callable or None
        The model's ``transform``; None where its only layer is linear.

    Raises
    ------
    TypeError
        If it has neither.
    NotFittedError
        If it may have one once it is fitted.
    """
    if hasattr(model, "transform"):
        return model.transform
    if hasattr(model, "coef_") or hasattr(model, "coef_mean_"):
        return None
    if hasattr(model, "fit"):
        check_is_fitted(model)
    raise TypeError(
        f"features='model' of {owner} needs a model with a method transform, "
        f"as skbal's networks have, or a linear one, got {type(model).__name__}. Try "
        "features='input', or a function that takes rows and returns their features."
    )


def compute(function, X, *, batch_size=None, n_jobs=None, verbose=0):
    """Return what a function makes of all rows, piece by piece.

    Parameters
    ----------
    function : callable
        Takes rows, gives a tuple of arrays or CSR matrices with a row for each.
        Workers need it picklable.
    X : pool of n_samples rows
        At least one row; never copied whole.
    batch_size, n_jobs : int, optional
        As in `score_rows`.
    verbose : int, default=0
        Whether to show a bar.

    Returns
    -------
    arrays : tuple of ndarray or CSR matrix
        New ones: they may be written to.
    """
    X = sliceable(X)
    n_samples, done = n_rows(X), 0
    gathered = _Gathered(n_samples)
    if batch_size is None:
        done = min(_FIRST_ROWS, n_samples)
        rows = take(X, slice(0, done))
        parts = function(rows)
        gathered.put(slice(0, done), parts)
        held = _n_bytes(rows) + sum(_n_bytes(part) for part in parts)
        batch_size = rows_in_a_piece(_COPIES * held // done, n_samples - done, n_jobs)
    slices = list(pieces(n_samples, batch_size, start=done))
    for rows, parts in in_pieces(function, X, slices, n_jobs, verbose=verbose):
        gathered.put(rows, parts)
    return gathered.result()


class _Gathered:
    """Arrays of all rows, filled piece by piece in any order."""

    def __init__(self, n_samples):
        self.n_samples = n_samples
        self.arrays = None

    def put(self, rows, parts):
        if self.arrays is None:
            self.arrays = [self._room(part) for part in parts]
        for array, part in zip(self.arrays, parts):
            if isinstance(array, dict):
                array[rows.start] = part
            elif part.shape[1:] == array.shape[1:]:
                array[rows] = part
            else:
                raise ValueError(
                    f"Features differ in number between pieces of the rows: "
                    f"{array.shape[1]} and {part.shape[1]} (from row {rows.start} on)."
                )

    def result(self):
        return tuple(
            sp.vstack([array[start] for start in sorted(array)], format="csr")
            if isinstance(array, dict)
            else array
            for array in self.arrays
        )

    def _room(self, part):
        # Nobody knows how much a sparse matrix will hold.
        if sp.issparse(part):
            return {}
        return np.empty((self.n_samples, *part.shape[1:]), dtype=part.dtype)


def _features_of_rows(transformers, make, owner, X):
    rows = transform(transformers, X)
    values = rows if make is None else make(rows)
    return (as_features(values, n_rows(X), owner),)


def _n_bytes(rows):
    if sp.issparse(rows):
        return rows.data.nbytes + rows.indices.nbytes
    return getattr(rows, "nbytes", 0)
