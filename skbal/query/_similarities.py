"""How alike rows are, from -1 to 1, by their features."""

import numpy as np
from scipy.sparse import issparse

from skbal.query._far_apart import inner_products, squared_norms

_SAFE = 1e-290, 1e290  # squared lengths whose products neither vanish nor overflow
_ROUNDING = 1e-6  # of a similarity in float32


class Cosines:
    """The cosines of the angles between rows; 0 with a row of zeros.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        Written to where numbers are very large or very small. Products are made in
        float64, also of rows in float32.
    """

    def __init__(self, features):
        squares = squared_norms(features)
        odd = (squares < _SAFE[0]) | (squares > _SAFE[1])
        if odd.any():
            _scale(features, odd)
            squares = squared_norms(features)
        self.features, self.width = features, features.shape[1]
        self.lengths = np.sqrt(np.where(squares == 0, 1.0, squares))

    def __call__(self, rows, others):
        """Return the cosines between some rows and others, of shape (n, n_others).

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            The numbers of rows.
        """
        cosines = inner_products(self.features[rows], self.features[others])
        cosines /= self.lengths[rows, np.newaxis]
        cosines /= self.lengths[others]
        return np.clip(cosines, -1, 1, out=cosines)


class Similarities:
    """What a function of features makes of pairs of rows.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The rows.
    function : callable
        Takes features of shape (n, n_features) and (n_others, n_features), gives
        similarities of shape (n, n_others) in [-1, 1].
    owner : str
        The strategy's name, for messages.
    """

    def __init__(self, features, function, owner):
        self.features, self.width = features, features.shape[1]
        self.function, self.owner = function, owner

    def __call__(self, rows, others):
        """Return the similarities between some rows and others, (n, n_others).

        Parameters
        ----------
        rows, others : ndarray of int of shape (n,) and (n_others,)
            The numbers of rows.

        Raises
        ------
        ValueError
            If the function gives another shape, or numbers outside [-1, 1].
        """
        given = self.function(self.features[rows], self.features[others])
        given = np.asarray(given, dtype=np.float64)
        self._check(given, (len(rows), len(others)))
        return np.clip(given, -1, 1)

    def _check(self, given, shape):
        must = f"metric of {self.owner} must give similarities in [-1, 1]"
        if given.shape != shape:
            raise ValueError(f"{must} of the shape {shape}, gave {given.shape}.")
        outside = given[~(np.abs(given) <= 1 + _ROUNDING)]
        if outside.size:
            raise ValueError(f"{must}, gave {outside[0]}.")


def _scale(features, which):
    """Divide some rows by their largest number, in place; those of zeros stay."""
    largest = abs(features[which]).max(axis=1)
    largest = largest.toarray().ravel() if issparse(largest) else largest
    scale = np.ones(features.shape[0])
    scale[which] = np.where(largest == 0, 1.0, largest)
    if issparse(features):
        features.data /= np.repeat(scale, np.diff(features.indptr))
    else:
        features[which] /= scale[which, np.newaxis]
