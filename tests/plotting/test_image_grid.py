"""Images are drawn as they are, whatever the order of their axes."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal.plotting import ImageGridDisplay

RNG = np.random.default_rng(0)
GREY = RNG.normal(size=(5, 6, 7))
COLOUR = RNG.random(size=(5, 6, 7, 3))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(
    ("images", "shown"),
    [
        (GREY, GREY),
        (GREY[:, np.newaxis], GREY),
        (GREY[..., np.newaxis], GREY),
        (COLOUR, COLOUR),
        (np.moveaxis(COLOUR, -1, 1), COLOUR),
        ((255 * COLOUR).astype(np.uint8), (255 * COLOUR).astype(np.uint8)),
    ],
)
def test_images_of_any_order_of_axes_are_drawn(images, shown):
    display = ImageGridDisplay.from_images(images)
    for drawn, image in zip(display.images_, shown, strict=True):
        np.testing.assert_array_equal(drawn.get_array(), image)


def test_colours_outside_of_their_range_are_stretched_each_image_by_itself():
    images = np.stack([COLOUR[0], 10 * COLOUR[1] - 4, np.full((6, 7, 3), 2.0)])
    before = images.copy()
    drawn = [i.get_array() for i in ImageGridDisplay.from_images(images).images_]
    np.testing.assert_array_equal(drawn[0], COLOUR[0])
    low, high = COLOUR[1].min(), COLOUR[1].max()
    np.testing.assert_allclose(drawn[1], (COLOUR[1] - low) / (high - low))
    np.testing.assert_array_equal(drawn[2], 0)
    np.testing.assert_array_equal(images, before)


def test_titles_and_columns_are_as_wanted():
    display = ImageGridDisplay.from_images(
        GREY, [f"{n} nats" for n in range(5)], n_columns=2, title="High"
    )
    assert display.axes_.shape == (3, 2)
    titles = [ax.get_title() for ax in display.axes_.flat]
    assert titles == ["0 nats", "1 nats", "2 nats", "3 nats", "4 nats", ""]
    assert display.figure_.get_suptitle() == "High"
    assert not any(ax.axison for ax in display.axes_.flat)
    assert ImageGridDisplay.from_images(GREY, n_columns=9).axes_.shape == (1, 5)


def test_two_grids_can_stand_side_by_side():
    figure = plt.figure()
    for part in figure.subfigures(1, 2):
        display = ImageGridDisplay.from_images(
            GREY, figure=part, image_kw={"cmap": "viridis", "vmin": -9}
        )
        assert display.figure_ is part
        assert display.images_[0].get_cmap().name == "viridis"
        assert display.images_[0].get_clim()[0] == -9
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("images", "arguments", "message"),
    [
        (GREY[0], {}, r"images given to ImageGridDisplay .* got \(6, 7\)"),
        (np.zeros((2, 5, 6, 7)), {}, r"got \(2, 5, 6, 7\)"),
        (GREY[:0], {}, r"got \(0, 6, 7\)"),
        (GREY, {"titles": ["a"]}, "got 1 titles for 5 images"),
        (GREY, {"n_columns": 0}, "n_columns of ImageGridDisplay"),
    ],
)
def test_what_is_no_image_is_refused(images, arguments, message):
    with pytest.raises(ValueError, match=message):
        ImageGridDisplay.from_images(images, **arguments)
    assert not plt.get_fignums()


def test_titles_are_no_single_word():
    with pytest.raises(TypeError, match=r"titles of .* must be a list of titles"):
        ImageGridDisplay.from_images(GREY, titles="abcde")
