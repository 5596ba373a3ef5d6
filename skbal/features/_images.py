"""The base of transformers that work on each image by itself.

A pool may be too large for memory, so its images are read and worked on in chunks. A
chunk is small enough for the caches of a processor: in tests, chunks of 64 MB took
nearly twice the time. The work on an image is the same whatever chunk it is in.
"""

from abc import ABC, abstractmethod
from math import isqrt, prod

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import as_array, validate_rows
from skbal._utils.chunks import chunks, rows_within
from skbal._utils.images import (
    CHANNELS_FIRST,
    has_channels_last,
    image_shape,
    shape_of_images,
)
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count
from skbal._utils.pools import cut, n_rows, sliceable, take
from skbal._utils.walk import gathered

_MAX_MEMORY = 4 * 2**20  # bytes of temporaries at once
_COPIES = 8  # of an image, in float32, while one is worked on
_LARGEST = np.float32(1e38)  # differences of such numbers are in the range of float32


class ImageTransformer(KnowsItsParameters, TransformerMixin, BaseEstimator, ABC):
    """Computes something of each image; learns nothing but the shape of a row.

    A subclass has the parameters ``image_shape`` and ``batch_size`` and defines
    `_of_images`.
    """

    _parameter_rules = {
        "image_shape": image_shape(),
        "batch_size": count(1, none=True),
    }

    @abstractmethod
    def _of_images(self, images):
        """Return the results of a chunk of images, one per image.

        Parameters
        ----------
        images : ndarray of shape (n_images, channels, height, width)
            Real numbers of any dtype, finite and not above 1e38. May be a view of the
            caller's array.

        Returns
        -------
        results : ndarray of shape (n_images, ...), dtype=float32
        """

    def fit(self, X, y=None):
        """Check the images and learn the shape of a row; nothing else is learned.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
(n_samples, channels, height, width) or (n_samples, n_features)
            Images in grey or in colour, or flattened ones with ``image_shape``. Data
            that are not in memory are read chunk by chunk.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The transformer itself.

        Raises
        ------
        TypeError, ValueError
            If a parameter is not as it must be, the rows are no images, or a value is
            NaN or beyond 1e38, which is near the end of float32.
        """
        for _ in self._chunks(self._learn_rows(X)):
            pass
        return self

    def fit_transform(self, X, y=None):
        """Fit and transform the same images, which are read once.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
(n_samples, channels, height, width) or (n_samples, n_features)
            As for ``fit``.
        y : None
            Ignored.

        Returns
        -------
        X_new : ndarray of shape (n_samples, ...), dtype=float32
            As ``transform`` returns it.
        """
        return self._results(self._learn_rows(X))

    def transform(self, X):
        """Return the result of each image.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        X_new : ndarray of shape (n_samples, ...), dtype=float32
            One result per image. It does not depend on the other images.

        Raises
        ------
        TypeError, ValueError
            If the rows have another shape than in ``fit``, or a value is NaN or beyond
            1e38.
        sklearn.exceptions.NotFittedError
            Before ``fit``.
        """
        check_is_fitted(self)
        check_parameters(self)
        return self._results(self._check_rows(X, reset=False))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.image_shape is not None
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _learn_rows(self, X):
        """Return X with the shape of its rows checked; learn that shape."""
        check_parameters(self)
        X = self._check_rows(X, reset=True)
        self.row_shape_ = tuple(np.shape(take(X, slice(0, 1)))[1:])
        self.n_features_in_ = prod(self.row_shape_)
        self._image_shape()
        return X

    def _check_rows(self, X, *, reset):
        """Return X as an object whose rows can be read, with its first row checked."""
        what = f"X given to {type(self).__name__}"
        n_rows(X, what)
        X = sliceable(X)
        first = take(X, slice(0, 1))
        ndim = first.ndim if hasattr(first, "ndim") else as_array(first, what).ndim
        validate_rows(
            self,
            first,
            reset=reset,
            dtype="numeric",
            ensure_2d=ndim < 3,
            allow_nd=ndim > 2,
            ensure_all_finite=False,
        )
        return X

    def _image_shape(self):
        """Return (channels, height, width) of an image."""
        shape, owner = self.row_shape_, type(self).__name__
        if self.image_shape is not None:
            return shape_of_images(self.image_shape, shape, owner)
        if has_channels_last(shape):
            raise ValueError(
                f"X given to {owner} must have shape (n_samples, channels, height, "
                f"width), got rows of shape {shape}. {CHANNELS_FIRST}"
            )
        if len(shape) not in (2, 3) or not prod(shape):
            raise ValueError(
                f"X given to {owner} must have shape (n_samples, height, width) or "
                f"(n_samples, channels, height, width), got rows of shape {shape}. "
                f"{_hint(shape)}"
            )
        return shape if len(shape) == 3 else (1, *shape)

    def _results(self, X):
        results = ((rows, self._of_images(images)) for rows, images in self._chunks(X))
        return gathered(results, n_rows(X), "Images")

    def _chunks(self, X):
        """Yield the slice of each chunk of rows, and its images."""
        size = self.batch_size
        if size is None:
            n_bytes = _COPIES * np.float32().nbytes * prod(self.row_shape_)
            size = rows_within(n_bytes, max_memory=_MAX_MEMORY)
        slices = list(chunks(n_rows(X), size))
        for rows, part in zip(slices, cut(X, slices)):
            yield rows, self._as_images(part, rows.start)

    def _as_images(self, part, start):
        """Return a chunk of rows as images; refuse NaN and huge numbers."""
        owner = type(self).__name__
        if isinstance(part, (list, tuple)):
            part = as_array(part, f"X given to {owner}")
        part = check_array(
            part,
            dtype="numeric",
            ensure_2d=False,
            allow_nd=True,
            ensure_all_finite=False,
            input_name="X",
            estimator=self,
        )
        if part.shape[1:] != self.row_shape_:
            raise ValueError(
                f"X given to {owner} has rows of shape {part.shape[1:]}, but it was "
                f"fitted on rows of shape {self.row_shape_}."
            )
        if part.dtype.kind not in "buif":
            raise TypeError(
                f"X given to {owner} must hold numbers, got dtype {part.dtype}."
            )
        _check_finite(part, start, owner)
        return part.reshape(len(part), *self._image_shape())


def _hint(row_shape):
    side = isqrt(prod(row_shape))
    if len(row_shape) != 1 or side**2 != row_shape[0]:
        return "For flattened images, give image_shape."
    return f"For flattened images, give image_shape, such as ({side}, {side})."


def _check_finite(part, start, owner):
    if part.dtype.kind != "f":
        return
    fine = np.abs(part) <= _LARGEST  # False for NaN
    if fine.all():
        return
    place = np.unravel_index(np.argmin(fine), part.shape)
    value = part[place]
    raise ValueError(
        f"X given to {owner} must hold finite numbers up to {_LARGEST:.0e}, got "
        f"{'NaN' if np.isnan(value) else value} in row {start + place[0]}."
    )
