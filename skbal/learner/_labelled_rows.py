"""Labelled rows that are kept together, with what belongs to each row."""

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from skbal._utils.indices import check_indices
from skbal.learner._per_row import stack_per_row, take_per_row
from skbal.learner._training_data import own_copy, stack_rows, take_rows


@dataclass(frozen=True, eq=False)
class LabelledRows:
    """Rows and their labels, in the order in which they came. It never changes.

    Parameters
    ----------
    X : array-like of shape (n_samples, ...), optional
        The rows. None if there are none.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), optional
        Their labels.
    indices : ndarray of shape (n_samples,), dtype=intp
        Indices in the pool of a loop. -1 for rows that no loop asked about.
    per_row : dict of str to array-like of shape (n_samples,)
        Arguments of ``fit`` with one value per row, such as ``sample_weight``.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.learner._labelled_rows import LabelledRows
    >>> rows = LabelledRows().with_more(np.zeros((2, 3)), np.array(["cat", "dog"]))
    >>> len(rows), rows.indices.tolist()
    (2, [-1, -1])
    """

    X: object = None
    y: object = None
    indices: np.ndarray = None
    per_row: dict = field(default_factory=dict)

    def __len__(self):
        return 0 if self.indices is None else len(self.indices)

    def __eq__(self, other):
        if not isinstance(other, type(self)):
            return NotImplemented
        if not len(self) or not len(other):
            return len(self) == len(other)
        pairs = zip((self.indices, self.y, self.X), (other.indices, other.y, other.X))
        return all(_same(ours, theirs) for ours, theirs in pairs)

    __hash__ = None

    def __repr__(self):
        return f"{type(self).__name__}({len(self)} rows)"

    def with_more(self, X, y, indices=None, per_row=None):
        """Return these rows and copies of further ones.

        Parameters
        ----------
        X : array-like of shape (n_new, ...)
            The further rows, at least one.
        y : array-like of shape (n_new,) or (n_new, n_outputs)
            Their labels.
        indices : array-like of int of shape (n_new,), optional
            Their indices in a pool. ``None`` means -1 for each.
        per_row : dict of str to array-like of shape (n_new,), optional
            Arguments of ``fit`` with one value per row.

        Returns
        -------
        rows : LabelledRows
            An object of the same class.
        """
        if indices is None:
            indices = np.full(len(y), -1)
        indices = np.array(indices, dtype=np.intp)
        X, y = own_copy(X), own_copy(y)
        n_known, n_new = len(self), len(indices)
        per_row = stack_per_row(self.per_row, n_known, per_row or {}, n_new)
        if not n_known:
            return type(self)(X, y, indices, per_row)
        return type(self)(
            stack_rows(self.X, X),
            stack_rows(self.y, y),
            np.concatenate([self.indices, indices]),
            per_row,
        )

    def only(self, positions):
        """Return the rows at some positions, in this order.

        Parameters
        ----------
        positions : ndarray of int of shape (n,)
            The positions.

        Returns
        -------
        rows : LabelledRows
        """
        if not len(positions):
            return type(self)()
        return type(self)(
            take_rows(self.X, positions),
            take_rows(self.y, positions),
            self.indices[positions],
            take_per_row(self.per_row, positions),
        )

    def without(self, positions):
        """Return all rows but those at some positions.

        Parameters
        ----------
        positions : ndarray of int of shape (n,)
            The positions.

        Returns
        -------
        rows : LabelledRows
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


class Rejected(LabelledRows):
    """Rows whose labels were set aside."""


def _same(ours, theirs):
    if sp.issparse(ours) and sp.issparse(theirs):
        return ours.shape == theirs.shape and (ours != theirs).nnz == 0
    return np.array_equal(np.asarray(ours), np.asarray(theirs))
