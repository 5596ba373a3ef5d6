"""What a linear model must remember of its rows, and how it grows by new ones.

With at least as many rows as columns that is their number, means, and the scatter
about the means (`ManyRows`); adding k rows costs k n_features**2, however many came
before. With fewer, the rows themselves are less (`FewRows`).

A weight w counts a row w times. Scatters of two parts are joined by the rule of Chan,
Golub and LeVeque (1983): sums of squares of raw values would lose all digits of columns
whose mean is large.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import blas

from skbal._utils.chunks import rows_within
from skbal.models._linear._posterior import CholeskyPosterior, SpectralPosterior

_CHUNK = 2 * 2**20  # bytes of a chunk that stays in the processor's cache


class Spectrum(NamedTuple):
    """Phi'Phi by its eigenvectors.

    Attributes
    ----------
    values : ndarray of shape (rank,)
        Eigenvalues, the squared singular values of Phi; those lost in rounding are
        left out.
    vectors : ndarray of shape (n_features, rank)
        Eigenvectors.
    cross : ndarray of shape (rank, n_outputs)
        ``vectors.T @ Phi.T @ Y``.
    hides_columns : bool
        Whether a column that is not constant is so small that it was lost.
    """

    values: np.ndarray
    vectors: np.ndarray
    cross: np.ndarray
    hides_columns: bool = False


class _Moments(NamedTuple):
    """Weight, mean and scatter of rows [Phi, Y] side by side."""

    weight: float
    mean: np.ndarray
    scatter: np.ndarray

    def joined(self, other):
        weight = self.weight + other.weight
        step = other.mean - self.mean
        part = other.weight / weight
        scatter = self.scatter + other.scatter
        scatter += np.outer(step, (self.weight * part) * step)
        return _Moments(weight, self.mean + part * step, scatter)


def _moments(phi, y, weights, centred):
    rows = np.concatenate([phi, y], axis=1, dtype=np.float64)
    weight = float(len(rows) if weights is None else weights.sum())
    mean = np.zeros(rows.shape[1])
    if centred:
        mean = _centre(rows, weights)
    if weights is not None:
        rows *= np.sqrt(weights)[:, np.newaxis]
    return _Moments(weight, mean, _scatter(rows))


def _scatter(rows):
    # By SciPy's BLAS, as the factor that follows. NumPy may bring one of its own, and
    # then the threads of the two keep each other waiting for longer than the work.
    lower = blas.dsyrk(1.0, rows.T, lower=True)
    return lower + np.tril(lower, -1).T


def _centre(rows, weights):
    """Take the mean off the rows, in place, and return it."""
    # From the first row on: a constant column is then constant to the last bit.
    first = rows[0].copy()
    rows -= first
    mean = np.average(rows, axis=0, weights=weights)
    rows -= mean
    return first + mean


def add_rows(statistics, phi, y, weights, centred):
    """Return the statistics of the rows there were and of new ones.

    Parameters
    ----------
    statistics : FewRows, ManyRows or None
        Of the rows there were; it stays as it is. None where there were none.
    phi : ndarray of shape (n_samples, n_features)
        New rows.
    y : ndarray of shape (n_samples, n_outputs)
        Their targets.
    weights : ndarray of shape (n_samples,), optional
        How often each row counts.
    centred : bool
        Whether scatters are about the mean (an intercept) or about zero.

    Returns
    -------
    statistics : FewRows or ManyRows
    """
    if weights is not None:
        seen = weights > 0
        phi, y, weights = phi[seen], y[seen], weights[seen]
    if isinstance(statistics, ManyRows):
        return statistics.plus(phi, y, weights)
    if statistics is not None:
        phi, y, weights = statistics.followed_by(phi, y, weights)
    if len(phi) < phi.shape[1]:
        return FewRows(phi, y, weights, centred)
    return ManyRows(phi.shape[1], centred).plus(phi, y, weights)


class ManyRows:
    """The moments of at least as many rows as columns.

    Parameters
    ----------
    n_features : int
        How many columns are features; the others are targets.
    centred : bool
        Whether scatters are about the mean.
    """

    def __init__(self, n_features, centred):
        self._n_features, self._centred = n_features, centred
        self._moments = None

    def plus(self, phi, y, weights):
        """Return new statistics that count these rows too."""
        both = ManyRows(self._n_features, self._centred)
        both._moments = self._moments
        n_columns = phi.shape[1] + y.shape[1]
        step = rows_within(8 * n_columns, max_memory=_CHUNK)
        for start in range(0, len(phi), step):
            part = slice(start, start + step)
            part_weights = None if weights is None else weights[part]
            new = _moments(phi[part], y[part], part_weights, self._centred)
            both._moments = new if both._moments is None else both._moments.joined(new)
        return both

    @property
    def weight(self):
        """How many rows, by weight."""
        return self._moments.weight

    @property
    def mean_phi(self):
        """The means of the features; zero where nothing is centred."""
        return self._moments.mean[: self._n_features]

    @property
    def mean_y(self):
        """The means of the targets; zero where nothing is centred."""
        return self._moments.mean[self._n_features :]

    @property
    def _gram(self):
        return self._moments.scatter[: self._n_features, : self._n_features]

    @property
    def _cross(self):
        return self._moments.scatter[: self._n_features, self._n_features :]

    @property
    def scatter_y(self):
        """Y'Y of the centred targets, (n_outputs, n_outputs)."""
        return self._moments.scatter[self._n_features :, self._n_features :]

    @property
    def column_squares(self):
        """The diagonal of Phi'Phi, (n_features,)."""
        return self._gram.diagonal()

    def explained_by(self, coef):
        """Return Y'Phi coef, (n_outputs, n_outputs)."""
        return self._cross.T @ coef

    def residual_scatter(self, coef):
        """Return the scatter of Y - Phi coef, (n_outputs, n_outputs)."""
        explained = self.explained_by(coef)
        return self.scatter_y - explained - explained.T + coef.T @ self._gram @ coef

    @cached_property
    def spectrum(self):
        """The `Spectrum` of the features."""
        values, vectors = linalg.eigh(self._gram)
        lost = _lost(self._n_features) * max(values[-1], 0.0)
        kept = values > lost
        vectors = vectors[:, kept]
        squares = self.column_squares
        hides = bool(((squares > 0) & (squares < lost)).any())
        return Spectrum(values[kept], vectors, vectors.T @ self._cross, hides)

    def posterior(self, noise_variance, prior_variance, owner):
        """Return the exact posterior."""
        return CholeskyPosterior(
            self._gram, self._cross, noise_variance, prior_variance, owner
        )


class FewRows:
    """The rows themselves, fewer than columns.

    Parameters
    ----------
    phi : ndarray of shape (n_samples, n_features)
        The rows.
    y : ndarray of shape (n_samples, n_outputs)
        Their targets.
    weights : ndarray of shape (n_samples,) or None
        How often each row counts.
    centred : bool
        Whether there is an intercept.
    """

    def __init__(self, phi, y, weights, centred):
        self._rows = phi.astype(np.float64), y.astype(np.float64), weights
        self._centred_rows = [values.copy() for values in self._rows[:2]]
        self.weight = float(len(phi) if weights is None else weights.sum())
        self.mean_phi, self.mean_y = (
            _centre(values, weights) if centred else np.zeros(values.shape[1])
            for values in self._centred_rows
        )

    def followed_by(self, phi, y, weights):
        """Return these rows and new ones: features, targets, weights."""
        old_phi, old_y, old_weights = self._rows
        if old_weights is None and weights is None:
            both = None
        else:
            both = np.concatenate(
                [
                    np.ones(len(rows)) if part is None else part
                    for rows, part in ((old_phi, old_weights), (phi, weights))
                ]
            )
        return np.concatenate([old_phi, phi]), np.concatenate([old_y, y]), both

    def _centred(self):
        phi, y = self._centred_rows
        weights = self._rows[2]
        root = 1.0 if weights is None else np.sqrt(weights)[:, np.newaxis]
        return root * phi, root * y

    @property
    def scatter_y(self):
        """Y'Y of the centred targets, (n_outputs, n_outputs)."""
        _, y = self._centred()
        return y.T @ y

    @property
    def column_squares(self):
        """The diagonal of Phi'Phi, (n_features,)."""
        phi, _ = self._centred()
        return np.einsum("ij,ij->j", phi, phi)

    def explained_by(self, coef):
        """Return Y'Phi coef, (n_outputs, n_outputs)."""
        phi, y = self._centred()
        return y.T @ (phi @ coef)

    def residual_scatter(self, coef):
        """Return the scatter of Y - Phi coef, (n_outputs, n_outputs)."""
        phi, y = self._centred()
        residual = y - phi @ coef
        return residual.T @ residual

    @cached_property
    def spectrum(self):
        """The `Spectrum` of the features."""
        phi, y = self._centred()
        left, singular, right = linalg.svd(phi, full_matrices=False)
        kept = singular > _lost(max(phi.shape)) * singular[0]
        singular = singular[kept]
        cross = singular[:, np.newaxis] * (left[:, kept].T @ y)
        return Spectrum(singular**2, right[kept].T, cross)

    def posterior(self, noise_variance, prior_variance, owner):
        """Return the exact posterior."""
        return SpectralPosterior(self.spectrum, noise_variance, prior_variance)


def _lost(n):
    return n * np.finfo(np.float64).eps
