"""Images deformed like a sheet of rubber."""

from skbal._utils.image_warps import displaced, smooth_field
from skbal._utils.parameters import real
from skbal.models._networks._augment._base import FILL, ImageTransform


class ElasticDeformation(ImageTransform):
    r"""Deform each image of a training batch like a sheet of rubber.

    Every pixel is displaced at random, and neighbouring pixels by nearly the same
    distance, as handwriting differs from time to time [1]_. All channels of an image
    are deformed alike.

    Parameters
    ----------
    pixels : float, default=1.0
        Standard deviation of the displacement of a pixel, in pixels, downwards and to
        the right each.
    smoothness : float, default=4.0
        Standard deviation of the Gaussian that smooths the random displacements, in
        pixels, from 0.1 to 50. A small one crumples an image, a large one moves it as
        a whole.
    fill : {"edge", "zeros"}, default="edge"
        What enters at the sides; see `RandomShift`.

    See Also
    --------
    Compose : Several changes, one after the other.

    Notes
    -----
    Simard et al. scale uniform noise from -1 to 1, smoothed by a Gaussian of standard
    deviation :math:`\sigma`, by a factor :math:`\alpha`. Its displacements have a
    standard deviation of :math:`\alpha / (2 \sigma \sqrt{3 \pi})` pixels, since noise
    of variance 1/3 is averaged with weights whose squares sum to
    :math:`1 / (4 \pi \sigma^2)`. Their :math:`\sigma = 4` and :math:`\alpha = 34` are
    ``smoothness=4`` and ``pixels=1.38`` here. The noise is normal here, which makes no
    difference after smoothing.

    References
    ----------
    .. [1] P. Y. Simard, D. Steinkraus and J. C. Platt (2003), Best practices for
       convolutional neural networks applied to visual document analysis, ICDAR,
       section 2.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import ElasticDeformation
    >>> ElasticDeformation(pixels=1.4)(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """

    _parameter_rules = {
        "pixels": real(0),
        "smoothness": real(0.1, 50),
        "fill": FILL,
    }

    def __init__(self, pixels=1.0, smoothness=4.0, fill="edge"):
        self.pixels = pixels
        self.smoothness = smoothness
        self.fill = fill

    def _changed(self, X, generator):
        field = float(self.pixels) * smooth_field(X, self.smoothness, generator)
        return displaced(X, field, self.fill)
