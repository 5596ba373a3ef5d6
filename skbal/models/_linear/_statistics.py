"""Sufficient statistics of a linear model, and their update by new rows.

With at least as many rows as columns they are the number of rows, the means, and the
scatter around the means (`ManyRows`). Adding k rows costs k n_features**2, however many
came before. With fewer rows than columns, the rows themselves are smaller (`FewRows`).

A row of weight w counts as w equal rows. Scatters of two chunks are joined by the rule
of Chan, Golub and LeVeque (1983), because sums of squares of raw values would lose all
digits of columns with a large mean.
"""

from copy import copy
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.linalg import blas

from skbal._utils.chunks import chunks, rows_within
from skbal.models._linear._posterior import CholeskyPosterior, SpectralPosterior

_CHUNK = 2 * 2**20  # bytes of a chunk that stays in the processor's cache


class Spectrum(NamedTuple):
    """Phi'Phi by its eigenvectors.

    Attributes
    ----------
    values : ndarray of shape (rank,)
        Eigenvalues, the squared singular values of Phi, without those lost to
        rounding.
    vectors : ndarray of shape (n_features, rank)
        Eigenvectors.
    cross : ndarray of shape (rank, n_outputs)
        ``vectors.T @ Phi.T @ Y``.
    hides_columns : bool
        Whether a column that is not constant is so small that it was lost to rounding.
    """

    values: np.ndarray
    vectors: np.ndarray
    cross: np.ndarray
    hides_columns: bool = False


class _Moments(NamedTuple):
    """Weight, mean and scatter of the rows of [Phi, Y], joined column by column."""

    weight: float
    mean: np.ndarray
    scatter: np.ndarray

    def joined(self, other):
        weight = self.weight + other.weight
        step = other.mean - self.mean
        share = other.weight / weight
        scatter = self.scatter + other.scatter
        scatter += np.outer(step, (self.weight * share) * step)
        return _Moments(weight, self.mean + share * step, scatter)


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
    # SciPy's BLAS also computes the factor that follows. NumPy may have a BLAS of its
    # own, and the threads of the two would wait for each other longer than they work.
    lower = blas.dsyrk(1.0, rows.T, lower=True)
    return lower + np.tril(lower, -1).T


def _centre(rows, weights):
    """Subtract the mean from the rows, in place, and return the mean."""
    # The first row is subtracted first, which makes constant columns exactly zero.
    first = rows[0].copy()
    rows -= first
    mean = np.average(rows, axis=0, weights=weights)
    rows -= mean
    return first + mean


def add_rows(statistics, phi, y, weights, centred):
    """Return the statistics of earlier and new rows.

    Parameters
    ----------
    statistics : FewRows, ManyRows or None
        Statistics of the earlier rows, which are not changed. ``None`` if there are
        none.
    phi : ndarray of shape (n_samples, n_features)
        The new rows.
    y : ndarray of shape (n_samples, n_outputs)
        Their targets.
    weights : ndarray of shape (n_samples,), optional
        Weights of the new rows.
    centred : bool
        Whether scatters are around the mean (with an intercept) or around zero.

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
        Number of features. The other columns are targets.
    centred : bool
        Whether scatters are around the mean.
    """

    def __init__(self, n_features, centred):
        self._n_features, self._centred = n_features, centred
        self._moments = None

    def plus(self, phi, y, weights):
        """Return new statistics that include these rows as well."""
        both = ManyRows(self._n_features, self._centred)
        both._moments = self._moments
        n_columns = phi.shape[1] + y.shape[1]
        step = rows_within(8 * n_columns, max_memory=_CHUNK)
        for rows in chunks(len(phi), step):
            chunk_weights = None if weights is None else weights[rows]
            new = _moments(phi[rows], y[rows], chunk_weights, self._centred)
            both._moments = new if both._moments is None else both._moments.joined(new)
        return both

    def scaled(self, scale):
        """Return the statistics of columns multiplied by numbers, (n_features,)."""
        n_targets = len(self.mean_y)
        scale = np.concatenate([scale, np.ones(n_targets)])
        weight, mean, scatter = self._moments
        new = ManyRows(self._n_features, self._centred)
        scatter = scale[:, np.newaxis] * scatter * scale
        new._moments = _Moments(weight, scale * mean, scatter)
        return new

    @property
    def weight(self):
        """Sum of the weights of all rows."""
        return self._moments.weight

    @property
    def mean_phi(self):
        """Means of the features; zero if rows are not centred."""
        return self._moments.mean[: self._n_features]

    @property
    def mean_y(self):
        """Means of the targets; zero if rows are not centred."""
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
        """Return Y' Phi coef, (n_outputs, n_outputs)."""
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
    """The rows themselves, if there are fewer than columns.

    Parameters
    ----------
    phi : ndarray of shape (n_samples, n_features)
        The rows.
    y : ndarray of shape (n_samples, n_outputs)
        Their targets.
    weights : ndarray of shape (n_samples,) or None
        Weights of the rows.
    centred : bool
        Whether scatters are around the mean.
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
        """Return features, targets and weights of these and of new rows."""
        old_phi, old_y, old_weights = self._rows
        if old_weights is None and weights is None:
            both = None
        else:
            both = np.concatenate(
                [
                    np.ones(len(rows)) if given is None else given
                    for rows, given in ((old_phi, old_weights), (phi, weights))
                ]
            )
        return np.concatenate([old_phi, phi]), np.concatenate([old_y, y]), both

    def scaled(self, scale):
        """Return the statistics of columns multiplied by numbers, (n_features,)."""
        new = copy(self)
        vars(new).pop("spectrum", None)
        for name in ("_rows", "_centred_rows"):
            phi, *others = getattr(self, name)
            setattr(new, name, (phi * scale, *others))
        new.mean_phi = self.mean_phi * scale
        return new

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
        """Return Y' Phi coef, (n_outputs, n_outputs)."""
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
