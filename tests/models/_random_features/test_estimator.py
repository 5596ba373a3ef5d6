"""The approximate Gaussian process against the exact one, and its draws."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import predict_samples
from skbal.exceptions import NumericalWarning
from skbal.models import RandomFeatureGP
from skbal.models._random_features._fourier import (
    best_length_scale,
    fourier_features,
    frequencies,
)
from skbal.query import BatchVariance, ExpectedVarianceReduction

RNG = np.random.default_rng(0)
X = RNG.uniform(-3, 3, size=(60, 2))
Y = np.sin(X[:, 0]) + 0.5 * X[:, 1] + 0.1 * RNG.normal(size=60)
NEW = RNG.uniform(-3, 3, size=(25, 2))
FIXED = {"optimize": None, "prior_variance": 1.5, "noise_variance": 0.04}


def test_products_of_features_are_the_kernel():
    waves = frequencies(2, 40_000, np.random.default_rng(0))
    features = fourier_features(X, waves, 1.3)
    kernel = np.exp(-(cdist(X, X) ** 2) / (2 * 1.3**2))
    assert_allclose(features @ features.T, kernel, atol=0.03)
    assert_allclose(np.linalg.norm(features, axis=1), 1.0)


def test_predictions_are_near_those_of_the_exact_process():
    model = RandomFeatureGP(1.3, n_components=4000, random_state=0, **FIXED)
    model.fit(X, Y)
    kernel = ConstantKernel(1.5) * RBF(1.3)
    exact = GaussianProcessRegressor(kernel, alpha=0.04, optimizer=None)
    # The intercept of ours has a flat prior; the mean of y is close.
    exact.fit(X, Y - Y.mean())
    mean, std = exact.predict(NEW, return_std=True)
    found, spread = model.predict(NEW, return_std=True)
    assert np.abs(found - mean - Y.mean()).max() < 0.1
    assert_allclose(np.sqrt(spread**2 - 0.04), std, atol=0.05)


def test_draws_have_the_moments_of_the_prediction():
    model = RandomFeatureGP(1.3, random_state=0, **FIXED).fit(X, Y)
    draws = model.predict_samples(NEW, 4000, random_state=0)[:, :, 0]
    mean, std = model.predict(NEW, return_std=True)
    error = 5 * std / np.sqrt(4000)
    assert (np.abs(draws.mean(axis=1) - mean) < error).all()
    factor = model.covariance_factor(NEW)
    assert_allclose(np.cov(draws), factor @ factor.T, atol=0.03)
    assert_allclose((factor**2).sum(axis=1) + 0.04, std**2)


# At some length scales of the grid the targets are fitted exactly.
@pytest.mark.filterwarnings("ignore:The targets of:skbal.exceptions.NumericalWarning")
def test_the_length_scale_has_the_largest_evidence_of_a_fine_grid():
    model = RandomFeatureGP(n_components=200, random_state=0).fit(X, Y)
    grid = np.geomspace(0.2, 20, 60)
    evidence = [
        RandomFeatureGP(scale, n_components=200, random_state=0)
        .fit(X, Y)
        .log_marginal_likelihood()
        for scale in grid
    ]
    assert model.log_marginal_likelihood() > max(evidence) - 0.05
    assert model.length_scale_ == pytest.approx(grid[np.argmax(evidence)], rel=0.2)


def test_of_two_hills_the_higher_is_found():
    def evidence(scale):
        log = np.log(scale)
        return np.exp(-((log + 2) ** 2) * 4) + 1.5 * np.exp(-((log - 1) ** 2) * 4)

    assert best_length_scale(evidence, 1.0) == pytest.approx(np.e, rel=0.02)


def test_it_asks_in_strategies_and_pipelines():
    model = make_pipeline(StandardScaler(), RandomFeatureGP(random_state=0))
    model.fit(X, Y)
    assert predict_samples(model, NEW, 7, random_state=0).shape == (25, 7, 1)
    for strategy in (BatchVariance(random_state=0), ExpectedVarianceReduction()):
        assert len(set(strategy(model, NEW, 5))) == 5


def test_weights_outputs_and_precision():
    twice = np.repeat(np.arange(60), 2)
    given = {"n_components": 50, "random_state": 0, **FIXED}
    weighted = RandomFeatureGP(1.3, **given).fit(X, Y, np.full(60, 2.0))
    repeated = RandomFeatureGP(1.3, **given).fit(X[twice], Y[twice])
    assert_allclose(weighted.predict(NEW), repeated.predict(NEW))
    both = RandomFeatureGP(1.3, **given).fit(X, np.stack([Y, -Y], axis=1))
    mean, covariance = both.predict(NEW, return_cov=True)
    assert mean.shape == (25, 2)
    assert covariance.shape == (25, 2, 2)
    assert_allclose(mean[:, 0], -mean[:, 1])
    small = RandomFeatureGP(1.3, **given).fit(X.astype(np.float32), Y)
    assert small.predict(NEW.astype(np.float32)).dtype == np.float32
    assert_array_equal(
        RandomFeatureGP(1.3, **given).fit(X, Y).waves_,
        RandomFeatureGP(1.3, **given).fit(X, Y).waves_,
    )


@pytest.mark.parametrize(
    ("value", "error"), [("median", ValueError), (0, ValueError), (None, TypeError)]
)
def test_length_scales_that_are_none_are_refused(value, error):
    with pytest.raises(error, match="length_scale of RandomFeatureGP must be"):
        RandomFeatureGP(value).fit(X, Y)


def test_labels_of_classes_are_refused_by_its_own_name():
    with pytest.raises(ValueError, match="y given to RandomFeatureGP must be numbers"):
        RandomFeatureGP().fit(X, np.where(Y > 0, "late", "early"))


def test_equal_rows_have_a_length_scale():
    same, given = np.ones((8, 2)), {"n_components": 20, "random_state": 0}
    with pytest.warns(NumericalWarning, match="too few different rows"):
        model = RandomFeatureGP(**given).fit(same, np.arange(8.0))
    assert_allclose(model.predict(same), 3.5, atol=1e-6)


@pytest.mark.parametrize(("factor", "shift"), [(1e200, 0), (1e-200, 0), (1, 1e10)])
def test_the_length_scale_has_the_unit_of_the_rows_and_no_place(factor, shift):
    given = {"n_components": 20, "random_state": 0}
    expected = RandomFeatureGP(**given).fit(X, Y).length_scale_
    moved = RandomFeatureGP(**given).fit(factor * X + shift, Y)
    assert moved.length_scale_ / factor == pytest.approx(expected, rel=0.02)


def test_labels_that_are_no_numbers_are_refused_by_name():
    with pytest.raises(ValueError, match="y given to RandomFeatureGP must be numbers"):
        RandomFeatureGP().fit(X, ["a"] * 60)
