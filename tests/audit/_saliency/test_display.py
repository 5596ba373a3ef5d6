import matplotlib as mpl
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal.audit import SaliencyDisplay, saliency
from tests.audit._saliency.test_maps import maps_of

RNG = np.random.default_rng(0)
FLAT = RNG.random((30, 36))
FOREST = RandomForestClassifier(5, random_state=0).fit(FLAT, np.arange(30) % 2)


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def test_images_stand_above_their_maps():
    display = SaliencyDisplay.from_estimator(
        FOREST, FLAT, n_images=3, method="occlusion", image_shape=(6, 6)
    )
    assert display.ax_.shape == (2, 3)
    assert len(display.maps.maps) == 3  # the others were not explained
    for number, image in enumerate(display.images_):
        np.testing.assert_array_equal(image.get_array(), display.maps.maps[number])
        low, high = image.get_clim()
        assert low == -high
        assert high == abs(display.maps.maps[number]).max()
    title = display.ax_[0, 1].get_title()
    assert title == f"{display.maps.targets[1]}: {display.maps.values[1]:.2f}"


def test_columns_are_bars():
    names = ["a", "b", "c"]
    maps = maps_of([[1.0, -4, 2], [1, 2, 2]], feature_names=names)
    display = SaliencyDisplay.from_maps(maps)
    widths = [bar.get_width() for bar in display.bars_]
    assert widths == [1.0, 2.0, 3.0]
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == ["a", "c", "b"]
    assert display.figure_ is display.ax_.figure


@pytest.mark.parametrize("shape", [(2, 3, 6, 6), (2, 6, 6, 3), (2, 1, 6, 6), (2, 6, 6)])
def test_colours_are_drawn_as_colours(shape):
    maps = maps_of(RNG.normal(size=shape), images=RNG.random(shape) * 3 - 1)
    display = SaliencyDisplay.from_maps(maps)
    (picture,) = display.ax_[0, 0].get_images()
    drawn = picture.get_array()
    assert drawn.shape == ((6, 6, 3) if 3 in shape[1:] else (6, 6))
    if drawn.ndim == 3:
        assert drawn.min() >= 0
        assert drawn.max() <= 1
    assert display.images_[0].get_array().shape == (6, 6)


def test_axes_may_be_given():
    figure, axes = plt.subplots(2, 2)
    maps = maps_of(RNG.normal(size=(2, 4, 4)))
    display = SaliencyDisplay.from_maps(maps, ax=axes)
    assert display.figure_ is figure
    with pytest.raises(ValueError, match="ax of SaliencyDisplay must be an array"):
        SaliencyDisplay.from_maps(maps, ax=axes[0])


def test_a_wrong_argument_is_named():
    with pytest.raises(TypeError, match="maps of SaliencyDisplay must be a result"):
        SaliencyDisplay.from_maps(FLAT)
    with pytest.raises(ValueError, match="n_images of SaliencyDisplay must be"):
        SaliencyDisplay.from_estimator(FOREST, FLAT, n_images=0)
    found = saliency(FOREST, FLAT[:2], method="occlusion")
    with pytest.raises(TypeError, match="ax of SaliencyDisplay must be a matplotlib"):
        SaliencyDisplay.from_maps(found, ax="here")
