"""The covariance between the rows of a pool, as factors.

Each row has a block B of shape (n_outputs, n_factors). ``B_i @ B_j.T`` is the
covariance of the noise-free function between rows i and j.
"""

from functools import partial

import numpy as np
from sklearn.linear_model import ARDRegression, BayesianRidge

from skbal._utils._sklearn import num_samples
from skbal._utils.features import check_powers_finite
from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.rows import RowsView
from skbal._utils.tags import classifies
from skbal._utils.unwrap import transform, unwrap
from skbal._utils.validation import check_real
from skbal._utils.walk import COPIES, first_rows, gathered, walk
from skbal.query._greedy import information
from skbal.query._multilabel import refuse_multilabel
from skbal.sampling._routes import sampler_for


class PoolFactors:
    """Blocks of any rows of a pool, divided by the standard deviation of the noise.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted, with a method ``covariance_factor`` or with posterior draws.
    X : array-like of shape (n_samples, ...)
        At least one row. Data that are not in memory are read chunk by chunk.
    owner : str
        Name of the strategy, for messages.
    noise_variance : float or None
        Variance of the noise of a label. None uses the estimator's own.
    n_draws : int or None
        Number of posterior draws, if the blocks are computed from draws.
    seed : int
        Seeds the draws.
    batch_size, n_jobs, verbose : int, optional
        As in `score_rows`.

    Attributes
    ----------
    n_rows : int
        Number of rows of the pool.
    n_copies : int
        Number of independent outputs that share one block. The gains are multiplied by
        it.
    bytes_per_row : int
        Bytes of the block of a row and its covariance.
    splits : bool
        False if the blocks of all rows must be computed at once.
    """

    def __init__(
        self,
        estimator,
        X,
        owner,
        *,
        noise_variance,
        n_draws,
        seed,
        batch_size,
        n_jobs,
        verbose=0,
    ):
        transformers, model = unwrap(estimator)
        refuse_multilabel(model, owner)
        make, self.splits = block_maker(transformers, model, owner, n_draws, seed)
        self._X = sliceable(X)
        self.n_rows = n_rows(X)
        first = make(first_rows(self._X))  # they show the shape of a block
        n_outputs, n_factors = first.shape[1:]
        self.n_copies = _n_copies(model)
        self.bytes_per_row = 8 * n_outputs * (n_factors + n_outputs)
        noise = noise_maker(transformers, model, noise_variance, n_outputs, owner)
        self._make = partial(_scaled, make, noise)
        self._batch_size, self._n_jobs = batch_size, n_jobs
        self._verbose = verbose

    def load(self, rows):
        """Return the blocks of some rows, in their order.

        Parameters
        ----------
        rows : ndarray of shape (n,), dtype=intp
            Distinct, in ascending order.

        Returns
        -------
        blocks : ndarray of shape (n, n_outputs, n_factors), dtype=float64
        """
        # Slices of the pool itself are not copied.
        everything = len(rows) == self.n_rows
        X = self._X if everything else RowsView(self._X, rows, take)
        return self._gathered(self._make, X, self._verbose if everything else 0)

    def gains(self):
        """Return the information of the label of each row alone, in nats.

        Returns
        -------
        gains : ndarray of shape (n_rows,), dtype=float64
            For one of the copies. Only a few blocks are held at once.
        """
        return self._gathered(partial(_gains, self._make), self._X, self._verbose)

    def _gathered(self, function, X, verbose):
        results = walk(
            function,
            X,
            batch_size=self._batch_size if self.splits else n_rows(X),
            bytes_per_row=COPIES * self.bytes_per_row,
            n_jobs=self._n_jobs,
            verbose=verbose,
        )
        return gathered(results, n_rows(X), "Blocks")


def block_maker(transformers, model, owner, n_draws, seed):
    """Return the function that computes the blocks of rows.

    Parameters
    ----------
    transformers : list of transformer
        Transformers of the rows, in order.
    model : estimator
        Fitted, with a method ``covariance_factor`` or with posterior draws.
    owner : str
        Name of the strategy, for messages.
    n_draws : int or None
        Number of posterior draws, if the blocks are computed from draws.
    seed : int
        Seeds the draws.

    Returns
    -------
    make : callable
        Takes rows, returns blocks of shape (n_rows, n_outputs, n_factors), in the units
        of y. Factors of a model in float32 stay in float32.
    splits : bool
        False if the blocks of all rows must be computed at once.
    """
    if hasattr(model, "covariance_factor"):
        return partial(_exact_blocks, transformers, model), True
    make, splits = draw_maker(transformers, model, owner, n_draws, seed)
    return partial(_drawn_blocks, make), splits


def draw_maker(transformers, model, owner, n_draws, seed):
    """Return the function that makes the draws of rows, and whether rows may be cut.

    Parameters
    ----------
    transformers, model, owner, n_draws, seed
        As in `block_maker`.

    Returns
    -------
    make : callable
        Takes rows, returns finite draws of shape (n_rows, n_draws, n_outputs).
    splits : bool
        False if the draws of all rows must be made at once.
    """
    sampler, splits = sampler_for(model, n_draws, seed)
    return partial(_draws, transformers, sampler, type(model).__name__, owner), splits


def deviations(draws):
    """Return draws minus their mean.

    The first draw is subtracted before the mean, so that draws that agree have
    deviations of exactly 0.

    Parameters
    ----------
    draws : ndarray of shape (n_rows, n_draws, n_outputs)
        Not changed.

    Returns
    -------
    deviations : ndarray of shape (n_rows, n_outputs, n_draws), dtype=float64
    """
    result = draws.astype(np.float64)
    result -= draws[:, :1]
    result -= result.mean(axis=1, keepdims=True)
    return np.ascontiguousarray(result.swapaxes(1, 2))


def _exact_blocks(transformers, model, X):
    factor = np.asarray(model.covariance_factor(transform(transformers, X)))
    if factor.dtype != np.float32:
        factor = factor.astype(np.float64, copy=False)
    name = f"covariance_factor of {type(model).__name__}"
    if factor.ndim != 2 or len(factor) != num_samples(X):
        raise ValueError(
            f"{name} must return an array of shape (n_samples, n_factors) with "
            f"n_samples={num_samples(X)}, got shape {factor.shape}."
        )
    return _finite(factor, name)[:, np.newaxis]


def _draws(transformers, sampler, name, owner, X):
    draws = sampler(transform(transformers, X))
    n_draws = draws.shape[1]
    if n_draws < 2:
        raise ValueError(
            f"{owner} needs at least 2 draws for a covariance, but {name} gave "
            f"{n_draws}."
        )
    return _finite(draws, f"Draws of {name}")


def _drawn_blocks(make, X):
    blocks = deviations(make(X))
    blocks /= np.sqrt(blocks.shape[2] - 1)
    return blocks


def _finite(values, what):
    if not np.isfinite(values).all():
        raise ValueError(f"{what} must be finite, got NaN or infinity.")
    check_powers_finite(values, what, power=4)
    return values


def _scaled(make, noise, X):
    return make(X) / np.sqrt(noise(X))[:, :, np.newaxis]


def _gains(make, X):
    blocks = make(X)
    return information(blocks @ blocks.swapaxes(1, 2))


def _n_copies(model):
    # In a matrix-normal posterior, all outputs share one factor: the covariance between
    # outputs is the same for the noise, and cancels.
    if not hasattr(model, "covariance_factor"):
        return 1
    return len(np.atleast_2d(getattr(model, "output_covariance_", 1)))


def noise_maker(transformers, model, given, n_outputs, owner):
    """Return the function that tells the variance of the noise of labels.

    Parameters
    ----------
    transformers : list of transformer
        Transformers of the rows, in order.
    model : estimator
        Fitted. If it has a covariance factor and a method ``label_variance``, each row
        has a noise of its own.
    given : float or None
        What the user says. None uses the model's own.
    n_outputs : int
        Number of outputs.
    owner : str
        Name of the strategy, for messages.

    Returns
    -------
    noise : callable
        Takes rows, returns the variance of the noise of each output, of shape (n_rows,
        n_outputs), larger than 0, in squared units of y.

    Raises
    ------
    ValueError
        If it is unknown, not larger than 0, or of another length.
    """
    has_own = hasattr(model, "covariance_factor") and hasattr(model, "label_variance")
    if given is None and has_own:
        return partial(_noise_of_rows, transformers, model)
    return partial(_noise_of_all, _known_noise(model, given, n_outputs, owner))


def _noise_of_rows(transformers, model, X):
    noise = np.asarray(model.label_variance(transform(transformers, X)), np.float64)
    name = f"label_variance of {type(model).__name__}"
    if noise.shape != (num_samples(X),) or not (noise > 0).all():
        raise ValueError(
            f"{name} must return a number larger than 0 for each of {num_samples(X)} "
            f"rows, got an array of shape {noise.shape} with smallest value "
            f"{noise.min():.6g}."
        )
    return _finite(noise, name)[:, np.newaxis]


def _noise_of_all(noise, X):
    return np.broadcast_to(noise, (num_samples(X), len(noise)))


def _known_noise(model, given, n_outputs, owner):
    """Return the noise variance of each output, (n_outputs,)."""
    if given is not None:
        noise = check_real(given, "noise_variance", owner, low=0)
        whose = f"noise_variance of {owner}"
    else:
        noise = _own_noise_variance(model, owner)
        whose = f"The noise variance that {owner} found in {type(model).__name__}"
    noise = np.ravel(np.asarray(noise, dtype=np.float64))
    if len(noise) not in (1, n_outputs):
        raise ValueError(
            f"{whose} must be one number or {n_outputs}, one per output, "
            f"got {len(noise)}."
        )
    if not (np.isfinite(noise).all() and (noise > 0).all()):
        advice = "" if given is not None else f" Give {owner} a noise_variance."
        raise ValueError(f"{whose} must be larger than 0, got {noise.min()}.{advice}")
    return np.broadcast_to(noise, n_outputs)


def _own_noise_variance(model, owner):
    if isinstance(model, (BayesianRidge, ARDRegression)):
        return 1 / model.alpha_
    noise = getattr(model, "noise_variance_", None)
    if noise is None:
        advice = f"Give {owner} a noise_variance, in squared units of y."
        if classifies(model):
            advice = "For class probabilities, try BatchBALD."
        raise ValueError(
            f"{owner} needs the variance of the label noise, and this "
            f"{type(model).__name__} has no noise_variance_. {advice}"
        )
    return noise
