"""Gradient histograms: against loops over pixels, hand-made images, invariances."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.datasets import load_digits
from sklearn.neighbors import NearestNeighbors

from skbal.features import GradientHistograms
from skbal.features._orientations import gradients, orientation_maps

RNG = np.random.default_rng(0)
IMAGES = arrays(np.uint8, (3, 6, 7), elements=st.integers(0, 100))


def features_of(image, n_orientations=8, n_cells=7, **params):
    """Return the features of one image by direction, row and column of the grid."""
    histograms = GradientHistograms(n_orientations, n_cells, **params)
    found = histograms.fit_transform(np.asarray(image)[None])[0]
    return found.reshape(n_orientations, n_cells, n_cells)


def gradient_at(image, i, j):
    """Return the gradient of a channel at a pixel, as (gx, gy)."""
    height, width = image.shape
    left, right = image[i, max(j - 1, 0)], image[i, min(j + 1, width - 1)]
    above, below = image[max(i - 1, 0), j], image[min(i + 1, height - 1), j]
    return np.array([right - left, below - above]) / 2


def split(gradient, n_orientations):
    """Return the gradient's parts along the two directions next to it."""
    step = 2 * np.pi / n_orientations
    angle = np.arctan2(gradient[1], gradient[0]) % (2 * np.pi)
    first = int(angle // step) % n_orientations
    second = (first + 1) % n_orientations
    directions = [[np.cos(k * step), np.sin(k * step)] for k in (first, second)]
    return (first, second), np.linalg.solve(np.transpose(directions), gradient)


def weights_of_cells(n_pixels, n_cells, sigma):
    length = n_pixels / n_cells
    sigma = length / 2 if sigma is None else sigma
    weights = np.empty((n_cells, n_pixels))
    for cell in range(n_cells):
        for pixel in range(n_pixels):
            distance = pixel + 0.5 - (cell + 0.5) * length
            weights[cell, pixel] = np.exp(-(distance**2) / (2 * sigma**2))
    return weights / weights.sum(axis=1, keepdims=True)


def by_loops(image, n_orientations, n_cells, sigma=None):
    """Return the features of an image (channels, height, width), pixel by pixel."""
    _, height, width = image.shape
    rows = weights_of_cells(height, n_cells, sigma)
    columns = weights_of_cells(width, n_cells, sigma)
    total = np.zeros((n_orientations, n_cells, n_cells))
    for i in range(height):
        for j in range(width):
            each = [gradient_at(channel, i, j) for channel in image]
            gradient = max(each, key=np.linalg.norm)
            for k, part in zip(*split(gradient, n_orientations)):
                total[k] += part * np.outer(rows[:, i], columns[:, j])
    return np.sqrt(total / total.sum())


@pytest.mark.parametrize("n_channels", [1, 3])
@pytest.mark.parametrize(
    ("shape", "n_orientations", "n_cells", "sigma"),
    [
        ((7, 9), 8, 3, None),
        ((9, 6), 5, 2, 1.5),
        ((8, 8), 4, 4, 0.4),
        ((5, 11), 12, 1, None),
        ((3, 4), 8, 7, None),
    ],
)
def test_features_are_those_of_a_loop_over_pixels(
    shape, n_orientations, n_cells, sigma, n_channels
):
    image = RNG.random((n_channels, *shape))
    found = features_of(image, n_orientations, n_cells, sigma=sigma)
    expected = by_loops(image, n_orientations, n_cells, sigma)
    # Shares, since a root makes the rounding of float32 near zero large.
    np.testing.assert_allclose(found**2, expected**2, atol=1e-6)


@pytest.mark.parametrize("n_orientations", [4, 5, 8, 13])
def test_the_maps_split_each_gradient_into_its_two_nearest_directions(n_orientations):
    images = RNG.normal(size=(2, 1, 5, 6)).astype(np.float32)
    along_x, along_y = (part[:, 0] for part in gradients(images))
    maps = np.stack(list(orientation_maps(along_x, along_y, n_orientations)))
    angles = 2 * np.pi * np.arange(n_orientations) / n_orientations
    found = [np.tensordot(f(angles), maps, axes=1) for f in (np.cos, np.sin)]
    np.testing.assert_allclose(found, [along_x, along_y], atol=1e-5)
    assert (maps >= 0).all()
    assert ((maps > 1e-6).sum(axis=0) <= 2).all()


def ramp(angle, side=8):
    """Return an image that grows by 1 for each pixel in a direction."""
    y, x = np.mgrid[:side, :side]
    return np.cos(angle) * x + np.sin(angle) * y


@pytest.mark.parametrize("k", range(8))
def test_a_ramp_along_a_direction_has_that_direction_only(k):
    inner = features_of(ramp(2 * np.pi * k / 8), n_cells=1, sigma=0.1)
    np.testing.assert_allclose(inner.ravel(), np.arange(8) == k, atol=1e-3)


@pytest.mark.parametrize("k", range(8))
def test_a_ramp_between_two_directions_has_both_alike(k):
    inner = features_of(ramp(2 * np.pi * (k + 0.5) / 8), n_cells=1, sigma=0.1)
    nearest = np.isin(np.arange(8), [k, (k + 1) % 8])
    np.testing.assert_allclose(inner.ravel(), nearest * np.sqrt(0.5), atol=1e-3)


def test_an_edge_is_in_its_cell():
    image = np.zeros((12, 12))
    image[6, 9:11] = 1  # rows of pixels 4 to 7 and columns 8 to 11: cell (1, 2) of 3
    cells = features_of(image, n_cells=3).sum(axis=0)
    assert np.unravel_index(cells.argmax(), cells.shape) == (1, 2)


def test_a_dot_has_all_directions_alike():
    image = np.zeros((9, 9))
    image[4, 4] = 1
    found = features_of(image, n_orientations=4, n_cells=1)
    np.testing.assert_allclose(found, 0.5, rtol=1e-6)


def test_a_turned_image_has_turned_features():
    image = RNG.random((8, 8))
    found = features_of(np.rot90(image), n_cells=4)
    # Against the clock on a screen: from right to up, which is two directions back.
    expected = np.rot90(np.roll(features_of(image, n_cells=4), -2, axis=0), axes=(1, 2))
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_the_negative_of_an_image_has_the_opposite_directions():
    image = RNG.random((8, 8))
    opposite = np.roll(features_of(image), 4, axis=0)
    np.testing.assert_allclose(features_of(-image), opposite, atol=1e-3)


@pytest.mark.parametrize("value", [0, 0.1, 7, -1e30, 255])
@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 8), (1, 1), (1, 9)])
def test_an_image_without_gradient_has_zeros(value, shape):
    assert (features_of(np.full(shape, value)) == 0).all()


def test_features_have_length_one():
    X = RNG.normal(size=(20, 9, 7))
    lengths = np.linalg.norm(GradientHistograms().fit_transform(X), axis=1)
    np.testing.assert_allclose(lengths, 1, rtol=1e-6)


def test_equal_channels_are_one():
    image = RNG.random((8, 8))
    three = np.stack([image, image + 5, image])
    np.testing.assert_allclose(features_of(three), features_of(image), atol=1e-3)


def test_the_channel_with_the_longest_gradient_counts():
    image = RNG.random((8, 8))
    other = 0.01 * RNG.random((8, 8))
    two = np.stack([other, image + ramp(1.0)])
    np.testing.assert_allclose(
        features_of(two), features_of(image + ramp(1.0)), atol=1e-3
    )


@settings(max_examples=30)
@given(IMAGES, st.integers(0, 155))
def test_brightness_changes_nothing(X, brighter):
    histograms = GradientHistograms(n_cells=3).fit(X)
    found = histograms.transform(X + np.uint8(brighter))
    np.testing.assert_array_equal(found, histograms.transform(X))


@settings(max_examples=30)
@given(IMAGES, st.floats(-1e4, 1e4), st.floats(1e-30, 1e30))
def test_contrast_and_unit_change_nothing(X, offset, factor):
    histograms = GradientHistograms(n_cells=3).fit(X)
    found = histograms.transform((X + offset) * factor)
    np.testing.assert_allclose(found**2, histograms.transform(X) ** 2, atol=1e-6)


def test_a_small_contrast_upon_a_large_offset_is_seen():
    X = RNG.random((4, 8, 8))
    histograms = GradientHistograms(n_cells=2).fit(X)
    found = histograms.transform(300 + 1e-9 * X)
    np.testing.assert_allclose(found**2, histograms.transform(X) ** 2, atol=1e-4)


@settings(max_examples=20)
@given(st.integers(1, 40))
def test_features_do_not_depend_on_the_chunks(batch_size):
    X = np.random.default_rng(1).random((35, 3, 10, 9)).astype(np.float32)
    whole = GradientHistograms().fit_transform(X)
    pieces = GradientHistograms(batch_size=batch_size).fit_transform(X)
    np.testing.assert_array_equal(pieces, whole)


@pytest.mark.parametrize("sigma", [1e-9, 1e-3, 1e6])
def test_any_width_of_the_gaussian_gives_numbers(sigma):
    features = features_of(RNG.random((6, 5)), n_cells=9, sigma=sigma)
    assert np.isfinite(features).all()
    np.testing.assert_allclose(np.linalg.norm(features), 1, rtol=1e-6)


@pytest.mark.parametrize("name", ["n_cells", "n_orientations"])
@pytest.mark.parametrize("many", [2**62, 10**30])
def test_more_features_than_memory_holds_are_refused(name, many):
    with pytest.raises(ValueError, match=f"^{name} of GradientHistograms must be an"):
        GradientHistograms(**{name: many}).fit(RNG.random((2, 8, 8)))


def test_names_say_direction_and_cell():
    X = RNG.random((2, 8, 8))
    histograms = GradientHistograms(4, 2).fit(X)
    names = histograms.get_feature_names_out()
    assert names[:3].tolist() == [
        "orientation0_row0_column0",
        "orientation0_row0_column1",
        "orientation0_row1_column0",
    ]
    features = histograms.transform(X)
    assert names.shape == features.shape[1:] == (16,)
    frame = histograms.set_output(transform="pandas").transform(X)
    np.testing.assert_array_equal(frame["orientation3_row1_column0"], features[:, 14])


def test_neighbours_of_a_digit_are_more_often_the_same_digit_than_by_pixels():
    X, y = load_digits(return_X_y=True)
    histograms = GradientHistograms(n_cells=5, image_shape=(8, 8))
    wrong = []
    for features in (histograms.fit_transform(X), X):
        others = NearestNeighbors(n_neighbors=10).fit(features).kneighbors()[1]
        wrong.append((y[others] != y[:, None]).mean())
    assert wrong[0] < 0.75 * wrong[1]
