"""The Fisher information of rows about the weights of a last layer.

For outputs W h of features h, and labels whose log-likelihood has the Fisher
information G with respect to the outputs, the information of a row is G kron h h'. For
Gaussian noise of variance 1 it is h h' for each output. For classes with probabilities
p it is G = diag(p) - p p' [1]_.

G of classes is 0 along the direction in which all logits grow alike. So weights are
counted in an orthonormal basis of the other C - 1 directions, in which G = R R' has a
root of C - 1 columns. The information of a row is then V'V with V = R' kron h', which
is never built for many rows: the products of V with matrices are those of h, then those
of R.

References
----------
.. [1] J. T. Ash, S. Goel, A. Krishnamurthy and S. Kakade (2021), Gone Fishing: Neural
   Active Learning with Fisher Embeddings, section 3.
.. [2] K. Tanabe and M. Sagae (1992), An Exact Cholesky Decomposition and the
   Generalized Inverse of the Variance-Covariance Matrix of the Multinomial
   Distribution, theorem 1.
"""

import numpy as np
from scipy.linalg import helmert
from scipy.sparse import issparse

from skbal._utils.chunks import chunks, rows_within


def class_roots(probabilities):
    """Return a root of the information of a label about the logits.

    Parameters
    ----------
    probabilities : ndarray of shape (n_rows, n_classes)
        Each row sums to one.

    Returns
    -------
    roots : ndarray of shape (n_rows, n_classes - 1, n_classes - 1), dtype=float64
        Matrices R such that R R' = H (diag(p) - p p') H', where the rows of H are
        orthonormal and orthogonal to (1, ..., 1).

    Examples
    --------
    Two classes: half of p (1 - p) (1, -1)'(1, -1), which has norm 2.

    >>> class_roots(np.array([[0.5, 0.5], [0.9, 0.1]])).ravel() ** 2
    array([0.5 , 0.18])
    """
    p = np.maximum(np.asarray(probabilities, dtype=np.float64), 0)
    n_classes = p.shape[1]
    # The probability of the classes from k on: (n_rows, n_classes)
    from_here = np.cumsum(p[:, ::-1], axis=1)[:, ::-1]
    here, after = from_here[:, :-1], from_here[:, 1:]
    some = (here > 0) & (after > 0)
    after, here = np.where(some, after, 1.0), np.where(some, here, 1.0)
    scale = np.where(some, np.sqrt(p[:, :-1] / here), 0.0)
    # Column k: scale sqrt(after) at k, and -scale p / sqrt(after) below it.
    columns = -p[:, :, np.newaxis] * (scale / np.sqrt(after))[:, np.newaxis]
    columns *= np.tri(n_classes, n_classes - 1, -1)
    k = np.arange(n_classes - 1)
    columns[:, k, k] = scale * np.sqrt(after)
    return helmert(n_classes) @ columns


class FisherRows:
    """Rows and their information V'V.

    Parameters
    ----------
    features : ndarray or CSR matrix of shape (n_rows, n_features)
        The features h, in float32 or float64.
    roots : ndarray of shape (n_rows, n_outputs, n_labels), optional
        The root R of each row. ``None`` is 1, for one output with noise of variance 1.

    Attributes
    ----------
    n_weights : int
        The number of columns of V, n_outputs times n_features. The weights of the first
        output come first.
    n_labels : int
        The number of rows of V.
    """

    def __init__(self, features, roots=None):
        self.features, self.roots = features, roots
        self.n_outputs = 1 if roots is None else roots.shape[1]
        self.n_labels = 1 if roots is None else roots.shape[2]
        self.n_weights = self.n_outputs * features.shape[1]

    def __len__(self):
        return self.features.shape[0]

    def take(self, rows):
        """Return some of the rows, as `FisherRows`.

        Parameters
        ----------
        rows : list or ndarray of int of shape (n,)
            Row numbers.
        """
        roots = None if self.roots is None else self.roots[rows]
        return FisherRows(self.features[rows], roots)

    def block(self, row):
        """Return V of one row, (n_labels, n_weights)."""
        h = _dense(self.features[[row]])
        return h if self.roots is None else np.kron(self.roots[row].T, h)

    def information(self):
        """Return the sum of V'V over all rows, (n_weights, n_weights)."""
        n = self.features.shape[1]
        total = np.zeros((self.n_outputs, n, self.n_outputs, n))
        for rows, h in self._chunks(1):
            weights = self._squares(rows)
            for a, b in self._pairs():
                part = h.T @ h if weights is None else h.T @ (weights[:, [a], b] * h)
                total[a, :, b] += part
        for a, b in self._pairs():
            total[b, :, a] = total[a, :, b].T
        return total.reshape(self.n_weights, self.n_weights)

    def forms(self, matrix):
        """Return V A V' of each row.

        Parameters
        ----------
        matrix : ndarray of shape (n_weights, n_weights)
            The symmetric matrix A.

        Returns
        -------
        forms : ndarray of shape (n_rows, n_labels, n_labels)
        """
        n, q = self.features.shape[1], self.n_outputs
        parts = matrix.reshape(q, n, q, n)
        forms = np.empty((len(self), self.n_labels, self.n_labels))
        for rows, h in self._chunks(1):
            inner = np.empty((len(h), q, q))
            for a, b in self._pairs():
                # The part of (b, a) is the transpose, which has the same form.
                inner[:, a, b] = np.vecdot(h @ parts[a, :, b], h)
                inner[:, b, a] = inner[:, a, b]
            if self.roots is not None:
                roots = self.roots[rows]
                inner = roots.swapaxes(1, 2) @ inner @ roots
            forms[rows] = inner
        return forms

    def products(self, matrix):
        """Return V P of each row.

        Parameters
        ----------
        matrix : ndarray of shape (n_weights, n_columns)
            The matrix P.

        Returns
        -------
        products : ndarray of shape (n_rows, n_labels, n_columns)
        """
        n, q, n_columns = self.features.shape[1], self.n_outputs, matrix.shape[1]
        # (n_features, n_outputs * n_columns): one product for all outputs
        columns = matrix.reshape(q, n, n_columns).swapaxes(0, 1).reshape(n, -1)
        products = np.empty((len(self), self.n_labels, n_columns))
        for rows, h in self._chunks(q * n_columns / n):
            inner = (h @ columns).reshape(-1, q, n_columns)
            if self.roots is not None:
                inner = self.roots[rows].swapaxes(1, 2) @ inner
            products[rows] = inner
        return products

    def _squares(self, rows):
        if self.roots is None:
            return None
        roots = self.roots[rows]
        return roots @ roots.swapaxes(1, 2)

    def _pairs(self):
        return [(a, b) for a in range(self.n_outputs) for b in range(a, self.n_outputs)]

    def _chunks(self, relative_size):
        """Yield slices of rows and their features in float64, (n, n_features)."""
        in_all = 2 * self.features.shape[1] * (1 + relative_size)
        in_all += 4 * self.n_outputs**2
        for rows in chunks(len(self), rows_within(int(8 * in_all))):
            yield rows, _dense(self.features[rows])


def _dense(features):
    dense = features.toarray() if issparse(features) else features
    return dense.astype(np.float64, copy=False)
