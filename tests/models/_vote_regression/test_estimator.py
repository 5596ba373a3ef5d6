import numpy as np
import pytest
from scipy import integrate, optimize
from scipy.special import expit, log_expit
from scipy.stats import betabinom, binom, chi2, norm
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import predict_samples
from skbal.exceptions import VotesWarning
from skbal.models import BayesianVoteRegression
from tests.models._vote_regression.problems import expanded, problem

PRIOR = 0.7


def model(likelihood="binomial", **params):
    return BayesianVoteRegression(likelihood, PRIOR, None, random_state=0, **params)


def negative_log_posterior(weights, X, votes, concentration=np.inf, prior=PRIOR):
    k, n = votes.T
    eta = X @ weights
    if np.isinf(concentration):
        likelihood = k * log_expit(eta) + (n - k) * log_expit(-eta)
    else:
        a, b = concentration * expit(eta), concentration * expit(-eta)
        likelihood = betabinom.logpmf(k, n, a, b)
    return weights @ weights / (2 * prior) - likelihood.sum()


def numerical_hessian(function, place, step=1e-3):
    d, eye = len(place), np.eye(len(place)) * step
    hessian = np.empty((d, d))
    for i in range(d):
        for j in range(d):
            hessian[i, j] = (
                function(place + eye[i] + eye[j])
                - function(place + eye[i] - eye[j])
                - function(place - eye[i] + eye[j])
                + function(place - eye[i] - eye[j])
            ) / (4 * step**2)
    return hessian


# ------------------------------------------------------------------------- posterior


@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
@pytest.mark.parametrize("shape", [(60, 3), (5, 3)])
def test_posterior_is_the_mode_and_hessian_of_scipy(likelihood, shape):
    concentration = np.inf if likelihood == "binomial" else 4.0
    X, votes, _ = problem(*shape, concentration=concentration)
    fitted = model(likelihood, fit_intercept=False).fit(X, votes)
    arguments = (X, votes, fitted.concentration_[0])
    best = optimize.minimize(
        negative_log_posterior, np.zeros(3), arguments, method="BFGS", tol=1e-7
    )
    assert np.allclose(fitted.coef_mean_[:, 0], best.x, atol=1e-4)
    hessian = numerical_hessian(
        lambda w: negative_log_posterior(w, *arguments), fitted.coef_mean_[:, 0]
    )
    inverse = np.linalg.inv(hessian)
    assert np.allclose(fitted.coef_covariance_[0], inverse, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("fit_intercept", [True, False])
def test_mode_is_that_of_logistic_regression_on_single_votes(fit_intercept):
    X, votes, _ = problem()
    fitted = model(fit_intercept=fit_intercept, intercept_variance=1e8).fit(X, votes)
    other = LogisticRegression(
        C=PRIOR, fit_intercept=fit_intercept, tol=1e-10, max_iter=1000
    ).fit(*expanded(X, votes))
    assert np.allclose(fitted.coef_mean_.T, other.coef_, atol=1e-5)
    assert np.allclose(fitted.intercept_mean_, other.intercept_, atol=1e-5)


@pytest.mark.parametrize("optimize", [None, "evidence"])
def test_ten_votes_on_a_row_are_one_vote_on_each_of_ten_rows(optimize):
    X, votes, _ = problem(20)
    rows, yes = expanded(X, votes)
    single = np.column_stack([yes, np.ones_like(yes)])
    params = {"optimize": optimize, "random_state": 0}
    one = BayesianVoteRegression(**params).fit(X, votes)
    other = BayesianVoteRegression(**params).fit(rows, single)
    atol = 1e-9 if optimize is None else 2e-3
    assert np.allclose(one.coef_mean_, other.coef_mean_, atol=atol)
    assert np.allclose(one.coef_covariance_, other.coef_covariance_, atol=atol)
    assert np.allclose(one.predict(X), other.predict(X), atol=atol)
    assert np.isclose(one.log_marginal_likelihood(), other.log_marginal_likelihood())


@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
@pytest.mark.parametrize("votes", [[[3, 10], [9, 12], [0, 2]], [[0, 1], [1, 1]]])
def test_rho_and_evidence_are_near_those_of_the_whole_integral(likelihood, votes):
    votes = np.array(votes)
    X = np.linspace(-1.0, 2.0, len(votes))[:, np.newaxis]
    if votes.max() == 1 and likelihood == "beta-binomial":
        return  # then the votes are binomial
    fitted = model(likelihood, fit_intercept=False).fit(X, votes)
    concentration = fitted.concentration_[0]
    grid = np.linspace(-8, 8, 4001)
    k, n = votes[:, [0]], votes[:, [1]]
    rho = expit(X * grid)
    if np.isinf(concentration):
        likelihoods = binom.pmf(k, n, rho)
    else:
        likelihoods = betabinom.pmf(
            k, n, concentration * rho, concentration * (1 - rho)
        )
    ways = binom.pmf(k, n, 0.5) * 2.0**n
    density = np.prod(likelihoods / ways, axis=0) * norm.pdf(grid, 0, np.sqrt(PRIOR))
    evidence = integrate.trapezoid(density, grid)
    expected = integrate.trapezoid(density * rho, grid, axis=1) / evidence
    assert np.allclose(fitted.predict(X), expected, atol=0.02)
    assert abs(fitted.log_marginal_likelihood() - np.log(evidence)) < 0.05


@pytest.mark.slow
def test_questions_do_not_know_of_each_other():
    X, first, _ = problem(seed=1)
    _, second, _ = problem(seed=2, concentration=3.0)
    second[:10] = 0
    both = BayesianVoteRegression("beta-binomial", random_state=0)
    both.fit(X, np.stack([first, second], axis=1))
    for number, votes in enumerate((first, second)):
        alone = BayesianVoteRegression("beta-binomial", random_state=0).fit(X, votes)
        assert np.allclose(both.predict(X)[:, number], alone.predict(X), rtol=1e-5)
        for name in ("prior_variance_", "concentration_"):
            assert np.isclose(getattr(both, name)[number], getattr(alone, name)[0])


# ----------------------------------------------------------------------- predictions


@pytest.mark.parametrize("shape", [(50, 3), (4, 9)])
def test_draws_have_the_moments_of_the_posterior(shape):
    X, votes, _ = problem(*shape)
    fitted = model(intercept_variance=2.0).fit(X, votes)
    new = problem(3, shape[1], seed=5)[0]
    n_draws = 40_000
    rho = fitted.predict_samples(new, n_draws, random_state=1)[:, :, 0]
    logits = np.log(rho) - np.log1p(-rho)
    # The intercept as a column of its own, the rows less their mean by votes.
    centre = np.average(X, axis=0, weights=votes[:, 1])
    ones = np.column_stack([np.ones(len(X)), X - centre])
    prior = np.diag([2.0] + [PRIOR] * X.shape[1])
    level = fitted.intercept_mean_ + centre @ fitted.coef_mean_
    mean = np.concatenate([level, fitted.coef_mean_[:, 0]])
    p = expit(ones @ mean)
    weight = votes[:, 1] * p * (1 - p)
    covariance = np.linalg.inv(ones.T @ (weight[:, None] * ones) + np.linalg.inv(prior))
    assert np.allclose(fitted.coef_covariance_[0], covariance[1:, 1:], atol=1e-8)
    new_ones = np.column_stack([np.ones(3), new - centre])
    expected = new_ones @ covariance @ new_ones.T
    variances = expected.diagonal()
    error = np.abs(logits.mean(axis=1) - new_ones @ mean)
    assert (error < 5 * np.sqrt(variances / n_draws)).all()
    spread = np.sqrt((np.outer(variances, variances) + expected**2) / n_draws)
    assert (np.abs(np.cov(logits) - expected) < 5 * spread).all()
    rho_error = np.abs(rho.mean(axis=1) - fitted.predict(new))
    assert (rho_error < 5 * rho.std(axis=1) / np.sqrt(n_draws)).all()


def test_predictions_have_an_axis_of_questions_if_the_votes_had_it():
    X, votes, _ = problem(12)
    flat, deep = model().fit(X, votes), model().fit(X, votes[:, np.newaxis])
    assert flat.predict(X).shape == (12,)
    assert deep.predict(X).shape == (12, 1)
    assert flat.predict_votes(X, 5).shape == (12, 6)
    assert deep.predict_interval(X, 5).shape == (12, 1, 2)
    assert flat.predict_samples(X, 7).shape == deep.predict_samples(X, 7).shape


def test_votes_are_predicted_from_draws_of_the_one_seed():
    X, votes, _ = problem(12)
    fitted = model(n_draws=300).fit(X, votes)
    found = fitted.predict_votes(X, 8)
    draws = fitted.predict_samples(X, random_state=fitted.draw_seed_)[:, :, 0]
    expected = binom.pmf(np.arange(9), 8, draws[:, :, np.newaxis]).mean(axis=1)
    assert np.allclose(found, expected, atol=1e-12)
    assert fitted.score(X, votes) == fitted.score(X, votes) < 0


def test_float32_rows_give_float32():
    X, votes, _ = problem()
    fitted = model().fit(X.astype(np.float32), votes)
    assert fitted.predict(X.astype(np.float32)).dtype == np.float32
    assert fitted.predict_samples(X.astype(np.float32), 3).dtype == np.float32
    assert np.allclose(fitted.predict(X), model().fit(X, votes).predict(X), atol=1e-5)


def test_draws_go_through_a_pipeline():
    X, votes, _ = problem()
    pipe = make_pipeline(StandardScaler(), model()).fit(X, votes)
    assert predict_samples(pipe, X, 5, random_state=0).shape == (40, 5, 1)


# -------------------------------------------------------------------------- evidence


def test_the_prior_variance_found_has_the_largest_evidence():
    X, votes, _ = problem(80, 6)
    found = BayesianVoteRegression().fit(X, votes)
    best = found.log_marginal_likelihood()
    for factor in (0.2, 0.8, 1.25, 5.0):
        other = BayesianVoteRegression(
            prior_variance=factor * found.prior_variance_[0], optimize=None
        ).fit(X, votes)
        assert other.log_marginal_likelihood() < best


@pytest.mark.slow
def test_the_start_of_the_search_does_not_matter():
    X, votes, _ = problem(80, 6, concentration=5.0)
    ends = [
        BayesianVoteRegression("beta-binomial", prior_variance=start).fit(X, votes)
        for start in (1e-4, 1.0, 1e4)
    ]
    for end in ends[1:]:
        assert np.allclose(end.prior_variance_, ends[0].prior_variance_, rtol=0.02)
        assert np.allclose(end.concentration_, ends[0].concentration_, rtol=0.02)


def test_votes_that_follow_no_column_leave_the_weights_at_zero():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(300, 2))
    votes = np.column_stack([rng.binomial(20, 0.3, 300), np.full(300, 20)])
    fitted = BayesianVoteRegression().fit(X, votes)
    assert np.abs(fitted.coef_mean_).max() < 0.05
    assert fitted.prior_variance_[0] < 0.05


def wide(n_samples, n_features, spread, seed=0):
    """Return rows, and votes about which they say nothing."""
    rng = np.random.default_rng(seed)
    rho = rng.beta(spread, spread, n_samples)
    votes = np.column_stack([rng.binomial(40, rho), np.full(n_samples, 40)])
    return rng.normal(size=(n_samples, n_features)), votes


@pytest.mark.parametrize("likelihood", ["beta-binomial", "dirichlet-multinomial"])
def test_if_no_effect_of_many_features_is_found_it_says_so(likelihood):
    X, votes = wide(40, 24, 2.0)
    counts = np.column_stack([votes[:, 0], 40 - votes[:, 0]])
    y = votes if likelihood == "beta-binomial" else counts
    questions = None if y is votes else [("bar", ["yes", "no"])]
    fitted = BayesianVoteRegression(likelihood, questions=questions)
    with pytest.warns(VotesWarning, match="no effect .* of question 0.*first columns"):
        fitted.fit(X, y)
    assert np.ptp(fitted.predict(X), axis=0).max() < 1e-3
    # Not about few rows, nor about columns that say nothing beside many rows.
    for n_samples, n_features in ((19, 24), (60, 24)):
        X, votes = wide(n_samples, n_features, 2.0)
        fitted = BayesianVoteRegression("beta-binomial").fit(X, votes)
        assert np.ptp(fitted.predict(X)) < 1e-3


def test_if_the_weights_can_fit_each_row_a_concentration_is_not_trusted():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(24, 30))
    rho = expit(X @ rng.normal(size=30) / 2)
    votes = np.column_stack([rng.binomial(40, rho), np.full(24, 40)])
    fitted = BayesianVoteRegression("beta-binomial")
    with pytest.warns(VotesWarning, match="infinite concentration_ for question 0"):
        fitted.fit(X, votes)
    assert np.isinf(fitted.concentration_[0])
    BayesianVoteRegression("binomial").fit(X, votes)
    BayesianVoteRegression("beta-binomial").fit(X[:, :12], votes)


@pytest.mark.slow
@pytest.mark.parametrize("concentration", [1.0, 6.0, 40.0])
def test_the_concentration_of_simulated_votes_is_found(concentration):
    X, votes, weights = problem(2500, 3, concentration=concentration, largest=60)
    fitted = BayesianVoteRegression("beta-binomial").fit(X, votes)
    # Twice the gain over the truth has the chi-squared distribution of one number.
    rho, (k, n) = fitted.predict(X), votes.T
    gain = [
        betabinom.logpmf(k, n, c * rho, c * (1 - rho)).sum()
        for c in (fitted.concentration_[0], concentration)
    ]
    assert 2 * (gain[0] - gain[1]) < chi2.ppf(0.999, 1)
    assert np.isclose(fitted.concentration_[0], concentration, rtol=0.3)
    assert np.allclose(fitted.coef_mean_[:, 0], weights, atol=0.15)
    binomial = BayesianVoteRegression().fit(X, votes)
    gain = fitted.log_marginal_likelihood() - binomial.log_marginal_likelihood()
    assert gain > 10
    assert np.isinf(binomial.concentration_[0])


def test_votes_that_disagree_less_than_coins_are_binomial():
    X = np.linspace(-1, 1, 30)[:, np.newaxis]
    votes = np.column_stack([np.round(20 + 10 * X[:, 0]), np.full(30, 40)])
    fitted = BayesianVoteRegression("beta-binomial").fit(X, votes)
    assert np.isinf(fitted.concentration_[0])


# -------------------------------------------------------------------- corner cases


@pytest.mark.parametrize("optimize", [None, "evidence"])
def test_without_votes_the_posterior_is_the_prior(optimize):
    X = problem(6, 2)[0]
    fitted = BayesianVoteRegression(
        prior_variance=PRIOR, optimize=optimize, intercept_variance=3.0
    ).fit(X, np.zeros((6, 2), dtype=int))
    assert np.allclose(fitted.predict(X), 0.5)
    assert np.allclose(fitted.coef_covariance_[0], PRIOR * np.eye(2))
    assert fitted.log_marginal_likelihood() == 0.0
    rho = fitted.predict_samples(X, 20_000, random_state=0)[:, :, 0]
    variance = np.var(np.log(rho) - np.log1p(-rho), axis=1)
    expected = 3.0 + PRIOR * np.square(X - X.mean(axis=0)).sum(axis=1)
    assert np.allclose(variance, expected, rtol=0.06)


def test_rows_without_votes_change_nothing():
    X, votes, _ = problem()
    more = np.concatenate([X, 100 + X])
    asked = np.concatenate([votes, np.zeros_like(votes)])
    one, other = model().fit(X, votes), model().fit(more, asked)
    assert np.allclose(one.predict(X), other.predict(X), atol=1e-12)


@pytest.mark.parametrize("votes", [[1, 1], [0, 1], [40, 40], [3, 7]])
def test_one_row_is_enough(votes):
    fitted = BayesianVoteRegression().fit([[2.0, 1.0]], [votes])
    rho = fitted.predict([[2.0, 1.0]])[0]
    assert 0 < rho < 1
    assert (rho > 0.5) == (votes[0] / votes[1] > 0.5)


@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
def test_votes_that_all_agree_give_sure_but_finite_answers(likelihood):
    X = np.arange(8.0)[:, np.newaxis]
    for share in (0, 1):
        votes = np.full((8, 2), 40) * [share, 1]
        fitted = BayesianVoteRegression(likelihood).fit(X, votes)
        assert np.all(np.abs(fitted.predict(X) - share) < 0.15)
        assert np.isfinite(fitted.score(X, 40 - votes[:, ::-1] * [1, 0]))


def test_rows_told_apart_perfectly_stop_at_the_widest_prior():
    X = np.arange(8.0)[:, np.newaxis]
    votes = np.column_stack([40 * (X[:, 0] > 3), np.full(8, 40)])
    with pytest.warns(UserWarning, match="no maximum within the range") as caught:
        fitted = BayesianVoteRegression().fit(X, votes)
    assert caught[0].filename == __file__
    assert np.all((fitted.predict(X) > 0.5) == (X[:, 0] > 3))
    assert fitted.predict(X[[7]])[0] > 0.99


@pytest.mark.parametrize("likelihood", ["binomial", "beta-binomial"])
def test_duplicated_columns_share_one_weight(likelihood):
    X, votes, _ = problem(30, 2, concentration=5.0)
    fixed = {"likelihood": likelihood, "optimize": None}
    one = BayesianVoteRegression(prior_variance=2.0, **fixed).fit(X, votes)
    both = np.hstack([X, X])
    other = BayesianVoteRegression(prior_variance=1.0, **fixed).fit(both, votes)
    assert np.allclose(other.coef_mean_[:2], other.coef_mean_[2:], atol=1e-8)
    assert np.allclose(one.coef_mean_, 2 * other.coef_mean_[:2], rtol=2e-3, atol=1e-4)
    assert np.allclose(one.predict(X), other.predict(both), rtol=2e-3)


def test_a_constant_column_learns_nothing():
    votes = np.array([[3, 10], [7, 10], [2, 9]])
    fitted = BayesianVoteRegression(prior_variance=PRIOR).fit(np.ones((3, 1)), votes)
    assert fitted.coef_mean_[0, 0] == 0
    assert np.isclose(fitted.coef_covariance_[0, 0, 0], PRIOR)
    assert np.ptp(fitted.predict(np.ones((3, 1)))) == 0


def test_single_votes_say_nothing_of_a_concentration():
    X, votes, _ = problem(30, 2, largest=2)
    with pytest.warns(VotesWarning, match="no row with two votes on question 0") as w:
        fitted = model("beta-binomial").fit(X, votes)
    assert w[0].filename == __file__
    assert np.isinf(fitted.concentration_).all()
    assert np.array_equal(fitted.predict(X), model().fit(X, votes).predict(X))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"likelihood": "poisson"}, ValueError, "likelihood of Bayes.*'poisson'"),
        ({"optimize": "bayes"}, ValueError, "optimize of BayesianVoteRegression"),
        ({"prior_variance": 0}, ValueError, "prior_variance of .* larger than 0"),
        ({"intercept_variance": -1}, ValueError, "intercept_variance of"),
        ({"prior_variance": "1"}, TypeError, "prior_variance of"),
        ({"n_draws": 0}, ValueError, "n_draws of"),
        ({"max_iter": 2.5}, TypeError, "max_iter of"),
        ({"tol": -1e-3}, ValueError, "tol of"),
    ],
)
def test_wrong_parameters_are_named(params, error, message):
    X, votes, _ = problem(5)
    with pytest.raises(error, match=message):
        BayesianVoteRegression(**params).fit(X, votes)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([7, 5], "row 2 has k = 7 yes votes of N = 5"),
        ([-1, 5], "row 2 has k = -1 yes votes of N = 5"),
        ([0.5, 5], "row 2 has k = 0.5 yes votes of N = 5"),
        ([np.nan, 5], "row 2 has k = nan yes votes of N = 5"),
    ],
)
def test_wrong_votes_name_the_row_and_both_numbers(row, message):
    X, votes, _ = problem(5)
    votes = votes.astype(float)
    votes[2] = row
    with pytest.raises(ValueError, match=message):
        BayesianVoteRegression().fit(X, votes)


def test_other_numbers_of_rows_questions_or_features_are_refused():
    X, votes, _ = problem(5)
    fitted = model().fit(X, votes)
    with pytest.raises(ValueError, match="5 rows and 4 labels"):
        model().fit(X, votes[:4])
    with pytest.raises(ValueError, match=r"votes on 2 questions.* fitted on 1"):
        fitted.score(X, np.stack([votes, votes], axis=1))
    with pytest.raises(ValueError, match="expecting 3 features"):
        fitted.predict(X[:, :2])
    with pytest.raises(ValueError, match="overflow"):
        model().fit(1e200 * X, votes)


def test_an_error_leaves_what_was_learned():
    X, votes, _ = problem(5)
    fitted = model().fit(X, votes)
    before = fitted.predict(X)
    with pytest.raises(ValueError, match="rows"):
        fitted.fit(X, votes[:3])
    assert np.array_equal(fitted.predict(X), before)
