"""Similarities of rows by their features, from -1 to 1."""

import numpy as np
from scipy.sparse import issparse

from skbal.query._far_apart import inner_products, squared_norms

_SAFE = 1e-290, 1e290  # squared lengths whose products do not under- or overflow
_ROUNDING = 1e-6  # error of a similarity in float32
_FEW = 2**20  # numbers that are multiplied faster at once than looked up row by row


class Cosines:
    """Cosines of the angles between rows; 0 for a row of zeros.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        Rows of very large or very small numbers are rescaled in a copy. Products are
        computed in float64, also for float32 rows.

    Attributes
    ----------
    directions : ndarray of shape (n_rows, n_features) or None
        The rows divided by their lengths, in float64, if there are few.
    error : float or None
        Bound of the error of `along`: about ten times the largest error observed for
        rows of 2 to 4096 features. None for sparse rows.
    """

    def __init__(self, features):
        squares = squared_norms(features)
        if squares.min() < _SAFE[0] or squares.max() > _SAFE[1]:
            features = _scaled(features, (squares < _SAFE[0]) | (squares > _SAFE[1]))
            squares = squared_norms(features)
            squares[squares == 0] = 1.0
        self.features, self.width = features, features.shape[1]
        self.lengths = np.sqrt(squares)
        self.directions = self.error = None
        if not issparse(features):
            self.error = (8 + np.sqrt(self.width)) * np.finfo(features.dtype).eps
            if features.size <= _FEW:
                # A product takes a third of the time of a quotient.
                self.directions = features * (1 / self.lengths)[:, np.newaxis]

    def __call__(self, rows, others):
        """Return the cosines between some rows and others, of shape (n, n_others).

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            Row numbers.
        """
        cosines = inner_products(self.features[rows], self.features[others])
        cosines /= self.lengths[rows, np.newaxis]
        cosines /= self.lengths[others]
        return np.clip(cosines, -1, 1, out=cosines)

    def to(self, row):
        """Return the cosines between all rows and one, where there are few rows."""
        return self.directions.dot(self.directions[row])  # less overhead than @

    def direction(self, row):
        """Return a dense row divided by its length, in float64."""
        return self.features[row].astype(np.float64) / self.lengths[row]

    def along(self, direction):
        """Return the cosines between all dense rows and a direction, but for ``error``.

        They are computed in the precision of the features, so nothing is copied.

        Parameters
        ----------
        direction : ndarray of shape (n_features,)
            Of length 1.

        Returns
        -------
        cosines : ndarray of shape (n_rows,)
        """
        return (self.features @ direction.astype(self.features.dtype)) / self.lengths


class Similarities:
    """Similarities of rows by a function of their features.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.
    function : callable
        Takes features of shape (n, n_features) and (n_others, n_features) and returns
        similarities of shape (n, n_others) in [-1, 1].
    owner : str
        The strategy's name, for messages.
    """

    directions = error = None

    def __init__(self, features, function, owner):
        self.features, self.width = features, features.shape[1]
        self.function, self.owner = function, owner

    def __call__(self, rows, others):
        """Return the similarities between some rows and others, (n, n_others).

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            Row numbers.

        Raises
        ------
        ValueError
            If the function returns another shape, or numbers outside [-1, 1].
        """
        given = self.function(self.features[rows], self.features[others])
        given = np.asarray(given, dtype=np.float64)
        self._check(given, (len(rows), len(others)))
        return np.clip(given, -1, 1)

    def _check(self, given, shape):
        must = f"metric of {self.owner} must return similarities in [-1, 1]"
        if given.shape != shape:
            raise ValueError(f"{must} of shape {shape}, got {given.shape}.")
        outside = given[~(np.abs(given) <= 1 + _ROUNDING)]
        if outside.size:
            raise ValueError(f"{must}, got {outside[0]}.")


def _scaled(features, which):
    """Return a copy with some rows divided by their largest number, unless it is 0."""
    features = features.copy()
    largest = abs(features[which]).max(axis=1)
    largest = largest.toarray().ravel() if issparse(largest) else largest
    scale = np.ones(features.shape[0])
    scale[which] = np.where(largest == 0, 1.0, largest)
    if issparse(features):
        features.data /= np.repeat(scale, np.diff(features.indptr))
    else:
        features[which] /= scale[which, np.newaxis]
    return features
