"""The network of Kirsch et al. (2019) for experiments, and the rows that it needs."""

import warnings
from dataclasses import dataclass, replace

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.random import stream
from skbal.exceptions import TooFewDrawsWarning
from skbal.experiments._declared._curves import learning_curve
from skbal.models import MCDropoutClassifier

_torch = lazy_module("skbal.experiments._catalogue._stopped_torch")

TRAINING = {
    "n_filters": [16, 32],
    "hidden_units": 128,
    "max_epochs": 30,
    "epoch_size": 5056,
    "patience": 3,
    "batch_size": 64,
    "lr": 0.001,
}
# Enough to see that it runs.
QUICK_TRAINING = {"max_epochs": 3, "epoch_size": 640, "patience": 1}
NETWORK = (
    "The network has half the filters of the paper's, 16 and 32, and dropout before "
    "and after its dense layer only. So one pass of the convolutions serves all draws.",
    "Training multiplies in bfloat16, with weights and steps in float32. Draws are "
    "float32.",
    "Adam has a learning rate of 0.001, batches of 64, and epochs of 5,056 rows, in "
    "which the labelled ones come again and again.",
)


@dataclass(frozen=True)
class Rows:
    """Images of a unit in units of their standard deviation, and their classes.

    Parameters
    ----------
    X, y : ndarray
        The pool, shape (n_samples, channels, height, width), and its classes.
    X_valid, y_valid : ndarray
        The validation rows, which are none of the pool.
    X_test, y_test : ndarray
        The test rows.
    """

    X: np.ndarray
    y: np.ndarray
    X_valid: np.ndarray
    y_valid: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def rows_of(unit, image_shape):
    """Return the rows of a unit, with validation rows drawn from the pool.

    All arms of a seed have the same.

    Parameters
    ----------
    unit : ExperimentUnit
        Its data are the pool, its labels, the test rows and theirs. Its settings have
        ``n_valid`` and ``n_images`` (rows of the pool; None takes all that are left).
    image_shape : tuple of int, (channels, height, width)
        Shape of an image.

    Returns
    -------
    rows : Rows
    """
    X, y, X_test, y_test = unit.data
    valid, pool = split(len(y), unit.settings, unit.seed)
    images = images_of(X, image_shape)
    return Rows(
        images(X[pool]), y[pool], images(X[valid]), y[valid], images(X_test), y_test
    )


def images_of(X, image_shape):
    """Return the function that standardizes pixels by the mean and the SD of all.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_pixels)
        The training images.
    image_shape : tuple of int, (channels, height, width)
        Shape of an image.

    Returns
    -------
    images : callable
        Takes pixels, shape (n_samples, n_pixels), and returns images in float32.
    """
    mean, sd = np.float32(X.mean(dtype=float)), np.float32(X.std(dtype=float))
    return lambda pixels: ((pixels - mean) / sd).reshape(-1, *image_shape)


def split(n_samples, settings, seed):
    """Return which rows are for validation, and which are the pool.

    Parameters
    ----------
    n_samples : int
        Number of rows.
    settings : dict
        With ``n_valid`` and ``n_images``.
    seed : int
        The seed of the unit.

    Returns
    -------
    valid, pool : ndarray of int
        In ascending order.

    Raises
    ------
    ValueError
        If there are too few rows.

    Examples
    --------
    >>> valid, pool = split(6, {"n_valid": 2, "n_images": None}, seed=0)
    >>> sorted([*valid.tolist(), *pool.tolist()])
    [0, 1, 2, 3, 4, 5]
    """
    n_valid, n_pool = settings["n_valid"], settings["n_images"]
    n_pool = n_samples - n_valid if n_pool is None else n_pool
    if not 0 < n_pool <= n_samples - n_valid:
        raise ValueError(
            f"n_images must be between 1 and {n_samples - n_valid}, the {n_samples} "
            f"images without {n_valid} for validation, got {n_pool}."
        )
    order = stream(seed, "validation rows").permutation(n_samples)
    return np.sort(order[:n_valid]), np.sort(order[n_valid : n_valid + n_pool])


def stopped_network(unit, rows, monitor="valid_acc"):
    """Return the network, whose training ends when validation rows say so.

    It takes the weights of the epoch that was best on them.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have ``n_draws`` and those of `TRAINING`.
    rows : Rows
        Rows whose classes are 0, 1, and so on. The first labels may lack some.
    monitor : {"valid_acc", "valid_loss"}, default="valid_acc"
        What says which epoch is best.

    Returns
    -------
    estimator : MCDropoutClassifier
    """
    settings = unit.settings
    split_off = _torch.ValidatedOn(rows.X_valid, rows.y_valid, settings["epoch_size"])
    n_classes = len(np.unique(rows.y))
    return MCDropoutClassifier(
        _torch.TwoConvolutions,
        module__image_shape=rows.X.shape[1:],
        module__n_outputs=n_classes,
        classes=np.arange(n_classes),
        module__n_filters=tuple(settings["n_filters"]),
        module__hidden_units=settings["hidden_units"],
        standardize=False,  # `rows_of` has done it
        n_draws=settings["n_draws"],
        max_epochs=settings["max_epochs"],
        batch_size=settings["batch_size"],
        # Of an epoch's rows. By itself a batch has no more rows than there are labels.
        iterator_train__batch_size=settings["batch_size"],
        iterator_valid__batch_size=512,
        lr=settings["lr"],
        optimizer__fused=True,
        train_split=split_off,
        callbacks=[_torch.best_epoch(monitor, settings["patience"])],
        device=unit.device,
        precision="bf16",
    )


def curve_of(unit, rows, strategy, monitor="valid_acc"):
    """Return the learning curve of a unit whose network `stopped_network` makes.

    Parameters
    ----------
    unit : ExperimentUnit
        The unit.
    rows : Rows
        Its rows.
    strategy : QueryStrategy
        The query strategy.
    monitor : {"valid_acc", "valid_loss"}, default="valid_acc"
        See `stopped_network`.

    Returns
    -------
    result : dict
        As that of `learning_curve`.
    """
    unit = replace(unit, data=(rows.X, rows.y, rows.X_test, rows.y_test))
    network = stopped_network(unit, rows, monitor)
    with warnings.catch_warnings():
        # The papers have ten draws for batches of ten, too. And one first label of each
        # class is no problem of regression.
        warnings.simplefilter("ignore", TooFewDrawsWarning)
        warnings.filterwarnings("ignore", "The number of unique classes")
        return learning_curve(unit, network, strategy)
