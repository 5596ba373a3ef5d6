"""The histogram shows the numbers of vote_pit_histogram."""

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal.audit import VotePITDisplay, vote_pit, vote_pit_histogram
from tests.audit.fakes import CountingVotes, FixedVotes, draws_and_votes

RHO, VOTES = draws_and_votes(60, n_questions=2)
NAMES = ["smooth", "bar"]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_bars_are_relative_to_a_flat_histogram():
    display = VotePITDisplay.from_predictions(
        VOTES, RHO, n_bins=5, concentration=4.0, question_names=NAMES
    )
    shares = vote_pit_histogram(vote_pit(RHO, VOTES, concentration=4.0), 5)
    assert list(display.bars_) == NAMES
    for name, expected in zip(NAMES, shares):
        values, edges, _ = display.bars_[name].get_data()
        np.testing.assert_allclose(values, 5 * expected)
        np.testing.assert_allclose(edges, np.linspace(0, 1, 6))
        assert values.mean() == pytest.approx(1)
    words = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert words == [*NAMES, "If the model is right"]


def test_a_name_with_an_underscore_is_in_the_legend():
    display = VotePITDisplay.from_predictions(
        VOTES, RHO, question_names=["_smooth", "bar"]
    )
    words = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert words == [" _smooth", "bar", "If the model is right"]


def test_a_lone_question_needs_no_name_and_one_can_be_chosen():
    alone = VotePITDisplay.from_predictions(VOTES[:, :1], RHO[..., :1])
    assert list(alone.bars_) == ["Observed votes"]
    both = VotePITDisplay.from_predictions(VOTES, RHO, question=1)
    assert list(both.bars_) == ["question 1"]
    values = both.bars_["question 1"].get_data().values
    np.testing.assert_allclose(values, 10 * both.shares[1])


def test_it_draws_on_the_axes_it_is_given():
    figure, ax = plt.subplots()
    display = VotePITDisplay.from_predictions(VOTES, RHO, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1


def test_a_model_is_asked_for_its_draws_and_its_concentration():
    X = np.linspace(-1, 1, 60)[:, np.newaxis]
    model = FixedVotes(n_questions=2, concentration=2.0).fit(X, VOTES)
    display = VotePITDisplay.from_estimator(model, X, VOTES, n_draws=7, random_state=3)
    rho = model.predict_samples(X, 7, random_state=3)
    expected = vote_pit_histogram(vote_pit(rho, VOTES, concentration=2.0))
    np.testing.assert_allclose(display.shares, expected)


@pytest.mark.parametrize(
    "wrong",
    [{"n_bins": 0}, {"question": 2}, {"question_names": "bar"}, {"ax": [1]}],
)
def test_wrong_arguments_are_refused_before_any_draw(wrong):
    X = np.linspace(-1, 1, 60)[:, np.newaxis]
    model = CountingVotes(n_questions=2).fit(X, VOTES)
    with pytest.raises(
        (TypeError, ValueError), match=f"{next(iter(wrong))} of VotePIT"
    ):
        VotePITDisplay.from_estimator(model, X, VOTES, **wrong)
    assert model.n_rows_drawn_ == 0
    assert not plt.get_fignums()


def test_what_cannot_be_drawn_is_refused():
    X = np.linspace(-1, 1, 60)[:, np.newaxis]
    with pytest.raises(TypeError, match=r"VotePITDisplay needs .* BayesianRidge"):
        VotePITDisplay.from_estimator(BayesianRidge().fit(X, X[:, 0]), X, VOTES)
    with pytest.raises(ValueError, match="y given to VotePITDisplay: row 0 has k = 3"):
        VotePITDisplay.from_predictions([[3, 2]], RHO[:1, :, :1])
    with pytest.raises(ValueError, match="VotePITDisplay hold none on 'bar'"):
        VotePITDisplay.from_predictions(VOTES * [[[1], [0]]], RHO, question_names=NAMES)
    assert not plt.get_fignums()
