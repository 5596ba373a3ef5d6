"""Batches cut out of arrays at once, which skorch would gather row by row."""

import torch
from skorch.dataset import Dataset


class ArrayDataset(Dataset):
    """Rows and targets in arrays; a batch is one slice of each.

    torch's loader asks ``__getitems__`` for all rows of a batch. The loader, the order
    of the rows and the splits of ``train_split`` are torch's and skorch's.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        The rows.
    y : ndarray of shape (n_samples, ...)
        Their targets.
    length : int, optional
        See skorch.
    sample_weight : ndarray of shape (n_samples,), optional
        The weights of the rows.
    """

    def __init__(self, X, y=None, length=None, sample_weight=None):
        super().__init__(X, y, length)
        self.sample_weight = sample_weight

    def __getitem__(self, row):
        X, y = super().__getitem__(row)
        if self.sample_weight is None:
            return X, y
        return {"X": X, "sample_weight": self.sample_weight[row]}, y

    def __getitems__(self, rows):
        """Return a batch: rows and targets as tensors."""
        X = torch.from_numpy(self.X[rows])
        # Without targets skorch gives zeros, for instance in ``forward_iter``.
        y = torch.zeros(len(X)) if self.y is None else torch.from_numpy(self.y[rows])
        if self.sample_weight is None:
            return X, y
        weights = torch.from_numpy(self.sample_weight[rows])
        return {"X": X, "sample_weight": weights}, y


class RowDataset(ArrayDataset):
    """The same rows one by one."""

    __getitems__ = None


def as_it_is(batch):
    """Return a batch that needs no collating."""
    return batch


def batch_parameters(given):
    """Return skorch's parameters for whole batches.

    Parameters
    ----------
    given : iterable of str
        The names of the user's parameters. If they collate rows in a way of their own,
        skorch's dataset gives them row by row.

    Returns
    -------
    parameters : dict
    """
    if any(name.endswith("__collate_fn") for name in given):
        return {"dataset": RowDataset}
    return {
        "dataset": ArrayDataset,
        "iterator_train__collate_fn": as_it_is,
        "iterator_valid__collate_fn": as_it_is,
    }
