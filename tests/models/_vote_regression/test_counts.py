"""The vote regression of counts of answers, and of trees of questions."""

import re
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from scipy.special import logsumexp, softmax
from scipy.stats import betabinom, chi2, dirichlet_multinomial, multinomial
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from skbal.exceptions import VotesWarning
from skbal.models import BayesianLogisticRegression, BayesianVoteRegression
from skbal.models._vote_regression import _counts
from skbal.testing import check_posterior_sampler

PRIOR = 0.7
BOTH = ["multinomial", "dirichlet-multinomial"]
TREE = [
    ("shape", ["smooth", "featured", "artifact"]),
    ("bar", ["yes", "no"], "featured"),
]


def problem(n_samples=40, n_answers=3, seed=0, concentration=np.inf, largest=30):
    """Return rows, counts of shape (n_samples, n_answers), and the weights."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 2)) + 0.5
    weights = rng.normal(size=(2, n_answers))
    shares = softmax(X @ weights, axis=1)
    if np.isfinite(concentration):
        shares = np.array([rng.dirichlet(concentration * p) for p in shares])
    return X, rng.multinomial(rng.integers(1, largest, n_samples), shares), weights


def tree_problem(n_samples=30):
    """Return rows and counts of the five columns of ``TREE``."""
    X, shape, _ = problem(n_samples)
    rng = np.random.default_rng(5)
    bar = rng.multinomial(rng.integers(0, shape[:, 1] + 1), [0.3, 0.7])
    return X, np.hstack([shape, bar])


def model(likelihood="multinomial", **params):
    return BayesianVoteRegression(likelihood, PRIOR, None, random_state=0, **params)


def scipy_log_likelihood(shares, counts, concentration):
    if np.isinf(concentration):
        return multinomial.logpmf(counts, counts.sum(axis=1), shares)
    return [
        dirichlet_multinomial.logpmf(k, concentration * p, k.sum())
        for k, p in zip(counts, shares)
    ]


# ------------------------------------------------------------------------- posterior


@pytest.mark.parametrize("likelihood", BOTH)
@pytest.mark.parametrize("n_samples", [60, 2])
def test_the_mode_is_that_of_scipy(likelihood, n_samples):
    X, counts, _ = problem(n_samples, concentration=4.0)
    fitted = model(likelihood, fit_intercept=False).fit(X, counts)
    concentration = fitted.concentration_[0]

    def negative_log_posterior(flat):
        shares = softmax(X @ flat.reshape(2, 3), axis=1)
        likelihoods = scipy_log_likelihood(shares, counts, concentration)
        return flat @ flat / (2 * PRIOR) - np.sum(likelihoods)

    best = optimize.minimize(
        negative_log_posterior, np.zeros(6), method="BFGS", tol=1e-7
    )
    assert np.allclose(fitted.coef_mean_, best.x.reshape(2, 3), atol=1e-4)
    assert np.allclose(fitted.coef_mean_.sum(axis=1), 0, atol=1e-10)


def test_the_mode_is_that_of_logistic_regression_on_single_votes():
    X, counts, _ = problem()
    fitted = model(intercept_variance=1e8).fit(X, counts)
    rows, answers = np.nonzero(counts)
    other = LogisticRegression(C=PRIOR, tol=1e-10, max_iter=1000)
    other.fit(X[rows], answers, sample_weight=counts[rows, answers])
    assert np.allclose(fitted.coef_mean_.T, other.coef_, atol=1e-5)
    assert np.allclose(fitted.intercept_mean_, other.intercept_, atol=1e-5)


def test_one_vote_a_row_is_bayesian_logistic_regression():
    X, counts, _ = problem(50, largest=2)
    fitted = model(n_draws=4000).fit(X, counts)
    other = BayesianLogisticRegression(PRIOR, None, n_draws=4000, random_state=1)
    other.fit(X, counts.argmax(axis=1))
    assert np.allclose(fitted.coef_mean_, other.coef_mean_, atol=1e-6)
    evidence = fitted.log_marginal_likelihood()
    assert np.isclose(evidence, other.log_marginal_likelihood(), atol=1e-6)
    assert np.allclose(fitted.predict(X), other.predict_proba(X), atol=0.02)


@pytest.mark.parametrize(
    ("likelihood", "binary"),
    [("multinomial", "binomial"), ("dirichlet-multinomial", "beta-binomial")],
)
def test_two_answers_are_votes_with_twice_the_prior(likelihood, binary):
    X, counts, _ = problem(n_answers=2, concentration=3.0)
    votes = np.column_stack([counts[:, 0], counts.sum(axis=1)])
    fitted = model(
        likelihood, questions=[("bar", ["yes", "no"])], intercept_variance=3.0,
        n_draws=3000,
    ).fit(X, counts)  # fmt: skip
    other = BayesianVoteRegression(
        binary, 2 * PRIOR, None, intercept_variance=6.0, n_draws=3000, random_state=0
    ).fit(X, votes)
    difference = fitted.coef_mean_[:, 0] - fitted.coef_mean_[:, 1]
    assert np.allclose(difference, other.coef_mean_[:, 0], atol=1e-5)
    assert np.isclose(np.diff(fitted.intercept_mean_)[0], -other.intercept_mean_[0])
    assert np.allclose(fitted.concentration_, other.concentration_, rtol=1e-3)
    evidence = other.log_marginal_likelihood()
    assert np.isclose(fitted.log_marginal_likelihood(), evidence, atol=1e-6)
    assert np.allclose(fitted.predict(X)[:, 0], other.predict(X), atol=0.01)
    assert np.isclose(fitted.score(X, counts), other.score(X, votes), atol=1e-3)


@pytest.mark.parametrize("n_samples", [50, 2])
def test_draws_have_the_moments_of_the_posterior(n_samples):
    X, counts, _ = problem(n_samples)
    fitted = model(intercept_variance=2.0).fit(X, counts)
    new = problem(3, seed=5)[0]
    n_draws = 40_000
    logs = np.log(fitted.predict_samples(new, n_draws, random_state=1))
    found = (logs - logs[..., :1])[..., 1:].transpose(0, 2, 1).reshape(6, n_draws)
    # All weights of all answers, the intercept as a column of its own.
    centre = np.average(X, axis=0, weights=counts.sum(axis=1))
    ones = np.column_stack([np.ones(len(X)), X - centre])
    level = fitted.intercept_mean_ + centre @ fitted.coef_mean_
    mean = np.vstack([level, fitted.coef_mean_])
    precision = np.kron(np.eye(3), np.diag([1 / 2, 1 / PRIOR, 1 / PRIOR]))
    for row, n, p in zip(ones, counts.sum(axis=1), softmax(ones @ mean, axis=1)):
        curvature = n * (np.diag(p) - np.outer(p, p))
        precision += np.kron(curvature, np.outer(row, row))
    new_ones = np.column_stack([np.ones(3), new - centre])
    against_first = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    design = np.vstack([np.kron(against_first, row) for row in new_ones])
    expected_mean = design @ mean.T.ravel()
    expected = design @ np.linalg.inv(precision) @ design.T
    variances = expected.diagonal()
    error = np.abs(found.mean(axis=1) - expected_mean)
    assert (error < 5 * np.sqrt(variances / n_draws)).all()
    spread = np.sqrt((np.outer(variances, variances) + expected**2) / n_draws)
    assert (np.abs(np.cov(found) - expected) < 5 * spread).all()


@pytest.mark.parametrize("likelihood", BOTH)
def test_the_order_of_the_answers_does_not_matter(likelihood):
    X, counts, _ = problem(concentration=4.0)
    order = [2, 0, 1]
    one = model(likelihood).fit(X, counts)
    other = model(likelihood).fit(X, counts[:, order])
    assert np.allclose(one.coef_mean_[:, order], other.coef_mean_, atol=1e-3)
    evidence = one.log_marginal_likelihood()
    assert np.isclose(evidence, other.log_marginal_likelihood(), atol=1e-4)


def test_a_multinomial_is_the_limit_of_large_concentrations():
    X, counts, _ = problem()
    counts = np.round(20 * softmax(X, axis=1) @ np.eye(2, 3)).astype(int)
    fitted = model("dirichlet-multinomial").fit(X, counts)
    assert np.isinf(fitted.concentration_[0])
    other = model().fit(X, counts)
    assert np.allclose(fitted.coef_mean_, other.coef_mean_, atol=1e-8)
    assert np.allclose(fitted.predict(X), other.predict(X), atol=1e-7)


# -------------------------------------------------------------------------- evidence


def test_the_prior_variance_found_has_the_largest_evidence():
    X, counts, _ = problem(60)
    found = BayesianVoteRegression("multinomial").fit(X, counts)
    best = found.log_marginal_likelihood()
    for factor in (0.5, 0.8, 1.25, 2.0):
        other = BayesianVoteRegression(
            "multinomial", factor * found.prior_variance_[0], None
        ).fit(X, counts)
        assert other.log_marginal_likelihood() < best


@pytest.mark.parametrize("concentration", [1.0, 20.0])
def test_the_concentration_of_simulated_counts_is_found(concentration):
    X, counts, weights = problem(500, concentration=concentration, largest=40)
    fitted = BayesianVoteRegression("dirichlet-multinomial", n_draws=50, random_state=0)
    fitted.fit(X, counts)
    # Twice the gain over the truth has the chi-squared distribution of one number.
    gain = [
        np.sum(scipy_log_likelihood(fitted.predict(X).astype(float), counts, c))
        for c in (fitted.concentration_[0], concentration)
    ]
    assert 2 * (gain[0] - gain[1]) < chi2.ppf(0.999, 1)
    assert np.isclose(fitted.concentration_[0], concentration, rtol=0.2)
    centred = weights - weights.mean(axis=1, keepdims=True)
    assert np.allclose(fitted.coef_mean_, centred, atol=0.3)
    other = BayesianVoteRegression("multinomial").fit(X, counts)
    gain = fitted.log_marginal_likelihood() - other.log_marginal_likelihood()
    assert gain > 10


# ----------------------------------------------------------------------- predictions


@pytest.mark.parametrize("likelihood", BOTH)
def test_predictions_follow_from_the_draws(likelihood):
    X, y = tree_problem()
    fitted = model(likelihood, questions=TREE, n_draws=40).fit(X, y)
    shares = fitted.predict_samples(X, random_state=fitted.draw_seed_)
    assert shares.shape == (30, 40, 5)
    assert np.allclose(shares[..., :3].sum(axis=2), 1)
    assert np.allclose(shares[..., 3:].sum(axis=2), 1)
    assert np.allclose(fitted.predict(X), shares.mean(axis=1))
    concentration = fitted.predict_concentration(X)
    assert concentration.shape == (30, 2)
    found = fitted.predict_votes(X, np.tile([8, 4], (30, 1)))
    assert found.shape == (30, 5, 9)
    c = np.minimum(concentration[0], 1e9)[[0, 0, 0, 1, 1]]
    for column, n in enumerate([8, 8, 8, 4, 4]):
        a = c[column] * shares[0, :, column]
        pmf = betabinom.pmf(np.arange(9)[:, np.newaxis], n, a, c[column] - a)
        assert np.allclose(found[0, column], pmf.mean(axis=1), atol=1e-6)
    interval = fitted.predict_interval(X, 8)
    assert interval.shape == (30, 5, 2)
    assert interval.dtype == np.int64
    quantiles = np.quantile(shares, [0.1, 0.9], axis=1).transpose(1, 2, 0)
    assert np.allclose(fitted.predict_interval(X, level=0.8), quantiles)


@pytest.mark.parametrize("likelihood", BOTH)
def test_the_score_of_a_tree_is_the_product_of_its_nodes(likelihood):
    X, y = tree_problem()
    fitted = model(likelihood, questions=TREE, n_draws=40).fit(X, y)
    shares = fitted.predict_samples(X, random_state=fitted.draw_seed_)
    total = 0.0
    for columns, c in zip((slice(0, 3), slice(3, 5)), fitted.concentration_):
        for k, draws in zip(y[:, columns], shares[:, :, columns]):
            counts = np.tile(k, (40, 1))
            orders = multinomial.logpmf(k, k.sum(), np.full(len(k), 1 / len(k)))
            orders += k.sum() * np.log(len(k))
            logs = scipy_log_likelihood(draws, counts, c) - orders
            total += logsumexp(logs) - np.log(40)
    assert np.isclose(fitted.score(X, y), total / y.sum())


@pytest.mark.parametrize("likelihood", BOTH)
def test_questions_do_not_know_of_each_other(likelihood):
    X, y = tree_problem()
    both = model(likelihood, questions=TREE).fit(X, y)
    columns = slice(0, 3), slice(3, 5)
    for number, (question, own) in enumerate(zip(TREE, columns)):
        alone = model(likelihood, questions=[question[:2]]).fit(X, y[:, own])
        assert np.allclose(both.coef_mean_[:, own], alone.coef_mean_, rtol=1e-3)
        assert np.isclose(both.concentration_[number], alone.concentration_[0])
    flat = [question[:2] for question in TREE]
    without = model(likelihood, questions=flat).fit(X, y)
    assert np.array_equal(both.coef_mean_, without.coef_mean_)


def test_questions_are_kept_as_plain_data():
    X, y = tree_problem()
    fitted = model(questions=TREE).fit(X, y)
    assert fitted.questions is TREE
    assert fitted.questions_ == [
        ("shape", ["smooth", "featured", "artifact"], None),
        ("bar", ["yes", "no"], ("shape", "featured")),
    ]
    again = clone(fitted).set_params(questions=fitted.questions_).fit(X, y)
    assert np.array_equal(again.coef_mean_, fitted.coef_mean_)
    assert not hasattr(fitted, "coef_covariance_")
    votes = np.column_stack([y[:, 3], y[:, 3:].sum(axis=1)])
    binary = fitted.set_params(likelihood="binomial", questions=None).fit(X, votes)
    assert binary.questions_ is None
    assert binary.predict(X).shape == (30,)


def test_scikit_learn_tools_take_counts():
    X, y = tree_problem()
    scores = cross_val_score(model(questions=TREE), X, y, cv=3)
    assert (scores < 0).all()


@pytest.mark.parametrize("likelihood", BOTH)
def test_it_keeps_the_promises_of_posterior_draws(likelihood):
    X, y = tree_problem()
    estimator = model(likelihood, questions=TREE, n_draws=20)
    results = check_posterior_sampler(estimator, X, y)
    for name in ("mean", "order", "chunks", "company", "repeat", "refit", "pickle"):
        assert results[name] == "passed"


def test_columns_of_a_frame_keep_their_names():
    X, counts, _ = problem()
    frame = pd.DataFrame(X, columns=["mag", "radius"])
    model = BayesianVoteRegression("multinomial", optimize=None, random_state=0)
    expected = clone(model).fit(X, counts).predict(X)
    # A warning about missing names would be an error.
    np.testing.assert_array_equal(model.fit(frame, counts).predict(frame), expected)


def test_float32_rows_give_float32():
    X, counts, _ = problem()
    fitted = model().fit(X.astype(np.float32), counts)
    assert fitted.predict(X.astype(np.float32)).dtype == np.float32
    draws = fitted.predict_samples(100 * X.astype(np.float32), 30, random_state=0)
    assert draws.dtype == np.float32
    assert draws.min() > 0


# ---------------------------------------------------------------------- corner cases


@pytest.mark.parametrize("likelihood", BOTH)
def test_without_votes_the_posterior_is_the_prior(likelihood):
    X = problem(6)[0]
    fitted = model(likelihood, intercept_variance=3.0)
    is_warned = likelihood != "multinomial"
    with pytest.warns(VotesWarning) if is_warned else nullcontext():
        fitted.fit(X, np.zeros((6, 3), dtype=int))
    assert np.allclose(fitted.coef_mean_, 0)
    assert np.isclose(fitted.log_marginal_likelihood(), 0.0, atol=1e-12)
    logs = np.log(fitted.predict_samples(X, 20_000, random_state=0))
    variance = np.var(logs[..., 0] - logs[..., 1], axis=1)
    expected = 2 * (3.0 + PRIOR * np.square(X - X.mean(axis=0)).sum(axis=1))
    assert np.allclose(variance, expected, rtol=0.06)


def test_rows_without_votes_change_nothing():
    X, y = tree_problem()
    more, asked = np.concatenate([X, 100 + X]), np.concatenate([y, 0 * y])
    one = model(questions=TREE).fit(X, y)
    other = model(questions=TREE).fit(more, asked)
    assert np.allclose(one.predict(X), other.predict(X), atol=1e-9)
    assert np.isclose(one.score(X, y), one.score(more, asked))


def test_single_votes_say_nothing_of_a_concentration():
    X, counts, _ = problem(30, largest=2)
    with pytest.warns(VotesWarning, match="no row with two votes on question 0") as w:
        fitted = model("dirichlet-multinomial").fit(X, counts)
    assert w[0].filename == __file__
    assert np.isinf(fitted.concentration_).all()
    assert np.array_equal(fitted.predict(X), model().fit(X, counts).predict(X))


@pytest.mark.parametrize("likelihood", BOTH)
def test_an_answer_that_nobody_gives_stays_possible(likelihood):
    X, counts, _ = problem(concentration=5.0)
    counts[:, 2] = 0
    fitted = BayesianVoteRegression(likelihood, random_state=0).fit(X, counts)
    share = fitted.predict(X)[:, 2]
    assert (share > 0).all()
    assert share.mean() < 0.05
    assert np.isfinite(fitted.score(X, counts[:, ::-1]))


def test_too_large_a_matrix_is_refused(monkeypatch):
    X, counts, _ = problem()
    monkeypatch.setattr(_counts, "_LARGEST", 8 * 5**2)
    with pytest.raises(ValueError, match=r"a matrix of 6 x 6 .* 3 answers"):
        model().fit(X, counts)


X = np.random.default_rng(0).normal(size=(4, 2))
GOOD = [[2, 3, 1, 1, 1], [0, 0, 0, 0, 0], [4, 4, 0, 3, 0], [1, 0, 0, 0, 0]]


def changed(row, column, value):
    y = np.array(GOOD, dtype=float)
    y[row, column] = value
    return y


@pytest.mark.parametrize(("params", "y", "error", "message"), [
    ({}, changed(2, 1, 0.5), ValueError, "row 2 has the count 0.5 of 'shape: feat"),
    ({}, changed(0, 0, -1), ValueError, "row 0 has the count -1 .* must be 0 or more"),
    ({}, changed(1, 4, np.nan), ValueError, "row 1 has the count nan of 'bar: no'"),
    ({}, changed(1, 4, np.inf), ValueError, "row 1 has the count inf .* be finite"),
    ({}, changed(0, 0, 2**31), ValueError, "be below 2**31"),
    ({}, changed(0, 3, 9), ValueError, "has 10 votes on 'bar', but only 3 of 'shape: "),
    ({}, [[1, 0]] * 4, ValueError, "has 2 columns, but questions has 5 .* are k and N"),
    ({}, [[1, 0, 0]] * 4, ValueError, "has 3 columns, but questions has 5 answers"),
    ({}, [[[1, 2]] * 5] * 4, ValueError, "last axis is k and N, give the counts"),
    ({}, [1, 2, 3, 4], ValueError, "must be counts of shape .* got shape (4,)"),
    ({}, GOOD[:3], ValueError, "number of rows, got 4 rows and 3"),
    ({}, [["a"] * 5] * 4, ValueError, "must be counts, one column per answer"),
    ({}, None, ValueError, "requires y to be passed"),
    ({"questions": None}, [[1, 3]] * 4, ValueError, "two columns. If they are k and N"),
    ({"questions": "shape"}, GOOD, TypeError, "must be a list of tuples"),
    ({"questions": {"a": ["b", "c"]}}, GOOD, TypeError, "must be a list of tuples"),
    ({"questions": [("a", ["b"])]}, GOOD, ValueError, "must have two answers or more"),
    ({"questions": [("a", ["b", "b"])]}, GOOD, ValueError, "different names"),
    ({"questions": [*TREE, TREE[1]]}, GOOD, ValueError, "got 'bar' twice"),
    ({"questions": TREE[::-1]}, GOOD, ValueError, "an answer to an earlier question"),
    ({"likelihood": "binomial"}, GOOD, ValueError, "questions of .* be None for like"),
    ({"likelihood": "Multinomial"}, GOOD, ValueError, "likelihood of Bayesian"),
])  # fmt: skip
def test_bad_input_is_named(params, y, error, message):
    estimator = model(**{"questions": TREE, **params})
    message = re.escape(message).replace(r"\.\*", ".*")
    with pytest.raises(error, match=message):
        estimator.fit(X, y)


@pytest.mark.parametrize(("method", "arguments", "error", "message"), [
    ("score", (X, np.zeros((4, 5))), ValueError, "has no vote: N is 0 in all 4 rows"),
    ("score", (X, np.ones((4, 4))), ValueError, "of 4 answers, but there are 5"),
    ("predict_votes", (X, 2.5), TypeError, "n_votes of predict_votes .* got 2.5"),
    ("predict_votes", (X, np.ones((4, 5), int)), ValueError, r"\(4, 2\).*got .*\(4, 5"),
    ("predict_interval", (X, 3, 1.5), ValueError, "level of predict_interval"),
])  # fmt: skip
def test_bad_questions_to_a_fitted_model_are_named(method, arguments, error, message):
    fitted = model(questions=TREE).fit(X, GOOD)
    with pytest.raises(error, match=message):
        getattr(fitted, method)(*arguments)
