"""Bayes by backprop as a scikit-learn user meets it; `test_layer` has the layer."""

import pickle

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.datasets import load_digits, load_iris
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import LRScheduler
from torch import nn

from skbal import ActiveLearner
from skbal.models import (
    BayesByBackpropClassifier,
    BayesByBackpropRegressor,
    LaplaceClassifier,
    MeanFieldLinearRegression,
)
from skbal.models._bayes_by_backprop._training import variational_layer
from skbal.query import BALD

FAST = {"module__hidden_units": (16,), "lr": 0.01, "random_state": 0}


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X).astype(np.float32), y


@pytest.fixture(scope="module")
def model(iris):
    return BayesByBackpropClassifier(max_epochs=60, **FAST).fit(*iris)


def linear_data(n=50, noise=0.5):
    """Return correlated rows with mean 0, and y with mean 0 and variance 1."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 3)) @ np.array([[1, 0.8, 0], [0, 0.6, 0], [0, 0, 2]])
    X = (X - X.mean(axis=0)).astype(np.float32)
    y = X @ [1.0, -0.5, 0.3] + noise * rng.normal(size=n)
    return X, (y - y.mean()) / y.std()


def mean_field_optimum(X, y, prior):
    """Return means, variances and noise variance of the largest evidence bound.

    Given the noise, the means are those of the exact posterior and a variance is one
    over the diagonal entry of its precision. Given these, the noise variance is the
    expected mean square of the residuals.
    """
    rows = np.column_stack([X, np.ones(len(X))]).astype(float)
    noise = 1.0
    for _ in range(200):
        precision = rows.T @ rows / noise + np.eye(4) / prior
        mean = np.linalg.solve(precision, rows.T @ y / noise)
        variance = 1 / np.diag(precision)
        noise = np.mean((y - rows @ mean) ** 2 + rows**2 @ variance)
    return mean, variance, noise, np.diag(np.linalg.inv(precision))


# -------------------------------------------------------------------------- learning


@pytest.fixture(scope="module")
def linear():
    X, y = linear_data()
    return BayesByBackpropRegressor(
        nn.Linear(3, 1), prior_variance=0.5, max_steps=500, lr=0.05,
        callbacks=[LRScheduler("ExponentialLR", gamma=0.99)],
        random_state=0).fit(X, y)  # fmt: skip


def test_a_linear_network_learns_the_mean_field_optimum(linear):
    X, y = linear_data()
    mean, variance, noise, exact = mean_field_optimum(X, y, prior=0.5)
    found = np.append(linear.coef_mean_, linear.intercept_mean_)
    assert (np.abs(found - mean) < 0.2 * np.sqrt(variance)).all()
    spread = np.append(linear.coef_variance_, linear.intercept_variance_)
    np.testing.assert_allclose(spread, variance, rtol=0.2)
    np.testing.assert_allclose(linear.noise_variance_, [noise], rtol=0.1)
    # The exact posterior is wider where features are correlated: no coincidence.
    assert (exact[:2] > 4 * variance[:2]).all()
    closed = MeanFieldLinearRegression(0.5, noise).fit(X, y)
    np.testing.assert_allclose(closed.coef_variance_.ravel(), variance[:3], rtol=1e-4)


def expected_gradients(X, y, mean, log_std, noise, prior):
    """Return the gradients of the negative bound of a row, worked by hand."""
    rows = np.column_stack([X, np.ones(len(X))]).astype(float)
    residual, variance = rows @ mean - y, np.exp(2 * log_std)
    of_mean = rows.T @ residual / (noise * len(y)) + mean / prior / len(y)
    of_log_std = (rows**2).mean(axis=0) * variance / noise
    return of_mean, of_log_std + (variance / prior - 1) / len(y)


def test_gradients_are_those_of_the_bound():
    X, y = linear_data()
    model = BayesByBackpropRegressor(
        nn.Linear(3, 1), prior_variance=2.0, max_steps=1, random_state=0)  # fmt: skip
    model.fit(X, y)
    net, n_copies = model.net_, 400
    layer = variational_layer(net.module_)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[-1.5, 1.0, 0.2]]))
        layer.bias.fill_(0.3)
        layer.noise_variance.fill_(0.5)
        layer.weight_log_std.fill_(-1.0)
        layer.bias_log_std.fill_(-0.5)
    x = torch.from_numpy(X).repeat(n_copies, 1)
    targets = torch.from_numpy(y.astype(np.float32))[:, None].repeat(n_copies, 1)
    net.module_.zero_grad()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        outputs = net.module_.train()(x)
        net.get_loss(outputs, targets, training=True).backward()
    assert net.n_rows_ == 50
    mean = np.append(layer.weight.detach(), layer.bias.detach())
    log_std = np.array([-1, -1, -1, -0.5])
    noise = float(layer.noise_variance)
    of_mean, of_log_std = expected_gradients(X, y, mean, log_std, noise, 2.0)
    found = np.append(layer.weight.grad, layer.bias.grad)
    # With 20,000 rows of noise the standard errors are at most 0.025 and 0.01.
    np.testing.assert_allclose(found, of_mean, atol=0.08)
    found = np.append(layer.weight_log_std.grad, layer.bias_log_std.grad)
    np.testing.assert_allclose(found, of_log_std, atol=0.03)
    assert np.abs(of_mean).max() > 0.5
    assert np.abs(of_log_std).max() > 0.2


def test_it_learns_and_draws(iris, model):
    X, y = iris
    assert model.score(X, y) > 0.9
    draws = model.predict_samples(X, random_state=0)
    assert draws.shape == (150, 100, 3)
    mean = model.predict_samples(X, random_state=model.draw_seed_).mean(axis=1)
    np.testing.assert_allclose(model.predict_proba(X), mean, atol=1e-6)
    assert model.coef_mean_.shape == model.coef_variance_.shape == (16, 3)
    assert model.intercept_mean_.shape == model.intercept_variance_.shape == (3,)


def test_a_wider_prior_makes_wider_draws(iris):
    X, y = iris
    spreads = [
        BayesByBackpropClassifier(prior_variance=prior, max_epochs=60, **FAST)
        .fit(X, y).coef_variance_.mean()
        for prior in (0.01, 1.0)]  # fmt: skip
    assert spreads[1] > 5 * spreads[0]


def test_draws_spread_more_where_no_rows_were():
    X = np.linspace(-1, 1, 60)[:, None]
    model = BayesByBackpropRegressor(max_epochs=200, random_state=0)
    model.fit(X, np.sin(3 * X[:, 0]))
    spread = model.predict_samples(np.array([[0.0], [4.0]])).std(axis=1).ravel()
    assert spread[1] > 2 * spread[0]


def test_the_divergence_counts_once_per_pass_over_the_rows_of_the_training():
    X, y = linear_data()
    model = BayesByBackpropRegressor(nn.Linear(3, 1), max_steps=1, train_split=0.2)
    assert model.fit(X, y).net_.n_rows_ == 40


def test_a_loss_of_the_users_own_has_no_noise():
    X, y = linear_data()
    model = BayesByBackpropRegressor(
        nn.Linear(3, 1), criterion=nn.L1Loss, max_epochs=3, random_state=0)  # fmt: skip
    np.testing.assert_allclose(model.fit(X, y).noise_variance_, [y.var()])


def test_the_noise_has_the_units_of_y():
    X, y = linear_data()
    both = np.column_stack([y, y])
    settings = {"max_steps": 300, "lr": 0.01, "random_state": 0}
    model = BayesByBackpropRegressor(nn.Linear(3, 2), **settings)
    plain = model.fit(X, both).noise_variance_
    scaled = model.fit(X, both * [1, 10] + 7).noise_variance_
    np.testing.assert_allclose(scaled, plain * [1, 100], rtol=1e-2)


def test_the_prior_is_the_only_decay_of_the_last_layer(iris):
    network = BayesByBackpropClassifier(
        optimizer__weight_decay=0.1, max_epochs=1, **FAST).fit(*iris).net_  # fmt: skip
    layer = variational_layer(network.module_)
    groups = network.optimizer_.param_groups
    decays = {id(p): group["weight_decay"] for group in groups for p in group["params"]}
    rates = {id(p): group["lr"] for group in groups for p in group["params"]}
    assert len(decays) == 6
    assert decays[id(network.module_[0].weight)] == 0.1
    for mean, log_std in layer.means_and_log_stds():
        assert decays[id(mean)] == decays[id(log_std)] == 0
        assert rates[id(mean)] == 0.01
        assert rates[id(log_std)] == pytest.approx(0.1)


# ----------------------------------------------------------------------------- draws


def test_draws_are_the_network_under_drawn_weights_of_the_last_layer(iris, model):
    X, _ = iris
    draws = model.predict_samples(X, 2000, random_state=1)
    features = model.transform(X)
    # The logits of a draw up to a shift: log p_1 / p_0 is linear in the features.
    odds = np.log(draws[..., 1] / draws[..., 0])
    design = np.column_stack([features, np.ones(150)])
    weights, *_ = np.linalg.lstsq(design, odds, rcond=None)
    assert np.abs(design @ weights - odds).max() < 1e-2
    mean = features @ (model.coef_mean_[:, 1] - model.coef_mean_[:, 0])
    mean += model.intercept_mean_[1] - model.intercept_mean_[0]
    variance = features**2 @ (model.coef_variance_[:, :2].sum(axis=1))
    variance += model.intercept_variance_[:2].sum()
    error = np.sqrt(variance / 2000)
    assert (np.abs(odds.mean(axis=1) - mean) < 5 * error).all()
    np.testing.assert_allclose(odds.var(axis=1), variance, rtol=0.2)


def test_draws_of_two_rows_share_their_weights(linear):
    rows = np.array([[1.0, 0, 0], [2.0, 0, 0], [0, 0, 0]], dtype=np.float32)
    draws = linear.predict_samples(rows, 50, random_state=0)[..., 0]
    np.testing.assert_allclose(draws[1] - draws[0], draws[0] - draws[2], atol=1e-5)


def test_activations_at_the_end_act_on_each_draw(iris):
    X, y = iris
    network = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))
    model = BayesByBackpropClassifier(network, max_epochs=5, random_state=0).fit(X, y)
    assert model.output_kind_ == "probabilities"
    draws = model.predict_samples(X, 3000, random_state=0)
    np.testing.assert_allclose(draws.sum(axis=2), 1, rtol=1e-5)
    weights = np.random.default_rng(0).normal(size=(3000, 4, 3))
    biases = np.random.default_rng(1).normal(size=(3000, 3))
    weights = model.coef_mean_ + np.sqrt(model.coef_variance_) * weights
    biases = model.intercept_mean_ + np.sqrt(model.intercept_variance_) * biases
    expected = softmax(X @ weights + biases[:, None], axis=2).mean(axis=0)
    np.testing.assert_allclose(draws.mean(axis=1), expected, atol=0.02)


def test_a_layer_without_a_bias_has_draws(iris):
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3, bias=False))
    model = BayesByBackpropClassifier(network, max_epochs=2, random_state=0).fit(*iris)
    assert model.intercept_mean_ is model.intercept_variance_ is None
    assert model.predict_samples(iris[0], 4).shape == (150, 4, 3)


def test_images_get_the_default_network_and_pickle_keeps_the_draws():
    X, y = load_digits(return_X_y=True)
    model = BayesByBackpropClassifier(
        image_shape=(8, 8), module__n_filters=2, module__hidden_units=8, max_epochs=1,
        n_draws=3, random_state=0).fit(X[:60], y[:60])  # fmt: skip
    assert type(model.net_.module_).__name__ == "GalCNN"
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


# --------------------------------------------------------------------- fitting again


def test_a_warm_start_goes_on_with_the_present_prior(iris):
    model = BayesByBackpropClassifier(max_epochs=2, warm_start=True, **FAST).fit(*iris)
    before = model.coef_mean_
    model.set_params(prior_variance=3.0, max_epochs=1, lr=1e-9).fit(*iris)
    assert model.net_.prior_variance == 3.0
    assert model.n_steps_ == 9
    # The rate of the optimizer is that of the first fit, as in other networks.
    assert np.abs(model.coef_mean_ - before).max() < 0.1


def test_a_learner_asks_by_its_draws(iris):
    X, y = iris
    network = BayesByBackpropClassifier(max_epochs=5, **FAST)
    learner = ActiveLearner(network, BALD(), X[::5], y[::5])
    indices, _ = learner.query(X, n_instances=3)
    assert len(set(indices)) == 3


def test_networks_of_another_form_are_refused(iris):
    class Own(nn.Module):
        """A network whose end cannot be seen."""

        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(4, 3)

        def forward(self, x):
            return self.layer(x)

    with pytest.raises(ValueError, match="module of BayesByBackpropClassifier must be"):
        BayesByBackpropClassifier(Own).fit(*iris)


def test_laplace_does_not_take_a_last_layer_with_a_distribution():
    X, y = load_iris(return_X_y=True)
    network = BayesByBackpropClassifier(max_steps=5, random_state=0)
    with pytest.raises(ValueError, match="BayesByBackprop has a distribution already"):
        LaplaceClassifier(network).fit(X, y)
    laplace = LaplaceClassifier(network, mode="map", optimize=None)
    assert laplace.fit(X, y).score(X, y) > 0.9
