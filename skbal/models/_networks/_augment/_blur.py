"""Images smeared by a Gaussian."""

from skbal._utils.image_warps import blurred, drawn
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import real
from skbal.models._networks._augment._base import ImageTransform

torch = lazy_module("torch")


class RandomBlur(ImageTransform):
    """Blur each image of a training batch by a Gaussian of random width.

    An instrument, the air or a lens blurs images in this way: the Gaussian is the point
    spread function.

    Parameters
    ----------
    sigma : float, default=1.0
        Largest standard deviation of the Gaussian, in pixels, from 0 to 100. That of an
        image is uniform between 0 and ``sigma``.

    See Also
    --------
    Compose : Several changes, one after the other.

    Examples
    --------
    A flat image stays flat:

    >>> import torch
    >>> from skbal.models import RandomBlur
    >>> images = RandomBlur(sigma=2)(torch.ones(5, 1, 28, 28))
    >>> bool(torch.allclose(images, torch.ones(5, 1, 28, 28)))
    True
    """

    _parameter_rules = {"sigma": real(0, 100)}

    def __init__(self, sigma=1.0):
        self.sigma = sigma

    def _changed(self, X, generator):
        return blurred(
            X, float(self.sigma) * drawn(torch.rand, (len(X),), X, generator)
        )
