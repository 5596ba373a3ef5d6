import matplotlib.pyplot as plt
import numpy as np
import pytest

from skbal.audit import InvarianceDisplay, invariance_report
from tests.audit._invariance.fakes import Brightest, Drawn, points

COLUMNS = np.tile(np.arange(12), 5)
X = points(COLUMNS)
Y = np.where(COLUMNS >= 6, "right", "left")
MODEL = Brightest().fit(X)
TRANSFORMS = {"shift": [0, 2], "mirror": lambda images: images[..., ::-1]}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_curves_are_the_numbers_with_their_intervals():
    report = invariance_report(MODEL, X, TRANSFORMS, Y, random_state=0)
    display = InvarianceDisplay.from_result(report)
    assert display.ax_.shape == (2, 3)
    assert set(display.lines_) == {
        (name, measure)
        for name in ("shift", "mirror")
        for measure in ("accuracy", "same")
    }
    line, _, (bars,) = display.lines_["shift", "same"].lines
    np.testing.assert_allclose(line.get_xydata(), [[0, 1], [2, report.same[2]]])
    ends = [segment[:, 1] for segment in bars.get_segments()]
    np.testing.assert_allclose(ends, report.intervals["same"][1:3])


def test_images_are_the_first_at_each_strength():
    display = InvarianceDisplay.from_estimator(
        MODEL, X, TRANSFORMS, Y, random_state=0, measures="same"
    )
    titles = [ax.get_title() for ax in display.ax_[:, 1:].flat]
    assert titles == ["shift 0 pixels", "shift 2 pixels", "mirror", ""]
    unmoved, _, mirrored = (image.get_array() for image in display.images_)
    np.testing.assert_array_equal(unmoved, X[0, 0])
    np.testing.assert_array_equal(mirrored, X[0, 0, :, ::-1])
    assert set(display.lines_) == {("shift", "same"), ("mirror", "same")}


def test_colours_are_drawn_between_0_and_1():
    images = 255 * np.repeat(X, 3, axis=1)
    display = InvarianceDisplay.from_estimator(
        Drawn().fit(images), images, ["blur"], measures=["entropy", "distance"]
    )
    shown = display.images_[0].get_array()
    assert shown.shape == (9, 12, 3)
    assert (shown.min(), shown.max()) == (0, 1)


def test_axes_of_the_caller_are_used():
    _, axes = plt.subplots(2, 3)
    display = InvarianceDisplay.from_estimator(MODEL, X, TRANSFORMS, ax=axes)
    assert display.ax_[1, 2] is axes[1, 2]


def test_errors_name_the_argument():
    with pytest.raises(ValueError, match=r"measures of .*'acc'"):
        InvarianceDisplay.from_estimator(MODEL, X, TRANSFORMS, Y, measures=["acc"])
    with pytest.raises(ValueError, match="The accuracy needs y"):
        InvarianceDisplay.from_estimator(MODEL, X, TRANSFORMS, measures="accuracy")
    with pytest.raises(TypeError, match="must be an InvarianceReport, got 3"):
        InvarianceDisplay.from_result(3)
    report = invariance_report(MODEL, X, TRANSFORMS)
    with pytest.raises(ValueError, match=r"shape \(2, 3\)"):
        InvarianceDisplay.from_result(report, ax=plt.subplots()[1])
