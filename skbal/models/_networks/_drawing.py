"""The draws of a network: checked rows in, arrays of draws out."""

from abc import abstractmethod

import numpy as np
from sklearn.utils import gen_batches

from skbal._utils.lazy import lazy_module
from skbal._utils.random import check_seed
from skbal._utils.validation import check_count

_torch_draws = lazy_module("skbal.models._networks._torch_draws")


class DrawingMixin:
    """Gives ``predict_samples``; a subclass says how a chunk of rows is drawn for."""

    def predict_samples(self, X, n_draws=None, *, random_state=None, batch_size=None):
        """Return joint posterior draws: draw k is one network for all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.
        batch_size : int, optional
            Number of rows predicted at once. ``None`` chooses it so that temporaries
            stay near 64 MB. It changes no draw beyond rounding.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs), dtype=float32
            A classifier gives class probabilities in the order of ``classes_``, a
            regressor values in the units of y, and a model of votes the probability
            of a yes to each question.

        Raises
        ------
        ValueError
            If X has rows of another shape, NaN or infinity, or if the estimator cannot
            make so many draws.
        """
        X = self._check_rows(X)
        sampler, n_draws = self._sampler(X, n_draws, random_state)
        draws = np.empty((len(X), n_draws, self._n_outputs()), dtype=np.float32)
        for rows, chunk in self._draw_chunks(X, sampler, batch_size):
            draws[rows] = chunk
        return draws

    def _mean_draw(self, X):
        """Return the mean over the draws of the fitted seed, in float64."""
        X = self._check_rows(X)
        mean = np.empty((len(X), self._n_outputs()))
        for rows, chunk in self._fitted_chunks(X):
            mean[rows] = chunk.mean(axis=1, dtype=np.float64)
        return mean

    def _fitted_chunks(self, X, convert=None):
        """Yield slices of checked rows, and their draws of the fitted seed."""
        sampler, _ = self._sampler(X, None, self._fitted_seed())
        yield from self._draw_chunks(X, sampler, None, convert)

    def _sampler(self, X, n_draws, random_state):
        """Return the function that draws for chunks of rows, and the number of draws.

        The function has the attribute ``batch_size``. Its results have the shape
        (n_draws, n_rows, n_network_outputs).
        """
        n_draws = self._check_n_draws(n_draws)
        seed = check_seed(random_state, f"predict_samples of {type(self).__name__}")
        example = self._to_torch(X[:3])
        with self._threads(self._nets()[0], example)():
            return self._make_sampler(example, n_draws, seed), n_draws

    def _draw_chunks(self, X, sampler, batch_size, convert=None):
        convert = self._from_outputs if convert is None else convert
        if batch_size is None:
            batch_size = sampler.batch_size
        else:
            owner = f"predict_samples of {type(self).__name__}"
            batch_size = check_count(batch_size, "batch_size", owner)
        threads = self._threads(self._nets()[0], self._to_torch(X[:1]))
        for rows in gen_batches(len(X), batch_size):
            with threads():
                outputs = convert(sampler(self._to_torch(X[rows])))
            # From (n_draws, n_rows, n_outputs) to (n_rows, n_draws, n_outputs).
            yield rows, outputs.swapaxes(0, 1).cpu().numpy()

    def _torch_draws(self, X, n_draws, seed):
        """Return the draws of ``predict_samples`` as a `TorchDraws`.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``, of which a few are tried.
        n_draws : int or None
            Number of posterior draws.
        seed : int
            The same seed gives the draws of ``predict_samples`` with it.

        Returns
        -------
        draws : TorchDraws
        """
        X = self._check_rows(X)
        sampler, n_draws = self._sampler(X, n_draws, seed)
        module = self._nets()[0].module_
        return _torch_draws.TorchDraws(
            sampler.with_gradients,
            enter=self._as_network_tensor,
            leave=self._from_outputs,
            n_draws=n_draws,
            module=module,
            threads=self._threads(self._nets()[0], self._to_torch(X[:1])),
        )

    @abstractmethod
    def _check_n_draws(self, n_draws):
        """Return the number of draws, or raise an error."""

    @abstractmethod
    def _make_sampler(self, example, n_draws, seed):
        """Return the function that draws for chunks of rows; see `_sampler`."""

    @abstractmethod
    def _fitted_seed(self):
        """Return the seed of the draws behind ``predict``."""
