"""What all changes of images share: they are objects that are called with a batch."""

from sklearn.base import BaseEstimator

from skbal._utils.image_warps import FILLS
from skbal._utils.lazy import lazy_module
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, option

torch = lazy_module("torch")

FILL = option(*FILLS)


class ImageTransform(KnowsItsParameters, BaseEstimator):
    """Base of the random changes of images.

    A subclass has ``_parameter_rules`` and `_changed`.
    """

    _interpolates = True  # computes new values, for which integers are too coarse

    def __call__(self, X, generator=None):
        """Return the changed batch.

        Parameters
        ----------
        X : torch.Tensor of shape (n_samples, n_channels, height, width)
            A batch of images. It stays as it is.
        generator : torch.Generator, optional
            Stream of random numbers. ``None`` is torch's own, which the training of a
            network seeds and restores.

        Returns
        -------
        images : torch.Tensor of the same shape and dtype

        Raises
        ------
        TypeError
            If X is not a tensor, or holds integers between which values would have to
            be computed.
        ValueError
            If the rows are not images, or a parameter has a wrong value.
        """
        check_parameters(self)
        self._check_images(X)
        return self._changed(X, generator)

    def _changed(self, X, generator):
        """Return the batch, changed by random numbers of the generator."""
        raise NotImplementedError

    def _check_images(self, X):
        owner = type(self).__name__
        if not torch.is_tensor(X):
            raise TypeError(
                f"X given to {owner} must be a tensor of torch, got "
                f"{type(X).__name__}. Of an array, torch.as_tensor(X) makes one."
            )
        if X.ndim != 4:
            raise ValueError(
                f"{owner} changes images of shape (n_samples, channels, height, "
                f"width), got a batch of shape {tuple(X.shape)}. For flat rows, give "
                "the network their image_shape."
            )
        if 0 in X.shape[1:]:
            raise ValueError(
                f"X given to {owner} must hold images with at least one pixel, got a "
                f"batch of shape {tuple(X.shape)}."
            )
        if _looks_channels_last(X.shape):
            raise ValueError(
                f"{owner} changes images of shape (n_samples, channels, height, "
                f"width), and a batch of shape {tuple(X.shape)} looks like images with "
                "channels last: X.permute(0, 3, 1, 2) moves them."
            )
        if self._interpolates and not X.is_floating_point():
            raise TypeError(
                f"X given to {owner} must hold floats, since values between pixels "
                f"are computed, got {X.dtype}: use X.float()."
            )


def _looks_channels_last(shape):
    """Return whether a batch has as many columns as an image has channels."""
    _, n_channels, height, width = shape
    return width in (1, 3, 4) and n_channels > 4 and height > 4
