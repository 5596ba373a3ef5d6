"""The mixture regression: its mode, its draws, predictions and errors."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skbal import ActiveLearner
from skbal.audit import VoteCoverageDisplay, vote_coverage
from skbal.features import PoolGraph
from skbal.models import (
    BayesianVoteRegression,
    LastLayerVoteRegressor,
    VoteMixtureRegression,
)
from skbal.models._vote_mixture import _mode
from skbal.query import VoteBALD
from tests.models._vote_mixture.problems import CONCENTRATIONS, problem

X, COUNTS, SHARES = problem()
X_REST, COUNTS_REST, SHARES_REST = problem(800, seed=1)
TREE = [
    ("shape", ["smooth", "featured", "artifact"]),
    ("bar", ["yes", "no"], "featured"),
]


def model(n_components=2, **params):
    return VoteMixtureRegression(n_components, optimize=None, random_state=0, **params)


@pytest.fixture(scope="module")
def fitted():
    return model().fit(X, COUNTS)


def tree_counts():
    rng = np.random.default_rng(2)
    yes = rng.binomial(COUNTS[:, 1], 0.3)
    return np.column_stack([COUNTS, yes, COUNTS[:, 1] - yes])


# ------------------------------------------------------------------------- posterior


def test_no_step_from_the_mode_goes_uphill(fitted):
    posterior = fitted._posteriors[0]
    places = (X - posterior._mean_row) @ posterior._directions
    arguments = (posterior._layout, places, COUNTS.astype(float))
    value, slope = _mode._negative_log_posterior(posterior._vector, *arguments)
    # In units of posterior standard deviations.
    step = np.linalg.solve(posterior._factor, slope)
    assert np.abs(step).max() < 0.1
    rng = np.random.default_rng(0)
    for z in rng.normal(size=(20, len(slope))):
        moved = posterior._vector + np.linalg.solve(posterior._factor.T, z)
        assert _mode._negative_log_posterior(moved, *arguments)[0] > value


def test_the_components_are_those_that_made_the_counts(fitted):
    found = np.sort(fitted.component_concentrations_[0])
    assert np.allclose(np.log(found), np.log(np.sort(CONCENTRATIONS)), atol=0.6)
    error = np.abs(fitted.predict(X_REST) - SHARES_REST).mean()
    assert error < 1.05 * np.abs(SHARES.mean(axis=0) - SHARES_REST).mean()


def test_one_component_is_a_dirichlet_multinomial_regression():
    one = model(1, n_draws=200).fit(X, COUNTS)
    other = BayesianVoteRegression(
        "dirichlet-multinomial", optimize=None, n_draws=200, random_state=0
    ).fit(X, COUNTS)
    assert np.isclose(one.component_concentrations_[0], other.concentration_, rtol=0.1)
    assert np.allclose(one.predict(X_REST), other.predict(X_REST), atol=0.02)
    assert np.isclose(one.score(X, COUNTS), other.score(X, COUNTS), atol=2e-3)
    spread = [
        m.predict_samples(X[:50], random_state=1).std(axis=1) for m in (one, other)
    ]
    assert np.allclose(*spread, rtol=0.4, atol=2e-3)


def test_the_prior_variance_is_that_of_one_component():
    search = VoteMixtureRegression(2, random_state=0).fit(X, COUNTS)
    one = BayesianVoteRegression("dirichlet-multinomial").fit(X, COUNTS)
    assert np.allclose(search.prior_variance_, one.prior_variance_, rtol=1e-2)


def test_directions_without_rows_keep_their_prior():
    wide = np.column_stack([X, np.zeros((len(X), 3))])
    unseen = np.tile([[0.5, 0.5, 0.0, 0.0, 0.0]], (2, 1))
    unseen[1, 2] = 1.0
    for prior_variance in (1e-4, 4.0):
        draws = model(prior_variance=prior_variance).fit(wide, COUNTS)
        draws = draws.predict_samples(unseen, 300, random_state=0)
        spread = draws.std(axis=1).mean(axis=1)
        assert (spread[1] > 2 * spread[0]) == (prior_variance == 4.0)


def test_without_votes_the_posterior_is_the_prior():
    none = model(n_draws=400).fit(X[:5], np.zeros((5, 3), dtype=int))
    assert np.allclose(none.predict(X[:5]), 1 / 3, atol=0.06)
    assert np.allclose(none.component_concentrations_[0], 10)


# ----------------------------------------------------------------------- predictions


def test_the_mixture_covers_what_one_dirichlet_does_not(fitted):
    one = BayesianVoteRegression("dirichlet-multinomial", random_state=0)
    one.fit(X, COUNTS)
    found = []
    for fit in (fitted, one):
        shares = fit.sample_shares(X_REST, 300, random_state=0)
        found.append(vote_coverage(shares, COUNTS_REST).coverage)
    levels = np.array([0.5, 0.8, 0.95])
    assert np.abs(found[0] - levels).max() < 0.06
    assert np.abs(found[1] - levels).max() > 0.1
    assert fitted.score(X_REST, COUNTS_REST) > one.score(X_REST, COUNTS_REST) + 0.01


def test_votes_are_multinomial_given_the_drawn_shares(fitted):
    shares = fitted.sample_shares(X[:10], 5000, random_state=0)
    votes = fitted.set_params(n_draws=300).predict_votes(X[:10], 5)
    fitted.set_params(n_draws=30)
    k = np.arange(6)
    by_draws = stats.binom.pmf(k, 5, shares[..., np.newaxis]).mean(axis=1)
    assert np.allclose(votes, by_draws, atol=0.03)


def test_draws_of_shares_do_not_depend_on_the_chunks(fitted):
    whole = fitted.sample_shares(X, 5, random_state=3)
    assert np.array_equal(whole[:7], fitted.sample_shares(X[:7], 5, random_state=3))
    assert np.allclose(whole.sum(axis=2), 1)
    again = fitted.sample_shares(X, 5, random_state=4)
    assert not np.allclose(whole, again)


def test_the_score_is_that_of_the_votes(fitted):
    # One vote a row: the probability of the vote is the mean share.
    votes = np.eye(3, dtype=int)[COUNTS_REST[:50].argmax(axis=1)]
    shares = fitted.predict(X_REST[:50])
    expected = np.log((shares * votes).sum(axis=1)).mean()
    assert np.isclose(fitted.score(X_REST[:50], votes), expected)


def test_questions_of_a_tree_have_mixtures_of_their_own():
    y = tree_counts()
    tree = model(questions=TREE, n_draws=10).fit(X, y)
    assert [c.shape for c in tree.component_shares_] == [(2, 3), (2, 2)]
    shares = tree.predict(X)
    assert np.allclose(shares[:, :3].sum(axis=1), 1)
    assert np.allclose(shares[:, 3:].sum(axis=1), 1)
    n_votes = np.stack([np.full(len(X), 30), COUNTS[:, 1]], axis=1)
    votes = tree.predict_votes(X, n_votes)
    assert votes.shape == (len(X), 5, 31)
    assert np.allclose(votes.sum(axis=2), 1)
    assert tree.predict_concentration(X).shape == (len(X), 2)
    assert tree.sample_shares(X[:4], 3, random_state=0).shape == (4, 3, 5)
    assert np.isfinite(tree.score(X, y))


def test_displays_and_strategies_know_the_mixture(fitted):
    display = VoteCoverageDisplay.from_estimator(
        fitted, X_REST, COUNTS_REST, n_draws=100, random_state=0
    )
    shares = fitted.sample_shares(X_REST, 300, random_state=0)
    expected = vote_coverage(shares, COUNTS_REST, levels=display.levels).coverage
    assert np.abs(display.coverage - expected).max() < 0.02
    assert len(VoteBALD(n_votes=30, random_state=0)(fitted, X_REST, 3)) == 3


def test_a_strategy_takes_the_draws_of_answers_that_are_clear():
    X = np.random.default_rng(0).normal(size=(60, 3))
    counts = np.where(X[:, :1] > 0, [[2, 0]], [[0, 2]])
    clear = VoteMixtureRegression(
        2, 100.0, None, questions=[("shape", ["round", "flat"])], random_state=0
    ).fit(X, counts)
    assert np.isfinite(VoteBALD(random_state=0).score_pool(clear, X)).all()


def test_it_is_a_head_on_any_features():
    graph = PoolGraph(n_components=20, random_state=0).fit(X)
    on_graph = LastLayerVoteRegressor(graph, model(n_draws=5), random_state=0)
    on_graph.fit(X[:100], COUNTS[:100])
    assert on_graph.predict_votes(X[100:110], 30).shape == (10, 3, 31)
    assert on_graph.sample_shares(X[100:110], 4, random_state=0).shape == (10, 4, 3)


def test_a_learner_takes_its_counts():
    learner = ActiveLearner(model(questions=TREE, n_draws=5), VoteBALD(random_state=0))
    counts = tree_counts()
    learner.teach(X[:60], counts[:60])
    learner.teach(X[60:80], counts[60:80])
    by_hand = model(questions=TREE, n_draws=5).fit(X[:80], counts[:80])
    assert np.array_equal(learner.predict(X_REST[:5]), by_hand.predict(X_REST[:5]))
    with pytest.raises(ValueError, match="must be counts of shape"):
        learner.teach(X[:3], np.array([[[3, 10]]] * 3))
    assert len(learner.X_training) == 80


@pytest.mark.parametrize("method", ["predict", "predict_concentration"])
def test_columns_of_a_frame_keep_their_names(method):
    frame = pd.DataFrame(X[:60]).add_prefix("x")
    named = model(n_draws=5).fit(frame, COUNTS[:60])
    plain = model(n_draws=5).fit(X[:60], COUNTS[:60])
    found = getattr(named, method)(frame)  # a warning would be an error
    assert np.array_equal(found, getattr(plain, method)(X[:60]))


# ---------------------------------------------------------------------- the interface


def test_fits_repeat_and_do_not_change_what_they_are_given():
    given, counts = X.copy(), COUNTS.copy()
    one, two = (model(n_draws=5).fit(given, counts) for _ in range(2))
    assert np.array_equal(one.predict(X), two.predict(X))
    assert np.array_equal(given, X)
    assert np.array_equal(counts, COUNTS)
    assert clone(one).get_params() == one.get_params()


def test_no_more_components_than_different_shares():
    few = model(10).fit(X[:6], [[3, 0, 0], [6, 0, 0], [0, 4, 0]] * 2)
    assert len(few.component_concentrations_[0]) == 2


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_components": 0}, "n_components of VoteMixtureRegression must be an integ"),
        ({"optimize": "map"}, "optimize of VoteMixtureRegression must be"),
        ({"tol": -1}, "tol of VoteMixtureRegression"),
        ({"questions": TREE}, "has 3 columns, but questions has 5 answers"),
    ],
)
def test_wrong_parameters_are_named(params, message):
    with pytest.raises(ValueError, match=message):
        VoteMixtureRegression(**params).fit(X, COUNTS)


def test_two_columns_may_be_k_and_n():
    message = "two columns, but must have the count of each answer.*give k and N - k"
    with pytest.raises(ValueError, match=message):
        model().fit(X, COUNTS[:, :2])
    pair = model(questions=[("bar", ["yes", "no"])], n_draws=5).fit(X, COUNTS[:, :2])
    assert pair.predict(X).shape == (300, 2)


def test_a_matrix_beyond_memory_is_refused(monkeypatch):
    monkeypatch.setattr(_mode, "_LARGEST", 1000)
    message = "2 directions of the rows, 3 answers and 2 components. Reduce the columns"
    with pytest.raises(ValueError, match=re.escape(message)):
        model().fit(X, COUNTS)


def test_too_few_steps_are_told():
    with pytest.warns(ConvergenceWarning, match="in max_iter=1 steps. Raise max_iter"):
        model(max_iter=1).fit(X, COUNTS)
