"""Changes of training batches that leave the votes as they are."""

import torch

from skbal.experiments._catalogue._galaxy_votes import turned

__all__ = ["mirrored", "turned"]


def mirrored(images):
    """Return photographs, each mirrored with probability one half."""
    images = images.clone()
    some = torch.rand(len(images)) < 0.5
    images[some] = images[some].flip(-1)
    return images
