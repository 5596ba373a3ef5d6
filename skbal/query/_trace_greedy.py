"""Greedy choice of rows for a low trace: forward, and backward by dropping rows.

With M the information of the labelled rows about the weights and F that of a target
row on average, tr(M^-1 F) is the mean variance of the predictions of targets, in units
of the label noise. By Woodbury's identity, a row with information V'V lowers it by

    tr[(I + A)^-1 B],  A = V C V',  B = V C F C V',  C = M^-1,

if it is added, and dropping a row raises it by tr[(I - A)^-1 B] [1]_. A and B of all
rows are computed once. An added row changes C by a matrix of low rank, so that A and B
of the others change by products of V with a few vectors.

References
----------
.. [1] J. T. Ash, S. Goel, A. Krishnamurthy and S. Kakade (2021), Gone Fishing: Neural
   Active Learning with Fisher Embeddings, algorithm 1.
"""

import numpy as np
from scipy.linalg import cho_solve, solve_triangular

from skbal._utils.linalg import safe_cholesky

# After B has become this much smaller, all is computed anew: what earlier rows took
# away has left its rounding errors.
_WORN = 1e-6
_TIED = 1e-6  # relative difference of changes that count as equal
_ROUNDING = 1e-12
_LARGEST = 1 - 1e-13  # of an eigenvalue of A of a row in the batch, which is below 1


class Design:
    """The falls of all rows, or the rises if rows in the batch are dropped.

    Parameters
    ----------
    rows : FisherRows
        The candidates.
    information : ndarray of shape (n_weights, n_weights)
        M, positive definite. Changed in place.
    target : ndarray of shape (n_weights, n_weights)
        F.
    what : str
        Name of M and of its owner, for messages.
    drop : bool, default=False
        Whether M contains the candidates, which are dropped.

    Attributes
    ----------
    information, covariance : ndarray of shape (n_weights, n_weights)
        M and C with the rows added or dropped so far.
    largest : float
        The largest change when all was last computed anew, to which rounding errors are
        relative.
    """

    def __init__(self, rows, information, target, what, *, drop=False):
        self.rows, self.information, self.target = rows, information, target
        self._what, self._sign = what, -1.0 if drop else 1.0
        self.renew()

    def renew(self):
        """Compute all from M, without rounding errors of earlier changes."""
        factor = safe_cholesky(self.information, self._what)
        self.covariance = cho_solve((factor, True), np.eye(len(factor)))
        spread = self.covariance @ self.target @ self.covariance
        self._variances = self.rows.forms(self.covariance)
        self._spreads = self.rows.forms(spread)
        self._new = np.abs(self._spreads).max()
        self.largest = self.changes().max()

    @property
    def trace(self):
        """The mean variance of targets, tr(M^-1 F)."""
        return float(np.vdot(self.covariance, self.target))

    def changes(self):
        """Return how far each row lowers the trace, or raises it if dropped.

        Returns
        -------
        changes : ndarray of shape (n_rows,)
            Non-negative.
        """
        variances = self._variances
        if self._sign < 0:
            variances = -_below_one(variances)
        if variances.shape[1] == 1:
            changes = self._spreads[:, 0, 0] / (1 + variances[:, 0, 0])
        else:
            eye = np.eye(variances.shape[1])
            parts = np.linalg.solve(eye + variances, self._spreads)
            changes = np.trace(parts, axis1=1, axis2=2)
        return np.maximum(changes, 0)

    def apply(self, row):
        """Add a row to the batch, or drop it."""
        sign, block = self._sign, self.rows.block(row)
        self.information += sign * block.T @ block
        columns = self.covariance @ block.T
        variance = block @ columns
        if sign < 0:
            variance = _below_one(variance)
        factor = np.linalg.cholesky(np.eye(len(block)) + sign * variance)
        # C falls by P P', C F C by P Q' + Q P'.
        fall = solve_triangular(factor, columns.T, lower=True).T
        along = self.target @ fall
        turned = self.covariance @ along - 0.5 * sign * fall @ (fall.T @ along)
        self.covariance -= sign * fall @ fall.T
        both = self.rows.products(np.concatenate((fall, turned), axis=1))
        seen, turned = np.split(both, 2, axis=2)
        self._variances -= sign * seen @ seen.swapaxes(1, 2)
        cross = seen @ turned.swapaxes(1, 2)
        self._spreads -= sign * (cross + cross.swapaxes(1, 2))
        if np.abs(self._spreads).max() < _WORN * self._new:
            self.renew()


def added(design, n_picks, priority):
    """Return rows that are added one after the other, each for the lowest trace.

    Parameters
    ----------
    design : Design
        Without ``drop``. Changed in place.
    n_picks : int
        Number of rows to add.
    priority : ndarray of shape (n_rows,)
        Among equal falls, the row with the smallest priority comes first.

    Returns
    -------
    rows : ndarray of shape (n_picks,), dtype=intp
        In the order chosen, without repetition.
    """
    rows = []
    for _ in range(n_picks):
        falls = _without(design.changes(), rows)
        best = falls.max()
        # With hardly any prior all falls are alike, and what they leave is not.
        tied = max(_TIED * min(best, design.trace - best), _ROUNDING * design.largest)
        rows.append(_first(falls >= best - tied, priority))
        design.apply(rows[-1])
    return np.array(rows, dtype=np.intp)


def dropped(design, n_drops, priority):
    """Return rows that are dropped one after the other, each for the lowest trace.

    Parameters
    ----------
    design : Design
        With ``drop``. Changed in place.
    n_drops : int
        Number of rows to drop.
    priority : ndarray of shape (n_rows,)
        Among equal rises, the row with the largest priority is dropped first.

    Returns
    -------
    rows : ndarray of shape (n_drops,), dtype=intp
        In the order dropped.
    """
    rows = []
    for _ in range(n_drops):
        ease = _without(-design.changes(), rows)
        best = ease.max()
        tied = max(-_TIED * best, _ROUNDING * design.trace)
        rows.append(_first(ease >= best - tied, -priority))
        design.apply(rows[-1])
    return np.array(rows, dtype=np.intp)


def _first(among, priority):
    """Return the row of smallest priority among those of a mask."""
    rows = np.flatnonzero(among)
    return int(rows[np.argmin(priority[rows])])


def _without(values, rows):
    values[rows] = -np.inf
    return values


def _below_one(variances):
    """Return matrices whose eigenvalues above nearly 1 are lowered to it."""
    if variances.shape[-1] == 1:
        return np.minimum(variances, _LARGEST)
    values, vectors = np.linalg.eigh(variances)
    values = np.minimum(values, _LARGEST)
    return (vectors * values[..., np.newaxis, :]) @ vectors.swapaxes(-1, -2)
