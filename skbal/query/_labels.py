"""What labels of a pool say about a Gaussian function: blocks of rows, and noise.

Each row has a block B of shape (n_outputs, n_factors), in the units of y. ``B_i @
B_j.T`` is the covariance of the function between rows i and j, and N_i of shape
(n_outputs, n_outputs) the covariance of the noise of a label of row i.

For a classifier with draws of probabilities p, a label is the one-hot vector of the
class. Given the draw it has mean p and covariance diag(p) - pp'. N is the mean of this
over draws. The covariance of the label is then that of one class drawn with the mean
probabilities m, diag(m) - mm', as it must be.

For a model of votes, a label is the share of yes votes on each question, whose noise is
in `_share_labels`. Given the draw, votes on different questions are independent.
"""

from functools import partial

import numpy as np

from skbal._utils.draws import check_probabilities
from skbal._utils.pools import n_rows, sliceable, take
from skbal._utils.rho import check_rho
from skbal._utils.rows import RowsView
from skbal._utils.unwrap import unwrap
from skbal._utils.vote_models import concentration_of, refuse_counts
from skbal._utils.walk import COPIES, first_rows, gathered, walk
from skbal.information._probabilities import mean_probability
from skbal.query._factors import block_maker, deviations, draw_maker, noise_maker
from skbal.query._multilabel import refuse_multilabel
from skbal.query._reduction import falls_given, second_moment
from skbal.query._share_labels import noise_of_shares
from skbal.query._strategy import check_classes

# Probability with which a one-hot label is taken to be wrong. It only matters where the
# draws are certain, and labels that are known would have no noise at all.
_LEAST_NOISE = 1e-9


class PoolLabels:
    """Blocks of rows of a pool, and the noise of their labels.

    Parameters
    ----------
    estimator : estimator or learner
        Fitted, with a method ``covariance_factor`` or with posterior draws.
    X : array-like of shape (n_samples, ...)
        At least one row. Data that are not in memory are read chunk by chunk.
    owner : str
        Name of the strategy, for messages.
    noise_variance : float or None
        Variance of the noise of a label. None uses the estimator's own, or for draws of
        a classifier that of a one-hot label, and of a model of votes that of a share.
    n_votes : int
        Number of votes in a share.
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
    unit : float
        Sum of the variances of all outputs, where the block is that of an output of
        variance 1.
    bytes_per_row : int
        Bytes of the block of a row, its noise, and the numbers kept for a row.
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
        n_votes,
        n_draws,
        seed,
        batch_size,
        n_jobs,
        verbose=0,
    ):
        transformers, model = unwrap(estimator)
        refuse_multilabel(model, owner)
        is_exact, self._X = hasattr(model, "covariance_factor"), sliceable(X)
        draw = transformers, model, owner, n_draws, seed
        is_drawn = noise_variance is None and not is_exact
        if is_drawn and hasattr(model, "predict_votes"):
            refuse_counts(model, owner)
            make_draws, self.splits = draw_maker(*draw)
            self._make = partial(_shares, make_draws, estimator, n_votes, owner)
        elif is_drawn and hasattr(model, "classes_"):
            check_classes(model, owner)
            make_draws, self.splits = draw_maker(*draw)
            self._make = partial(_one_hot_labels, make_draws, owner)
        else:
            make, self.splits = block_maker(*draw)
            n_outputs = make(first_rows(self._X)).shape[1]
            noise = noise_maker(transformers, model, noise_variance, n_outputs, owner)
            self._make = partial(_with_noise, make, noise)
        self.n_rows = n_rows(X)
        blocks = self._make(first_rows(self._X))[0]
        n_outputs = blocks.shape[1]
        self.bytes_per_row = blocks[0].nbytes + 3 * 8 * n_outputs**2
        self.unit = sum_of_outputs(model) if is_exact else 1.0
        self._batch_size, self._n_jobs = batch_size, n_jobs
        self._verbose = verbose

    def load(self, rows):
        """Return the blocks and the noise of some rows, in their order.

        Parameters
        ----------
        rows : array-like of int of shape (n,)
            Distinct, in ascending order.

        Returns
        -------
        blocks : ndarray of shape (n, n_outputs, n_factors)
            In float32 or float64.
        noise : ndarray of shape (n, n_outputs, n_outputs), dtype=float64
        """
        rows = np.asarray(rows, dtype=np.intp)
        everything = len(rows) == self.n_rows
        X = self._X if everything else RowsView(self._X, rows, take)
        verbose = self._verbose if everything else 0
        return gathered(self._walk(self._make, X, verbose), len(rows), "Blocks")

    def second_moment(self, weigh=None):
        """Return the sum of B'B over all rows; only a few blocks are held at once.

        Parameters
        ----------
        weigh : callable, optional
            Takes rows, returns the weight of each in the sum. ``None`` is 1 for all.

        Returns
        -------
        moment : ndarray of shape (n_factors, n_factors)
        """
        sums = self._walk(partial(_sum, self._make, weigh), self._X, self._verbose)
        return sum(moment for _, moment in sums)

    def falls(self, covariance, spread, start=0):
        """Return the falls of rows; only a few blocks are held at once.

        Parameters
        ----------
        covariance, spread : ndarray of shape (n_factors, n_factors)
            C and C M C, as in `falls_given`.
        start : int, default=0
            The first row.

        Returns
        -------
        falls : ndarray of shape (n_rows - start,), dtype=float64
        """
        X, n_left = self._X, self.n_rows - start
        if start:
            X = RowsView(X, np.arange(start, self.n_rows), take)
        function = partial(_falls, self._make, covariance, spread)
        return gathered(self._walk(function, X, self._verbose), n_left, "Blocks")

    def _walk(self, function, X, verbose):
        return walk(
            function,
            X,
            batch_size=self._batch_size if self.splits else n_rows(X),
            bytes_per_row=COPIES * self.bytes_per_row,
            n_jobs=self._n_jobs,
            verbose=verbose,
        )


def _with_noise(make, noise, X):
    variances = noise(X)
    return make(X), variances[:, :, np.newaxis] * np.eye(variances.shape[1])


def _one_hot_labels(make_draws, owner, X):
    draws = np.ascontiguousarray(check_probabilities(make_draws(X), owner))
    mean, _ = mean_probability(draws, owner)
    draws = draws.astype(np.float64, copy=False)
    n_draws, n_classes = draws.shape[1:]
    # The draws are taken as all there is, so their covariance is not corrected for
    # their number.
    blocks = deviations(draws) / np.sqrt(n_draws)
    noise = -(draws.swapaxes(1, 2) @ draws) / n_draws  # minus the mean of pp'
    noise += np.ones((n_classes, n_classes)) / n_classes
    # The blocks have no part along (1, ..., 1), so what is added there does not count.
    # It makes N regular, since the entries of a label always sum to 1.
    classes = np.arange(n_classes)
    noise[:, classes, classes] += mean + _LEAST_NOISE
    return blocks, noise


def _shares(make_draws, estimator, n_votes, owner, X):
    draws = make_draws(X)
    check_rho(draws, owner, name="Draws")
    noise = noise_of_shares(draws, n_votes, concentration_of(estimator, X))
    blocks = deviations(draws) / np.sqrt(draws.shape[1])
    return blocks, noise[:, :, np.newaxis] * np.eye(noise.shape[1])


def _sum(make, weigh, X):
    return weighted_moment(make(X)[0], None if weigh is None else weigh(X))


def weighted_moment(blocks, weights):
    """Return the sum of B'B over rows, each with its weight if there are weights."""
    if weights is not None:
        blocks = blocks * np.sqrt(weights)[:, np.newaxis, np.newaxis]
    return second_moment(blocks)


def _falls(make, covariance, spread, X):
    return falls_given(*make(X), covariance, spread)


def sum_of_outputs(model):
    """Return the sum of the prior variances of the outputs of a model; 1 if unknown."""
    return float(np.trace(np.atleast_2d(getattr(model, "output_covariance_", 1.0))))
