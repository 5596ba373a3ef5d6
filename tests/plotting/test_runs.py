"""Curves, published curves, and labels to a score, all read back from the figure."""

import itertools
import json
from io import BytesIO
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

mpl.use("Agg")
from matplotlib import pyplot as plt
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearningClassifier
from skbal.experiments import Comparison
from skbal.loop import History, Record
from skbal.plotting import RunDisplay
from skbal.plotting._labels_needed import median_interval
from skbal.query import MaxEntropy
from tests.experiments.runs import history
from tests.plotting.figures import (
    check_fonts_are_embedded,
    check_nothing_is_cut_off,
    edges,
)

RNG = np.random.default_rng(0)
# Six repeats of five steps, at 20, 30, ..., 60 labels.
GOOD = np.sort(RNG.uniform(0.5, 1, (6, 5)), axis=1)
POOR = np.sort(RNG.uniform(0.3, 0.8, (6, 5)), axis=1)
RUNS = {"BALD": [history(s) for s in GOOD], "Random": [history(s) for s in POOR]}
LABELS = np.arange(20, 70, 10)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def ends(errorbar):
    """Return the ends of the bar, and where the marker is."""
    (segment,) = errorbar.lines[2][0].get_segments()
    return *segment[:, 0], errorbar.lines[0].get_xdata()[0]


# --------------------------------------------------------------------------- curves


def test_lines_are_means_and_bands_are_student_intervals():
    display = RunDisplay.from_runs(RUNS)
    for name, scores in (("BALD", GOOD), ("Random", POOR)):
        line = display.lines_[name]
        np.testing.assert_array_equal(line.get_xdata(), LABELS)
        np.testing.assert_allclose(line.get_ydata(), scores.mean(axis=0))
        for low, high, column in zip(*edges(display.bands_[name]), scores.T):
            expected = stats.t.interval(0.95, 5, column.mean(), stats.sem(column))
            np.testing.assert_allclose([low, high], expected)


def test_quartiles_have_the_median_as_their_line():
    display = RunDisplay.from_runs(RUNS, band="quartiles")
    line, (low, high) = display.lines_["BALD"], edges(display.bands_["BALD"])
    ordered = np.sort(GOOD, axis=0)  # the quartiles of six are at 1.25 and 3.75
    np.testing.assert_allclose(line.get_ydata(), (ordered[2] + ordered[3]) / 2)
    np.testing.assert_allclose(low, 0.75 * ordered[1] + 0.25 * ordered[2])
    np.testing.assert_allclose(high, 0.25 * ordered[3] + 0.75 * ordered[4])


def test_curves_can_be_told_apart_without_colour():
    names = [f"strategy {i}" for i in range(8)]
    display = RunDisplay.from_runs(dict.fromkeys(names, RUNS["BALD"]))
    looks = {(ln.get_linestyle(), ln.get_marker()) for ln in display.lines_.values()}
    assert len(looks) == 8


def test_a_long_curve_has_few_markers():
    steps = [Record(i, i + 1, 0.5) for i in range(100)]
    line = RunDisplay.from_runs(History(steps)).lines_["run"]
    assert 8 <= len(range(0, 100, line.get_markevery())) <= 12


def test_published_curves_are_thin_lines_in_the_colour_of_their_strategy():
    reference = {"BALD": (LABELS, GOOD), "Gal et al.": (LABELS, POOR[0])}
    display = RunDisplay.from_runs(RUNS, reference=reference)
    ours, others = display.reference_lines_.values()
    np.testing.assert_array_equal([line.get_ydata() for line in ours], GOOD)
    np.testing.assert_array_equal([line.get_ydata() for line in others], POOR[:1])
    bald = display.lines_["BALD"]
    for line in ours:
        assert line.get_color() == bald.get_color()
        assert line.get_linewidth() < bald.get_linewidth()
        assert line.zorder < bald.zorder
    assert others[0].get_color() not in {
        line.get_color() for line in display.lines_.values()
    }
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["BALD", "Random", "BALD, published", "Gal et al."]


# ------------------------------------------------------------------ labels to a score


def labels_by_loop(scores, target):
    for n, score in zip(LABELS, scores):
        if score >= target:
            return n
    return np.inf


def test_labels_to_a_score_are_those_of_a_loop_and_censored_runs_are_told():
    targets = [0.6, 0.75]
    display = RunDisplay.from_runs(RUNS, target_score=targets)
    assert display.axes_.shape == (3,)
    for target, panel in zip(targets, display.axes_[1:]):
        words = [text.get_text() for text in panel.get_yticklabels()]
        for word, (name, scores) in zip(words, [("BALD", GOOD), ("Random", POOR)]):
            needed = display.needed[target][name]
            expected = [labels_by_loop(row, target) for row in scores]
            np.testing.assert_array_equal(needed.values, expected)
            assert needed.n_reached == np.isfinite(expected).sum()
            told = "" if needed.n_reached == 6 else f" ({needed.n_reached}/6)"
            assert word == name + told
        # Six repeats: their range has a confidence of 1 - 2 / 2**6.
        label = f"Labels to {target:g}: median, 96.9% interval"
        assert panel.get_xlabel() == label


def test_bars_end_at_the_interval_or_at_the_last_label():
    scores = [[0.1, 0.9], [0.9, 0.9], [0.1, 0.9], [0.1, 0.1]]
    hopeless = [history([0.1, 0.2])] * 4
    runs = {"some": [history(row) for row in scores], "none": hopeless}
    display = RunDisplay.from_runs(runs, target_score=0.5)
    some, none = display.points_[0.5].values()
    # By hand: 20, 30, 30 and never: the median is 30, the range 20 to beyond 30.
    assert ends(some) == (20, 30, 30)
    assert some.lines[0].get_marker() == display.lines_["some"].get_marker()
    assert ends(none) == (30, 30, 30)
    assert none.lines[0].get_marker() == ">"
    assert np.isinf(display.needed[0.5]["none"].median)
    panel = display.axes_[1]
    small = [(ln.get_xdata().tolist(), ln.get_marker()) for ln in panel.lines]
    own = display.lines_["some"].get_marker()
    assert ([30, 20, 30], own) in small
    assert ([30], ">") in small  # the run that ended before
    assert ([30, 30, 30, 30], ">") in small


def test_one_run_has_a_marker_and_no_bar():
    display = RunDisplay.from_runs(history([0.2, 0.8]), target_score=0.5)
    assert not display.points_[0.5]["run"].has_xerr
    assert display.axes_[1].get_xlabel() == "Labels to 0.5"


@given(
    st.lists(st.sampled_from([*range(20, 60, 10), np.inf]), min_size=2, max_size=8),
    st.sampled_from([0.5, 0.8, 0.95, 0.99]),
)
def test_the_interval_of_the_median_covers_it_as_often_as_it_says(values, confidence):
    median, low, high, attained = median_interval(values, confidence)
    n, ordered = len(values), np.sort(values)
    assert median == np.median(ordered)
    assert low <= median <= high
    # Each of n values lies above or below the median: all 2**n cases are as likely.
    # Sorted, the value number `below` is the last one below it.
    below = np.array([sum(case) for case in itertools.product([0, 1], repeat=n)])
    covers = {k: np.mean((below >= k) & (below <= n - k)) for k in range(1, n // 2 + 1)}
    enough = [k for k, share in covers.items() if share >= confidence - 1e-9]
    k = max(enough, default=1)
    assert attained == pytest.approx(covers[k])
    assert (low, high) == (ordered[k - 1], ordered[n - k])


# ----------------------------------------------------------------- sources of the runs


def test_loops_simulations_and_comparisons_are_runs():
    X, y = load_iris(return_X_y=True)
    run = ActiveLearningClassifier(
        GaussianNB(), MaxEntropy(), n_queries=2, n_instances=5, random_state=0
    ).fit(X, y)
    for runs in (run, [run], run.history_, {"MaxEntropy": run}):
        line = RunDisplay.from_runs(runs).lines_["MaxEntropy"]
        np.testing.assert_array_equal(line.get_ydata(), run.history_.scores)
    comparison = Comparison(RUNS, score_name="Accuracy")
    display = RunDisplay.from_runs(comparison)
    assert list(display.lines_) == ["BALD", "Random"]
    assert display.ax_.get_ylabel() == "Accuracy"
    assert RunDisplay.from_runs(comparison, score_name="F1").ax_.get_ylabel() == "F1"


def test_runs_without_names_are_put_together_by_their_strategy():
    runs = [history(row) for row in GOOD[:3]]
    for run, name in zip(runs, ["BALD", "EPIG", "BALD"]):
        run.provenance = {"strategy": name, "query_strategy": "other()"}
    scores = RunDisplay.from_runs(runs).scores
    np.testing.assert_array_equal(scores["BALD"], GOOD[[0, 2]])
    np.testing.assert_array_equal(scores["EPIG"], GOOD[[1]])


UNITS = [
    {"arm": name, "seed": seed, "result": {"n_labels": [20, 30], "score": scores}}
    for name, seed, scores in [
        ("BALD", 0, [0.2, 0.4]),
        ("Random", 0, [0.2, 0.3]),
        ("BALD", 1, [0.4, 0.8]),
        ("BALD", 0, [0.9, 0.9]),  # done by another process as well
    ]
]


def test_stored_units_are_runs_of_their_arm(tmp_path):
    lines = [{"format": 1, "command": "skbal reproduce"}, *UNITS]
    path = tmp_path / "units.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + '\n{"arm": "BALD", "see')
    for runs in (path, str(path), SimpleNamespace(units=UNITS)):
        display = RunDisplay.from_runs(runs)
        np.testing.assert_array_equal(display.scores["BALD"], [[0.2, 0.4], [0.4, 0.8]])
        np.testing.assert_array_equal(display.scores["Random"], [[0.2, 0.3]])


def test_a_file_of_units_need_not_end_with_the_end_of_a_line(tmp_path):
    path = tmp_path / "units.jsonl"
    path.write_text("\n".join(map(json.dumps, UNITS[:2])))
    scores = RunDisplay.from_runs(path).scores
    assert sum(map(len, scores.values())) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('{"format": 1}\n', "is empty"),
        ('{"format": 1}\nno JSON\n', r"line 2 of .*units.jsonl is no JSON object: "),
        ("[1, 2]\n", r"line 1 of .*units.jsonl is no JSON object\."),
        ('{"arm": "A", "seed": 3}\n', "unit 'A' with seed 3 has no learning curve"),
        (
            '{"arm": "A", "result": {"n_labels": [1], "score": [null]}}\n',
            "for 'A' must have scores",
        ),
        (
            '{"arm": "A", "result": {"n_labels": [1, 2], "score": [0.5]}}\n',
            "no learning curve: .* of the same length",
        ),
    ],
)
def test_damaged_files_of_units_are_refused_by_name(tmp_path, content, message):
    path = tmp_path / "units.jsonl"
    path.write_text(content)
    with pytest.raises(ValueError, match=f"^runs of RunDisplay.*{message}"):
        RunDisplay.from_runs(path)
    with pytest.raises(FileNotFoundError, match=r"^runs of RunDisplay: .*missing"):
        RunDisplay.from_runs(tmp_path / "missing.jsonl")


# --------------------------------------------------------------------------- printing


def test_a_new_figure_is_a_column_wide_and_nothing_is_cut_off():
    for width in (85, 175):
        display = RunDisplay.from_runs(RUNS, target_score=[0.6, 0.9], width=width)
        assert display.figure_.get_size_inches()[0] == pytest.approx(width / 25.4)
        check_nothing_is_cut_off(display.figure_)
    assert display.ax_.xaxis.label.get_size() == 7
    assert mpl.rcParams["font.size"] != 7  # the user's style is as it was


def test_fonts_are_embedded():
    display = RunDisplay.from_runs(RUNS)
    check_fonts_are_embedded(display)
    png = BytesIO()
    display.save(png, dpi=100)
    assert plt.imread(BytesIO(png.getvalue())).shape[1] == int(100 * 85 / 25.4)
    with pytest.raises(TypeError, match=r"file of RunDisplay.save must be .* got 5"):
        display.save(5)


def test_of_a_part_of_a_figure_the_whole_is_saved():
    figure = plt.figure(figsize=(4, 2))
    left, _ = figure.subfigures(1, 2)
    display = RunDisplay.from_runs(RUNS, ax=left.subplots())
    assert display.figure_ is left
    png = BytesIO()
    display.save(png, dpi=100)
    assert plt.imread(BytesIO(png.getvalue())).shape[:2] == (200, 400)


def test_nothing_can_be_saved_before_it_is_drawn():
    display = RunDisplay(n_labels={"A": [1, 2]}, scores={"A": [[0.1, 0.2]]})
    with pytest.raises(AttributeError, match=r"RunDisplay has no figure .* plot was"):
        display.save("runs.pdf")


def test_names_that_begin_with_an_underscore_are_in_the_legend():
    runs = {"_Own": RUNS["BALD"], "a_b": RUNS["BALD"]}
    published = {"_paper": ([20, 30], [0.5, 0.6])}
    display = RunDisplay.from_runs(runs, reference=published)
    words = [text.get_text().strip() for text in display.ax_.get_legend().texts]
    assert words == ["_Own", "a_b", "_paper"]
    assert list(display.lines_) == ["_Own", "a_b"]


def test_it_draws_on_the_axes_it_is_given_in_their_own_style():
    figure, axes = plt.subplots(2)
    display = RunDisplay.from_runs(RUNS, target_score=0.7, ax=axes)
    assert display.figure_ is figure
    assert list(display.axes_) == list(axes)
    assert len(plt.get_fignums()) == 1
    assert axes[0].xaxis.label.get_size() == mpl.rcParams["font.size"]
    alone = RunDisplay.from_runs(RUNS, ax=axes[1], line_kw={"lw": 5})
    assert alone.ax_ is axes[1]
    assert alone.lines_["BALD"].get_linewidth() == 5


# ----------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("runs", "error", "message"),
    [
        ({}, ValueError, "is empty"),
        ([], ValueError, "is empty"),
        ({"A": []}, ValueError, "for 'A' must be runs .* got no run"),
        ({"A": History()}, ValueError, "for 'A' must be .* got a run without steps"),
        (None, TypeError, "must be a History, .* got NoneType"),
        ({"A": [1]}, TypeError, "for 'A' must be a History.* got int"),
        (History, TypeError, "got the class History"),
        (
            ActiveLearningClassifier(GaussianNB()),
            TypeError,
            "not fitted yet: call fit first",
        ),
        (History([Record(0, 20)]), ValueError, "for 'run' must have scores"),
        (
            {"A": [history([0.1], [10]), history([0.1], [20])]},
            ValueError,
            "for 'A' have no number of labels in common",
        ),
    ],
)
def test_what_is_no_run_is_refused_by_name(runs, error, message):
    with pytest.raises(error, match=f"^runs of RunDisplay.*{message}"):
        RunDisplay.from_runs(runs)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"target_score": "high"}, TypeError, "target_score of RunDisplay"),
        ({"confidence": 1}, ValueError, r"confidence of RunDisplay .* inside \(0, 1\)"),
        ({"confidence": 1.5}, ValueError, "confidence of RunDisplay"),
        ({"band": "95%"}, ValueError, "band of RunDisplay"),
        ({"width": 5}, ValueError, r"width of RunDisplay .* \[30, 1000\]"),
        ({"reference": [1]}, TypeError, "reference of RunDisplay must be a dict"),
        ({"reference": {"A": 5}}, TypeError, "for 'A' must be a pair"),
        (
            {"reference": {"A": ([1, 2], [1, 2, 3])}},
            ValueError,
            r"for 'A' must have scores .* got \(3,\) for \(2,\)",
        ),
        ({"reference": {"A": (["x"], [1])}}, ValueError, "for 'A' must be numbers"),
        ({"ax": 3 * [None]}, ValueError, r"ax of RunDisplay .* shape \(1, 1\)"),
    ],
)
def test_wrong_arguments_are_refused_by_name(arguments, error, message):
    with pytest.raises(error, match=message):
        RunDisplay.from_runs(RUNS, **arguments)
    assert not plt.get_fignums()


def test_a_target_may_be_an_array_of_no_axis():
    assert list(RunDisplay.from_runs(RUNS, target_score=np.array(0.5)).needed) == [0.5]
