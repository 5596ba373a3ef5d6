"""Labels that were paid for and not trusted."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from skbal._utils.indices import check_indices
from skbal.learner._training_data import stack_rows, take_rows


@dataclass(frozen=True, eq=False)
class Rejected:
    """Rows whose labels were set aside, in this order.

    Parameters
    ----------
    X : array-like of shape (n_rejected, ...), optional
        The rows. None if there are none.
    y : array-like of shape (n_rejected,), optional
        Their labels.
    indices : ndarray of shape (n_rejected,), dtype=intp
        Indices in the pool of a loop. -1 for rows that no loop asked about.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.learner._rejected import Rejected
    >>> Rejected().with_more(np.zeros((2, 3)), np.array(["cat", "dog"]))
    Rejected(2 rows)
    """

    X: object = None
    y: object = None
    indices: np.ndarray = None

    def __len__(self):
        return 0 if self.indices is None else len(self.indices)

    def __eq__(self, other):
        if not isinstance(other, Rejected):
            return NotImplemented
        if not len(self) or not len(other):
            return len(self) == len(other)
        pairs = zip((self.indices, self.y, self.X), (other.indices, other.y, other.X))
        return all(_same(ours, theirs) for ours, theirs in pairs)

    def __repr__(self):
        return f"Rejected({len(self)} rows)"

    def with_more(self, X, y, indices=None):
        """Return these rows and further ones. Nothing is changed in place.

        Parameters
        ----------
        X : array-like of shape (n_new, ...)
            The further rows, at least one.
        y : array-like of shape (n_new,)
            Their labels.
        indices : array-like of int of shape (n_new,), optional
            Their indices in a pool. ``None`` means -1 for each.

        Returns
        -------
        rejected : Rejected
        """
        if indices is None:
            indices = np.full(len(y), -1)
        indices = np.asarray(indices, dtype=np.intp)
        if not len(self):
            return Rejected(X, y, indices)
        return Rejected(
            stack_rows(self.X, X),
            stack_rows(self.y, y),
            np.concatenate([self.indices, indices]),
        )

    def only(self, positions):
        """Return the rows at some positions, in this order.

        Parameters
        ----------
        positions : ndarray of int of shape (n,)
            The positions.

        Returns
        -------
        rejected : Rejected
        """
        if not len(positions):
            return Rejected()
        return Rejected(
            take_rows(self.X, positions),
            take_rows(self.y, positions),
            self.indices[positions],
        )

    def without(self, positions):
        """Return all rows but those at some positions.

        Parameters
        ----------
        positions : ndarray of int of shape (n,)
            The positions.

        Returns
        -------
        rejected : Rejected
        """
        return self.only(np.setdiff1d(np.arange(len(self)), positions))

    def positions(self, positions, owner):
        """Return positions as an array. None means all.

        Parameters
        ----------
        positions : array-like of int of shape (n,), optional
            Positions in these rows.
        owner : str
            Name of the method, for the message.

        Returns
        -------
        positions : ndarray of shape (n,), dtype=intp

        Raises
        ------
        TypeError, ValueError
            If they are not integers, lie outside or are repeated.
        """
        if positions is None:
            return np.arange(len(self))
        return check_indices(positions, len(self), "positions", owner)


def _same(ours, theirs):
    if sp.issparse(ours) and sp.issparse(theirs):
        return ours.shape == theirs.shape and (ours != theirs).nnz == 0
    return np.array_equal(np.asarray(ours), np.asarray(theirs))
