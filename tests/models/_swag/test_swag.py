"""SWAG as a scikit-learn user meets it; its arithmetic is in `test_moments`."""

import copy
import pickle

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import StandardScaler
from torch import nn

from skbal import ActiveLearner
from skbal.models import LaplaceClassifier, SWAGClassifier, SWAGRegressor
from skbal.models._swag import _norms
from skbal.models._swag._flat import flat_weights, set_flat_weights
from skbal.query import BALD

FAST = {"module__hidden_units": (16,), "max_epochs": 20, "lr": 0.01, "random_state": 0}


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X).astype(np.float32), y


@pytest.fixture(scope="module")
def model(iris):
    return SWAGClassifier(**FAST).fit(*iris)


def linear_data(n=60, noise=0.3, seed=0):
    """Return rows and a target with mean 0 and variance 1, as the network learns it."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)).astype(np.float32)
    y = X @ [1.0, -2.0, 0.5] + noise * rng.normal(size=n)
    return X, (y - y.mean()) / y.std()


# -------------------------------------------------------------------------- learning


def test_it_learns_and_draws(iris, model):
    X, y = iris
    assert model.score(X, y) > 0.9
    draws = model.predict_samples(X, random_state=0)
    assert draws.shape == (150, 100, 3)
    assert (draws.std(axis=1).max(axis=1) > 0).all()
    mean = model.predict_samples(X, random_state=model.draw_seed_).mean(axis=1)
    np.testing.assert_allclose(model.predict_proba(X), mean, atol=1e-6)


def descent(X, y, weights, bias, decay, lr, n_steps):
    """Give the weights of full-batch descent with momentum 0.9 on the squared error."""
    w, velocity = np.append(weights, bias).astype(float), 0.0
    rows = np.column_stack([X, np.ones(len(X))]).astype(float)
    for _ in range(n_steps):
        gradient = 2 * rows.T @ (rows @ w - y) / len(y)
        gradient[:3] += decay * w[:3]  # biases have no prior
        velocity = 0.9 * velocity + gradient
        w = w - lr * velocity
        yield w


def test_snapshots_are_those_of_plain_descent_after_the_training():
    X, y = linear_data()
    settings = {"max_epochs": 3, "lr": 0.05, "prior_length_scale": 2.0}
    settings |= {"batch_size": 60, "random_state": 0}
    start = []

    class Remember(torch.optim.Adam):
        """Keeps the weights after each step."""

        def step(self, closure=None):
            super().step(closure)
            start.append([p.detach().numpy().ravel() for p in _all_weights(self)])
            start[-1] = copy.deepcopy(start[-1])

    model = SWAGRegressor(
        nn.Linear(3, 1), optimizer=Remember, n_snapshots=6, steps_per_snapshot=2,
        swag_lr=0.02, rank=4, **settings).fit(X, y)  # fmt: skip
    assert len(start) == model.n_steps_ == 3
    groups = dict(zip(("bias", "weight"), sorted(start[-1], key=len)))
    path = descent(X, y, groups["weight"], groups["bias"], 4 / 60, 0.02, 12)
    snapshots = np.array(list(path))[1::2]
    np.testing.assert_allclose(model.weight_mean_, snapshots.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(
        model.weight_variance_, snapshots.var(axis=0), rtol=1e-3, atol=1e-8
    )
    running = np.cumsum(snapshots, axis=0) / np.arange(1, 7)[:, None]
    np.testing.assert_allclose(
        model.weight_deviations_, (snapshots - running)[-4:], atol=1e-5
    )


def _all_weights(optimizer):
    return [p for group in optimizer.param_groups for p in group["params"]]


def test_the_mean_of_the_snapshots_is_near_least_squares():
    X, y = linear_data(noise=1.0)
    exact = LinearRegression().fit(X, y)
    expected = np.append(exact.coef_, exact.intercept_)
    for seed in range(3):
        model = SWAGRegressor(
            nn.Linear(3, 1), max_steps=100, lr=0.1, batch_size=10, n_snapshots=60,
            steps_per_snapshot=6, random_state=seed).fit(X, y)  # fmt: skip
        error = np.abs(model.weight_mean_ - expected)
        # A snapshot strays by its standard deviation, their mean by much less.
        spread = np.sqrt(model.weight_variance_)
        assert (error < 0.3 * spread).all()
        assert error.max() < 0.01


def test_draws_are_the_network_under_drawn_weights():
    X, y = linear_data()
    model = SWAGRegressor(nn.Linear(3, 1), max_epochs=5, random_state=0).fit(X, y)
    draws = model.predict_samples(X, 4, random_state=7)
    for number in range(4):
        weights = model._moments().draw(number, 7)
        expected = X @ weights[:3] + weights[3]
        expected = expected * y.std() + y.mean()
        np.testing.assert_allclose(draws[:, number, 0], expected, atol=1e-5)


def test_larger_steps_spread_the_draws(iris):
    X, y = iris
    spreads = [
        SWAGClassifier(swag_lr=lr, batch_size=15, **FAST).fit(X, y)
        .predict_samples(X, 30, random_state=0).std(axis=1).mean()
        for lr in (0.001, 0.03)]  # fmt: skip
    assert spreads[1] > 2 * spreads[0]


def test_constants_have_no_distribution(iris):
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
    for weight in network[0].parameters():
        weight.requires_grad_(False)
    model = SWAGClassifier(network, max_epochs=2, random_state=0).fit(*iris)
    assert model.weight_mean_.shape == (8 * 3 + 3,)
    assert model.weight_deviations_.shape == (20, 8 * 3 + 3)
    torch.testing.assert_close(model.net_.module_[0].weight, network[0].weight)


def test_the_network_has_the_mean_weights(iris, model):
    found = flat_weights(model.net_.module_)
    np.testing.assert_allclose(found, model.weight_mean_, rtol=1e-6, atol=1e-7)
    # So a Laplace approximation may stand on it.
    network = SWAGClassifier(**FAST)
    laplace = LaplaceClassifier(network, random_state=0).fit(*iris)
    assert laplace.score(*iris) > 0.9


def test_a_warm_start_goes_on_from_the_mean_with_new_snapshots(iris):
    X, y = iris
    model = SWAGClassifier(warm_start=True, n_snapshots=5, **FAST).fit(X, y)
    mean, before = model.weight_mean_, model.net_
    model.set_params(max_epochs=1, lr=1e-9, swag_lr=1e-9, n_snapshots=3).fit(X, y)
    np.testing.assert_allclose(model.weight_mean_, mean, rtol=1e-3, atol=1e-4)
    assert model.weight_deviations_.shape[0] == 3
    assert model.n_steps_ == 63
    assert len(before.history) == 20


def test_images_get_the_default_network_and_pickle_keeps_the_draws():
    X, y = load_digits(return_X_y=True)
    model = SWAGClassifier(
        image_shape=(8, 8), module__n_filters=2, module__hidden_units=8, max_epochs=1,
        n_snapshots=3, steps_per_snapshot=1, n_draws=3, random_state=0)  # fmt: skip
    model.fit(X[:60], y[:60])
    assert type(model.net_.module_).__name__ == "GalCNN"
    loaded = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_augmentation_weights_and_a_learner_work(iris):
    X, y = iris
    batches = []

    def seen(batch):
        batches.append(len(batch))
        return batch

    model = SWAGClassifier(
        augment=seen, n_snapshots=4, steps_per_snapshot=3, **FAST | {"max_epochs": 1}
    )
    model.fit(X[:60], y[:60], sample_weight=np.arange(60))
    assert len(batches) == 1 + 12  # one step of training; the row of weight 0 is out
    assert set(batches) == {59}
    learner = ActiveLearner(SWAGClassifier(**FAST), BALD(), X[::5], y[::5])
    indices, _ = learner.query(X, n_instances=3)
    assert len(set(indices)) == 3


def test_validation_rows_stay_out_of_the_snapshots():
    X, y = linear_data(n=40)
    y[30:] = 50  # the last rows would change everything
    kept = SWAGRegressor(
        nn.Linear(3, 1), train_split=_first_thirty, max_steps=300, lr=0.05,
        random_state=0).fit(X, y)  # fmt: skip
    scale = kept.y_scaler_
    expected = LinearRegression().fit(X[:30], scale.transform(y[:30, None]).ravel())
    found = kept.weight_mean_
    np.testing.assert_allclose(found[:3], expected.coef_, atol=0.02)


def _first_thirty(dataset, y=None, groups=None):
    rows = torch.utils.data.Subset
    return rows(dataset, range(30)), rows(dataset, range(30, len(dataset)))


# -------------------------------------------------------------- batch normalisation


class Normed(nn.Module):
    """A linear map, a batch normalisation and a second linear map."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Linear(3, 4), nn.BatchNorm1d(4, momentum=0.3)
        self.last = nn.Linear(4, 1)

    def forward(self, x):
        return self.last(self.norm(self.first(x)))


def test_each_draw_renews_the_statistics_of_batch_normalisation():
    X, y = linear_data()
    model = SWAGRegressor(Normed, max_epochs=5, swag_lr=0.05, random_state=0)
    model.fit(X, y)
    draws = model.predict_samples(X[:5], 3, random_state=2)
    for number in range(3):
        sizes = np.cumsum([12, 4, 4, 4, 4, 1])
        w, b, gain, shift, last, offset = np.split(
            model._moments().draw(number, 2), sizes[:-1]
        )
        inside = X @ w.reshape(4, 3).T + b
        normed = (inside - inside.mean(0)) / np.sqrt(inside.var(0, ddof=1) + 1e-5)
        expected = (normed * gain + shift) @ last + offset
        np.testing.assert_allclose(
            draws[:, number, 0], (expected * y.std() + y.mean())[:5], atol=1e-4
        )
    assert model.net_.module_.norm.momentum == 0.3
    assert not model.net_.module_.norm.training


def test_statistics_of_several_batches_are_their_mean(monkeypatch):
    X, _ = linear_data(n=40)
    monkeypatch.setattr(_norms, "rows_within", lambda _: 20)
    network = Normed().eval()
    _norms.renew_norms(network, torch.from_numpy(X))
    with torch.no_grad():
        inside = network.first(torch.from_numpy(X)).reshape(2, 20, 4)
    torch.testing.assert_close(network.norm.running_mean, inside.mean(1).mean(0))
    torch.testing.assert_close(network.norm.running_var, inside.var(1).mean(0))


def test_instance_normalisation_with_statistics_is_renewed_too(monkeypatch):
    x = torch.from_numpy(np.random.default_rng(0).normal(3, 2, size=(6, 2, 5)))
    monkeypatch.setattr(_norms, "rows_within", lambda _: 2)
    network = nn.InstanceNorm1d(2, track_running_stats=True).double().eval()
    _norms.renew_norms(network, x)
    torch.testing.assert_close(network.running_mean, x.mean(dim=(0, 2)))
    torch.testing.assert_close(network.running_var, x.var(dim=2).mean(dim=0))
    assert not _norms.renewable_norms(nn.InstanceNorm1d(2))


def test_rows_for_the_statistics_are_few_and_drawn():
    rng = np.random.default_rng(0)
    X = np.arange(10.0)[:, None]
    np.testing.assert_array_equal(_norms.some_rows(X, 20, rng), X)
    found = _norms.some_rows(X, 4, rng).ravel()
    assert len(found) == 4
    assert (np.diff(found) > 0).all()


def test_a_network_with_batch_normalisation_is_not_saved(tmp_path):
    X, y = linear_data()
    model = SWAGRegressor(Normed, max_epochs=1, n_snapshots=2, random_state=0)
    with pytest.raises(TypeError, match="module of SWAGRegressor must have no batch"):
        model.fit(X, y).save_weights(tmp_path / "weights.safetensors")


# ---------------------------------------------------------------------------- errors


def test_too_large_steps_raise_an_error_and_leave_what_was_fitted(iris):
    model = SWAGClassifier(**FAST).fit(*iris)
    before = model.predict_proba(iris[0])
    with pytest.raises(ValueError, match="smaller swag_lr than 1e\\+30"):
        model.set_params(swag_lr=1e30).fit(*iris)
    np.testing.assert_array_equal(model.predict_proba(iris[0]), before)


def test_two_ways_to_set_the_weight_decay_are_refused(iris):
    model = SWAGClassifier(prior_length_scale=1.0, optimizer__weight_decay=0.1)
    with pytest.raises(ValueError, match="SWAGClassifier got both"):
        model.fit(*iris)


def test_flat_weights_are_set_in_the_order_of_the_parameters():
    network = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1, bias=False)).double()
    twin = copy.deepcopy(network)
    values = np.arange(12.0)
    set_flat_weights(network, values)
    np.testing.assert_array_equal(flat_weights(network), values)
    np.testing.assert_array_equal(network[0].weight.detach(), [[0, 1], [2, 3], [4, 5]])
    assert network[0].weight.dtype == torch.float64
    assert not np.array_equal(flat_weights(twin), values)
