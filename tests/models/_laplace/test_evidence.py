"""The evidence of a softmax layer and the prior that it picks."""

import warnings

import numpy as np
import pytest
from scipy import integrate
from sklearn.exceptions import ConvergenceWarning

from skbal.models._laplace._diagonal import DiagonalCurvature
from skbal.models._laplace._evidence import (
    AtMode,
    AtWeights,
    Measures,
    maximise_evidence,
    prior_range,
)
from skbal.models._laplace._full import FullCurvature
from skbal.models._laplace._kronecker import KroneckerCurvature
from skbal.models._laplace._softmax import log_likelihood

SEARCH = {"max_iter": 100, "tol": 1e-8, "owner": "it"}


def labelled(n=200, n_features=5, n_classes=3, scale=1.0, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, n_features))
    features[:, -1] = 1.0
    logits = 2 * features @ rng.normal(size=(n_features, n_classes))
    codes = (logits + noise * rng.gumbel(size=logits.shape)).argmax(axis=1)
    features[:, :-1] *= scale
    return features, codes


def evidence_by_quadrature(features, codes, prior_variance):
    """The marginal likelihood of two classes and one weight each, by quadrature."""

    def density(b, a):
        logits = features * np.array([[a, b]])
        penalty = (a * a + b * b) / (2 * prior_variance)
        likelihood = log_likelihood(logits, codes)
        return np.exp(likelihood - penalty) / (2 * np.pi * prior_variance)

    reach = 8 * np.sqrt(prior_variance)
    return integrate.dblquad(density, -reach, reach, -reach, reach)[0]


@pytest.mark.parametrize("prior_variance", [0.01, 0.3])
def test_log_evidence_is_near_the_integral_that_it_approximates(prior_variance):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(30, 1))
    codes = (features[:, 0] + rng.normal(size=30) > 0).astype(int)
    problem = AtMode(features, codes, 2, FullCurvature, "it")
    approximate = problem.measure(1 / prior_variance).log_evidence()
    exact = np.log(evidence_by_quadrature(features, codes, prior_variance))
    # Laplace's method leaves out the fourth derivatives: a few hundredths here, while
    # the evidence itself is below -15.
    assert approximate == pytest.approx(exact, abs=0.03)
    assert exact < -15


@pytest.mark.parametrize("form", [FullCurvature, DiagonalCurvature, KroneckerCurvature])
@pytest.mark.parametrize("around", ["mode", "weights"])
def test_the_prior_found_is_a_fixed_point_of_mackay(form, around):
    features, codes = labelled()
    weights = np.random.default_rng(1).normal(size=(5, 3))
    problem = (
        AtMode(features, codes, 3, form, "it")
        if around == "mode"
        else AtWeights(features, codes, weights, form, "it")
    )
    limits = prior_range(features)
    variance, path = maximise_evidence(problem, 1.0, limits, **SEARCH)
    measures = problem.measure(1 / variance)
    assert measures.squared_norm / measures.n_effective == pytest.approx(variance)
    assert path[-1] == pytest.approx(
        (variance, measures.n_effective, measures.log_evidence())
    )
    for start in (1e-5, 1e5):
        again, _ = maximise_evidence(problem, start, limits, **SEARCH)
        assert again == pytest.approx(variance, rel=1e-6)


def test_around_given_weights_the_fixed_point_is_the_maximum():
    features, codes = labelled()
    weights = np.random.default_rng(1).normal(size=(5, 3))
    problem = AtWeights(features, codes, weights, FullCurvature, "it")
    best, path = maximise_evidence(problem, 1.0, prior_range(features), **SEARCH)
    near = [problem.measure(k / best).log_evidence() for k in (0.9, 1.1)]
    assert max(near) < path["log_marginal_likelihood"][-1]


def test_both_ways_to_the_determinant_agree():
    features, codes = labelled()
    weights = np.random.default_rng(1).normal(size=(5, 3))
    problem = AtWeights(features, codes, weights, FullCurvature, "it")
    by_eigenvalues = problem.measure(0.7).log_evidence()
    by_cholesky = problem.log_evidence(0.7, *problem.solve(0.7))
    assert by_cholesky == pytest.approx(by_eigenvalues, rel=1e-12)


def test_scaled_features_get_a_scaled_prior():
    found = []
    for scale in (1e-6, 1.0, 1e6):
        features, codes = labelled()
        features = features * scale
        problem = AtMode(features, codes, 3, FullCurvature, "it")
        variance, _ = maximise_evidence(
            problem, scale**-2, prior_range(features), **SEARCH
        )
        found.append(variance * scale**2)
    np.testing.assert_allclose(found, found[0], rtol=1e-5)


def test_labels_without_signal_end_at_a_narrow_prior_and_say_so():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 4))
    codes = np.tile([0, 1, 2], 100)
    features = np.repeat(features[:100], 3, axis=0)  # every row has every label
    problem = AtMode(features, codes, 3, FullCurvature, "it")
    with pytest.warns(ConvergenceWarning, match="no dependence on the features"):
        variance, path = maximise_evidence(
            problem, 1.0, prior_range(features), **SEARCH
        )
    assert variance == pytest.approx(prior_range(features)[0])
    assert np.isfinite(path["log_marginal_likelihood"]).all()
    assert path["log_marginal_likelihood"][-1] == pytest.approx(-300 * np.log(3))


def test_separable_labels_have_a_finite_prior():
    features, codes = labelled(noise=0.0)
    problem = AtMode(features, codes, 3, FullCurvature, "it")
    smallest, largest = prior_range(features)
    variance, _ = maximise_evidence(problem, 1.0, (smallest, largest), **SEARCH)
    assert 0.1 < variance < largest / 1e3


def test_one_row_and_one_class_are_no_error():
    features = np.array([[0.5, -2.0, 1.0]])
    for n_classes in (1, 2):
        problem = AtMode(features, np.array([0]), n_classes, FullCurvature, "it")
        variance, path = maximise_evidence(
            problem, 1.0, prior_range(features), **SEARCH
        )
        assert np.isfinite([variance, *path["log_marginal_likelihood"]]).all()
        if n_classes == 1:
            assert variance == 1.0


def test_too_few_iterations_are_a_warning():
    features, codes = labelled()
    problem = AtMode(features, codes, 3, FullCurvature, "it")
    with pytest.warns(ConvergenceWarning, match="did not converge in max_iter=2"):
        maximise_evidence(
            problem, 1e3, prior_range(features), max_iter=2, tol=1e-8, owner="it"
        )


@pytest.mark.parametrize("n_effective", [0.0, 1e-17, 1e-300])
@pytest.mark.parametrize("squared_norm", [0.0, 5e-324, 1e-30])
def test_a_prior_that_rounding_alone_decides_is_no_error(n_effective, squared_norm):
    # A processor's last bits decide whether these are exactly zero.
    class Problem:
        def measure(self, prior_precision):
            return Measures(prior_precision, -1.0, squared_norm, 0.0, n_effective)

    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        variance, path = maximise_evidence(Problem(), 1.0, (1e-10, 1e10), **SEARCH)
    assert np.log(1e-10) - 1e-9 < np.log(variance) < np.log(1e10) + 1e-9
    assert path["prior_variance"][-1] == variance
    assert len(np.unique(path["prior_variance"])) == len(path)


def test_no_prior_is_measured_twice():
    features, codes = labelled()
    measured = []

    class Counting(AtMode):
        def measure(self, prior_precision):
            measured.append(prior_precision)
            return super().measure(prior_precision)

    problem = Counting(features, codes, 3, FullCurvature, "it")
    for start in (1e-3, 1.0, 1e4):
        measured.clear()
        _, path = maximise_evidence(problem, start, prior_range(features), **SEARCH)
        assert len(set(measured)) == len(measured) == len(path) < 20


def test_what_rounding_leaves_of_no_information_is_none():
    # One class: the Hessian is zero, and so is the number of determined weights.
    for seed in range(20):
        rng = np.random.default_rng(seed)
        features = rng.normal(size=(3, 7))
        curvature = FullCurvature(features, np.ones((3, 1)), "it")
        assert curvature.n_effective(curvature.at(rng.random())) == 0.0
