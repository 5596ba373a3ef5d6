"""The curve shows the numbers of vote_coverage, whoever makes the draws."""

import sys

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

mpl.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from skbal.audit import VoteCoverageDisplay, VotePITDisplay, _pit, vote_coverage
from skbal.models import BayesianVoteRegression
from tests.audit.fakes import (
    TREE,
    CountingVotes,
    FixedVotes,
    draws_and_votes,
    shares_and_counts,
)

RHO, VOTES = draws_and_votes(60, n_questions=2)
NAMES = ["smooth", "bar"]
X = np.linspace(-1, 1, 60)[:, np.newaxis]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def legend(display):
    return [text.get_text() for text in display.ax_.get_legend().get_texts()]


def test_each_question_has_a_line_with_two_standard_errors_about_it():
    display = VoteCoverageDisplay.from_predictions(VOTES, RHO, question_names=NAMES)
    found = vote_coverage(RHO, VOTES, levels=display.levels)
    assert list(display.lines_) == NAMES
    for number, name in enumerate(NAMES):
        line = display.lines_[name]
        np.testing.assert_array_equal(line.get_xdata(), display.levels)
        np.testing.assert_allclose(line.get_ydata(), found.coverage[number])
        vertices = display.bands_[name].get_paths()[0].vertices
        half = found.standard_error[number] * 2
        highest = (found.coverage[number] + half).max()
        assert vertices[:, 1].max() == pytest.approx(highest)
        assert vertices[:, 1].min() == pytest.approx(
            (found.coverage[number] - half).min()
        )
    assert legend(display) == ["As claimed", *NAMES]


def test_a_name_with_an_underscore_is_in_the_legend():
    names = ["_smooth", "bar"]
    display = VoteCoverageDisplay.from_predictions(VOTES, RHO, question_names=names)
    assert legend(display) == ["As claimed", " _smooth", "bar"]
    assert list(display.lines_) == names


def test_one_model_is_the_mean_of_the_draws():
    display = VoteCoverageDisplay.from_predictions(
        VOTES[:, :1], RHO[..., :1], single=True, levels=[0.3, 0.6], concentration=9.0
    )
    mean = RHO[..., :1].mean(axis=1, keepdims=True)
    for label, rho in (("Posterior", RHO[..., :1]), ("One model", mean)):
        found = vote_coverage(rho, VOTES[:, :1], levels=[0.3, 0.6], concentration=9.0)
        np.testing.assert_allclose(display.lines_[label].get_ydata(), found.coverage[0])
    assert legend(display) == ["As claimed", "Posterior", "One model"]
    colours = {to_hex(line.get_color()) for line in display.lines_.values()}
    assert len(colours) == 2


def test_one_model_of_several_questions_has_the_colour_of_its_question():
    display = VoteCoverageDisplay.from_predictions(
        VOTES, RHO, single=True, question_names=NAMES
    )
    one_model = [f"{name}, one model" for name in NAMES]
    assert sorted(display.lines_) == sorted(NAMES + one_model)
    for name in NAMES:
        many, one = display.lines_[name], display.lines_[f"{name}, one model"]
        assert many.get_color() == one.get_color()
        assert (many.get_linestyle(), one.get_linestyle()) == ("-", "--")


@pytest.mark.parametrize("question", [1, "bar"])
def test_one_question_can_be_drawn_alone(question):
    display = VoteCoverageDisplay.from_predictions(
        VOTES, RHO, question=question, question_names=NAMES
    )
    assert list(display.lines_) == ["bar"]
    assert list(display.plot().lines_) == NAMES


def test_without_names_questions_are_numbered():
    display = VoteCoverageDisplay.from_predictions(VOTES, RHO)
    assert list(display.lines_) == ["question 0", "question 1"]


def test_it_draws_on_the_axes_it_is_given():
    figure, (left, right) = plt.subplots(ncols=2)
    display = VoteCoverageDisplay.from_predictions(
        VOTES, RHO, ax=right, line_kw={"lw": 4}
    )
    assert display.ax_ is right
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1
    assert not left.lines
    assert {line.get_linewidth() for line in display.lines_.values()} == {4}
    assert right.get_xlabel() == "Nominal coverage"


@pytest.mark.parametrize("concentration", [np.inf, 2.0])
def test_a_model_is_asked_for_its_draws_and_its_concentration(concentration):
    model = FixedVotes(n_questions=2, concentration=concentration).fit(X, VOTES)
    display = VoteCoverageDisplay.from_estimator(
        model, X, VOTES, n_draws=7, random_state=3, levels=[0.5, 0.9], single=True
    )
    rho = model.predict_samples(X, 7, random_state=3)
    found = vote_coverage(rho, VOTES, levels=[0.5, 0.9], concentration=concentration)
    np.testing.assert_allclose(display.coverage, found.coverage)
    np.testing.assert_allclose(display.standard_error, found.standard_error)
    mean = rho.mean(axis=1, keepdims=True)
    found = vote_coverage(mean, VOTES, levels=[0.5, 0.9], concentration=concentration)
    np.testing.assert_allclose(display.single_coverage, found.coverage)


def test_a_pipeline_transforms_first():
    double = make_pipeline(FunctionTransformer(np.double), FixedVotes(n_questions=2))
    double.set_params(functiontransformer__func=lambda X: 2 * X).fit(X, VOTES)
    alone = FixedVotes(n_questions=2).fit(X, VOTES)
    draw = {"random_state": 0, "n_draws": 9}
    found = VoteCoverageDisplay.from_estimator(double, X, VOTES, **draw)
    expected = VoteCoverageDisplay.from_estimator(alone, 2 * X, VOTES, **draw)
    np.testing.assert_allclose(found.coverage, expected.coverage)


def test_a_model_without_votes_is_refused_by_its_class():
    model = BayesianRidge().fit(X, X[:, 0])
    message = "VoteCoverageDisplay needs a model of votes.*BayesianRidge has none"
    with pytest.raises(TypeError, match=message):
        VoteCoverageDisplay.from_estimator(model, X, VOTES)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"y": VOTES[:50]}, ValueError, "got 60 rows and 50 labels"),
        ({"y": VOTES[:, :1]}, ValueError, "number of questions, got 2 and 1"),
        ({"y": VOTES * [1, 0]}, ValueError, "row 0 has k = "),
        ({"y": VOTES * 0}, ValueError, "none on 'question 0': N is 0 in all 60"),
        ({"levels": [2]}, ValueError, "levels of VoteCoverageDisplay .* got 2"),
        ({"question": 2}, ValueError, "question of .* below 2, .* got 2"),
        ({"question": "spiral"}, ValueError, "one of 'question 0', .* got 'spiral'"),
        ({"question_names": ["bar"]}, ValueError, "2 different names, .* got 1: 'bar'"),
        ({"question_names": "bar"}, TypeError, "a list of names, got .* 'bar'"),
        ({"n_draws": 0}, ValueError, "n_draws"),
    ],
)
def test_what_does_not_fit_is_refused_before_a_figure_is_made(changes, error, message):
    model = FixedVotes(n_questions=2).fit(X, VOTES)
    arguments = {"X": X, "y": VOTES, **changes}
    with pytest.raises(error, match=message):
        VoteCoverageDisplay.from_estimator(model, **arguments)
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    "wrong",
    [
        {"y": VOTES[:50]},
        {"y": VOTES * 0},
        {"levels": [2]},
        {"question": 2},
        {"question_names": ["bar"]},
        {"ax": "left"},
        {"line_kw": {"c": "red", "color": "blue"}},
        {"n_draws": 0},
        {"random_state": "seed"},
    ],
)
def test_wrong_arguments_are_refused_before_any_draw(wrong):
    model = CountingVotes(n_questions=2).fit(X, VOTES)
    with pytest.raises((TypeError, ValueError)):
        VoteCoverageDisplay.from_estimator(model, **{"X": X, "y": VOTES, **wrong})
    assert model.n_rows_drawn_ == 0


def test_a_model_that_knows_its_questions_is_compared_before_any_draw():
    model = CountingVotes(n_questions=2).fit(X, VOTES)
    model.n_questions_ = 2
    with pytest.raises(ValueError, match="number of questions, got 2 and 1"):
        VoteCoverageDisplay.from_estimator(model, X, VOTES[:, :1])
    assert model.n_rows_drawn_ == 0


@pytest.mark.parametrize("single", [False, True])
def test_each_row_is_drawn_once_and_only_what_is_shown_is_computed(monkeypatch, single):
    n_transformed, pit_of = [], _pit.pit_of
    monkeypatch.setattr(
        _pit,
        "pit_of",
        lambda *args: n_transformed.append(len(args[0])) or pit_of(*args),
    )
    model = CountingVotes(n_questions=2).fit(X, VOTES)
    display = VoteCoverageDisplay.from_estimator(model, X, VOTES, single=single)
    assert model.n_rows_drawn_ == len(X)
    assert sum(n_transformed) == len(X) * (1 + single)
    assert (display.single_coverage is not None) == single


def test_without_matplotlib_the_error_names_the_extra_before_any_draw(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    model = CountingVotes(n_questions=2).fit(X, VOTES)
    with pytest.raises(ImportError, match=r"VoteCoverageDisplay needs matplotlib.*ex"):
        VoteCoverageDisplay.from_estimator(model, X, VOTES)
    assert model.n_rows_drawn_ == 0


def test_a_model_of_counts_is_shown_answer_by_answer():
    rng = np.random.default_rng(0)
    X, counts = rng.normal(size=(60, 2)), shares_and_counts(60)[1]
    model = BayesianVoteRegression(
        "dirichlet-multinomial", optimize=None, questions=TREE, random_state=0
    ).fit(X, counts)
    display = VoteCoverageDisplay.from_estimator(
        model, X, counts, levels=[0.5, 0.8], n_draws=30, random_state=0
    )
    draws = model.predict_samples(X, 30, random_state=0)
    concentration = model.predict_concentration(X)
    expected = vote_coverage(
        draws, counts, levels=[0.5, 0.8], concentration=concentration, questions=TREE
    )
    np.testing.assert_allclose(display.coverage, expected.coverage)
    assert display.question_names == expected.question_names
    assert "bar: no" in display.lines_
    one = VotePITDisplay.from_estimator(
        model, X, counts, question="bar: yes", n_draws=30, random_state=0
    )
    other = VotePITDisplay.from_predictions(
        counts, draws, concentration=concentration, questions=TREE
    )
    np.testing.assert_allclose(one.shares, other.shares)
    with pytest.raises(ValueError, match="row 0 has the count -1 of 'shape: smooth'"):
        VoteCoverageDisplay.from_estimator(model, X, counts - [1 + counts[0, 0]] * 5)
