"""The Laplace classifier against its formulas, and as a scikit-learn user meets it."""

import copy
import pickle

import numpy as np
import pytest
import torch
from scipy import special
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal import ActiveLearner
from skbal.models import LaplaceClassifier, MCDropoutClassifier
from skbal.query import BALD
from tests.models._laplace.networks import (
    extended_features,
    last_layer,
    network,
    rows,
)

SMALL = {
    "module__hidden_units": (10,), "max_epochs": 20, "lr": 0.02, "random_state": 0,
}  # fmt: skip
FIXED = {"optimize": None, "prior_variance": 0.6, "random_state": 0}


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="module")
def trained(iris):
    return MCDropoutClassifier(**SMALL).fit(*iris)


def covariance_by_hand(phi, probabilities, prior_variance):
    """The posterior covariance, class by class, from the dense precision."""
    hessian = sum(
        np.kron(np.diag(p) - np.outer(p, p), np.outer(row, row))
        for row, p in zip(phi, probabilities)
    )
    return np.linalg.inv(hessian + np.eye(len(hessian)) / prior_variance)


# ------------------------------------------------------------------------ formulas


@pytest.mark.parametrize("mode", ["network", "map"])
def test_draws_have_the_moments_of_the_gaussian_around_the_mean(mode):
    X, y = rows()
    module = network(3)
    model = LaplaceClassifier(module, mode=mode, **FIXED).fit(X, y)
    phi = extended_features(module, X)
    weights = np.vstack([model.coef_mean_, model.intercept_mean_])
    if mode == "network":
        np.testing.assert_allclose(weights, last_layer(module), rtol=1e-12)
    else:
        reference = LogisticRegression(C=0.6, fit_intercept=False, tol=1e-12)
        reference.fit(phi, y)
        np.testing.assert_allclose(weights, reference.coef_.T, rtol=1e-4, atol=1e-6)
    probabilities = special.softmax(phi @ weights, axis=1)
    covariance = covariance_by_hand(phi, probabilities, 0.6)

    few, n = X[:3], 20_000
    draws = model.predict_samples(few, n, random_state=0)
    # Logits less their mean over classes follow from probabilities.
    logits = np.log(draws)
    logits -= logits.mean(axis=2, keepdims=True)
    at = np.kron(np.eye(3) - 1 / 3, phi[:3])  # class by class, row by row
    expected = at @ covariance @ at.T
    mean = (phi[:3] @ weights - (phi[:3] @ weights).mean(axis=1, keepdims=True)).T
    flat = logits.transpose(1, 2, 0).reshape(n, -1)
    variances = np.diag(expected)
    assert (np.abs(flat.mean(axis=0) - mean.ravel()) < 5 * np.sqrt(variances / n)).all()
    deviations = flat - flat.mean(axis=0)
    error = np.sqrt((np.outer(variances, variances) + expected**2) / n)
    assert (np.abs(deviations.T @ deviations / n - expected) < 5 * error).all()


def test_predict_proba_is_the_mean_of_the_draws_of_the_fitted_seed():
    X, y = rows()
    model = LaplaceClassifier(network(3), n_draws=37, random_state=0).fit(X, y)
    draws = model.predict_samples(X, random_state=model.draw_seed_)
    assert draws.shape == (40, 37, 3)
    np.testing.assert_allclose(
        model.predict_proba(X), draws.mean(axis=1), rtol=1e-12, atol=1e-15
    )


def test_probit_is_the_formula_of_mackay_and_near_monte_carlo():
    X, y = rows(n=300)
    module = network(3)
    settings = {"mode": "map", "n_draws": 4000, **FIXED}
    probit = LaplaceClassifier(module, predictive="probit", **settings).fit(X, y)
    phi = extended_features(module, X)
    weights = np.vstack([probit.coef_mean_, probit.intercept_mean_])
    logits = phi @ weights
    covariance = covariance_by_hand(phi, special.softmax(logits, axis=1), 0.6)
    blocks = covariance.reshape(3, 5, 3, 5)
    variance = np.einsum("ni,kikj,nj->nk", phi, blocks, phi)
    expected = special.softmax(logits / np.sqrt(1 + np.pi * variance / 8), axis=1)
    np.testing.assert_allclose(probit.predict_proba(X), expected, rtol=1e-8)
    drawn = LaplaceClassifier(module, **settings).fit(X, y).predict_proba(X)
    assert np.abs(drawn - expected).max() < 0.05
    # Both are less confident than the most probable weights alone.
    point = special.softmax(logits, axis=1)
    assert drawn.max(axis=1).mean() < point.max(axis=1).mean()


def test_a_narrow_prior_gives_every_class_the_same_probability():
    X, y = rows()
    model = LaplaceClassifier(
        network(3), mode="map", optimize=None, prior_variance=1e-12
    ).fit(X, y)
    np.testing.assert_allclose(model.predict_proba(X), 1 / 3, atol=1e-5)


def test_confidence_falls_below_that_of_the_mode_far_from_data():
    X, y = rows(n=200)
    module = nn.Sequential(nn.Flatten(), nn.Linear(3, 3)).double()
    y = X.argmax(axis=1)
    model = LaplaceClassifier(
        module, mode="map", optimize="evidence", n_draws=2000, random_state=0
    ).fit(X, y)
    far = 100 * X[:20]
    point = special.softmax(far @ model.coef_mean_ + model.intercept_mean_, axis=1)
    ours = model.predict_proba(far).max(axis=1)
    assert (point.max(axis=1) > 0.999).mean() > 0.8
    assert (ours < point.max(axis=1) + 1e-9).all()
    # The draws' logits grow with the rows, so their share of classes is what remains.
    assert ours.mean() < 0.97


@pytest.mark.parametrize("hessian", ["full", "kronecker", "diagonal"])
@pytest.mark.parametrize("mode", ["map", "network"])
def test_log_evidence_is_that_of_the_dense_hessian(hessian, mode):
    X, y = rows()
    module = network(3)
    model = LaplaceClassifier(module, hessian=hessian, mode=mode, **FIXED).fit(X, y)
    phi = extended_features(module, X)
    weights = np.vstack([model.coef_mean_, model.intercept_mean_])
    probabilities = special.softmax(phi @ weights, axis=1)
    blocks = [np.diag(p) - np.outer(p, p) for p in probabilities]
    full = sum(np.kron(b, np.outer(row, row)) for b, row in zip(blocks, phi))
    matrix = {
        "full": full,
        "diagonal": np.diag(np.diag(full)),
        "kronecker": np.kron(np.mean(blocks, axis=0), phi.T @ phi),
    }[hessian]
    log_det = np.linalg.slogdet(matrix + np.eye(15) / 0.6)[1]
    expected = (
        np.log(probabilities[np.arange(len(y)), y]).sum()
        - np.sum(weights**2) / (2 * 0.6)
        - 15 / 2 * np.log(0.6)
        - log_det / 2
    )
    assert model.log_marginal_likelihood() == pytest.approx(expected, rel=1e-10)


def test_weights_take_their_mean_square_for_the_prior_variance():
    X, y = rows()
    module = network(3)
    for mode in ("map", "network"):
        model = LaplaceClassifier(module, mode=mode).fit(X, y)
        expected = np.mean(last_layer(module) ** 2)
        assert model.prior_variance_ == pytest.approx(expected, rel=1e-12)
        assert not hasattr(model, "evidence_path_")


def test_evidence_keeps_its_path():
    X, _ = rows()
    y = X.argmax(axis=1)
    model = LaplaceClassifier(network(3), mode="map", optimize="evidence").fit(X, y)
    path = model.evidence_path_
    assert path.dtype.names == (
        "prior_variance", "n_effective_parameters", "log_marginal_likelihood",
    )  # fmt: skip
    assert path["prior_variance"][0] == 1.0
    assert path["prior_variance"][-1] == model.prior_variance_
    assert len(path) == model.n_iter_
    assert path["log_marginal_likelihood"][-1] == pytest.approx(
        model.log_marginal_likelihood()
    )


# -------------------------------------------------------------- the network's layer


def test_a_single_logit_is_a_softmax_of_two():
    X, y = rows(n_classes=2)
    single = network(1, nn.Sigmoid())
    model = LaplaceClassifier(single, optimize=None, prior_variance=1e-12).fit(X, y)
    with torch.no_grad():
        expected = single(torch.from_numpy(X)).numpy().ravel()
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], expected, atol=1e-4)


def test_columns_follow_the_classes_of_the_network(iris):
    X, y = iris
    names = np.array(["c", "a", "b"])[y]
    fitted = MCDropoutClassifier(deterministic=True, **SMALL).fit(X, names)
    expected = fitted.predict_proba(X)
    settings = {"optimize": None, "prior_variance": 1e-12}
    for kept in (["a", "b", "c"], ["b", "c"]):
        taught = np.isin(names, kept)
        model = LaplaceClassifier(FrozenEstimator(fitted), **settings)
        model.fit(X[taught], names[taught])
        columns = expected[:, np.isin(fitted.classes_, kept)]
        columns = columns / columns.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(model.predict_proba(X), columns, atol=1e-4)


@pytest.mark.parametrize(
    ("params", "labels", "message"),
    [
        ({"network": network(3)}, 4, r"has 3 outputs, but y has the classes \[0, 1"),
        ({"network": network(3, nn.Tanh())}, 3, "ends in Tanh, so that its last dense"),
        (
            {"network": network(3), "feature_layer": "1"},
            3,
            r"mode='network' of LaplaceClassifier needs the weights",
        ),
        (
            {"network": network(3), "feature_layer": "1", "mode": "map"},
            3,
            r"optimize='network' of LaplaceClassifier needs the weights",
        ),
        ({"hessian": "low-rank"}, 3, "hessian of LaplaceClassifier must be 'full'"),
        ({"mode": "MAP"}, 3, "mode of LaplaceClassifier must be 'network' or 'map'"),
        ({"optimize": "cv"}, 3, "must be 'network', 'evidence' or None, got 'cv'"),
        ({"predictive": "glm"}, 3, "predictive of LaplaceClassifier must be 'monte"),
        ({"prior_variance": 0.0}, 3, "prior_variance of .* must be larger than 0"),
        ({"prior_variance": -1.0}, 3, "prior_variance of .* >= 0, got -1.0"),
        ({"n_draws": 0}, 3, "n_draws of LaplaceClassifier must be an integer >= 1"),
        ({"max_iter": 0}, 3, "max_iter of LaplaceClassifier must be an integer >= 1"),
    ],
)
def test_what_is_wrong_is_named(params, labels, message):
    X, y = rows(n_classes=labels)
    with pytest.raises(ValueError, match=message):
        LaplaceClassifier(**params).fit(X, y)


def test_a_class_the_network_never_saw_is_an_error_that_names_it(trained, iris):
    X, y = iris
    model = LaplaceClassifier(trained, refit_network=False)
    with pytest.raises(ValueError, match=r"for the classes \[0, 1, 2\], .*classes \["):
        model.fit(X, np.where(y == 2, 7, y))
    model.set_params(mode="map", optimize="evidence").fit(X, np.where(y == 2, 7, y))
    assert model.classes_.tolist() == [0, 1, 7]


def test_a_hessian_that_is_too_large_is_refused_before_it_is_made():
    wide = nn.Sequential(nn.Linear(3, 5000), nn.ReLU(), nn.Linear(5000, 4))
    X, y = rows(n_classes=4)
    with pytest.raises(ValueError, match=r"20004 x 20004 \(3.0 GiB\)"):
        LaplaceClassifier(wide).fit(X, y)
    model = LaplaceClassifier(wide, hessian="diagonal").fit(X, y)
    assert model.predict_proba(X).shape == (40, 4)


def test_unfitted_is_said():
    X, _ = rows()
    for method in ("predict", "predict_proba", "predict_samples", "transform"):
        with pytest.raises(NotFittedError):
            getattr(LaplaceClassifier(), method)(X)
    with pytest.raises(NotFittedError):
        LaplaceClassifier().log_marginal_likelihood()


# ---------------------------------------------------------------------- behaviour


def test_new_labels_move_the_mode_only_with_map(iris, trained):
    X, y = iris
    for mode, moves in (("map", True), ("network", False)):
        model = LaplaceClassifier(
            FrozenEstimator(trained), mode=mode, optimize=None, random_state=0
        ).fit(X[::2], y[::2])
        before = model.coef_mean_.copy()
        model.fit(X, y)
        assert (np.abs(model.coef_mean_ - before).max() > 1e-3) == moves


def test_a_learner_teaches_without_training(iris):
    X, y = iris
    network = MCDropoutClassifier(**SMALL)
    model = LaplaceClassifier(network, mode="map", random_state=0)
    learner = ActiveLearner(model, BALD(random_state=0), X[::3], y[::3])
    trained = learner.estimator.network_
    before = learner.predict_proba(X)
    chosen = learner.query(X[1::3], n_instances=5)[0]
    learner.teach(X[1::3][chosen], y[1::3][chosen], refit_network=False)
    assert learner.estimator.network_ is trained
    assert np.abs(learner.predict_proba(X) - before).max() > 1e-6


@pytest.mark.slow
@pytest.mark.versions
def test_labels_pipelines_clones_pickles_and_searches(iris):
    X, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    small = MCDropoutClassifier(**SMALL)
    model = LaplaceClassifier(small, random_state=0)
    pipeline = make_pipeline(StandardScaler(), model).fit(X, names)
    assert pipeline.score(X, names) > 0.9
    assert set(pipeline.predict(X)) == set(names)
    copy = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(copy.predict_proba(X), pipeline.predict_proba(X))
    again = clone(pipeline).fit(X, names)
    np.testing.assert_array_equal(again.predict_proba(X), pipeline.predict_proba(X))
    frozen = LaplaceClassifier(FrozenEstimator(small.fit(X, y)), optimize=None)
    search = GridSearchCV(frozen, {"prior_variance": [0.01, 1.0]}, cv=3)
    assert search.fit(X, y).best_score_ > 0.8


def test_float32_rows_give_float32_draws_and_the_same_numbers():
    X, y = rows()
    model = LaplaceClassifier(network(3), random_state=0).fit(X, y)
    double = model.predict_samples(X, 5, random_state=0)
    single = model.predict_samples(X.astype(np.float32), 5, random_state=0)
    assert (double.dtype, single.dtype) == (np.float64, np.float32)
    np.testing.assert_allclose(single, double, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_rows_are_enough_for_finite_probabilities(n):
    X, y = rows()
    y = np.zeros(n, dtype=int) if n < 3 else np.arange(3)
    module = network(3 if n == 3 else 1)
    model = LaplaceClassifier(module, mode="map", optimize=None).fit(X[:n], y)
    proba = model.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert np.isfinite(proba).all()


def test_constant_features_leave_the_frequencies_of_the_classes():
    dead = network(3)
    with torch.no_grad():
        dead[0].weight.zero_()
    X, y = rows(n=300)
    y = np.repeat([0, 1, 2], [150, 100, 50])
    model = LaplaceClassifier(
        dead, mode="map", optimize=None, prior_variance=100.0, n_draws=2000
    ).fit(X, y)
    expected = np.tile([1 / 2, 1 / 3, 1 / 6], (300, 1))
    np.testing.assert_allclose(model.predict_proba(X), expected, atol=0.01)


@pytest.mark.slow
def test_laplace_improves_on_an_overconfident_network():
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(X))
    taught, new = order[:200], order[200:]
    network = MCDropoutClassifier(max_epochs=100, lr=0.01, random_state=0)
    network.fit(X[taught], y[taught])
    plain = copy.deepcopy(network).set_params(deterministic=True)
    model = LaplaceClassifier(FrozenEstimator(network), random_state=0)
    model.fit(X[taught], y[taught])
    losses = [log_loss(y[new], m.predict_proba(X[new])) for m in (model, plain)]
    assert losses[0] < losses[1]
