import warnings

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import BayesianRidge

from skbal.exceptions import NumericalWarning
from skbal.models import BayesianLinearRegression
from skbal.models._linear._evidence import _better, _Climb
from tests.models._linear.problems import (
    contrasts,
    covariance,
    noisy_problem,
    problem,
    relative_error,
)


def evidence(**params):
    return BayesianLinearRegression(
        optimize="evidence", **{"tol": 1e-12, "max_iter": 50000, **params}
    )


def bayesian_ridge(X, y):
    flat = {name: 0.0 for name in ("alpha_1", "alpha_2", "lambda_1", "lambda_2")}
    model = BayesianRidge(
        fit_intercept=False, tol=1e-15, max_iter=5000, compute_score=True, **flat
    )
    return model.fit(X, y)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(60, 5, 1), (30, 40, 1)])
def test_the_fixed_point_is_that_of_bayesian_ridge(shape):
    X, y = noisy_problem(*shape, seed=2)
    ours, ridge = evidence(fit_intercept=False).fit(X, y), bayesian_ridge(X, y.ravel())
    assert ours.noise_variance_ == pytest.approx(1 / ridge.alpha_, rel=1e-8)
    assert ours.prior_variance_ == pytest.approx(1 / ridge.lambda_, rel=1e-8)
    assert relative_error(ours.coef_mean_.ravel(), ridge.coef_) < 1e-8
    if shape[0] > shape[1]:  # for fewer rows scikit-learn 1.6 gets it wrong
        assert relative_error(ours.row_covariance_, ridge.sigma_) < 1e-8
    assert ours.log_marginal_likelihood() == pytest.approx(ridge.scores_[-1], rel=1e-8)


def test_with_an_intercept_it_is_that_of_bayesian_ridge_on_the_contrasts():
    X, y = problem(60, 5, 1, offset=3.0)
    Q = contrasts(60)
    ours, ridge = evidence().fit(X, y), bayesian_ridge(Q @ X, Q @ y.ravel())
    assert ours.noise_variance_ == pytest.approx(1 / ridge.alpha_, rel=1e-8)
    assert ours.prior_variance_ == pytest.approx(1 / ridge.lambda_, rel=1e-8)
    assert relative_error(ours.coef_mean_.ravel(), ridge.coef_) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("output", [None, "matrix"])
@pytest.mark.parametrize("shape", [(50, 4, 3), (30, 40, 3)])
def test_no_other_variances_have_more_evidence(shape, output):
    X, y = noisy_problem(*shape, seed=3)
    output = covariance(shape[2]) if output else None
    best = evidence(output_covariance=output).fit(X, y)

    def less_evidence(logs):
        other = BayesianLinearRegression(*np.exp(logs), output_covariance=output)
        return -other.fit(X, y).log_marginal_likelihood()

    start = np.log([best.prior_variance_, best.noise_variance_])
    found = minimize(less_evidence, start + 0.3, method="Nelder-Mead",
                     options={"xatol": 1e-7, "fatol": 1e-12})  # fmt: skip
    assert -found.fun <= best.log_marginal_likelihood() + 1e-9
    assert np.allclose(found.x, start, atol=1e-4)


def test_the_empirical_covariance_gains_evidence_over_any_other_of_its_trace():
    X, y = problem(80, 4, 2, seed=4)
    best = evidence(output_covariance="empirical").fit(X, y)
    rng = np.random.default_rng(0)
    for _ in range(10):
        root = np.linalg.cholesky(best.output_covariance_)
        other = (root + 0.1 * rng.normal(size=(2, 2))) @ root.T
        other = other @ other.T
        model = evidence(output_covariance=other).fit(X, y)
        assert model.log_marginal_likelihood() < best.log_marginal_likelihood()


def test_the_path_begins_where_it_was_told_and_climbs_to_the_end():
    X, y = problem()
    model = evidence(prior_variance=5.0, noise_variance=7.0).fit(X, y)
    path = model.evidence_path_
    assert (path["prior_variance"][0], path["noise_variance"][0]) == (5.0, 7.0)
    assert path["prior_variance"][-1] == model.prior_variance_
    assert path["log_marginal_likelihood"][-1] == pytest.approx(
        model.log_marginal_likelihood(), rel=1e-10
    )
    assert path["log_marginal_likelihood"][-1] > path["log_marginal_likelihood"][0]
    assert model.n_iter_ == len(path) - 1
    assert ((path["n_effective_parameters"] > 0) & (
        path["n_effective_parameters"] < 6)).all()  # fmt: skip


def test_the_path_evidence_is_that_of_a_model_with_those_variances():
    X, y = noisy_problem(30, 40, 2)
    model = evidence().fit(X, y)
    for row in model.evidence_path_[:3]:
        fixed = BayesianLinearRegression(row["prior_variance"], row["noise_variance"])
        assert fixed.fit(X, y).log_marginal_likelihood() == pytest.approx(
            row["log_marginal_likelihood"], rel=1e-8
        )


def test_effective_parameters_follow_the_matrix_formula():
    X, y = problem(30, 5, 2)
    model = evidence(fit_intercept=False).fit(X, y)
    # gamma = p - trace(S) / prior (Bishop 2006, equation 3.91)
    gamma = 5 - np.trace(model.row_covariance_) / model.prior_variance_
    assert model.evidence_path_["n_effective_parameters"][-1] == pytest.approx(
        gamma, rel=1e-8
    )


def test_true_variances_come_back_from_many_rows():
    rng = np.random.default_rng(0)
    W = rng.normal(scale=2.0, size=(200, 5))
    X = rng.normal(size=(3000, 200))
    y = X @ W + rng.normal(scale=0.5, size=(3000, 5))
    model = evidence().fit(X, y)
    # 1000 weights and 14000 residuals: standard errors of 4.5% and 1.2%.
    assert model.prior_variance_ == pytest.approx(4.0, rel=0.15)
    assert model.noise_variance_ == pytest.approx(0.25, rel=0.04)


def test_evidence_after_pieces_is_that_of_the_whole():
    X, y = problem()
    pieces = evidence().fit(X[:4], y[:4]).partial_fit(X[4:], y[4:])
    assert pieces.noise_variance_ == pytest.approx(
        evidence().fit(X, y).noise_variance_, rel=1e-8
    )


def test_a_fit_without_evidence_drops_the_old_path():
    X, y = problem()
    model = evidence().fit(X, y)
    model.set_params(optimize=None).fit(X, y)
    assert not hasattr(model, "evidence_path_")
    assert (model.prior_variance_, model.n_iter_) == (1.0, 1)


def test_targets_without_signal_leave_weights_near_zero():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(400, 3)), rng.normal(size=400)
    # Made exactly unexplainable: what least squares would find is taken away.
    X -= X.mean(axis=0)
    y = y - y.mean() - X @ np.linalg.lstsq(X, y - y.mean())[0]
    model = evidence().fit(X, y)
    assert np.abs(model.coef_mean_).max() < 1e-6
    assert model.noise_variance_ == pytest.approx(y @ y / 399, rel=1e-6)


def test_where_the_evidence_is_flat_there_is_no_warning():
    # As much signal as noise alone would show: the maximum is at a prior of zero, or
    # so near to it that the fixed point does not get there.
    X, y = noisy_problem(200, 3, 1)
    X -= X.mean(axis=0)
    X = np.linalg.qr(X)[0]
    y = y - y.mean() - X @ (X.T @ y)
    y *= np.sqrt((199 - 3) / (y.T @ y)[0, 0])
    y += X.sum(axis=1, keepdims=True)
    model = evidence(max_iter=300, tol=0.0).fit(X, y)
    assert model.n_iter_ == 300
    assert model.prior_variance_ < 0.01 * model.noise_variance_


def test_too_few_iterations_are_said():
    X, y = problem()
    with pytest.warns(ConvergenceWarning, match="did not converge in max_iter=1"):
        BayesianLinearRegression(optimize="evidence", max_iter=1).fit(X, y)


def test_one_row_teaches_no_variances():
    with pytest.warns(NumericalWarning, match="too few different rows"):
        model = evidence().fit([[1.0, 2.0]], [3.0])
    assert (model.prior_variance_, model.noise_variance_) == (1.0, 1.0)
    assert model.predict([[5.0, 5.0]]) == pytest.approx(3.0)


def test_targets_on_a_line_are_fitted_and_the_noise_is_held():
    X = np.linspace(-1, 1, 20)[:, None]
    with pytest.warns(NumericalWarning, match="are fitted exactly"):
        model = evidence().fit(X, 2 * X.ravel() + 1)
    mean, std = model.predict([[3.0]], return_std=True)
    assert mean == pytest.approx(7.0)
    assert 0 < std[0] < 1e-6


# --------------------------------------------------- what the last bits must not decide


def climb(evidence, has_converged):
    path = np.zeros(1, dtype=[("log_marginal_likelihood", float)])
    path["log_marginal_likelihood"] = evidence
    return _Climb(None, path, 0.0, has_converged)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ((-3.0, True), (-2.0, True), 1),
        ((-2.0, True), (-3.0, True), 0),
        ((-2.0, True), (-2.0 + 1e-13, True), 0),
        ((-2.0, True), (-2.0 - 1e-13, True), 0),
        ((-2.0, False), (-2.0 - 1e-13, True), 1),
        ((-2.0, False), (-2.0 + 1e-13, False), 0),
    ],
)
def test_of_two_climbs_that_differ_by_rounding_the_first_is_kept(first, second, kept):
    climbs = [climb(*first), climb(*second)]
    assert _better(*climbs) is climbs[kept]


def nearly(values, rng):
    """Return values of which each may have moved to a neighbouring float."""
    signs = rng.integers(-1, 2, size=values.shape)
    return np.where(signs == 0, values, np.nextafter(values, values + signs))


def test_with_fewer_rows_than_columns_the_noise_does_not_depend_on_the_last_bits():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5, 6)), rng.normal(size=(5, 2))
    found = []
    for given in [(X, y), *((nearly(X, rng), nearly(y, rng)) for _ in range(4))]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            model = BayesianLinearRegression(optimize="evidence").fit(*given)
        found.append(
            (model.n_iter_, len(caught), model.noise_variance_, model.prior_variance_)
        )
    np.testing.assert_allclose(found, np.tile(found[0], (5, 1)), rtol=1e-10)


@pytest.mark.parametrize("optimize", [None, "evidence"])
@pytest.mark.parametrize("n_classes", [3, 10])
def test_one_hot_labels_have_one_dimension_less_than_classes(n_classes, optimize):
    rng = np.random.default_rng(0)
    for _ in range(10):
        X = rng.normal(size=(80, 4))
        codes = (3 * X[:, 0] + n_classes / 2).round().clip(0, n_classes - 1)
        labels = np.eye(n_classes)[codes.astype(int)]
        labels = labels[:, labels.any(axis=0)]
        model = BayesianLinearRegression(
            output_covariance="empirical", optimize=optimize
        ).fit(X, labels)
        assert model._variances.output.rank == labels.shape[1] - 1
