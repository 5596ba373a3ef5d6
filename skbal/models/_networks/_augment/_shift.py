"""Images moved by whole pixels."""

from skbal._utils.image_warps import shifted
from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import count
from skbal.models._networks._augment._base import FILL, ImageTransform

torch = lazy_module("torch")


class RandomShift(ImageTransform):
    """Shift each image of a training batch by up to a few pixels.

    It is meant for the parameter ``augment`` of a network. The shifts are drawn from
    the random stream of the training, so a fit with an integer ``random_state`` is
    repeatable.

    Parameters
    ----------
    pixels : int, default=2
        Largest shift to each side, in pixels. All whole numbers from -``pixels`` to
        ``pixels`` are equally probable, down and to the right each.
    fill : {"edge", "zeros"}, default="edge"
        What enters at the sides: copies of the nearest pixel of the edge, or zeros. A
        network standardizes its images, and then zero is not black but the mean grey.

    See Also
    --------
    Compose : Several changes, one after the other.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomShift
    >>> RandomShift(pixels=2)(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """

    _parameter_rules = {"pixels": count(0), "fill": FILL}
    _interpolates = False

    def __init__(self, pixels=2, fill="edge"):
        self.pixels = pixels
        self.fill = fill

    def _changed(self, X, generator):
        device = X.device if generator is None else generator.device
        steps = torch.randint(
            2 * self.pixels + 1, (2, len(X)), device=device, generator=generator
        )
        down, right = steps.to(X.device) - self.pixels
        return shifted(X, down, right, self.fill)
