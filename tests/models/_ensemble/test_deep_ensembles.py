"""Deep ensembles as a scikit-learn user meets them."""

import pickle

import joblib
import numpy as np
import pytest
import torch
from scipy.stats import binom
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import EarlyStopping, EpochScoring
from torch import nn

from skbal import ActiveLearner, predict_samples
from skbal.models import (
    DeepEnsembleClassifier,
    DeepEnsembleRegressor,
    DeepEnsembleVoteRegressor,
    LaplaceClassifier,
    LastLayerClassifier,
    LastLayerRegressor,
)
from skbal.query import BALD

FAST = {"module__hidden_units": (16,), "max_epochs": 20, "random_state": 0}


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X).astype(np.float32), y


@pytest.fixture(scope="module")
def model(iris):
    return DeepEnsembleClassifier(n_members=4, lr=0.01, **FAST).fit(*iris)


def votes_for(X):
    yes = np.round(10 / (1 + np.exp(-2 * X[:, 0])))
    return np.stack([yes, np.full(len(X), 10)], axis=1)


def first_weights(module):
    return next(module.parameters()).detach().numpy()


def weights_of(model):
    return [first_weights(net.module_) for net in model.members_]


# ------------------------------------------------------------------------- learning


@pytest.mark.slow
def test_members_learn_and_differ(iris, model):
    assert model.score(*iris) > 0.9
    assert len(model.members_) == 4
    for number, weights in enumerate(weights_of(model)):
        for other in weights_of(model)[:number]:
            assert not np.allclose(weights, other)


@pytest.mark.slow
def test_members_agree_near_the_rows_and_not_far_from_them():
    X = np.linspace(-1, 1, 80)[:, None]
    model = DeepEnsembleRegressor(
        max_epochs=150, lr=0.01, batch_size=80, random_state=0
    )
    model.fit(X, np.sin(3 * X))
    spread = model.predict_samples(np.array([[0.0], [4.0]])).std(axis=1).ravel()
    assert spread[1] > 3 * spread[0]


def test_images_and_flat_rows_get_the_default_networks(iris):
    X, y = load_digits(return_X_y=True)
    small = {"n_members": 2, "max_epochs": 1, "random_state": 0}
    images = DeepEnsembleClassifier(image_shape=(8, 8), **small).fit(X[:60], y[:60])
    assert type(images.members_[1].module_).__name__ == "GalCNN"
    rows = DeepEnsembleClassifier(**small).fit(*iris)
    assert type(rows.members_[1].module_).__name__ == "DropoutMLP"
    votes = DeepEnsembleVoteRegressor(image_shape=(8, 8), **small)
    votes.fit(X[:60], votes_for(X[:60]))
    assert type(votes.members_[1].module_).__name__ == "GalaxyCNN"


@pytest.mark.slow
def test_workers_change_nothing(iris, model):
    parallel = clone(model).set_params(n_jobs=2).fit(*iris)
    np.testing.assert_array_equal(
        parallel.predict_samples(iris[0]), model.predict_samples(iris[0])
    )


@pytest.mark.slow
def test_members_may_be_trained_in_threads(iris, model):
    with joblib.parallel_config(backend="threading"):
        threads = clone(model).set_params(n_jobs=2).fit(*iris)
    np.testing.assert_allclose(
        threads.predict_proba(iris[0]), model.predict_proba(iris[0]), atol=1e-6
    )


@pytest.mark.slow
def test_large_rows_reach_workers_as_arrays_of_their_own(recwarn):
    # joblib gives workers arrays of more than 1 MB as read-only files.
    X = np.random.default_rng(0).normal(size=(600, 700)).astype(np.float32)
    model = DeepEnsembleRegressor(n_members=2, n_jobs=2, max_steps=1, **{
        "module__hidden_units": (2,)}).fit(X, X[:, 0])  # fmt: skip
    assert model.predict(X).shape == (600,)
    assert not [w for w in recwarn if "not writable" in str(w.message)]


def test_a_member_does_not_depend_on_how_many_others_there_are(iris, model):
    fewer = clone(model).set_params(n_members=2).fit(*iris)
    for weights, expected in zip(weights_of(fewer), weights_of(model)):
        np.testing.assert_array_equal(weights, expected)


@pytest.mark.slow
def test_a_warm_start_continues_each_member_and_adds_new_ones(iris):
    model = DeepEnsembleClassifier(n_members=2, warm_start=True, **FAST).fit(*iris)
    before, steps = model.members_, model.n_steps_
    model.set_params(n_members=3, max_epochs=5).fit(*iris)
    np.testing.assert_array_equal(steps, [60, 60])
    np.testing.assert_array_equal(model.n_steps_, [75, 75, 15])
    assert [len(net.history) for net in model.members_] == [25, 25, 5]
    # The networks of before are as they were.
    assert [len(net.history) for net in before] == [20, 20]
    with pytest.raises(ValueError, match=r"n_members .* is 1, but the .* trained 3"):
        model.set_params(n_members=1).fit(*iris)
    assert len(model.members_) == 3
    assert len(model.set_params(warm_start=False).fit(*iris).members_) == 1


def test_callbacks_have_a_state_of_their_own_in_each_member(iris):
    stop = EarlyStopping(monitor="train_loss", patience=2, threshold=10.0)
    accuracy = EpochScoring("accuracy", name="acc", lower_is_better=False)
    model = DeepEnsembleClassifier(callbacks=[stop, accuracy], n_members=3, **FAST)
    model.fit(*iris)
    assert [len(net.history) for net in model.members_] == [3, 3, 3]
    assert stop.misses_ == 0


class FailsOnWish:
    """An augmentation that raises an error once it is told which."""

    error = None

    def __call__(self, batch):
        if self.error is not None:
            raise self.error
        return batch


@pytest.mark.slow
@pytest.mark.parametrize("error", [KeyboardInterrupt, ArithmeticError])
def test_ctrl_c_and_errors_leave_what_was_fitted(iris, error):
    X, y = iris
    fails = FailsOnWish()
    model = DeepEnsembleClassifier(n_members=2, augment=fails, **FAST)
    fails.error = error
    with pytest.raises(error):
        model.fit(X, y)
    assert not hasattr(model, "classes_")
    fails.error = None
    before = model.fit(X, y).predict_proba(X)
    fails.error = error
    for warm_start in (False, True):
        with pytest.raises(error):
            model.set_params(warm_start=warm_start).fit(X[:100], y[:100])
        np.testing.assert_array_equal(model.predict_proba(X), before)


# ---------------------------------------------------------------------- own modules


class Plain(nn.Module):
    """A network without dropout."""

    def __init__(self, n_outputs=3, last=None):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU())
        self.head = nn.Linear(16, n_outputs)
        self.last = last or nn.Identity()

    def forward(self, x):
        return self.last(self.head(self.body(x)))


SMALL = {"n_members": 3, "max_epochs": 20, "lr": 0.02, "random_state": 0}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "kind"),
    [
        (Plain, "logits"),
        (Plain(last=nn.Softmax(dim=1)), "probabilities"),
        (Plain(last=nn.LogSoftmax(dim=1)), "log_probabilities"),
    ],
)
def test_networks_without_dropout_are_taken(iris, module, kind):
    model = DeepEnsembleClassifier(module, **SMALL).fit(*iris)
    assert model.output_kind_ == kind
    assert model.score(*iris) > 0.9
    draws = model.predict_samples(iris[0])
    np.testing.assert_allclose(draws.sum(axis=2), 1, atol=1e-5)


def test_an_instance_gives_different_first_weights_and_stays_as_it_is(iris):
    module = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
    before = first_weights(module).copy()
    model = DeepEnsembleClassifier(module, **{**SMALL, "max_epochs": 1}).fit(*iris)
    first, second, _ = weights_of(model)
    assert np.abs(first - second).max() > 0.1
    np.testing.assert_array_equal(first_weights(module), before)


class Fixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Parameter(torch.zeros(4, 3))

    def forward(self, x):
        return x @ self.weights


def test_an_instance_that_cannot_draw_weights_is_refused(iris):
    with pytest.raises(ValueError, match="no layer with reset_parameters"):
        DeepEnsembleClassifier(Fixed()).fit(*iris)


def test_dropout_is_off_when_predicting(iris, model):
    x = torch.tensor(iris[0])
    draws = model.predict_samples(iris[0])
    for number, net in enumerate(model.members_):
        with torch.no_grad():
            expected = net.module_.eval()(x).softmax(dim=1)
        np.testing.assert_allclose(draws[:, number], expected, atol=1e-6)


# ---------------------------------------------------------------------------- draws


def test_all_members_come_in_order_and_fewer_are_chosen_for_all_rows(iris, model):
    X = iris[0]
    everything = model.predict_samples(X)
    assert everything.shape == (150, 4, 3)
    np.testing.assert_array_equal(model.predict_samples(X, random_state=7), everything)
    seen = set()
    for seed in range(10):
        two = model.predict_samples(X, 2, random_state=seed)
        chosen = [
            next(m for m in range(4) if np.array_equal(everything[:, m], two[:, k]))
            for k in range(2)
        ]
        assert chosen == sorted(chosen)
        seen.add(tuple(chosen))
        np.testing.assert_allclose(
            model.predict_samples(X[:9], 2, random_state=seed, batch_size=4),
            two[:9],
            atol=1e-6,
        )
    assert len(seen) > 2


def test_more_draws_than_members_are_refused(iris, model):
    message = "n_draws is 5, but this DeepEnsembleClassifier has 4"
    with pytest.raises(ValueError, match=message):
        model.predict_samples(iris[0], 5)


@pytest.mark.slow
def test_predictions_are_means_over_members(iris, model):
    X = iris[0]
    draws = model.predict_samples(X)
    np.testing.assert_allclose(model.predict_proba(X), draws.mean(axis=1), atol=1e-6)
    np.testing.assert_array_equal(model.predict(X), draws.mean(axis=1).argmax(axis=1))
    regressor = DeepEnsembleRegressor(n_members=3, **FAST).fit(X, 100 + X[:, :2])
    mean = regressor.predict_samples(X).mean(axis=1)
    np.testing.assert_allclose(regressor.predict(X), mean, rtol=1e-5)
    assert mean.shape == (150, 2)


@pytest.mark.slow
def test_votes_are_mixtures_over_members(iris):
    X = iris[0]
    model = DeepEnsembleVoteRegressor(n_members=3, **FAST).fit(X, votes_for(X))
    rho = model.predict_samples(X)[:, :, :, None].astype(float)
    expected = binom.pmf(np.arange(8), 7, rho).mean(axis=1)[:, 0]
    np.testing.assert_allclose(model.predict_votes(X, 7), expected, atol=1e-10)
    assert np.corrcoef(model.predict(X), X[:, 0])[0, 1] > 0.8
    assert np.isinf(model.predict_concentration(X)).all()
    wide = clone(model).set_params(likelihood="beta-binomial").fit(X, votes_for(X))
    assert np.isfinite(wide.predict_concentration(X)).all()
    assert wide.predict_interval(X, 10).shape == (150, 2)


# ------------------------------------------------------------------------ in company


def test_features_of_members_stand_side_by_side(iris, model):
    features = model.transform(iris[0])
    assert features.shape == (150, 4 * 16)
    module = model.members_[2].module_.eval()
    with torch.no_grad():
        expected = module[:-1](torch.tensor(iris[0]))
    np.testing.assert_allclose(features[:, 32:48], expected, atol=1e-6)


@pytest.mark.slow
def test_last_layers_and_laplace_take_the_features_of_all_members(iris, model):
    X, y = iris
    last = LastLayerClassifier(FrozenEstimator(model), random_state=0).fit(X, y)
    np.testing.assert_allclose(last.transform(X), model.transform(X), atol=1e-6)
    assert last.score(X, y) > 0.9
    ensemble = DeepEnsembleRegressor(n_members=2, **FAST)
    head = LastLayerRegressor(ensemble, random_state=0).fit(X, X[:, 0])
    assert head.transform(X).shape == (150, 32)
    assert head.score(X, X[:, 0]) > 0.9
    laplace = LaplaceClassifier(
        FrozenEstimator(model), mode="map", optimize="evidence", random_state=0
    )
    assert laplace.fit(X, y).score(X, y) > 0.9
    with pytest.raises(ValueError, match=r"an ensemble has no such .* mode='map'"):
        LaplaceClassifier(FrozenEstimator(model)).fit(X, y)


@pytest.mark.slow
@pytest.mark.versions
def test_it_works_in_pipelines_searches_and_learners(iris):
    X, y = iris
    pipeline = make_pipeline(
        StandardScaler(), DeepEnsembleClassifier(n_members=2, **FAST)
    )
    grid = {"deepensembleclassifier__n_members": [1, 3]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    assert predict_samples(search, X).shape[1] in (1, 3)
    learner = ActiveLearner(
        pipeline, query_strategy=BALD(), X_training=X[::10], y_training=y[::10]
    )
    indices, _ = learner.query(X, n_instances=3)
    learner.teach(X[indices], y[indices])
    assert len(learner.X_training) == 18


@pytest.mark.slow
@pytest.mark.versions
def test_clones_and_pickles_predict_the_same(iris, model):
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(
        copy.predict_proba(iris[0]), model.predict_proba(iris[0])
    )
    again = clone(model).fit(*iris)
    np.testing.assert_array_equal(
        again.predict_proba(iris[0]), model.predict_proba(iris[0])
    )


def test_a_fit_with_a_progress_bar_can_be_pickled(iris, capsys):
    model = DeepEnsembleClassifier(n_members=2, verbose=1, **FAST).fit(*iris)
    assert "epochs" in capsys.readouterr().err
    assert pickle.loads(pickle.dumps(model)).score(*iris) > 0


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_members": 0}, ValueError, "n_members of DeepEnsembleClassifier must be"),
        ({"n_members": 2.0}, TypeError, "n_members of DeepEnsembleClassifier must be"),
        ({"n_jobs": 0}, ValueError, "n_jobs of DeepEnsembleClassifier must not be 0"),
        ({"warm_start": "no"}, TypeError, "warm_start .* must be True or False"),
        ({"n_draws": 5}, TypeError, "unexpected parameter 'n_draws'"),
        ({"prior_length_scale": 1.0}, TypeError, "unexpected parameter"),
    ],
)
def test_wrong_parameters_are_named(iris, parameters, error, message):
    with pytest.raises(error, match=message):
        DeepEnsembleClassifier(**parameters).fit(*iris)
