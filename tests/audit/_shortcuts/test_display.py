import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal.audit import ShortcutDisplay, shortcut_test
from tests.audit._shortcuts.fakes import TagReader, noise_images, tagged_images

X, Y, MASK, CARRIES = tagged_images(np.random.default_rng(0), share=0.8)
MODEL = TagReader(MASK)
RESULT = shortcut_test(MODEL, X, Y, random_state=0)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_it_shows_an_image_that_carries_the_tag_and_its_outline():
    display = ShortcutDisplay.from_result(RESULT, X)
    shown = np.asarray(display.image_.get_array())
    (row,) = np.flatnonzero((shown == X).all(axis=(1, 2)))
    assert CARRIES[row]
    assert display.ax_.get_title() == "rows 0-2, columns 7-9: class tagged"
    # A square of three pixels has twelve sides.
    sides = np.array(display.outline_.get_segments())
    assert len(sides) == 12
    assert (sides.min(), sides[..., 0].max(), sides[..., 1].max()) == (-0.5, 9.5, 2.5)
    assert display.figure_ is display.ax_.figure


def test_from_estimator_shows_the_result_of_the_test_on_given_axes():
    _, ax = plt.subplots()
    display = ShortcutDisplay.from_estimator(MODEL, X, Y, random_state=0, ax=ax)
    assert display.ax_ is ax
    np.testing.assert_array_equal(display.region, RESULT.region)


def test_without_a_shortcut_it_says_so():
    rng = np.random.default_rng(0)
    noise = noise_images(len(Y), rng, side=12)
    model = TagReader(np.pad(MASK, 1))
    display = ShortcutDisplay.from_estimator(model, noise, Y, random_state=0)
    assert (display.outline_, display.ax_.get_title()) == (None, "No shortcut found")


def test_where_it_cannot_be_told_it_says_so():
    noise = noise_images(len(Y), np.random.default_rng(0))
    display = ShortcutDisplay.from_estimator(MODEL, noise, Y, random_state=0)
    assert (display.outline_, display.ax_.get_title()) == (None, "Cannot be told")


def test_flat_rows_get_their_shape_from_the_region():
    flat = X.reshape(len(X), -1)
    display = ShortcutDisplay.from_result(RESULT, flat)
    np.testing.assert_array_equal(display.image, X[RESULT.hit_rows[0]])


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"result": 1}, TypeError, "must be a ShortcutTest"),
        ({"X": X[1:]}, ValueError, "must hold the 140 rows of the test"),
        ({"X": X.reshape(140, -1)[:, 1:]}, ValueError, "must hold images"),
        ({"row": 140}, ValueError, "row of ShortcutDisplay"),
    ],
)
def test_what_does_not_fit_is_refused(changed, error, message):
    with pytest.raises(error, match=message):
        ShortcutDisplay.from_result(**{"result": RESULT, "X": X, **changed})
