import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.special import expit, logit, softmax
from scipy.stats import norm
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from skbal import predict_samples
from skbal.models import BayesianLogisticRegression
from skbal.query import BADGE, BALD, KMeansBatch

PRIOR = 0.7


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    order = np.random.default_rng(0).permutation(150)
    return X[order], np.array(["se", "ve", "vi"])[y[order]]


def model(prior_variance=PRIOR, optimize=None, **params):
    params.setdefault("random_state", 0)
    return BayesianLogisticRegression(prior_variance, optimize, **params)


def confused(X, y):
    """Two columns, and labels of which half are wrong: the evidence has a maximum."""
    rng = np.random.default_rng(0)
    return X[:, :2], np.where(rng.random(150) < 0.5, rng.permutation(y), y)


def contrasts(weights):
    """What of the weights the probabilities depend on."""
    return weights - weights.mean(axis=-1, keepdims=True)


# ------------------------------------------------------------------------- posterior


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_mode_of_three_classes_is_that_of_scikit_learn(iris, fit_intercept):
    X, y = iris
    # scikit-learn has a flat prior on intercepts.
    ours = model(fit_intercept=fit_intercept, intercept_variance=1e8).fit(X, y)
    theirs = LogisticRegression(
        C=PRIOR, fit_intercept=fit_intercept, tol=1e-10, max_iter=5000
    ).fit(X, y)
    assert_allclose(contrasts(ours.coef_mean_), theirs.coef_.T, atol=1e-4)
    intercepts = contrasts(np.broadcast_to(theirs.intercept_, 3))
    assert_allclose(contrasts(ours.intercept_mean_), intercepts, atol=1e-3)


def test_the_mode_of_two_classes_has_twice_the_prior_variance(iris):
    X, y = iris[0], iris[1] == "vi"
    ours = model(intercept_variance=1e8).fit(X, y)
    theirs = LogisticRegression(C=2 * PRIOR, tol=1e-10, max_iter=5000).fit(X, y)
    assert_allclose(np.diff(ours.coef_mean_).T, theirs.coef_, atol=1e-4)
    assert_allclose(np.diff(ours.intercept_mean_), theirs.intercept_, atol=1e-3)


@pytest.mark.parametrize("shape", [(60, 2), (5, 9)])
def test_draws_have_the_moments_of_the_laplace_posterior(shape):
    # Without an intercept and for two classes, by hand: the difference of the logits is
    # x w with the prior variance 2 PRIOR.
    rng = np.random.default_rng(0)
    X = rng.normal(size=shape)
    y = X[:, 0] + rng.normal(size=len(X)) > 0
    fitted = model(fit_intercept=False).fit(X, y)
    w = np.diff(fitted.coef_mean_)[:, 0]
    p = expit(X @ w)
    slope = X.T @ (y - p) - w / (2 * PRIOR)
    assert_allclose(slope, 0, atol=1e-8)
    precision = X.T @ ((p * (1 - p))[:, np.newaxis] * X)
    precision += np.eye(len(w)) / (2 * PRIOR)
    rows = rng.normal(size=(4, len(w)))  # also outside of the span of few rows
    covariance = rows @ np.linalg.inv(precision) @ rows.T
    f = logit(fitted.predict_samples(rows, 20_000, random_state=0)[..., 1])
    variances = np.diag(covariance)
    error = np.sqrt((np.outer(variances, variances) + covariance**2) / 20_000)
    assert np.all(np.abs(f.mean(axis=1) - rows @ w) < 5 * np.sqrt(variances / 20_000))
    assert np.all(np.abs(np.cov(f) - covariance) < 5 * error)


def test_predict_proba_is_the_mean_over_the_posterior():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(30, 1))
    y = X[:, 0] + rng.normal(size=30) > 0
    fitted = model(fit_intercept=False, n_draws=20_000).fit(X, y)
    w = np.diff(fitted.coef_mean_)[0, 0]
    p = expit(X[:, 0] * w)
    std = (np.sum(p * (1 - p) * X[:, 0] ** 2) + 1 / (2 * PRIOR)) ** -0.5

    def weighted(u, x):
        return expit(x * u) * norm.pdf(u, w, std)

    for x in (-2.0, 0.3, 5.0):
        expected = quad(weighted, w - 9, w + 9, (x,))[0]
        assert abs(fitted.predict_proba([[x]])[0, 1] - expected) < 5 * 0.5 / 141


def test_columns_that_no_row_has_keep_their_prior():
    X = np.c_[np.linspace(-1, 1, 12), np.zeros(12)]
    fitted = model().fit(X, np.arange(12) % 3)
    assert_allclose(fitted.coef_mean_[1], 0, atol=1e-12)
    draws = fitted.predict_samples([[0.0, 0.0], [0.0, 1.0]], 20_000, random_state=0)
    logs = contrasts(np.log(draws))
    change = logs[1] - logs[0]  # the weights of the second column
    expected = PRIOR * (np.eye(3) - 1 / 3)
    error = 5 * PRIOR * np.sqrt(2 / 20_000)
    assert np.all(np.abs(np.cov(change.T) - expected) < error)


def test_shifted_rows_give_the_same_probabilities(iris):
    X, y = iris
    expected = model().fit(X, y).predict_proba(X)
    shifted = model().fit(X + 100.0, y).predict_proba(X + 100.0)
    assert_allclose(shifted, expected, atol=1e-8)


def test_logits_at_zero_and_weights_give_the_most_probable_logits(iris):
    X, y = iris
    fitted = model(prior_variance=1e-6, intercept_variance=1e-6).fit(X, y)
    narrow = softmax(X @ fitted.coef_mean_ + fitted.intercept_mean_, axis=1)
    assert_allclose(fitted.predict_proba(X), narrow, atol=1e-3)


def test_a_weight_of_two_is_two_equal_rows(iris):
    X, y = iris[0][:40], iris[1][:40]
    counts = np.random.default_rng(0).integers(0, 4, 40)
    weighted = model(optimize="evidence").fit(X, y, sample_weight=counts)
    repeated = model(optimize="evidence").fit(
        X.repeat(counts, axis=0), y.repeat(counts)
    )
    assert_allclose(weighted.prior_variance_, repeated.prior_variance_, rtol=1e-6)
    assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-7)
    expected = repeated.log_marginal_likelihood()
    assert_allclose(weighted.log_marginal_likelihood(), expected, rtol=1e-8)


# -------------------------------------------------------------------------- evidence


def test_the_prior_variance_has_more_evidence_than_others(iris):
    X, y = confused(*iris)
    best = model(optimize="evidence").fit(X, y)
    evidence = best.log_marginal_likelihood()
    for factor in (0.1, 0.8, 1.25, 10.0):
        other = model(prior_variance=factor * best.prior_variance_).fit(X, y)
        assert other.log_marginal_likelihood() < evidence
    near = model(prior_variance=1.02 * best.prior_variance_).fit(X, y)
    assert evidence - near.log_marginal_likelihood() < 0.01
    assert best.n_iter_ > 2


def test_labels_that_depend_on_nothing_leave_the_intercepts():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(400, 2)), rng.integers(0, 3, 400)
    fitted = model(optimize="evidence", n_draws=500).fit(X, y)
    shares = np.bincount(y) / 400
    assert_allclose(fitted.predict_proba(X), np.tile(shares, (400, 1)), atol=0.06)


def test_classes_that_can_be_separated_get_the_widest_prior(iris):
    X, y = iris[0], iris[1] == "se"
    fitted = model(optimize="evidence").fit(X, y)
    spread = np.square(X - X.mean(axis=0)).sum(axis=1).mean()
    assert_allclose(fitted.prior_variance_ * spread, 9.0)
    assert fitted.score(X, y) == 1.0


def test_a_search_that_was_cut_short_warns(iris):
    X, y = confused(*iris)
    with pytest.warns(ConvergenceWarning, match="did not reach .* max_iter=2 steps"):
        model(optimize="evidence", max_iter=2).fit(X, y)


# ----------------------------------------------------------------------------- usage


def test_draws_are_joint_and_have_the_dtype_of_the_rows(iris):
    X, y = iris
    fitted = model().fit(X, y)
    draws = fitted.predict_samples(X, 7, random_state=3)
    assert draws.shape == (150, 7, 3)
    assert draws.dtype == np.float64
    assert_allclose(draws.sum(axis=2), 1)
    part = fitted.predict_samples(X[::-1][:9], 4, random_state=3)
    assert_allclose(part, draws[::-1][:9, :4], atol=1e-12)
    single = fitted.predict_samples(X.astype(np.float32), 7, random_state=3)
    assert single.dtype == np.float32
    assert_allclose(single, draws, atol=1e-4)
    assert_array_equal(
        predict_samples(fitted, X, 7, random_state=3, batch_size=1000), draws
    )


def test_one_class_is_certain(iris):
    X, y = iris
    fitted = model(optimize="evidence").fit(X[y == "se"], y[y == "se"])
    assert_array_equal(fitted.predict_proba(X), np.ones((150, 1)))
    assert set(fitted.predict(X)) == {"se"}


def test_strategies_take_it(iris):
    X, y = iris
    fitted = model().fit(X[:30], y[:30])
    for strategy in (BALD(), BADGE(), KMeansBatch(BALD())):
        strategy.set_params(random_state=0)
        assert len(set(strategy(fitted, X[30:], 5))) == 5


def test_a_new_fit_starts_anew(iris):
    X, y = iris
    expected = model().fit(X, y).predict_proba(X)
    again = model().fit(X[:, :2], y == "se").fit(X, y)
    assert_array_equal(again.predict_proba(X), expected)
    assert_array_equal(clone(again).fit(X, y).predict_proba(X), expected)


@pytest.mark.parametrize(
    ("parameters", "weights", "message"),
    [
        ({"prior_variance": 0.0}, None, "prior_variance of BayesianLogisticRegression"),
        (
            {"optimize": "mackay"},
            None,
            "optimize of BayesianLogisticRegression must be",
        ),
        ({"intercept_variance": -1}, None, "intercept_variance of BayesianLogistic"),
        ({"n_draws": 0}, None, "n_draws of BayesianLogisticRegression must be"),
        ({}, np.zeros(150), "(zeros only|non-zero)"),
        ({}, -np.ones(150), "Negative"),
    ],
)
def test_what_is_wrong_is_said(iris, parameters, weights, message):
    X, y = iris
    with pytest.raises(ValueError, match=message):
        model().set_params(**parameters).fit(X, y, sample_weight=weights)


def test_rows_that_overflow_are_refused(iris):
    X, y = iris
    with pytest.raises(ValueError, match="their squares overflow"):
        model().fit(1e200 * X, y)
