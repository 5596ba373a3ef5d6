"""Images turned by quarters."""

from skbal._utils.lazy import lazy_module
from skbal.models._networks._augment._base import ImageTransform

torch = lazy_module("torch")


class RandomTurn(ImageTransform):
    """Turn each image of a training batch by 0, 90, 180 or 270 degrees.

    The four are equally probable. No value changes and nothing enters at the corners,
    so it suits square images of things that have no up, such as galaxies or cells.

    See Also
    --------
    RandomRotation : Turns by small angles.
    RandomFlip : Mirror images; with turns, all symmetries of a square.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomTurn
    >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> RandomTurn()(image, torch.Generator().manual_seed(1))[0, 0]
    tensor([[2., 4.],
            [1., 3.]])
    """

    _interpolates = False

    def _changed(self, X, generator):
        height, width = X.shape[2:]
        if height != width:
            raise ValueError(
                "RandomTurn turns square images, got images of height "
                f"{height} and width {width}. RandomFlip(vertical=True) takes any."
            )
        device = X.device if generator is None else generator.device
        quarters = torch.randint(4, (len(X),), device=device, generator=generator)
        turned = X.clone()
        for k in (1, 2, 3):
            chosen = (quarters == k).to(X.device)
            turned[chosen] = X[chosen].rot90(k, dims=(2, 3))
        return turned
