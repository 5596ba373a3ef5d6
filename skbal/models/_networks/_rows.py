"""The rows of X as a network takes them: checked, in float32, in its shape."""

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skbal._utils.arrays import validate_rows
from skbal._utils.images import CHANNELS_FIRST, has_channels_last, shape_of_images
from skbal._utils.lazy import lazy_module

torch = lazy_module("torch")


def _ndim(X):
    return X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim


class NetworkRowsMixin:
    """Checks X for an estimator with ``module``, ``image_shape`` and ``device``."""

    _uses_torch = True  # see skbal._utils.threads

    def _check_fit_rows(self, X, y):
        """Return X in float32 and y, both checked; learn shape and names of rows."""
        is_nd = _ndim(X) > 2
        with np.errstate(over="ignore"):  # the check for infinity has a better message
            X, y = validate_rows(
                self,
                X,
                y,
                dtype=np.float32,
                ensure_2d=not is_nd,
                allow_nd=is_nd,
                multi_output=self._multi_output,
                y_numeric=self._multi_output,
            )
        self._learn_row_shape(X.shape)
        # torch warns about arrays that cannot be written to.
        return (X if X.flags.writeable else X.copy()), y

    def _learn_row_shape(self, shape):
        is_auto = self.image_shape is None and isinstance(self.module, str)
        if len(shape) > 2 and is_auto:
            self._refuse_other_than_images(shape)
        self.row_shape_ = shape[1:]
        network_shape = self._network_shape()
        if isinstance(self.module, str):
            self._refuse_tiny_images(network_shape)

    def _refuse_other_than_images(self, shape):
        owner = type(self).__name__
        if len(shape) != 4:
            raise ValueError(
                f"X given to {owner} with module='auto' must have shape "
                "(n_samples, n_features) or (n_samples, channels, height, width), got "
                f"{shape}. Grey images need a channel axis: X[:, None]."
            )
        if has_channels_last(shape[1:]):
            raise ValueError(
                f"X given to {owner} with module='auto' must have shape (n_samples, "
                f"channels, height, width), got {shape}. {CHANNELS_FIRST}"
            )

    def _refuse_tiny_images(self, shape):
        if len(shape) == 3 and min(shape[1:]) < 8:
            given = "rows of shape" if self.image_shape is None else "image_shape"
            hint = f" {CHANNELS_FIRST}" if shape[2] < min(shape[:2]) else ""
            raise ValueError(
                f"X given to {type(self).__name__} with module='auto' must be images "
                f"of at least 8x8 pixels, got {given} {shape}.{hint}"
            )

    def _network_shape(self):
        """Return the shape in which a row enters the network."""
        if self.image_shape is None:
            return tuple(self.row_shape_)
        return shape_of_images(self.image_shape, self.row_shape_, type(self).__name__)

    def _check_rows(self, X):
        """Return X as an array-like that can be sliced, with the shape of rows checked.

        Values are checked chunk by chunk (`_to_torch`), so a memory-mapped pool is
        never copied as a whole.
        """
        check_is_fitted(self)
        is_nd = _ndim(X) > 2
        X = validate_rows(
            self,
            X,
            reset=False,
            dtype="numeric",
            ensure_2d=not is_nd,
            allow_nd=is_nd,
            ensure_all_finite=False,
        )
        if X.shape[1:] != tuple(self.row_shape_):
            raise ValueError(
                f"X given to {type(self).__name__} has rows of shape {X.shape[1:]}, "
                f"but it was fitted on rows of shape {tuple(self.row_shape_)}."
            )
        return X

    def _to_torch(self, X):
        X = self._as_network_rows(self._finite_copy(X))
        return torch.from_numpy(X).to(self.device)

    def _finite_copy(self, X):
        """Return a copy of a chunk of rows in float32; refuse NaN and infinity."""
        with np.errstate(over="ignore"):
            return check_array(
                X,
                dtype=np.float32,
                ensure_2d=False,
                allow_nd=True,
                copy=True,
                input_name="X",
                estimator=self,
            )

    def _as_network_rows(self, X):
        """Return float32 rows in the shape and on the scale in which they enter."""
        return self._scaled(X.reshape(len(X), *self._network_shape()))

    def _as_network_tensor(self, x):
        """Return the same for a tensor in float64, which gradients pass through."""
        return self._scaled_tensor(x.reshape(len(x), *self._network_shape()))
