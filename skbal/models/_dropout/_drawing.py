"""The draws of an estimator with dropout: checked rows in, arrays of draws out."""

import numpy as np
from sklearn.utils import gen_batches

from skbal._utils.random import check_seed
from skbal._utils.validation import check_count


class DrawingMixin:
    """Gives ``predict_samples``; `MCDropout` says what a network's outputs are."""

    def predict_samples(self, X, n_draws=None, *, random_state=None, batch_size=None):
        """Return joint posterior draws, each by one set of dropout masks for all rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The rows, as ``fit`` took them.
        n_draws : int, optional
            How many draws; None takes the parameter ``n_draws``.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call; None gives fresh ones.
        batch_size : int, optional
            Rows that run through the network at once; None chooses so many that the
            pass stays within 64 MB. It changes no draw beyond rounding.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs), dtype=float32
            Class probabilities, columns as ``classes_``, or values in the units of y.

        Raises
        ------
        ValueError
            If X has rows of another shape, NaN or infinity, or if more than one draw
            is asked of a deterministic network.
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
        sampler, _ = self._sampler(X, None, self.draw_seed_)
        yield from self._draw_chunks(X, sampler, None, convert)

    def _sampler(self, X, n_draws, random_state):
        from skbal.models._dropout._draws import DropoutSampler, PlainSampler

        owner = type(self).__name__
        n_draws = self._check_n_draws(n_draws)
        seed = check_seed(random_state, f"predict_samples of {owner}")
        example = self._to_torch(X[:3])
        if self.deterministic:
            return PlainSampler(self.net_.module_, example), n_draws
        return DropoutSampler(self.net_.module_, example, n_draws, seed), n_draws

    def _draw_chunks(self, X, sampler, batch_size, convert=None):
        convert = self._from_outputs if convert is None else convert
        if batch_size is None:
            batch_size = sampler.batch_size
        else:
            owner = f"predict_samples of {type(self).__name__}"
            batch_size = check_count(batch_size, "batch_size", owner)
        for rows in gen_batches(len(X), batch_size):
            outputs = convert(sampler(self._to_torch(X[rows])))
            yield rows, outputs.swapaxes(0, 1).cpu().numpy()

    def _check_n_draws(self, n_draws):
        owner = type(self).__name__
        if self.deterministic:
            if n_draws not in (None, 1):
                raise ValueError(
                    f"n_draws of {owner} must be None or 1 with deterministic=True, "
                    f"which has one prediction and no draws, got {n_draws!r}."
                )
            return 1
        if n_draws is None:
            n_draws = self.n_draws
        return check_count(n_draws, "n_draws", owner)
