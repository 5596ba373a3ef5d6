"""Greedy choice of rows whose labels give most information about a Gaussian function.

The function at row j is ``blocks[j] @ z`` with z standard normal, and a label is the
function plus noise of variance 1, so all numbers are in units of the noise. After some
labels, the covariance of row j is A (I - U'U) A', where A is its block and the rows of
U are the directions of z that the labels have observed. One more row adds directions.
Their products with a block are subtracted from its covariance as squares: a rank-one
downdate for each output, linear in the number of rows. The gains sum to
1/2 log det(I + K_SS), where K_SS is the covariance between the chosen rows. This
function of a set is submodular, so the greedy choice has at least 1 - 1/e of the
information of the best one [1]_.

The gain of a row never increases, so an earlier gain is an upper bound of the present
one [2]_. Only the blocks of the rows with the largest bounds are held. Blocks of other
rows are loaded when one of them may be better. The choice is the same as with all
blocks held.

References
----------
.. [1] N. Srinivas, A. Krause, S. M. Kakade and M. Seeger (2010), Gaussian Process
   Optimization in the Bandit Setting: No Regret and Experimental Design, section 2.
.. [2] M. Minoux (1978), Accelerated greedy algorithms for maximizing submodular set
   functions.
.. [3] J. E. Potter's square-root filter, as in G. J. Bierman (1977), Factorization
   Methods for Discrete Sequential Estimation.
"""

import numpy as np
from scipy.linalg import block_diag

_RELATIVE_STEP = 1e-6  # gains that differ by less, relatively, are tied


def information(covariances):
    """Return the information of each row's label about the function, in nats.

    Parameters
    ----------
    covariances : ndarray of shape (n_samples, n_outputs, n_outputs)
        Covariance of the noise-free function, in units of the noise variance.

    Returns
    -------
    gains : ndarray of shape (n_samples,)
        1/2 log det(I + C), non-negative.
    """
    if covariances.shape[1] == 1:
        return 0.5 * np.log1p(np.maximum(covariances[:, 0, 0], 0))
    log_det = np.linalg.slogdet(covariances + np.eye(covariances.shape[1]))[1]
    return 0.5 * np.maximum(log_det, 0)


def greedy_information(load, n_rows, n_picks, *, n_held, priority, bounds=None):
    """Return rows chosen greedily for information, and their gains in nats.

    Parameters
    ----------
    load : callable
        Takes ascending row numbers and returns their blocks of shape (n, n_outputs,
        n_factors), divided by the standard deviation of the noise.
    n_rows : int
        Number of rows.
    n_picks : int
        Number of rows to choose.
    n_held : int
        Largest number of rows whose blocks are held at once. It changes the time, not
        the rows.
    priority : ndarray of shape (n_rows,)
        Among equal gains, the row with the smallest priority comes first.
    bounds : ndarray of shape (n_rows,), optional
        The gain of each row as the first. ``None`` computes it by ``load``.

    Returns
    -------
    rows : ndarray of shape (n_picks,), dtype=intp
        In the order chosen, without repetition.
    gains : ndarray of shape (n_picks,)
        The gain of each row given the rows before, non-increasing. The sum is
        1/2 log det(I + K_SS).
    """
    bounds = np.full(n_rows, np.inf) if bounds is None else bounds.copy()
    held, left, directions, rows, gains = None, None, [], [], []
    for _ in range(n_picks):
        # Smaller gains are rounding errors, and tied with 0.
        floor = max(1e-12 * gains[0] if gains else 0, np.finfo(np.float64).tiny)
        best = first_of(bounds, priority, floor)
        while held is None or not held.has(best):
            held = None  # free the memory before new blocks are loaded
            wanted = _largest(bounds, priority, floor, n_held)
            held = _Held(wanted, load(wanted), directions)
            left = Left(held.blocks.shape[2]) if left is None else left
            # The minimum: a gain raised by rounding could cause an endless loop.
            bounds[wanted] = np.minimum(bounds[wanted], held.gains())
            best = first_of(bounds, priority, floor)
        rows.append(best)
        gains.append(bounds[best])
        directions.append(left.observe(held.block(best)))
        held.downdate(directions[-1])
        bounds[held.rows] = np.minimum(bounds[held.rows], held.gains())
        bounds[rows] = -np.inf
    return np.array(rows, dtype=np.intp), np.array(gains)


class _Held:
    """Rows whose blocks are held, and their covariances given the labels so far."""

    def __init__(self, rows, blocks, directions):
        self.rows, self.blocks = rows, blocks
        # (n_rows, n_outputs, n_factors) -> (n_rows, n_outputs, n_outputs)
        self.covariances = blocks @ blocks.swapaxes(1, 2)
        for direction in directions:
            self.downdate(direction)

    def has(self, row):
        position = np.searchsorted(self.rows, row)
        return position < len(self.rows) and self.rows[position] == row

    def block(self, row):
        return self.blocks[np.searchsorted(self.rows, row)]

    def downdate(self, directions):
        n_rows, n_outputs, n_factors = self.blocks.shape
        # (n_rows * n_outputs, n_factors) @ (n_factors, n_outputs): one product for all
        seen = self.blocks.reshape(-1, n_factors) @ directions.T
        seen = seen.reshape(n_rows, n_outputs, n_outputs)
        self.covariances -= seen @ seen.swapaxes(1, 2)

    def gains(self):
        return information(self.covariances)


class Left:
    """The covariance of z given the labels so far.

    It is I outside the span of the chosen blocks, and ``root @ root.T`` in the
    coordinates of ``basis`` within the span. A square root of a covariance remains one
    in spite of rounding [3]_.

    Parameters
    ----------
    n_factors : int
        Number of entries of z.
    """

    def __init__(self, n_factors):
        self.basis = np.zeros((0, n_factors))
        self.root = np.zeros((0, 0))

    def observe(self, block):
        """Return the directions that the labels of a row observe.

        The outputs are observed one after the other, since each is a separate label.

        Parameters
        ----------
        block : ndarray of shape (n_outputs, n_factors)
            The block of the row.

        Returns
        -------
        directions : ndarray of shape (n_outputs, n_factors)
        """
        return np.array([self._observe(factor) for factor in block])

    def times(self, matrix):
        """Return the product of the covariance with a matrix.

        Parameters
        ----------
        matrix : ndarray of shape (n_factors, n_columns)
            Not changed.

        Returns
        -------
        product : ndarray of shape (n_factors, n_columns)
        """
        inside = self.basis @ matrix
        lost = inside - self.root @ (self.root.T @ inside)
        return matrix - self.basis.T @ lost

    def _observe(self, factor):
        coordinates = self._coordinates(factor)
        seen = self.root.T @ coordinates
        variance = 1 + seen @ seen
        product = self.root @ seen
        shrink = 1 / (variance + np.sqrt(variance))
        self.root -= shrink * np.outer(product, seen)
        return product @ self.basis / np.sqrt(variance)

    def _coordinates(self, factor):
        inside, outside = self.basis @ factor, factor
        for _ in range(2):  # twice, because once leaves them not quite orthogonal
            outside = outside - self.basis.T @ (self.basis @ outside)
        size, rounding = np.linalg.norm(outside), 1e-14 * np.linalg.norm(factor)
        if size <= rounding:
            return inside
        self.basis = np.vstack([self.basis, outside / size])
        self.root = block_diag(self.root, 1.0)
        return np.append(inside, size)


def _levels(bounds, floor):
    # Steps of the logarithm do not depend on the largest gain, which is unknown before
    # the rows are loaded, and they keep the order of bounds and gains.
    levels = np.round(np.log(np.maximum(bounds, floor)) / _RELATIVE_STEP)
    levels[bounds == -np.inf] = -np.inf
    return levels


def first_of(bounds, priority, floor):
    """Return the row with the largest gain; gains a millionth apart are tied.

    Parameters
    ----------
    bounds : ndarray of shape (n_rows,)
        The gains. Minus infinity excludes a row.
    priority : ndarray of shape (n_rows,)
        Of tied rows, the one with the smallest priority is returned.
    floor : float
        Smaller gains are rounding errors, and tied with 0. Larger than 0.

    Returns
    -------
    row : int
    """
    levels = _levels(bounds, floor)
    best = np.flatnonzero(levels == levels.max())
    return best[np.argmin(priority[best])]


def _largest(bounds, priority, floor, n_held):
    order = np.lexsort((priority, -_levels(bounds, floor)))
    n_open = np.count_nonzero(bounds > -np.inf)
    return np.sort(order[: min(n_held, n_open)])
