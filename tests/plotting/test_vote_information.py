"""The curves are the information of the votes, row by row or on average."""

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge

mpl.use("Agg")
from matplotlib import pyplot as plt

from skbal.information import answer_information, vote_mutual_information
from skbal.models import BayesianVoteRegression
from skbal.plotting import VoteInformationDisplay
from tests.audit.fakes import (
    TREE,
    CountingVotes,
    FixedVotes,
    draws_and_votes,
    shares_and_counts,
)

RHO, _ = draws_and_votes(12, n_draws=6, n_questions=2)
N_VOTES = [1, 4, 9]
NAMES = ["smooth", "bar"]
# (n_samples, n_questions, n_points), one call for each number of volunteers.
INFORMATION = np.stack([vote_mutual_information(RHO, n) for n in N_VOTES], axis=2)


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_lines_are_means_and_bands_quantiles_over_rows():
    display = VoteInformationDisplay.from_predictions(
        RHO, N_VOTES, question_names=NAMES
    )
    labels = ["smooth, mean of 12 rows", "bar, mean of 12 rows"]
    assert list(display.lines_) == labels
    for label, information in zip(labels, np.moveaxis(INFORMATION, 1, 0)):
        line = display.lines_[label]
        np.testing.assert_array_equal(line.get_xdata(), N_VOTES)
        np.testing.assert_allclose(line.get_ydata(), information.mean(axis=0))
        edges = display.bands_[label].get_paths()[0].vertices
        last = edges[edges[:, 0] == 9, 1]
        ends = np.quantile(information[:, -1], [0.1, 0.9])
        np.testing.assert_allclose([last.min(), last.max()], ends)
    assert display.row_lines_ == {}


def test_a_name_with_an_underscore_is_in_the_legend():
    display = VoteInformationDisplay.from_predictions(
        RHO, N_VOTES, question_names=["_smooth", "bar"]
    )
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend[0] == " _smooth, mean of 12 rows"


def test_rows_are_thin_lines_of_their_own():
    display = VoteInformationDisplay.from_predictions(
        RHO, N_VOTES, rows=True, question=1, line_kw={"c": "red"}
    )
    (lines,) = display.row_lines_.values()
    found = [line.get_ydata() for line in lines]
    np.testing.assert_allclose(found, INFORMATION[:, 1])
    assert {line.get_color() for line in lines} == {"red"}
    assert display.bands_ == {}


def test_the_concentration_takes_information_away():
    binomial = VoteInformationDisplay.from_predictions(RHO, N_VOTES)
    people = VoteInformationDisplay.from_predictions(RHO, N_VOTES, concentration=2.0)
    more = binomial.information - people.information
    np.testing.assert_allclose(more[..., 0], 0, atol=1e-12)  # one vote is one vote
    assert (more[..., 1:] > 0).all()


def test_a_model_is_asked_for_its_draws_and_its_concentration():
    X = np.linspace(-1, 1, 5)[:, np.newaxis]
    model = FixedVotes(concentration=2.0).fit(X, None)
    display = VoteInformationDisplay.from_estimator(
        model, X, N_VOTES, n_draws=8, random_state=1
    )
    rho = model.predict_samples(X, 8, random_state=1)
    expected = vote_mutual_information(rho, 4, concentration=2.0)
    np.testing.assert_allclose(display.information[..., 1], expected)
    assert list(display.lines_) == ["Mean of 5 rows"]


def test_axes_say_what_is_drawn_and_are_those_given():
    figure, ax = plt.subplots()
    display = VoteInformationDisplay.from_predictions(RHO[:1], N_VOTES, ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1
    assert ax.get_xlabel() == "Volunteers asked"
    assert ax.get_ylabel() == "Information of their votes (nats)"
    assert display.bands_ == {}  # a single row has no quantiles


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_votes": [0.5]},
        {"n_votes": 3},
        {"question": 2},
        {"question_names": ["bar", "bar"]},
        {"ax": [1]},
        {"line_kw": {"c": "red", "color": "blue"}},
    ],
)
def test_wrong_arguments_are_refused_before_any_draw(wrong):
    X = np.linspace(-1, 1, 5)[:, np.newaxis]
    model = CountingVotes(n_questions=2).fit(X, None)
    model.n_questions_ = 2
    with pytest.raises((TypeError, ValueError)):
        VoteInformationDisplay.from_estimator(model, X, **wrong)
    assert model.n_rows_drawn_ == 0
    assert not plt.get_fignums()


@pytest.mark.parametrize("wrong", [{"question": 2}, {"question_names": ["bar"]}])
def test_the_first_draws_show_how_many_questions_there_are(wrong):
    X = np.linspace(-1, 1, 50)[:, np.newaxis]
    model = CountingVotes(n_questions=2).fit(X, None)
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))} of VoteInformation"):
        VoteInformationDisplay.from_estimator(model, X, **wrong)
    assert model.n_rows_drawn_ < len(X)


def test_what_cannot_be_drawn_is_refused():
    X = np.linspace(-1, 1, 5)[:, np.newaxis]
    with pytest.raises(TypeError, match=r"VoteInformationDisplay needs .* Bayesian"):
        VoteInformationDisplay.from_estimator(BayesianRidge().fit(X, X[:, 0]), X)
    with pytest.raises(ValueError, match=r"question of VoteInformation.* got 2"):
        VoteInformationDisplay.from_predictions(RHO, N_VOTES, question=2)
    with pytest.raises(ValueError, match=r"n_questions, 3\).*got \(12, 2, 2\)"):
        VoteInformationDisplay(n_votes=N_VOTES, information=INFORMATION[..., 1:]).plot()
    with pytest.raises(ValueError, match="is empty: it has no row"):
        VoteInformationDisplay(n_votes=N_VOTES, information=INFORMATION[:0]).plot()
    assert not plt.get_fignums()


def test_draws_without_rows_are_named():
    with pytest.raises(ValueError, match=r"rho_draws given to VoteInf.* is empty"):
        VoteInformationDisplay.from_predictions(RHO[:0])


def test_a_model_of_counts_has_a_curve_for_each_question():
    rng = np.random.default_rng(0)
    X, counts = rng.normal(size=(30, 2)), shares_and_counts(30)[1]
    model = BayesianVoteRegression(
        "dirichlet-multinomial", optimize=None, questions=TREE, random_state=0
    ).fit(X, counts)
    display = VoteInformationDisplay.from_estimator(
        model, X, N_VOTES, n_draws=8, random_state=0
    )
    assert list(display.lines_) == ["shape, mean of 30 rows", "bar, mean of 30 rows"]
    shares = model.predict_samples(X, 8, random_state=0)
    for number, own in enumerate((slice(0, 3), slice(3, 5))):
        concentration = model.concentration_[number]
        for place, n in enumerate(N_VOTES):
            expected = answer_information(shares[..., own], n, concentration)
            found = display.information[:, number, place]
            np.testing.assert_allclose(found, expected, atol=1e-12)
