"""Shapes of images: which are taken, and what is said of the others."""

import pytest

from skbal._utils.images import has_channels_last, image_shape, shape_of_images


@pytest.mark.parametrize(
    ("image_shape", "row_shape", "shape"),
    [
        ((2, 3), (6,), (1, 2, 3)),
        ([2, 3], (2, 3), (1, 2, 3)),
        ((2, 3), (1, 2, 3), (1, 2, 3)),
        ((5, 2, 6), (60,), (5, 2, 6)),
        ((5, 2, 6), (5, 2, 6), (5, 2, 6)),
    ],
)
def test_rows_are_flat_or_have_the_shape(image_shape, row_shape, shape):
    assert shape_of_images(image_shape, row_shape, "Model") == shape


@pytest.mark.parametrize(
    ("image_shape", "row_shape", "words"),
    [
        ((2, 3), (7,), "which is 6 values per row, but X has 7"),
        ((2, 3), (3, 2), r"must be flat or have that shape, got rows of shape \(3, 2"),
        ((9, 8, 3), (216,), "Channels come first"),
        ((3, 9, 8), (9, 8, 3), "Channels come first"),
        ((2,), (2,), r"must be \(channels, height, width\) or"),
        ((2, 0), (2,), "image_shape of Model must be an integer >= 1, got 0"),
    ],
)
def test_another_shape_is_refused(image_shape, row_shape, words):
    with pytest.raises(ValueError, match=f"image_shape of Model .*{words}|{words}"):
        shape_of_images(image_shape, row_shape, "Model")


def test_a_side_is_an_integer():
    with pytest.raises(TypeError, match="image_shape of Model must be an integer"):
        image_shape()((2.5, 3), "image_shape", "Model")


@pytest.mark.parametrize(
    ("shape", "last"),
    [
        ((32, 30, 3), True),
        ((32, 30, 1), True),
        ((32, 32, 8), True),
        ((32, 32, 2), True),
        ((3, 30, 4), False),
        ((3, 3, 2), False),
        ((32, 32, 32), False),
        ((32, 30, 8), False),
        ((32, 8, 32), False),
        ((30, 3), False),
    ],
)
def test_channels_are_last_where_only_the_last_axis_is_short(shape, last):
    assert has_channels_last(shape) is last
