"""Several changes of images, one after the other."""

from skbal._utils.lazy import lazy_module
from skbal._utils.parameters import own
from skbal.models._networks._augment._base import ImageTransform

torch = lazy_module("torch")


def _check_transforms(value, name, owner):
    words = f"{name} of {owner} must be a list or tuple of callables"
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{words}, got {type(value).__name__}.")
    for number, transform in enumerate(value):
        if isinstance(transform, type):
            raise TypeError(
                f"{words}, got the class {transform.__name__} at place {number}: write "
                f"{transform.__name__}()."
            )
        if not callable(transform):
            raise TypeError(f"{words}, got {transform!r} at place {number}.")


class Compose(ImageTransform):
    """Change each image of a training batch in several ways, one after the other.

    Parameters
    ----------
    transforms : list of callable
        Changes in the order in which they are made, such as `RandomShift` or a function
        of your own from a tensor to a tensor of the same shape.

    See Also
    --------
    RandomShift : Move images.
    RandomScale : Make images larger or smaller.
    RandomRotation : Turn images by small angles.
    RandomBlur : Smear images.
    ElasticDeformation : Deform images.

    Notes
    -----
    Each change that interpolates between pixels blurs an image a little. So use as few
    of these changes as you need. Changes that move whole pixels do not blur.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import Compose, RandomRotation, RandomShift
    >>> augment = Compose([RandomRotation(10), RandomShift(2)])
    >>> augment(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """

    _parameter_rules = {"transforms": own(_check_transforms, "callables", 3)}
    _interpolates = False  # those inside check for themselves

    def __init__(self, transforms):
        self.transforms = transforms

    def _changed(self, X, generator):
        changed = X if self.transforms else X.clone()
        for place, transform in enumerate(self.transforms):
            if isinstance(transform, ImageTransform):
                changed = transform(changed, generator)
            else:  # a function of the user, which has a stream of its own
                # It may write into what it is given, which is not the caller's batch.
                changed = transform(changed.clone() if changed is X else changed)
                _check_changed(changed, X, place)
        return changed


def _check_changed(changed, X, place):
    """Raise an error unless a function returned a batch like the one it got."""
    must = (
        f"The transform at place {place} of Compose must return a tensor of the shape"
    )
    if not torch.is_tensor(changed):
        raise TypeError(f"{must} {tuple(X.shape)}, got {type(changed).__name__}.")
    if changed.shape != X.shape:
        raise ValueError(f"{must} {tuple(X.shape)}, got {tuple(changed.shape)}.")
