"""The digits of a unit, and the network that learns them."""

from skbal._utils.lazy import lazy_module
from skbal.models import MCDropoutClassifier

_torch = lazy_module("skbal.experiments._catalogue._stopped_torch")

MEAN, STD = 0.1307, 0.3081  # of the pixels of MNIST
IMAGE_SHAPE = (1, 28, 28)
N_FILTERS, HIDDEN_UNITS, N_CLASSES = (16, 32), 128, 10


def rows_of(unit):
    """Return the pool and the first rows of the test set.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have ``n_test``.

    Returns
    -------
    X, y, X_test, y_test : ndarray
        Images of shape (n_samples, 1, 28, 28), in units of the standard deviation of a
        pixel, and digits.
    """
    X, y, X_test, y_test = unit.data
    n = unit.settings["n_test"]
    return images_of(X), y, images_of(X_test[:n]), y_test[:n]


def images_of(X):
    """Return pixels in units of their standard deviation.

    Parameters
    ----------
    X : ndarray of shape (n_samples, 784)
        Pixels from 0 to 1.

    Returns
    -------
    images : ndarray of shape (n_samples, 1, 28, 28)
    """
    return ((X - MEAN) / STD).reshape(-1, *IMAGE_SHAPE)


def small_network(unit, max_steps, lr, seed):
    """Return the network of Kirsch et al. (2019) with half the filters.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have ``n_draws``.
    max_steps : int
        Number of steps of a training.
    lr : float
        The learning rate.
    seed : int
        Seeds training and draws.

    Returns
    -------
    estimator : MCDropoutClassifier
    """
    return MCDropoutClassifier(
        _torch.TwoConvolutions,
        module__image_shape=IMAGE_SHAPE,
        module__n_outputs=N_CLASSES,
        module__n_filters=N_FILTERS,
        module__hidden_units=HIDDEN_UNITS,
        n_draws=unit.settings["n_draws"],
        max_steps=max_steps,
        lr=lr,
        device=unit.device,
        random_state=seed,
    )
