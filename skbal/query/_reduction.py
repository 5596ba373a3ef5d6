"""Greedy choice of rows whose labels lower the mean variance of target rows most.

The function at row j is ``blocks[j] @ z`` with z standard normal, and a label is the
function plus noise of covariance ``noise[j]``. With M the mean of T'T over the blocks T
of the targets, and C the covariance of z given the labels so far, the sum of the
variances of a target's outputs is tr(M C) on average. The label of a row with block B
and noise N lowers it by

    tr[(N + V)^-1 S],  V = B C B',  S = B C M C B',

for one output |M^1/2 C B'|^2 / (N + V) [1]_. No matrix of rows times targets is built.
V and S of all rows are computed once. The labels of a chosen row change C by a matrix
of low rank, so V and S are downdated by one product of the blocks with two vectors per
output. The falls sum to that of the mean variance by the batch, since the covariance of
a Gaussian does not depend on the values of the labels.

A fall may grow with other labels, so unlike for information no earlier one is a bound,
and every row is looked at for every choice.

References
----------
.. [1] M. Ji and J. Han (2012), A Variance Minimization Criterion to Active Learning on
   Graphs, section 3, for covariances that are given by factors.
"""

import numpy as np

from skbal._utils.chunks import chunks, rows_within
from skbal.query._greedy import Left, first_of

_CACHED = 2**21  # bytes of a chunk of blocks in float64
_ROUGH = 2e-5  # relative error of a product in float32, with room to spare


def second_moment(blocks, dtype=np.float64):
    """Return the sum of B'B over all rows.

    Parameters
    ----------
    blocks : ndarray of shape (n_rows, n_outputs, n_factors)
        In float32 or float64.
    dtype : dtype, default=float64
        Precision of the products of a chunk of rows. Chunks are added in float64.

    Returns
    -------
    moment : ndarray of shape (n_factors, n_factors), dtype=float64
    """
    moment = np.zeros((blocks.shape[2],) * 2)
    for part in _parts(blocks, dtype):
        moment += part.T @ part
    return moment


def quadratic_forms(blocks, matrix=None, dtype=np.float64):
    """Return B A B' for each block B.

    Parameters
    ----------
    blocks : ndarray of shape (n_rows, n_outputs, n_factors)
        In float32 or float64.
    matrix : ndarray of shape (n_factors, n_factors), optional
        The symmetric matrix A. ``None`` is the identity.
    dtype : dtype, default=float64
        Precision of the products.

    Returns
    -------
    forms : ndarray of shape (n_rows, n_outputs, n_outputs), dtype=float64

    Examples
    --------
    >>> blocks = np.array([[[1.0, 2.0]], [[3.0, 0.0]]])
    >>> quadratic_forms(blocks, np.array([[1.0, 1.0], [1.0, 2.0]])).ravel()
    array([13.,  9.])
    """
    n_rows, n_outputs, n_factors = blocks.shape
    forms = np.empty((n_rows, n_outputs, n_outputs))
    if matrix is not None:
        matrix = _Halved(matrix, dtype) if n_outputs == 1 else matrix.astype(dtype)
    start = 0
    for part in _parts(blocks, dtype):
        rows = slice(start, start + len(part) // n_outputs)
        start = rows.stop
        if n_outputs == 1:
            squares = np.vecdot(part, part) if matrix is None else matrix.forms(part)
            forms[rows, 0, 0] = squares
        else:
            other = part if matrix is None else part @ matrix
            left, right = (a.reshape(-1, n_outputs, n_factors) for a in (part, other))
            forms[rows] = right @ left.swapaxes(1, 2)
    return forms


def falls(variances, spreads, noise):
    """Return how far the label of each row lowers the mean variance of the targets.

    Parameters
    ----------
    variances, spreads, noise : ndarray of shape (n_rows, n_outputs, n_outputs)
        V, S and N of each row, as the module describes them.

    Returns
    -------
    falls : ndarray of shape (n_rows,)
        tr[(N + V)^-1 S], non-negative.
    """
    if variances.shape[1] == 1:
        total = noise[:, 0, 0] + np.maximum(variances[:, 0, 0], 0)
        return np.maximum(spreads[:, 0, 0], 0) / total
    parts = np.linalg.solve(noise + variances, spreads)
    return np.maximum(np.trace(parts, axis1=1, axis2=2), 0)


def greedy_reduction(held, moment, n_picks, *, priority, load=None, falls_of_rest=None):
    """Return rows chosen greedily for a low mean variance of the targets.

    Parameters
    ----------
    held : tuple of ndarray
        Blocks of shape (n_held, n_outputs, n_factors) and noise of shape (n_held,
        n_outputs, n_outputs) of the first rows.
    moment : ndarray of shape (n_factors, n_factors)
        M, the mean of T'T over the blocks T of the targets.
    n_picks : int
        Number of rows to choose.
    priority : ndarray of shape (n_rows,)
        Among equal falls, the row with the smallest priority comes first.
    load : callable, optional
        Takes a list of row numbers, returns their blocks and noise. Only needed if not
        all rows are held.
    falls_of_rest : callable, optional
        Takes C and C M C, returns the falls of the rows that are not held, of shape
        (n_rows - n_held,). Called once for each choice.

    Returns
    -------
    rows : ndarray of shape (n_picks,), dtype=intp
        In the order chosen, without repetition.
    falls : ndarray of shape (n_picks,)
        How far the label of each row lowers the mean variance, given the labels of the
        rows before.
    """
    n_held, n_rows = len(held[0]), len(priority)
    first, left = _Held(*held, moment, n_picks == 1), Left(len(moment))
    found, rows, gains = np.empty(n_rows), [], []
    for _ in range(n_picks):
        found[:n_held] = first.falls()
        if n_held < n_rows:
            covariance = left.times(np.eye(len(moment)))
            found[n_held:] = falls_of_rest(covariance, covariance @ moment @ covariance)
        found[rows] = -np.inf
        # Smaller falls are rounding errors, and tied with 0.
        floor = max(1e-12 * gains[0] if gains else 0, np.finfo(np.float64).tiny)
        best = first_of(found, priority, floor)
        rows.append(best)
        gains.append(found[best])
        if len(rows) < n_picks:
            # (1, n_outputs, n_factors) and (1, n_outputs, n_outputs)
            block, noise = first.label(best) if best < n_held else load([best])
            first.downdate(left.observe(_whitened(block[0], noise[0])), left)
    return np.array(rows, dtype=np.intp), np.array(gains)


class _Held:
    """Rows whose blocks are held, with V and S given the labels so far.

    With ``once`` they are computed in the precision of the blocks, and the falls of the
    rows that may be best once more in float64.
    """

    def __init__(self, blocks, noise, moment, once):
        self.blocks, self.noise, self.moment = blocks, noise, moment
        self.is_rough = once and blocks.dtype != np.float64
        dtype = blocks.dtype if self.is_rough else np.float64
        self.variances = quadratic_forms(blocks, dtype=dtype)
        self.spreads = quadratic_forms(blocks, moment, dtype=dtype)

    def label(self, row):
        return self.blocks[[row]], self.noise[[row]]

    def falls(self):
        found = falls(self.variances, self.spreads, self.noise)
        if self.is_rough:
            rows = np.flatnonzero(found >= (1 - _ROUGH) * found.max())
            blocks, noise = self.blocks[rows], self.noise[rows]
            found[rows] = falls_given(blocks, noise, None, self.moment)
        return found

    def downdate(self, directions, left):
        # With D the directions, C falls by D'D. The new S is S - P Q' - Q P', where
        # P = B D' and Q = B (C M D' + D' D M D' / 2), C being the new covariance.
        along = self.moment @ directions.T
        weights = left.times(along) + directions.T @ (directions @ along) / 2
        both = np.concatenate((directions.T, weights), axis=1)
        seen = _products(self.blocks, both)
        seen, turned = np.split(seen, 2, axis=2)
        self.variances -= seen @ seen.swapaxes(1, 2)
        cross = seen @ turned.swapaxes(1, 2)
        self.spreads -= cross + cross.swapaxes(1, 2)


def falls_given(blocks, noise, covariance, spread):
    """Return the falls of rows, computed anew in float64.

    Parameters
    ----------
    blocks : ndarray of shape (n_rows, n_outputs, n_factors)
        Blocks of the rows.
    noise : ndarray of shape (n_rows, n_outputs, n_outputs)
        Noise of their labels.
    covariance, spread : ndarray of shape (n_factors, n_factors)
        C and C M C. None for C is the identity.

    Returns
    -------
    falls : ndarray of shape (n_rows,)
    """
    variances = quadratic_forms(blocks, covariance)
    return falls(variances, quadratic_forms(blocks, spread), noise)


def _whitened(block, noise):
    return np.linalg.solve(np.linalg.cholesky(noise), block)


def _products(blocks, vectors):
    """Return B @ vectors in float64, (n_rows, n_outputs, n_vectors)."""
    products = np.concatenate([part @ vectors for part in _parts(blocks, np.float64)])
    return products.reshape(*blocks.shape[:2], -1)


def _parts(blocks, dtype):
    """Yield chunks of the blocks as (n_rows * n_outputs, n_factors), in a precision."""
    _, n_outputs, n_factors = blocks.shape
    size = rows_within(8 * n_outputs * n_factors, max_memory=_CACHED)
    for rows in chunks(len(blocks), size):
        part = blocks[rows].reshape(-1, n_factors)
        yield part.astype(dtype, copy=False)


class _Halved:
    """Computes x'Ax of rows x by three of the four quarters of a symmetric A."""

    def __init__(self, matrix, dtype):
        self.half = len(matrix) // 2
        upper = np.triu(matrix, 1) * 2 + np.diag(matrix.diagonal())
        corner = matrix[: self.half, : self.half]
        self.left = np.ascontiguousarray(corner, dtype)
        upper[self.half :, self.half :] = matrix[self.half :, self.half :]
        self.right = np.ascontiguousarray(upper[:, self.half :], dtype)
        self.product = None  # one array for all chunks: new memory costs time

    def forms(self, rows):
        if self.product is None or len(self.product) < len(rows):
            self.product = np.empty(rows.shape, rows.dtype)
        product = self.product[: len(rows)]
        np.matmul(rows[:, : self.half], self.left, out=product[:, : self.half])
        np.matmul(rows, self.right, out=product[:, self.half :])
        return np.vecdot(product, rows)
