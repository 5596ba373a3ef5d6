"""A validation set that is drawn at random, with the same share of each class."""

import numpy as np
from torch.utils.data import Subset

from skbal._utils.random import stream


class RandomSplit:
    """Splits a dataset into a training and a validation set.

    The share of each class is the same. A class with a single row stays in the training
    set, so that every class is learned.

    Parameters
    ----------
    share : float
        The share of the rows that are kept for validation, between 0 and 1.
    seed : int
        Seeds the choice.
    by_class : bool
        Whether y holds classes.
    owner : str
        Name of the estimator, for the message.
    """

    def __init__(self, share, seed, by_class, owner):
        self.share = share
        self.seed = seed
        self.by_class = by_class
        self.owner = owner

    def __call__(self, dataset, y=None, groups=None):
        """Return the two sets, as skorch's ``train_split`` does.

        Parameters
        ----------
        dataset : torch.utils.data.Dataset
            The rows.
        y : ndarray of shape (n_samples, ...)
            Their targets. Of soft labels, the most probable class counts.
        groups : None
            Not used.

        Returns
        -------
        dataset_train, dataset_valid : torch.utils.data.Subset

        Raises
        ------
        ValueError
            If no row can be kept for validation.
        """
        rng = stream(self.seed, "validation set", len(y))
        classes = _classes(y) if self.by_class else np.zeros(len(y))
        valid = [
            self._some_of(rng.permutation(np.flatnonzero(classes == label)))
            for label in np.unique(classes)
        ]
        valid = np.sort(np.concatenate(valid))
        if not len(valid):
            self._refuse_single_rows(len(y))
        train = np.setdiff1d(np.arange(len(y)), valid)
        return Subset(dataset, train.tolist()), Subset(dataset, valid.tolist())

    def _refuse_single_rows(self, n_rows):
        given = f"got {n_rows} " + ("row" if n_rows == 1 else "rows")
        if self.by_class:
            given += ", one of each class" if n_rows > 1 else ""
        raise ValueError(
            f"train_split={self.share:g} of {self.owner} needs "
            f"{'two rows of some class' if self.by_class else 'at least two rows'}, "
            f"one to train on and one to validate on, {given}. Label another row, or "
            "set train_split=None and leave out callbacks that look at the validation."
        )

    def _some_of(self, rows):
        n_valid = round(self.share * len(rows))
        return rows[: min(max(n_valid, 1), len(rows) - 1)]


def _classes(y):
    """Return labels, or of soft labels the most probable ones."""
    return y.argmax(axis=1) if y.ndim == 2 else y


class CheckedSplit:
    """The user's ``train_split``, with an error that names it.

    Parameters
    ----------
    split : callable
        What the user gave.
    owner : str
        Name of the estimator, for the message.
    """

    def __init__(self, split, owner):
        self.split = split
        self.owner = owner

    def __call__(self, dataset, y=None, **parameters):
        """Return the two sets that the user's callable returns.

        Parameters
        ----------
        dataset : torch.utils.data.Dataset
            The rows.
        y : ndarray of shape (n_samples, ...)
            Their targets.
        **parameters
            Further parameters of the fit.

        Returns
        -------
        dataset_train, dataset_valid : torch.utils.data.Dataset

        Raises
        ------
        TypeError
            If it returned something else.
        """
        parts = self.split(dataset, y, **parameters)
        if not isinstance(parts, (tuple, list)) or len(parts) != 2:
            raise TypeError(
                f"train_split of {self.owner} must return the rows to train on and "
                f"those to validate on, two datasets, got {parts!r:.60}."
            )
        return parts
