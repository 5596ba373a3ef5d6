"""The diagram shows the bins of the calibration error, for one curve or many."""

import sys

import matplotlib as mpl
import numpy as np
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal import ActiveLearner
from skbal.audit import ReliabilityDisplay
from tests.audit._calibration.data import labels

RNG = np.random.default_rng(0)
P = RNG.dirichlet([1, 1, 1], size=300)
Y = np.array(["cat", "dog", "eel"])[labels(RNG, P)]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_a_curve_of_a_class_is_scikit_learns():
    display = ReliabilityDisplay.from_predictions(
        Y, P, show="classes", n_bins=6, strategy="uniform"
    )
    assert list(display.lines_) == ["cat", "dog", "eel"]
    assert display.histogram_ is None
    for column, (label, line) in enumerate(display.lines_.items()):
        happened, said = calibration_curve(label == Y, P[:, column], n_bins=6)
        np.testing.assert_allclose(line.get_xdata(), said)
        np.testing.assert_allclose(line.get_ydata(), happened)


def test_the_likeliest_class_with_intervals_and_counts():
    display = ReliabilityDisplay.from_predictions(Y, P, n_bins=5, level=0.1, name="net")
    best, right = P.max(axis=1), np.array(["cat", "dog", "eel"])[P.argmax(axis=1)] == Y
    happened, said = calibration_curve(right, best, n_bins=5, strategy="quantile")
    np.testing.assert_allclose(display.lines_["net"].get_xdata(), said)
    np.testing.assert_allclose(display.lines_["net"].get_ydata(), happened)
    curve = display.curves["net"]
    for segment, share, n in zip(
        display.bars_["net"].get_segments(), happened, curve.n_rows
    ):
        test = stats.binomtest(round(share * n), int(n))
        np.testing.assert_allclose(segment[:, 1], test.proportion_ci(0.9, "wilson"))
    heights = [bar.get_height() for bar in display.histogram_]
    counts = np.histogram(best, bins=20, range=(0, 1))[0]
    np.testing.assert_allclose(heights, counts / counts.max() * 0.2)
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert f"Rows (tallest bar: {counts.max()})" in legend


def test_a_name_with_an_underscore_is_in_the_legend():
    display = ReliabilityDisplay.from_predictions(Y, P, name="_net")
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert " _net" in legend
    assert list(display.lines_) == ["_net"]


def test_a_list_of_labels_draws_these_and_plot_draws_again():
    display = ReliabilityDisplay.from_predictions(
        Y, P, show=["eel", "cat"], line_kw={"c": "red"}
    )
    assert list(display.lines_) == ["eel", "cat"]
    assert display.lines_["eel"].get_color() == "red"
    figure, ax = plt.subplots()
    again = display.plot(ax)
    assert again is display
    assert display.ax_ is ax
    assert display.figure_ is figure


def test_an_estimator_a_pipeline_and_a_learner_give_the_same_curve():
    X = np.log(P)
    forest = RandomForestClassifier(20, random_state=0).fit(X, Y)
    pipeline = make_pipeline("passthrough", RandomForestClassifier(20, random_state=0))
    learner = ActiveLearner(RandomForestClassifier(20, random_state=0))
    models = [forest, pipeline.fit(X, Y), learner.fit(X, Y)]
    drawn = [
        ReliabilityDisplay.from_estimator(model, X, Y, show=["dog"]).lines_["dog"]
        for model in models
    ]
    for line in drawn[1:]:
        np.testing.assert_allclose(line.get_ydata(), drawn[0].get_ydata())
    named = ReliabilityDisplay.from_estimator(forest, X, Y)
    assert list(named.lines_) == ["RandomForestClassifier"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"show": "labels"}, ValueError, "show of ReliabilityDisplay must be 'conf"),
        ({"show": ["fox"]}, ValueError, "labels of classes, got 'fox'"),
        ({"show": []}, ValueError, "or a list of labels"),
        ({"n_bins": 0}, ValueError, "n_bins of ReliabilityDisplay"),
        ({"strategy": "q"}, ValueError, "strategy of ReliabilityDisplay"),
        ({"level": 2}, ValueError, "level of ReliabilityDisplay"),
        ({"ax": 3}, TypeError, "ax of ReliabilityDisplay must be a matplotlib Axes"),
        ({"n_bins": 10**30}, ValueError, "n_bins of ReliabilityDisplay"),
        ({"line_kw": 5}, TypeError, "line_kw of ReliabilityDisplay must be a dict"),
        ({"line_kw": {"c": 1, "color": 2}}, TypeError, "color"),
    ],
)
def test_what_cannot_be_right_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        ReliabilityDisplay.from_predictions(Y, P, **options)


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"skbal\[examples\]"):
        ReliabilityDisplay.from_predictions(Y, P)
