"""Panels show the binomials of the draws, their mixture, and that of the mean draw."""

import matplotlib as mpl
import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import BayesianRidge

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal.models import BayesianVoteRegression
from skbal.plotting import VotePosteriorDisplay
from tests.audit.fakes import (
    TREE,
    CountingVotes,
    FixedVotes,
    draws_and_votes,
    shares_and_counts,
)

RHO, VOTES = draws_and_votes(3, n_draws=4, n_questions=2)
VOTES[:, 1] = [[2, 6], [0, 30], [11, 11]]
IMAGES = np.random.default_rng(0).normal(size=(3, 1, 6, 6))


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_lines_are_scipys_distributions():
    display = VotePosteriorDisplay.from_predictions(RHO, VOTES, question=1)
    for row, (rho, (_, n)) in enumerate(zip(RHO[..., 1], VOTES[:, 1])):
        k = np.arange(n + 1)
        one, mixture = display.lines_[row]
        np.testing.assert_array_equal(one.get_xdata(), k)
        expected = stats.binom.pmf(k, n, rho.mean())
        np.testing.assert_allclose(one.get_ydata(), expected, atol=1e-12)
        each = stats.binom.pmf(k, n, rho[:, np.newaxis])
        found = [line.get_ydata() for line in display.draw_lines_[row]]
        np.testing.assert_allclose(found, each, atol=1e-12)
        np.testing.assert_allclose(mixture.get_ydata(), each.mean(axis=0), atol=1e-12)


def test_disagreeing_people_make_beta_binomials_of_the_question_drawn():
    display = VotePosteriorDisplay.from_predictions(
        RHO, n_votes=9, question=1, concentration=[np.inf, 3.0]
    )
    rho = RHO[0, :, 1].mean()
    expected = stats.betabinom.pmf(np.arange(10), 9, 3 * rho, 3 * (1 - rho))
    np.testing.assert_allclose(display.lines_[0][0].get_ydata(), expected)


def test_each_row_has_its_own_concentration():
    own = [[9.0, 2.0], [9.0, 30.0], [9.0, np.inf]]
    display = VotePosteriorDisplay.from_predictions(
        RHO, n_votes=9, question=1, concentration=own
    )
    for row, (_, c) in enumerate(own[:2]):
        rho = RHO[row, :, 1, np.newaxis]
        expected = stats.betabinom.pmf(np.arange(10), 9, c * rho, c * (1 - rho))
        found = [line.get_ydata() for line in display.draw_lines_[row]]
        np.testing.assert_allclose(found, expected, atol=1e-12)
    with pytest.raises(ValueError, match="concentration of VotePosteriorDisplay must"):
        VotePosteriorDisplay.from_predictions(RHO, concentration=np.ones((4, 2)))


def test_the_observed_votes_are_marked_in_both_panels():
    display = VotePosteriorDisplay.from_predictions(
        RHO, VOTES, question="bar", question_names=["smooth", "bar"]
    )
    for markers, k in zip(display.markers_, [2, 0, 11]):
        assert [marker.get_xdata()[0] for marker in markers] == [k, k]
    assert display.axes_[1, 0].get_xlabel() == "'bar' votes of 30"
    legend = display.axes_[0, 0].get_legend().get_texts()
    assert [text.get_text() for text in legend] == [
        "each model",
        "together",
        "observed",
    ]
    titles = [ax.get_title() for ax in display.axes_[0]]
    assert titles == ["1 model", "4 models"]


def test_without_votes_nothing_is_marked_and_forty_are_asked():
    display = VotePosteriorDisplay.from_predictions(RHO)
    assert display.markers_ == []
    assert display.axes_.shape == (3, 2)
    assert display.axes_[2, 1].get_xlabel() == "yes votes of 40"
    numbers = VotePosteriorDisplay.from_predictions(RHO, n_votes=[3, 4, 5]).n_votes
    assert numbers.tolist() == [3, 4, 5]


def test_both_panels_of_a_row_have_one_scale():
    display = VotePosteriorDisplay.from_predictions(RHO, VOTES)
    for left, right in display.axes_:
        assert left.get_ylim() == right.get_ylim()
        assert left.get_xlim() == right.get_xlim()


@pytest.mark.slow
def test_images_stand_beside_the_panels():
    display = VotePosteriorDisplay.from_predictions(RHO, VOTES, images=IMAGES)
    assert display.axes_.shape == (3, 3)
    for ax, image in zip(display.axes_[:, 0], IMAGES):
        np.testing.assert_array_equal(ax.get_images()[0].get_array(), image[0])


@pytest.mark.slow
def test_rows_that_are_images_are_shown_unless_told_otherwise():
    model = FixedVotes(n_questions=2, concentration=3.0).fit(IMAGES, None)
    draw = {"random_state": 0, "n_draws": 5}
    shown = VotePosteriorDisplay.from_estimator(model, IMAGES, VOTES, **draw)
    np.testing.assert_array_equal(shown.images, IMAGES)
    rho = model.predict_samples(IMAGES, 5, random_state=0)
    expected = VotePosteriorDisplay.from_predictions(rho, VOTES, concentration=3.0)
    np.testing.assert_allclose(shown.draws, expected.draws)
    for X, images in ((IMAGES, None), (IMAGES.reshape(3, -1), "auto")):
        bare = VotePosteriorDisplay.from_estimator(model, X, images=images)
        assert bare.images is None
        assert np.shape(bare.draws)[1] == 30


def test_it_draws_on_the_axes_it_is_given():
    figure, axes = plt.subplots(3, 2)
    display = VotePosteriorDisplay.from_predictions(RHO, VOTES, ax=axes)
    assert display.figure_ is figure
    assert (display.axes_ == axes).all()
    assert len(plt.get_fignums()) == 1
    with pytest.raises(
        ValueError, match=r"array of axes of shape \(3, 2\), got shape \(2, 2\)"
    ):
        display.plot(axes[:2])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rho_draws": np.repeat(RHO, 7, axis=0)}, "1 to 20, got 21"),
        ({"y": VOTES, "n_votes": 4}, "takes y or n_votes, not both"),
        ({"y": VOTES[:2]}, "votes on 3 rows, got votes on 2"),
        ({"y": VOTES[:, 0]}, "votes on 2 questions, got votes on 1"),
        (
            {"y": VOTES * [[[1]], [[0]], [[1]]]},
            "row 1 has k = 0 of N = 0 on question 0",
        ),
        ({"question": 2}, "question of VotePosteriorDisplay .* got 2"),
        ({"images": IMAGES[:2]}, "one per row, got 2 images for 3 rows"),
        ({"images": IMAGES[0, 0]}, r"images given to .* got \(6, 6\)"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        VotePosteriorDisplay.from_predictions(**{"rho_draws": RHO, **arguments})
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    "wrong",
    [
        {"X": np.zeros((21, 6, 6))},
        {"y": VOTES[:2]},
        {"n_votes": 4},
        {"question": 2},
        {"question_names": ["bar"]},
        {"images": IMAGES[:2]},
        {"images": "yes"},
        {"ax": np.empty((2, 2))},
    ],
)
def test_wrong_arguments_are_refused_before_any_draw(wrong):
    model = CountingVotes(n_questions=2).fit(IMAGES, None)
    with pytest.raises(ValueError, match="VotePosteriorDisplay"):
        VotePosteriorDisplay.from_estimator(model, **{"X": IMAGES, "y": VOTES, **wrong})
    assert model.n_rows_drawn_ == 0
    assert not plt.get_fignums()


def test_a_model_without_votes_and_an_unknown_word_are_refused():
    X = IMAGES.reshape(3, -1)
    with pytest.raises(TypeError, match=r"VotePosteriorDisplay needs .* BayesianR"):
        VotePosteriorDisplay.from_estimator(BayesianRidge().fit(X, X[:, 0]), X)
    model = FixedVotes().fit(X, None)
    with pytest.raises(ValueError, match=r'must be "auto", None or an array, got .yes'):
        VotePosteriorDisplay.from_estimator(model, X, images="yes")


def test_a_model_of_counts_is_shown_answer_by_answer():
    rng = np.random.default_rng(0)
    X, counts = rng.normal(size=(30, 2)), shares_and_counts(30)[1]
    model = BayesianVoteRegression(
        "dirichlet-multinomial", optimize=None, questions=TREE, random_state=0
    ).fit(X, counts)
    shown = np.flatnonzero(counts[:, 1] > 0)[:2]
    display = VotePosteriorDisplay.from_estimator(
        model, X[shown], counts[shown], question="bar: no", n_draws=5, random_state=0
    )
    assert display.question_name == "bar: no"
    np.testing.assert_array_equal(display.observed, counts[shown, 4])
    np.testing.assert_array_equal(display.n_votes, counts[shown, 3:].sum(axis=1))
    shares = model.predict_samples(X[shown], 5, random_state=0)[..., 4]
    c, n = model.concentration_[1], display.n_votes[0]
    a = c * shares[0, :, np.newaxis]
    expected = stats.betabinom.pmf(np.arange(n + 1), n, a, c - a)
    np.testing.assert_allclose(display.draws[0, :, : n + 1], expected, atol=1e-9)
    with pytest.raises(ValueError, match=r"y given to VotePosterior.* has counts"):
        VotePosteriorDisplay.from_estimator(model, X[shown], counts[shown, :4])
