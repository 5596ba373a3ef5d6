import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from skbal._utils.image_warps import (
    blurred,
    displaced,
    rotated,
    scaled,
    shifted,
    smooth_field,
)

RNG = np.random.default_rng(0)
IMAGES = torch.as_tensor(RNG.normal(size=(3, 2, 9, 13)))
SCIPY_MODES = {"edge": "nearest", "zeros": "grid-constant"}
AMOUNTS = st.integers(-14, 14)


def channels(images):
    """Give the position and the array of each channel of each image."""
    for place in np.ndindex(*images.shape[:2]):
        yield place, images[place].numpy()


def blob(height, width, row, column, sigma):
    """Return a Gaussian spot of unit mass, shape (1, 1, height, width)."""
    down, right = np.mgrid[:height, :width]
    spot = np.exp(-((down - row) ** 2 + (right - column) ** 2) / (2 * sigma**2))
    return torch.as_tensor(spot / spot.sum())[None, None]


def centroid(image):
    image = image[0, 0].numpy()
    return np.array(ndimage.center_of_mass(image))


@pytest.mark.parametrize("fill", ["edge", "zeros"])
@settings(max_examples=20, deadline=None)
@given(down=AMOUNTS, right=AMOUNTS)
def test_shifts_are_those_of_scipy(fill, down, right):
    amounts = torch.tensor([down, -down, 0]), torch.tensor([right, 0, -right])
    moved = shifted(IMAGES, *amounts, fill)
    for (image, channel), found in channels(moved):
        steps = amounts[0][image].item(), amounts[1][image].item()
        mode = "nearest" if fill == "edge" else "constant"
        given = IMAGES[image, channel].numpy()
        expected = ndimage.shift(given, steps, order=0, mode=mode)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("quarters", [1, 2, 3, -1])
def test_quarters_of_a_rotation_are_rot90(quarters):
    images = IMAGES[..., :9]
    turned = rotated(images, torch.full((3,), 90.0 * quarters, dtype=torch.float64))
    torch.testing.assert_close(turned, images.rot90(quarters, dims=(2, 3)))


def test_half_a_rotation_turns_any_image():
    turned = rotated(IMAGES, torch.full((3,), 180.0, dtype=torch.float64))
    torch.testing.assert_close(turned, IMAGES.flip(2, 3))


@pytest.mark.parametrize("shape", [(1, 1, 1, 1), (2, 3, 1, 7), (4, 2, 6, 5)])
def test_no_amount_changes_nothing(shape):
    images = torch.as_tensor(RNG.normal(size=shape), dtype=torch.float32)
    nothing, one = torch.zeros(shape[0]), torch.ones(shape[0])
    field = torch.zeros(shape[0], 2, *shape[2:])
    for same in (
        rotated(images, nothing),
        scaled(images, one),
        displaced(images, field),
        shifted(images, nothing.long(), nothing.long()),
        blurred(images, nothing),
    ):
        assert same.dtype == torch.float32
        torch.testing.assert_close(same, images, atol=1e-5, rtol=0)


@pytest.mark.parametrize("fill", ["edge", "zeros"])
@pytest.mark.parametrize("degrees", [-70.0, 12.0])
@pytest.mark.parametrize("factor", [0.6, 1.7])
def test_turns_and_stretches_are_those_of_scipy(fill, degrees, factor):
    """The old place is matrix (new - centre) + centre, on rows and columns."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    centre = (np.array(IMAGES.shape[2:]) - 1) / 2
    amounts = torch.full((2, 3), degrees, dtype=torch.float64)
    amounts[1] = factor
    for found, matrix in (
        (rotated(IMAGES, amounts[0], fill), turn),
        (scaled(IMAGES, amounts[1], fill), np.eye(2) / factor),
    ):
        for place, values in channels(found):
            expected = ndimage.affine_transform(
                IMAGES[place].numpy(),
                matrix,
                offset=centre - matrix @ centre,
                order=1,
                mode=SCIPY_MODES[fill],
            )
            np.testing.assert_allclose(values, expected, atol=1e-12)


@pytest.mark.parametrize("fill", ["edge", "zeros"])
def test_displacements_are_those_of_scipy(fill):
    field = torch.as_tensor(RNG.normal(scale=3, size=(3, 2, 9, 13)))
    places = np.mgrid[:9, :13]
    for (image, channel), found in channels(displaced(IMAGES, field, fill)):
        expected = ndimage.map_coordinates(
            IMAGES[image, channel].numpy(),
            places + field[image].numpy(),
            order=1,
            mode=SCIPY_MODES[fill],
        )
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_blur_is_that_of_scipy_for_each_width():
    sigma = torch.tensor([0.3, 1.1, 4.0], dtype=torch.float64)
    for (image, channel), found in channels(blurred(IMAGES, sigma)):
        expected = ndimage.gaussian_filter(
            IMAGES[image, channel].numpy(), sigma[image].item(), mode="nearest"
        )
        np.testing.assert_allclose(found, expected, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(degrees=st.floats(-180, 180), factor=st.floats(0.7, 1.4))
def test_the_centre_of_a_spot_is_turned_and_stretched(degrees, factor):
    middle = np.array([20.0, 15.0])
    arm = np.array([-4.0, 3.0])  # up and to the right
    image = blob(41, 31, *(middle + arm), 2.5)
    amount = torch.tensor([degrees], dtype=torch.float64)
    angle = np.deg2rad(degrees)  # counterclockwise, where rows run down
    turned = np.array([
        arm[0] * np.cos(angle) - arm[1] * np.sin(angle),
        arm[0] * np.sin(angle) + arm[1] * np.cos(angle),
    ])  # fmt: skip
    found = rotated(image, amount)
    np.testing.assert_allclose(centroid(found), middle + turned, atol=0.02)
    np.testing.assert_allclose(found.sum(), 1, atol=0.01)
    larger = scaled(image, torch.tensor([factor], dtype=torch.float64))
    np.testing.assert_allclose(centroid(larger), middle + factor * arm, atol=0.05)
    np.testing.assert_allclose(larger.sum(), factor**2, rtol=0.02)


@settings(max_examples=10, deadline=None)
@given(sigma=st.floats(1, 2))
def test_blur_keeps_mass_and_centre_and_adds_variance(sigma):
    image = blob(41, 41, 20, 20, 1.5)
    found = blurred(image, torch.tensor([sigma], dtype=torch.float64))
    np.testing.assert_allclose(found.sum(), 1, atol=1e-6)
    np.testing.assert_allclose(centroid(found), [20, 20], atol=1e-6)
    down = np.arange(41) - 20
    variance = (found[0, 0].numpy().sum(axis=1) * down**2).sum()
    assert abs(variance - 1.5**2 - sigma**2) < 0.01


def test_smooth_fields_have_unit_variance_and_the_smoothness_asked_for():
    generator = torch.Generator().manual_seed(0)
    field = smooth_field(torch.zeros(400, 1, 12, 10), 2.0, generator).double()
    assert field.shape == (400, 2, 12, 10)
    # At each pixel, also at the edge: 800 nearly independent values, s.e. 0.05.
    variance = field.square().mean(dim=(0, 1))
    assert abs(variance - 1).max() < 0.25
    assert abs(variance.mean() - 1) < 0.05
    # White noise under a Gaussian of width s is correlated by exp(-d^2 / (4 s^2)).
    for distance in (1, 3):
        pairs = field[..., :-distance] * field[..., distance:]
        assert abs(pairs.mean() - np.exp(-(distance**2) / (4 * 2.0**2))) < 0.05
    assert abs((field[:, 0] * field[:, 1]).mean()) < 0.05


def test_short_floats_are_computed_in_float32_and_come_back():
    images = IMAGES.half()
    degrees = torch.full((3,), 30.0)
    expected = rotated(images.float(), degrees).half()
    torch.testing.assert_close(rotated(images, degrees), expected)
    assert blurred(images, torch.ones(3)).dtype == torch.float16


def test_a_batch_without_rows_stays_one():
    empty = torch.zeros(0, 2, 5, 6)
    nothing = torch.zeros(0)
    assert rotated(empty, nothing).shape == empty.shape
    assert blurred(empty, nothing).shape == empty.shape
    assert shifted(empty, nothing.long(), nothing.long()).shape == empty.shape
    assert displaced(empty, smooth_field(empty, 1.0)).shape == empty.shape
