import numpy as np
import pytest

from skbal.plotting import RankDisplay

pytest.importorskip("matplotlib")

RANKS = {"Margin": 1.5, "Random": 2.0, "BALD": 2.5}
VERDICTS = {"Margin": "better than random", "BALD": "not distinguishable on 4 tables"}


@pytest.fixture
def display():
    import matplotlib.pyplot as plt

    yield RankDisplay(
        mean_ranks=RANKS,
        critical_difference=0.8,
        reference="Random",
        verdicts=VERDICTS,
        n_tables=4,
        test_name="Wilcoxon's test",
    ).plot()
    plt.close("all")


def test_intervals_are_as_wide_as_the_critical_difference(display):
    for name, points in display.points_.items():
        [segments] = [bar.get_segments() for bar in points.lines[2]]
        left, right = np.sort(segments[0][:, 0])
        assert right - left == pytest.approx(0.8)
        assert (left + right) / 2 == pytest.approx(RANKS[name])


def test_the_best_is_on_top_and_the_axis_says_what_it_is(display):
    low, high = display.ax_.get_ylim()
    assert low > high
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == list(RANKS)
    assert "Mean rank on 4 tables (1 is best)" in display.ax_.get_xlabel()


def test_verdicts_are_told_by_markers_and_a_legend(display):
    markers = {name: p.lines[0].get_marker() for name, p in display.points_.items()}
    assert len(set(markers.values())) == 3
    legend = display.ax_.get_legend()
    assert legend.get_title().get_text() == "Against random, by Wilcoxon's test"
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts == ["better", "not distinguishable"]


def test_it_draws_on_given_axes(display):
    again = RankDisplay(mean_ranks=RANKS, critical_difference=1.0).plot(display.ax_)
    assert again.ax_ is display.ax_


def test_what_is_no_benchmark_is_refused():
    with pytest.raises(TypeError, match="result of RankDisplay must be a BenchmarkRes"):
        RankDisplay.from_benchmark({"Margin": 1.0})
