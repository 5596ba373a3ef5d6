"""The network of Kirsch et al. (2019), and a training that validation rows end."""

import numpy as np
import torch
from skorch.callbacks import EarlyStopping
from torch import nn

_KERNEL, _POOL = 5, 2
DROPOUT = 0.5


class TwoConvolutions(nn.Sequential):
    """Two convolutions of 5x5, each with a 2x2 max-pool and ReLU, and a dense layer.

    Dropout is before and after the dense layer. So one pass of the convolutions serves
    all draws. The outputs are logits.

    Parameters
    ----------
    image_shape : tuple of int, (channels, height, width)
        Shape of an image.
    n_outputs : int
        Number of outputs.
    n_filters : tuple of (int, int)
        Number of filters of each convolution.
    hidden_units : int
        Number of units of the dense layer.
    """

    def __init__(self, image_shape, n_outputs, n_filters, hidden_units):
        channels, height, width = image_shape
        first, second = n_filters
        n_features = second * _pooled(_pooled(height)) * _pooled(_pooled(width))
        super().__init__(
            nn.Conv2d(channels, first, _KERNEL),
            nn.MaxPool2d(_POOL),
            nn.ReLU(),
            nn.Conv2d(first, second, _KERNEL),
            nn.MaxPool2d(_POOL),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(DROPOUT),
            nn.Linear(n_features, hidden_units),
            nn.ReLU(),
            nn.Dropout(DROPOUT),
            nn.Linear(hidden_units, n_outputs),
        )
        # The convolutions take less time, and give the same.
        self.to(memory_format=torch.channels_last)


def _pooled(n_pixels):
    """Return the pixels of a side after a convolution and its max-pool."""
    return (n_pixels - _KERNEL + 1) // _POOL


class Again(torch.utils.data.Dataset):
    """Rows that are gone through again and again, up to a number of rows.

    Parameters
    ----------
    dataset : torch.utils.data.Dataset
        The rows, which give whole batches.
    length : int
        Length of an epoch. More rows than this are all gone through, but once.
    """

    def __init__(self, dataset, length):
        self.dataset = dataset
        self.length = max(length, len(dataset))

    def __len__(self):
        return self.length

    def __getitems__(self, rows):
        """Return a batch, which the dataset cuts out of its arrays."""
        return self.dataset.__getitems__([row % len(self.dataset) for row in rows])


class ValidatedOn:
    """Splits nothing off, but validates on rows of its own. Epochs have a fixed length.

    Parameters
    ----------
    X : ndarray of shape (n_samples, channels, height, width)
        The validation rows.
    y : ndarray of shape (n_samples,)
        Their classes, from 0, as the network numbers them.
    epoch_size : int
        The number of rows in an epoch.
    """

    def __init__(self, X, y, epoch_size):
        self.X, self.y = X, np.asarray(y, dtype=np.int64)
        self.epoch_size = epoch_size

    def __call__(self, dataset, y=None, **groups):
        """Return the rows to train on and those to validate on.

        Parameters
        ----------
        dataset : torch.utils.data.Dataset
            The training rows.
        y : ndarray of shape (n_samples,)
            Their classes.
        **groups
            Not used.

        Returns
        -------
        dataset_train, dataset_valid : torch.utils.data.Dataset
        """
        return Again(dataset, self.epoch_size), type(dataset)(self.X, self.y)

    def __deepcopy__(self, memo):
        # Nothing here changes, and each clone would copy the rows.
        return self


def best_epoch(monitor, patience):
    """Return what ends a training, and takes the weights of the best epoch.

    Parameters
    ----------
    monitor : {"valid_acc", "valid_loss"}
        What says which epoch is best. An epoch that is as good as the best is no
        better.
    patience : int
        Number of epochs without a better one after which the training ends.

    Returns
    -------
    callback : skorch.callbacks.EarlyStopping
    """
    return EarlyStopping(
        monitor=monitor,
        patience=patience,
        threshold=0,
        threshold_mode="abs",
        lower_is_better=monitor == "valid_loss",
        load_best=True,
    )
