"""Changes of a training batch under which its labels stay true."""

from sklearn.base import BaseEstimator

from skbal._utils.lazy import lazy_module
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count

torch = lazy_module("torch")
functional = lazy_module("torch.nn.functional")


class RandomShift(KnowsItsParameters, BaseEstimator):
    """Shift each image of a training batch by up to a few pixels, filled with zeros.

    It is meant for the parameter ``augment`` of a network. The shifts are drawn from
    the random stream of the training, so a fit with an integer ``random_state`` is
    repeatable.

    Parameters
    ----------
    pixels : int, default=2
        Largest shift to each side, in pixels.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomShift
    >>> RandomShift(pixels=2)(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """

    _parameter_rules = {"pixels": count(0)}

    def __init__(self, pixels=2):
        self.pixels = pixels

    def __call__(self, X):
        """Return the shifted batch.

        Parameters
        ----------
        X : torch.Tensor of shape (n_samples, n_channels, height, width)
            A training batch.

        Returns
        -------
        shifted : torch.Tensor of the same shape

        Raises
        ------
        ValueError
            If the rows are not images, or ``pixels`` is negative.
        """
        check_parameters(self)
        if X.ndim != 4:
            raise ValueError(
                "RandomShift shifts images of shape (n_samples, channels, height, "
                f"width), got a batch of shape {tuple(X.shape)}. For flat rows, give "
                "the network their image_shape."
            )
        pixels = self.pixels
        n, _, height, width = X.shape
        down, right = torch.randint(2 * pixels + 1, (2, n, 1), device=X.device)
        padded = functional.pad(X, [pixels] * 4)
        rows = down + torch.arange(height, device=X.device)
        columns = right + torch.arange(width, device=X.device)
        image = torch.arange(n, device=X.device)[:, None, None]
        # From (n_samples, height, width, channels), since the slice between two
        # index arrays moves the channels last.
        shifted = padded[image, :, rows[:, :, None], columns[:, None, :]]
        return shifted.permute(0, 3, 1, 2).contiguous()
