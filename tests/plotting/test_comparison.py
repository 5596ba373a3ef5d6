"""The figure shows the numbers of the comparison."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from skbal.experiments import Comparison
from skbal.plotting import ComparisonDisplay
from tests.experiments.runs import flat

COMPARISON = Comparison(
    {
        "Good": flat(0.61, 0.72, 0.5),
        "Same": flat(0.51, 0.6, 0.42),
        "Random": flat(0.5, 0.6, 0.4),
    },
    score_name="Accuracy",
)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def ends(errorbar):
    (segments,) = errorbar.lines[2][0].get_segments()
    return segments[:, 0]


def test_points_and_intervals_are_those_of_the_comparison():
    display = COMPARISON.plot()
    assert list(display.points_) == ["Good", "Same"]
    for name, difference in COMPARISON.differences.items():
        drawn = display.points_[name]
        assert drawn.lines[0].get_xdata()[0] == pytest.approx(difference.mean)
        np.testing.assert_allclose(ends(drawn), [difference.low, difference.high])


def test_each_repeat_is_a_small_dot():
    display = COMPARISON.plot()
    dots = [c for c in display.axes_[1].collections if isinstance(c, PathCollection)]
    found = [np.asarray(dot.get_offsets())[:, 0] for dot in dots]
    expected = [d.values for d in COMPARISON.differences.values()]
    np.testing.assert_allclose(found, expected)


def test_words_and_colours_are_those_of_the_curves():
    display = COMPARISON.plot()
    labels = [text.get_text() for text in display.axes_[1].get_yticklabels()]
    verdicts = COMPARISON.verdicts
    assert labels == [f"Good\n{verdicts['Good']}", f"Same\n{verdicts['Same']}"]
    for name, point in display.points_.items():
        line = display.curves_.lines_[name]
        assert to_hex(point.lines[0].get_color()) == to_hex(line.get_color())
    assert display.axes_[0].get_ylabel() == "Accuracy"
    label = display.axes_[1].get_xlabel()
    assert label == "Area minus that of random,\nwith 95% intervals"


def test_it_draws_where_it_is_told_and_as_often_as_wanted():
    figure, axes = plt.subplots(2)
    display = ComparisonDisplay.from_comparison(COMPARISON, ax=axes, band="range")
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes)
    assert len(plt.get_fignums()) == 1
    assert (
        display.plot(line_kw={"c": "red"}).curves_.lines_["Good"].get_color() == "red"
    )


def test_without_an_interval_there_is_a_point_alone():
    display = ComparisonDisplay(
        n_labels={"A": [1, 2], "B": [1, 2]},
        scores={"A": [[0.1, 0.2]], "B": [[0.1, 0.3]]},
        differences={"A": (0.2, np.nan, np.nan)},
        reference="B",
    ).plot()
    assert not display.points_["A"].has_xerr
    assert display.axes_[1].get_yticklabels()[0].get_text() == "A"
    assert display.axes_[1].get_xlabel() == "Area minus that of B"


def test_wrong_axes_and_names_are_refused():
    figure = plt.figure()
    with pytest.raises(ValueError, match=r"ax of ComparisonDisplay must .* \(1, 2\)"):
        COMPARISON.plot(ax=figure.subplots())
    with pytest.raises(
        ValueError, match=r"band of ComparisonDisplay must .* got 'wide'"
    ):
        COMPARISON.plot(band="wide")
    assert plt.get_fignums() == [figure.number]
    display = ComparisonDisplay(n_labels={}, scores={}, differences={"A": (0, 0, 0)})
    with pytest.raises(
        ValueError, match=r"differences of ComparisonDisplay .* got 'A'"
    ):
        display.plot()


@pytest.mark.parametrize("comparison", [None, 5, {"A": 1}, Comparison])
def test_what_is_no_comparison_is_refused(comparison):
    message = "comparison of ComparisonDisplay must be a Comparison"
    with pytest.raises(TypeError, match=message):
        ComparisonDisplay.from_comparison(comparison)
