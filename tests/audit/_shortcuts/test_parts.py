"""What is exchanged is what the part says, and nothing else."""

import numpy as np
from scipy import ndimage

from skbal.audit._shortcuts._parts import (
    Background,
    Blur,
    Brightness,
    background_masks,
    sharpness,
)
from skbal.audit._shortcuts._regions import repeated_regions
from skbal.audit._shortcuts._rows import ImageRows
from tests.audit._shortcuts.fakes import noise_images, tagged_images

RNG = np.random.default_rng(0)


def rows_of_images(X):
    return ImageRows(np.asarray(X, dtype=np.float32), None, "a test")


def objects(levels, side=9):
    """Return images of a bright square on a background of the given levels."""
    X = np.ones((len(levels), side, side), dtype=np.float32)
    X *= np.asarray(levels, dtype=np.float32)[:, None, None]
    X[:, 3:6, 3:6] = 1
    return X


def test_the_background_is_the_dark_that_is_joined_to_the_border():
    X = objects([0.1])
    X[0, 4, 4] = 0.1  # dark, but inside the object
    mask = background_masks(X)[0]
    expected = np.ones((9, 9), dtype=bool)
    expected[3:6, 3:6] = False
    np.testing.assert_array_equal(mask, expected)


def test_backgrounds_go_around_the_object_of_the_recipient():
    X = objects([0.1, 0.4])
    X[1, 3:6, 3:6] = 0.4
    X[1, 6:8, 6:8] = 1  # the object of the donor lies elsewhere
    part = Background(rows_of_images(X))
    (pasted,) = part.exchange(np.array([0]), np.array([1]))
    np.testing.assert_allclose(pasted[0], objects([0.4])[0])


def test_brightness_scales_the_recipient_to_the_donor():
    X = objects([0.0, 0.0])
    X[1] *= 0.25
    part = Brightness(rows_of_images(X))
    (dark,), (bright,) = (
        part.exchange(np.array([one]), np.array([1 - one])) for one in (0, 1)
    )
    np.testing.assert_allclose(dark[0], X[1])
    np.testing.assert_allclose(bright[0], X[0])


def test_blur_makes_the_recipient_as_unsharp_as_the_donor_and_never_sharper():
    X = noise_images(2, RNG, side=16)
    X[1] = ndimage.gaussian_filter(X[1], 1.0)
    rows = rows_of_images(X)
    part = Blur(rows)
    (unsharp,) = part.exchange(np.array([0]), np.array([1]))
    np.testing.assert_allclose(
        unsharp[0], ndimage.gaussian_filter(X[0], 1.0), atol=1e-6
    )
    (same,) = part.exchange(np.array([1]), np.array([0]))
    np.testing.assert_array_equal(same[0], X[1])


def test_sharpness_falls_with_the_width_of_the_blur():
    (image,) = noise_images(1, RNG, side=16)
    widths = (0, 0.5, 1, 2)
    levels = sharpness(np.stack([ndimage.gaussian_filter(image, w) for w in widths]))
    assert (np.diff(levels) < 0).all()


def test_a_region_is_found_by_its_content_and_its_carriers_are_known():
    X, y, mask, carries = tagged_images(np.random.default_rng(3), share=0.7)
    rows = rows_of_images(X)
    inside, outside = np.flatnonzero(y == "tagged"), np.flatnonzero(y == "plain")
    (region,) = repeated_regions(rows, inside, outside, closeness=0.35)
    np.testing.assert_array_equal(region.mask, mask)
    np.testing.assert_array_equal(region.carriers(np.arange(len(X))), carries)
    assert not repeated_regions(rows, outside, inside, closeness=0.35)
    (pasted,) = region.exchange(outside[:1], inside[:1])
    expected = X[outside[0]].copy()
    expected[mask] = X[inside[0]][mask]
    np.testing.assert_array_equal(pasted[0], expected)


def test_empty_space_of_one_class_is_no_region():
    X = noise_images(80, np.random.default_rng(0), side=12)
    X[:, 4:] = 0  # much of all images is empty
    y = np.repeat([0, 1], 40)
    X[y == 1, :2, :4] = 0
    rows = rows_of_images(X)
    members, others = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    assert not repeated_regions(rows, members, others, closeness=0.35)
