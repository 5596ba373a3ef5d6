"""Votes on galaxies: the data and the network of Walmsley et al. (2020), made small."""

from pathlib import Path

import numpy as np

from skbal._utils.archives import read_arrays
from skbal._utils.lazy import lazy_module
from skbal.datasets import make_galaxies
from skbal.models import MCDropoutVoteRegressor

torch = lazy_module("torch")
schedules = lazy_module("torch.optim.lr_scheduler")
callbacks = lazy_module("skorch.callbacks")

FILE = "gz2_spirals.npz"
IMAGE_SIZE, N_VOLUNTEERS = 32, 40
QUESTIONS = ("smooth", "bar")  # of the galaxies that are made
N_MADE_SPIRALS = 100


def made_galaxies(n_galaxies, seed):
    """Return images of made galaxies, each with mean 0 and variance 1, and votes.

    Parameters
    ----------
    n_galaxies : int
        Number of galaxies.
    seed : int
        Seeds the galaxies.

    Returns
    -------
    images : ndarray of shape (n_galaxies, 1, 32, 32)
    votes : ndarray of shape (n_galaxies, 2, 2)
        For "smooth?" and "bar?", yes votes and all 40 votes.
    """
    X, votes = make_galaxies(
        n_galaxies, IMAGE_SIZE, random_state=seed, n_votes=N_VOLUNTEERS, return_X_y=True
    )
    return standardised(X), votes


def standardised(images):
    """Return images, each with mean 0 and variance 1.

    Parameters
    ----------
    images : ndarray of shape (n_samples, 1, height, width)
        The images.

    Returns
    -------
    images : ndarray of the same shape
    """
    images = images - images.mean(axis=(1, 2, 3), keepdims=True)
    return images / images.std(axis=(1, 2, 3), keepdims=True)


def load_spirals(folder, kind):
    """Return images of galaxies, and one vote on each: is it a spiral?

    Parameters
    ----------
    folder : str or os.PathLike or None
        The folder of ``gz2_spirals.npz``, which has images ``X`` of 64 pixels and
        classes ``y``, 1 for a spiral.
    kind : {"Galaxy Zoo 2", "made"}
        Whether the galaxies are those of the file, or a few that are made.

    Returns
    -------
    images : ndarray of shape (n_samples, 1, 32, 32), dtype=float32
        Each with mean 0 and variance 1.
    votes : ndarray of shape (n_samples, 2)
        1 of 1 for a spiral, and 0 of 1.

    Raises
    ------
    FileNotFoundError
        If the file is not in the folder.
    """
    if kind == "made":
        images, votes = made_galaxies(N_MADE_SPIRALS, seed=0)
        is_spiral = (2 * votes[:, 0, 0] < N_VOLUNTEERS).astype(np.int64)
        return images, one_vote(is_spiral)
    path = Path(folder or ".", FILE)
    if not path.is_file():
        raise FileNotFoundError(
            f"{FILE}, packed images of Galaxy Zoo 2, is not in "
            f"{folder or 'any folder'}. Give its folder as data (--data FOLDER)."
        )
    arrays = read_arrays(path, ["X", "y"], "data", lambda heads: None)
    images = arrays["X"].astype(np.float64)
    blocks = images.reshape(len(images), 1, IMAGE_SIZE, 2, IMAGE_SIZE, 2)
    small = standardised(blocks.mean(axis=(3, 5)))
    return small.astype(np.float32), one_vote(arrays["y"].astype(np.int64))


def one_vote(classes):
    """Return classes as votes: k of one.

    Parameters
    ----------
    classes : ndarray of shape (n_samples,)
        0 or 1.

    Returns
    -------
    votes : ndarray of shape (n_samples, 2)
    """
    return np.stack([classes, np.ones_like(classes)], axis=1)


def turned(images):
    """Return images mirrored and turned at random, for a sky that has no up.

    Parameters
    ----------
    images : Tensor of shape (n_samples, channels, size, size)
        A training batch.

    Returns
    -------
    images : Tensor of the same shape
    """
    images = images.clone()
    for change in (_mirror, _upside_down, _transpose):
        some = torch.rand(len(images)) < 0.5
        images[some] = change(images[some])
    return images


def _mirror(images):
    return images.flip(-1)


def _upside_down(images):
    return images.flip(-2)


def _transpose(images):
    return images.transpose(-1, -2)


def galaxy_network(n_steps, n_draws=30, **parameters):
    """Return the published network, with a learning rate that falls to nothing.

    Such a rate leaves less of the last steps' noise in the score.

    Parameters
    ----------
    n_steps : int
        Number of gradient steps.
    n_draws : int, default=30
        Number of posterior draws.
    **parameters : dict
        Others of `MCDropoutVoteRegressor`.

    Returns
    -------
    network : MCDropoutVoteRegressor
    """
    rate = callbacks.LRScheduler(
        schedules.OneCycleLR, step_every="batch", max_lr=0.005, total_steps=n_steps + 1
    )
    return MCDropoutVoteRegressor(
        standardize=False,
        n_draws=n_draws,
        max_steps=n_steps,
        augment=turned,
        callbacks=[("rate", rate)],
        **parameters,
    )


def frequencies_within(distribution, k, largest):
    """Return how often k is near its expectation, as predicted and as observed.

    Near is within e votes, for e = 0, 1, and so on. The expectation is rounded down, as
    in the code of Walmsley et al. (2020).

    Parameters
    ----------
    distribution : ndarray of shape (n_samples, n_votes + 1)
        Probabilities of k = 0, 1, and so on.
    k : ndarray of shape (n_samples,)
        The observed numbers of yes votes.
    largest : int
        The largest e.

    Returns
    -------
    predicted, observed : ndarray of shape (largest + 1,)
        Means over the rows.

    Examples
    --------
    >>> import numpy as np
    >>> half = np.array([[0.25, 0.5, 0.25]])
    >>> predicted, observed = frequencies_within(half, np.array([2]), 1)
    >>> predicted.tolist(), observed.tolist()
    ([0.5, 1.0], [0.0, 1.0])
    """
    values = np.arange(distribution.shape[1])
    # So that 3 is not 2.9999999.
    expected = np.floor(np.round(distribution @ values, 9))
    far = np.abs(values - expected[:, np.newaxis])  # (n_samples, n_votes + 1)
    reach = np.arange(largest + 1)[:, np.newaxis, np.newaxis]
    predicted = np.where(far <= reach, distribution, 0).sum(axis=2)
    observed = np.abs(k - expected) <= reach[..., 0]
    return predicted.mean(axis=1), observed.mean(axis=1)


def central_coverage(distribution, k, levels):
    """Return how much of the observed votes lies in central intervals.

    An observed k counts by the part of the interval from F(k - 1) to F(k) that is
    inside, as in `skbal.audit.vote_coverage`.

    Parameters
    ----------
    distribution : ndarray of shape (n_samples, n_votes + 1)
        Probabilities of k = 0, 1, and so on.
    k : ndarray of shape (n_samples,)
        The observed numbers of yes votes.
    levels : sequence of float
        Levels of the intervals, in (0, 1).

    Returns
    -------
    coverage : ndarray of shape (n_levels,)

    Examples
    --------
    >>> import numpy as np
    >>> half = np.array([[0.25, 0.5, 0.25]])
    >>> central_coverage(half, np.array([1]), [0.5, 0.8]).tolist()
    [1.0, 1.0]
    """
    rows = np.arange(len(k))
    upto = np.cumsum(distribution, axis=1)[rows, k]
    width = distribution[rows, k]
    below = upto - width
    low, high = (0.5 + sign * np.array(levels)[:, np.newaxis] / 2 for sign in (-1, 1))
    inside = np.clip(np.minimum(upto, high) - np.maximum(below, low), 0, None)
    # Where the probability of k is lost in rounding, the interval is one point.
    point = (low <= upto) & (upto <= high)
    tiny = width <= 1e-12
    parts = np.where(tiny, point, inside / np.where(tiny, 1, width))
    return parts.mean(axis=1)


def error_of_share(share, votes):
    """Return the root mean squared error of predicted shares of yes.

    Parameters
    ----------
    share : ndarray of shape (n_samples,)
        The predictions, in [0, 1].
    votes : ndarray of shape (n_samples, 2)
        k and N.

    Returns
    -------
    error : float
    """
    error = np.sqrt(np.mean((share - votes[:, 0] / votes[:, 1]) ** 2))
    return round(float(error), 5)
