"""Changes of training batches that leave the votes as they are."""

import torch


def turned(images):
    """Return images mirrored and turned at random, for a sky that has no up."""
    images = images.clone()
    for change in (_mirror, _upside_down, _transpose):
        some = torch.rand(len(images)) < 0.5
        images[some] = change(images[some])
    return images


def mirrored(images):
    """Return photographs, each mirrored with probability one half."""
    images = images.clone()
    some = torch.rand(len(images)) < 0.5
    images[some] = _mirror(images[some])
    return images


def _mirror(images):
    return images.flip(-1)


def _upside_down(images):
    return images.flip(-2)


def _transpose(images):
    return images.transpose(-1, -2)
