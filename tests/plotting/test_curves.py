"""Curves show what the histories hold, worked out a second way."""

import sys

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from skbal.loop import History, Record
from skbal.plotting import AcquisitionCurveDisplay


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def history(n_labels, scores):
    return History(Record(i, n, s) for i, (n, s) in enumerate(zip(n_labels, scores)))


LABELS = [20, 30, 40]
REPEATS = [
    history(LABELS, [0.1, 0.5, 0.9]),
    history(LABELS, [0.2, 0.5, 0.7]),
    history(LABELS, [0.6, 0.5, 0.8]),
]
# By hand: means .3, .5, .8; sums of squares about them .14, 0, .02, over n - 1 = 2.
MEAN = np.array([0.3, 0.5, 0.8])
STD = np.sqrt([0.07, 0.0, 0.01])
HALF_WIDTH = {"std": STD, "sem": STD / np.sqrt(3)}


def edges(collection):
    """Return the lower and the upper edge of a band, one value a label."""
    vertices = collection.get_paths()[0].vertices
    xs = np.unique(vertices[:, 0])
    ys = [vertices[vertices[:, 0] == x, 1] for x in xs]
    return np.array([y.min() for y in ys]), np.array([y.max() for y in ys])


def test_the_line_is_the_mean_over_repeats():
    line = AcquisitionCurveDisplay.from_histories({"BALD": REPEATS}).lines_["BALD"]
    np.testing.assert_array_equal(line.get_xdata(), LABELS)
    np.testing.assert_allclose(line.get_ydata(), MEAN)


@pytest.mark.parametrize("band", ["std", "sem"])
def test_the_band_is_as_wide_as_worked_out_by_hand(band):
    display = AcquisitionCurveDisplay.from_histories({"BALD": REPEATS}, band=band)
    low, high = edges(display.bands_["BALD"])
    np.testing.assert_allclose(low, MEAN - HALF_WIDTH[band], atol=1e-12)
    np.testing.assert_allclose(high, MEAN + HALF_WIDTH[band], atol=1e-12)


def test_the_range_goes_from_the_worst_to_the_best_repeat():
    display = AcquisitionCurveDisplay.from_histories({"BALD": REPEATS}, band="range")
    low, high = edges(display.bands_["BALD"])
    np.testing.assert_allclose(low, [0.1, 0.5, 0.7])
    np.testing.assert_allclose(high, [0.6, 0.5, 0.9])


@pytest.mark.parametrize("repeats", [REPEATS[0], REPEATS[:1], tuple(REPEATS[:1])])
def test_one_history_is_a_line_without_a_band(repeats):
    display = AcquisitionCurveDisplay.from_histories({"BALD": repeats})
    np.testing.assert_allclose(display.lines_["BALD"].get_ydata(), [0.1, 0.5, 0.9])
    assert display.bands_ == {}


def test_no_band_is_drawn_where_none_is_wanted():
    display = AcquisitionCurveDisplay.from_histories({"BALD": REPEATS}, band=None)
    assert display.bands_ == {}


def test_repeats_are_averaged_at_the_labels_they_share():
    repeats = [
        history([10, 20, 30, 40], [0.0, 0.1, 0.2, 0.3]),
        history([20, 25, 40], [0.3, 9.0, 0.5]),
    ]
    line = AcquisitionCurveDisplay.from_histories({"BALD": repeats}).lines_["BALD"]
    np.testing.assert_array_equal(line.get_xdata(), [20, 40])
    np.testing.assert_allclose(line.get_ydata(), [0.2, 0.4])


def test_of_steps_with_the_same_labels_the_last_is_drawn():
    repeats = [
        history([20, 30, 30], [0.1, 0.5, 0.7]),
        history([20, 30], [0.3, 0.9]),
    ]
    line = AcquisitionCurveDisplay.from_histories({"A": repeats}).lines_["A"]
    np.testing.assert_array_equal(line.get_xdata(), [20, 30])
    np.testing.assert_allclose(line.get_ydata(), [0.2, 0.8])


def test_strategies_need_not_share_labels_with_each_other():
    display = AcquisitionCurveDisplay.from_histories(
        {"BALD": REPEATS, "Random": history([5, 50], [0.1, 0.2])}
    )
    assert display.lines_["Random"].get_xdata().tolist() == [5, 50]
    assert list(display.n_labels) == ["BALD", "Random"]
    assert display.scores["BALD"].shape == (3, 3)


def test_it_draws_on_the_axes_it_is_given():
    figure, (left, right) = plt.subplots(ncols=2)
    display = AcquisitionCurveDisplay.from_histories({"BALD": REPEATS}, ax=right)
    assert display.ax_ is right
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1
    assert not left.lines
    assert list(right.lines) == [display.lines_["BALD"]]


def test_axes_and_legend_say_what_is_drawn():
    display = AcquisitionCurveDisplay.from_histories(
        {"BALD": REPEATS, "Random": REPEATS}, score_name="Accuracy"
    )
    assert display.ax_.get_xlabel() == "Labels"
    assert display.ax_.get_ylabel() == "Accuracy"
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["BALD", "Random"]
    assert display.plot(score_name="Recall").ax_.get_ylabel() == "Recall"


def test_many_strategies_never_look_alike():
    names = [f"strategy {i}" for i in range(20)]
    display = AcquisitionCurveDisplay.from_histories(dict.fromkeys(names, REPEATS))
    looks = {(ln.get_color(), ln.get_linestyle()) for ln in display.lines_.values()}
    assert len(looks) == 20
    for name in names:
        (face,) = display.bands_[name].get_facecolor()
        assert to_hex(face) == to_hex(display.lines_[name].get_color())


def test_line_kw_reaches_every_line_by_any_of_matplotlibs_names():
    display = AcquisitionCurveDisplay.from_histories(
        {"BALD": REPEATS, "Random": REPEATS}, line_kw={"c": "red", "lw": 3}
    )
    for line in display.lines_.values():
        assert line.get_color() == "red"
        assert line.get_linewidth() == 3


def test_arrays_can_be_drawn_without_histories():
    display = AcquisitionCurveDisplay(
        n_labels={"BALD": [10, 20]}, scores={"BALD": [[0.1, 0.3], [0.3, 0.5]]}
    )
    assert display.plot() is display
    np.testing.assert_allclose(display.lines_["BALD"].get_ydata(), [0.2, 0.4])


@pytest.mark.parametrize(
    ("histories", "error", "message"),
    [
        ([REPEATS], TypeError, "must be a dict"),
        ({}, ValueError, "is empty"),
        ({"BALD": []}, ValueError, "for 'BALD' is empty"),
        ({"BALD": [[0.1, 0.2]]}, TypeError, "of the class History .* got list"),
        ({"BALD": None}, TypeError, "of the class History .* got NoneType"),
        ({"BALD": History([Record(0, 20)])}, ValueError, "must have scores: give"),
        (
            {"BALD": [*REPEATS, history([10, 20], [0.1, np.nan])]},
            ValueError,
            "must have scores at each step, but that of step 1, with 20 labels, is nan",
        ),
        (
            {"BALD": [history([10], [0.1]), history([20], [0.2])]},
            ValueError,
            r"for 'BALD' have no number of labels in common: \[10\], \[20\]",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(histories, error, message):
    with pytest.raises(
        error, match=f"^histories of AcquisitionCurveDisplay.*{message}"
    ):
        AcquisitionCurveDisplay.from_histories(histories)
    assert not plt.get_fignums()


def test_an_unknown_band_is_refused():
    with pytest.raises(
        ValueError, match="band of AcquisitionCurveDisplay must be 'std'"
    ):
        AcquisitionCurveDisplay.from_histories({"BALD": REPEATS}, band="95%")


def test_scores_that_do_not_fit_the_labels_are_refused():
    display = AcquisitionCurveDisplay(n_labels={"A": [1, 2]}, scores={"A": [0.1, 0.2]})
    with pytest.raises(ValueError, match=r"for 'A' must have shape \(n_repeats, 2\)"):
        display.plot()


def test_without_matplotlib_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    message = "AcquisitionCurveDisplay needs matplotlib.*examples"
    with pytest.raises(ImportError, match=message):
        AcquisitionCurveDisplay.from_histories({"BALD": REPEATS})
