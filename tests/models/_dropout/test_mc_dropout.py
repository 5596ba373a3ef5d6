"""The Monte-Carlo dropout estimators as a scikit-learn user meets them."""

import pickle
import threading

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, make_regression
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from skorch.callbacks import EarlyStopping, EpochScoring
from skorch.dataset import ValidSplit
from torch import nn

from skbal.exceptions import NoDropoutError
from skbal.models import MCDropoutClassifier, MCDropoutRegressor, RandomShift

CNN = {"module__n_filters": 4, "module__hidden_units": 16}


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X[:300] / 16).astype(np.float32), y[:300]


@pytest.fixture(scope="module")
def model(iris):
    return MCDropoutClassifier(n_draws=30, random_state=0).fit(*iris)


def global_numpy_state():
    return np.random.get_state()[1].copy()  # noqa: NPY002


class Head(nn.Module):
    """A small network of a user's own; ``last`` says what it gives."""

    def __init__(self, n_outputs=3, last=None, p=0.5):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Dropout(p))
        self.head = nn.Linear(32, n_outputs)
        self.last = last or nn.Identity()

    def forward(self, x):
        return self.last(self.head(self.body(x)))


# ------------------------------------------------------------------------- learning


@pytest.mark.slow
@pytest.mark.versions
def test_it_learns_iris_and_digits(iris, digits, model):
    assert model.score(*iris) > 0.93
    X, y = digits
    images = MCDropoutClassifier(image_shape=(8, 8), random_state=0, lr=0.005)
    assert images.fit(X, y).score(X, y) > 0.9


def test_flat_rows_with_image_shape_equal_images(digits):
    X, y = digits
    settings = {"max_epochs": 3, "random_state": 0, "n_draws": 4, **CNN}
    flat = MCDropoutClassifier(image_shape=(1, 8, 8), **settings).fit(X, y)
    images = X.reshape(-1, 1, 8, 8)
    shaped = MCDropoutClassifier(**settings).fit(images, y)
    np.testing.assert_array_equal(
        flat.predict_samples(X, random_state=1),
        shaped.predict_samples(images, random_state=1),
    )


def test_the_default_network_for_images_is_that_of_gal():
    X = np.zeros((4, 1, 28, 28), dtype=np.float32)
    model = MCDropoutClassifier(max_epochs=1).fit(X, [0, 1, 0, 1])
    kinds = " ".join(type(layer).__name__ for layer in model.net_.module_)
    assert kinds == (
        "Conv2d ReLU Conv2d ReLU MaxPool2d Dropout Flatten Linear ReLU Dropout Linear"
    )
    shapes = [tuple(weights.shape) for weights in model.net_.module_.parameters()]
    assert shapes[::2] == [(32, 1, 4, 4), (32, 32, 4, 4), (128, 3872), (2, 128)]
    dropped = [m.p for m in model.net_.module_ if isinstance(m, nn.Dropout)]
    assert dropped == [0.25, 0.5]


@pytest.mark.slow
def test_equal_seeds_give_equal_models_and_streams_stay_still(iris):
    torch_state, numpy_state = torch.get_rng_state(), global_numpy_state()
    first, second = (
        MCDropoutClassifier(max_epochs=3, random_state=5).fit(*iris) for _ in range(2)
    )
    other = MCDropoutClassifier(max_epochs=3, random_state=6).fit(*iris)
    np.testing.assert_array_equal(
        first.predict_proba(iris[0]), second.predict_proba(iris[0])
    )
    assert not np.allclose(first.predict_proba(iris[0]), other.predict_proba(iris[0]))
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_array_equal(global_numpy_state(), numpy_state)


@pytest.mark.slow
def test_fits_in_threads_equal_fits_alone(iris):
    models = [MCDropoutClassifier(max_epochs=4, random_state=s) for s in range(4)]
    expected = [clone(m).fit(*iris).predict_proba(iris[0]) for m in models]
    threads = [threading.Thread(target=m.fit, args=iris) for m in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for model, proba in zip(models, expected):
        np.testing.assert_allclose(model.predict_proba(iris[0]), proba, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("labels", [["a", "bb", "c"], [-1, 5, 7]])
def test_labels_of_any_kind_come_back(iris, labels):
    X, y = iris[0], np.array(labels)[iris[1]]
    model = MCDropoutClassifier(random_state=0, max_epochs=20).fit(X, y)
    np.testing.assert_array_equal(model.classes_, np.unique(y))
    assert set(model.predict(X)) <= set(labels)
    assert model.score(X, y) > 0.8


def test_lists_frames_and_float64_give_the_same_model(iris):
    X, y = iris
    settings = {"max_epochs": 2, "random_state": 0, "n_draws": 3}
    expected = MCDropoutClassifier(**settings).fit(X.astype(np.float32), y)
    frame = pd.DataFrame(X, columns=list("abcd"))
    for kind in (X, X.tolist(), frame):
        model = MCDropoutClassifier(**settings).fit(kind, y)
        np.testing.assert_array_equal(
            model.predict_proba(kind), expected.predict_proba(X)
        )
    assert list(model.feature_names_in_) == list("abcd")


def test_a_single_class_and_a_single_member_are_taken(iris):
    X, y = iris
    alone = MCDropoutClassifier(max_epochs=2).fit(X[:5], ["only"] * 5)
    assert set(alone.predict(X)) == {"only"}
    np.testing.assert_array_equal(alone.predict_samples(X[:3], 4), 1.0)
    rare = MCDropoutClassifier(max_epochs=2).fit(X[:51], y[:51])
    assert rare.predict_proba(X).shape == (150, 2)


@pytest.mark.slow
def test_max_steps_sets_the_gradient_steps_whatever_the_rows(iris):
    for n, max_epochs, max_steps, expected in [
        (150, 50, 7, 7),  # ends within the third epoch of three steps
        (150, 2, 100, 100),
        (20, 50, 9, 9),
        (150, 3, None, 9),
    ]:
        X, y = iris[0][::-1][:n], iris[1][::-1][:n]
        model = MCDropoutClassifier(max_epochs=max_epochs, max_steps=max_steps)
        assert model.fit(X, y).n_steps_ == expected


@pytest.mark.parametrize(
    ("n", "expected"), [(130, [44, 44, 42]), (64, [64]), (65, [33, 32]), (3, [3])]
)
def test_the_batches_of_an_epoch_are_even(iris, n, expected):
    X, y = iris[0][:n], iris[1][:n] > 0
    history = MCDropoutClassifier(max_epochs=1).fit(X, y).net_.history
    assert [batch["train_batch_size"] for batch in history[0, "batches"]] == expected


@pytest.mark.slow
def test_the_prior_is_a_weight_decay_of_length_scale_squared_over_rows(iris):
    model = MCDropoutClassifier(prior_length_scale=3.0, max_epochs=1).fit(*iris)
    groups = model.net_.optimizer_.param_groups
    decays = {group["weight_decay"]: len(group["params"]) for group in groups}
    assert decays == {0.0: 3, 9 / 150: 3}
    strong, free = (
        MCDropoutClassifier(prior_length_scale=scale, random_state=0, lr=0.01)
        .set_params(max_epochs=100)
        .fit(*iris)
        for scale in (30.0, None)
    )
    norms = [
        sum(
            float(w.detach().square().sum())
            for w in m.net_.module_.parameters()
            if w.ndim > 1
        )
        for m in (strong, free)
    ]
    assert norms[0] < 0.1 * norms[1]


def test_a_warm_start_takes_as_many_steps_as_it_is_now_told(iris):
    X, y = iris
    model = MCDropoutClassifier(warm_start=True, max_steps=4, random_state=0).fit(X, y)
    for more, total in [({"max_steps": 11}, 15), ({"max_steps": 2}, 17)]:
        assert model.set_params(**more).fit(X, y).n_steps_ == total
    # Epochs again: three batches of 50 rows each.
    assert model.set_params(max_steps=None, max_epochs=5).fit(X, y).n_steps_ == 32


def test_warm_start_goes_on_from_the_last_weights(iris):
    model = MCDropoutClassifier(warm_start=True, max_epochs=3, random_state=0)
    model.fit(*iris)
    before = model.net_
    first_loss = before.history[0, "train_loss"]
    model.set_params(max_epochs=2).fit(iris[0][50:], iris[1][50:])
    assert len(model.net_.history) == 5
    assert model.net_.history[3, "train_loss"] < first_loss
    assert len(before.history) == 3  # an error in fit would have left it in place
    with pytest.raises(ValueError, match=r"warm_start=True has classes \[9\]"):
        model.fit(iris[0], np.where(iris[1] == 2, 9, iris[1]))
    with pytest.raises(ValueError, match=r"as \(3,\), but the first fit had \(4,\)"):
        model.fit(iris[0][:, :3], iris[1])


def test_skorch_callbacks_and_module_parameters_work(iris):
    callbacks = [
        EpochScoring("accuracy", lower_is_better=False, name="acc", on_train=False),
        EarlyStopping(monitor="valid_loss", patience=2, threshold=10.0),
    ]
    model = MCDropoutClassifier(
        callbacks=callbacks,
        train_split=ValidSplit(3, stratified=True),
        module__hidden_units=(7,),
        optimizer="SGD",
        optimizer__momentum=0.5,
        lr=0.1,
    ).fit(*iris)
    assert len(model.net_.history) == 3  # no epoch improves by 1000%
    assert 0 <= model.net_.history[-1, "acc"] <= 1
    assert model.net_.module_[0].out_features == 7
    assert model.net_.optimizer_.param_groups[0]["momentum"] == 0.5


def test_augment_sees_every_training_batch_and_no_prediction(digits):
    X, y = digits
    seen = []

    def note(batch):
        seen.append(tuple(batch.shape))
        return batch

    settings = {"image_shape": (8, 8), "max_epochs": 2, "batch_size": 128, **CNN}
    model = MCDropoutClassifier(augment=note, **settings).fit(X, y)
    model.predict(X)
    assert seen == [(100, 1, 8, 8)] * 6
    shifted = MCDropoutClassifier(augment=RandomShift(1), random_state=0, **settings)
    assert len(clone(shifted).fit(X, y).net_.history) == 2


@pytest.mark.parametrize(
    ("augment", "error", "message"),
    [
        (
            lambda batch: batch[:1],
            ValueError,
            r"return a batch of shape .* got shape \(1",
        ),
        (lambda batch: batch.double(), ValueError, "float32, as .* torch.float64"),
        (lambda batch: None, TypeError, "return the batch as a tensor .* got NoneType"),
        (RandomShift, TypeError, r"It is a class: write RandomShift\(\)"),
    ],
)
def test_augment_must_return_a_batch_like_its_own(iris, augment, error, message):
    with pytest.raises(error, match=f"augment must .*{message}"):
        MCDropoutClassifier(augment=augment).fit(*iris)


def test_verbose_shows_a_bar_and_quiet_prints_nothing(iris, capsys):
    MCDropoutClassifier(max_epochs=2).fit(*iris)
    assert capsys.readouterr() == ("", "")
    MCDropoutClassifier(max_epochs=2, verbose=1).fit(*iris)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "epochs" in captured.err
    assert "loss" in captured.err


def test_ctrl_c_in_training_is_not_swallowed(iris):
    def interrupt(batch):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        MCDropoutClassifier(augment=interrupt).fit(*iris)


# -------------------------------------------------------------------- own modules


@pytest.mark.slow
@pytest.mark.parametrize(
    ("last", "kind"),
    [
        (None, "logits"),
        (nn.Softmax(dim=1), "probabilities"),
        (nn.LogSoftmax(dim=1), "log_probabilities"),
    ],
)
def test_own_modules_may_give_logits_or_probabilities(iris, last, kind):
    model = MCDropoutClassifier(Head, module__last=last, random_state=0, lr=0.01)
    model.fit(*iris)
    assert model.output_kind_ == kind
    draws = model.predict_samples(iris[0], random_state=0)
    np.testing.assert_allclose(draws.sum(axis=2), 1, atol=1e-5)
    assert model.score(*iris) > 0.9


def test_the_three_kinds_of_outputs_train_to_the_same_model(iris):
    predictions = [
        MCDropoutClassifier(Head, module__last=last, random_state=0, max_epochs=5)
        .fit(*iris)
        .predict_proba(iris[0])
        for last in (None, nn.Softmax(dim=1), nn.LogSoftmax(dim=1))
    ]
    np.testing.assert_allclose(predictions[1], predictions[0], atol=1e-3)
    np.testing.assert_allclose(predictions[2], predictions[0], atol=1e-5)


def test_a_module_instance_works_and_is_cloned(iris):
    network = Head()
    model = MCDropoutClassifier(network, max_epochs=2, random_state=0)
    copy = clone(model).fit(*iris)
    assert copy.net_.module_ is not network
    assert cross_val_score(model, *iris, cv=2).shape == (2,)


def test_every_fit_of_a_module_instance_begins_with_its_weights(iris):
    network = Head()
    before = [weights.detach().clone() for weights in network.parameters()]
    model = MCDropoutClassifier(network, max_epochs=3, random_state=0)
    first, second = (model.fit(*iris).predict_proba(iris[0]) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    for now, then in zip(network.parameters(), before):
        assert torch.equal(now, then)


def test_a_module_without_dropout_is_refused(iris):
    plain = nn.Sequential(nn.Linear(4, 3))
    with pytest.raises(NoDropoutError, match=r"must have dropout.*Sequential has none"):
        MCDropoutClassifier(plain).fit(*iris)
    model = MCDropoutClassifier(plain, deterministic=True, max_epochs=1).fit(*iris)
    assert model.predict_samples(iris[0]).shape == (150, 1, 3)


def test_a_module_with_the_wrong_number_of_outputs_is_refused(iris):
    expected = r"must give outputs of shape \(n_samples, 3\).*Head gives \(8, 5\)"
    with pytest.raises(ValueError, match=expected):
        MCDropoutClassifier(Head, module__n_outputs=5).fit(*iris)


# -------------------------------------------------------------------------- draws


def test_draws_have_three_axes_and_sum_to_one(iris, model):
    draws = model.predict_samples(iris[0], n_draws=12, random_state=0)
    assert draws.shape == (150, 12, 3)
    assert draws.dtype == np.float32
    np.testing.assert_allclose(draws.sum(axis=2), 1, atol=1e-6)
    assert model.predict_samples(iris[0]).shape == (150, 30, 3)


def test_predict_proba_is_the_mean_draw_of_the_fitted_seed(iris, model):
    draws = model.predict_samples(iris[0], random_state=model.draw_seed_)
    np.testing.assert_allclose(
        model.predict_proba(iris[0]), draws.mean(axis=1), atol=1e-6
    )


def test_probabilities_sum_to_one_in_float64(iris, model):
    # scikit-learn's log_loss warns of sums that are right in float32 only.
    sums = model.predict_proba(iris[0]).sum(axis=1)
    np.testing.assert_allclose(sums, 1, rtol=0, atol=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("batch_size", [1, 37, 1000])
def test_draws_do_not_depend_on_batch_size(iris, model, batch_size):
    whole = model.predict_samples(iris[0], random_state=0)
    pieces = model.predict_samples(iris[0], random_state=0, batch_size=batch_size)
    np.testing.assert_allclose(pieces, whole, atol=1e-6)


def test_no_seed_gives_fresh_draws(iris, model):
    first, second = (model.predict_samples(iris[0]) for _ in range(2))
    assert not np.allclose(first, second)


@pytest.mark.slow
def test_the_deterministic_twin_has_one_draw_with_dropout_off(iris, model):
    twin = clone(model).set_params(deterministic=True).fit(*iris)
    draws = twin.predict_samples(iris[0])
    assert draws.shape == (150, 1, 3)
    network = twin.net_.module_.eval()
    with torch.no_grad():
        expected = network(torch.tensor(iris[0], dtype=torch.float32)).softmax(dim=1)
    np.testing.assert_allclose(draws[:, 0], expected, atol=1e-6)
    np.testing.assert_allclose(twin.predict_proba(iris[0]), expected, atol=1e-6)
    with pytest.raises(ValueError, match="None or 1 with deterministic=True"):
        twin.predict_samples(iris[0], n_draws=5)


def test_a_memmap_is_read_in_chunks(tmp_path, iris, model, monkeypatch):
    path = tmp_path / "pool.npy"
    np.save(path, iris[0])
    pool = np.load(path, mmap_mode="r")
    seen = []
    monkeypatch.setattr(
        MCDropoutClassifier,
        "_to_torch",
        lambda self, X, _to=MCDropoutClassifier._to_torch: (
            seen.append(len(X)) or _to(self, X)
        ),
    )
    draws = model.predict_samples(pool, random_state=0, batch_size=40)
    monkeypatch.undo()
    assert max(seen) == 40
    np.testing.assert_allclose(
        draws, model.predict_samples(iris[0], random_state=0), atol=1e-6
    )


def test_integer_images_are_taken_as_they_are():
    X = np.random.default_rng(0).integers(0, 255, (20, 1, 8, 8), dtype=np.uint8)
    model = MCDropoutClassifier(max_epochs=1, random_state=0, **CNN)
    draws = model.fit(X, np.arange(20) % 2).predict_samples(X, 3, random_state=0)
    again = model.predict_samples(X.astype(np.float64), 3, random_state=0)
    np.testing.assert_array_equal(draws, again)


# ------------------------------------------------------------------------ regressor


@pytest.mark.slow
def test_the_regressor_draws_in_the_units_of_y():
    X = np.linspace(-1, 1, 200)[:, None]
    y = 1000 + 500 * X.ravel()
    model = MCDropoutRegressor(random_state=0, max_epochs=200).fit(X, y)
    draws = model.predict_samples(X, n_draws=50, random_state=0)
    assert draws.shape == (200, 50, 1)
    assert np.abs(draws.mean(axis=1).ravel() - y).mean() < 50
    assert model.predict(X).shape == (200,)
    assert model.score(X, y) > 0.97


@pytest.mark.slow
def test_the_regressor_takes_several_targets():
    X, y = make_regression(100, 5, n_targets=3, random_state=0)
    model = MCDropoutRegressor(random_state=0, n_draws=7, max_epochs=100).fit(X, y)
    assert model.predict(X).shape == (100, 3)
    draws = model.predict_samples(X, random_state=model.draw_seed_)
    assert draws.shape == (100, 7, 3)
    np.testing.assert_allclose(draws.mean(axis=1), model.predict(X), rtol=1e-4)
    assert model.predict(X[:, ::1]).dtype == np.float64


def test_the_regressor_is_equivariant_under_a_change_of_units(iris):
    X, y = iris[0], iris[0][:, 0]
    settings = {"random_state": 0, "max_epochs": 5, "n_draws": 5}
    plain = MCDropoutRegressor(**settings).fit(X, y).predict(X)
    scaled = MCDropoutRegressor(**settings).fit(X, 10 * y + 7).predict(X)
    np.testing.assert_allclose(scaled, 10 * plain + 7, rtol=1e-4, atol=1e-3)


# ---------------------------------------------------------------- scikit-learn life


def test_grid_search_reaches_every_level(iris):
    pipeline = make_pipeline(StandardScaler(), MCDropoutClassifier(max_epochs=2))
    grid = {
        "mcdropoutclassifier__lr": [1e-4, 1e-2],
        "mcdropoutclassifier__max_epochs": [1, 2],
        "mcdropoutclassifier__module__hidden_units": [(5,)],
    }
    search = GridSearchCV(pipeline, grid, cv=2).fit(*iris)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_estimator_[-1].net_.module_[0].out_features == 5


def test_params_round_trip_and_clone():
    model = MCDropoutClassifier(module__dropout=0.3, lr=0.01, optimizer__eps=1e-7)
    params = model.get_params()
    assert params["module__dropout"] == 0.3
    copy = clone(model)
    assert copy.get_params() == params
    copy.set_params(module__dropout=0.1, iterator_train__drop_last=True)
    assert copy.module__dropout == 0.1
    assert "module__dropout=0.3" in repr(model)
    assert "MCDropoutClassifier" in model._repr_html_()


def test_pickle_and_pipeline_keep_the_draws(iris, model):
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(
        copy.predict_samples(iris[0], random_state=0),
        model.predict_samples(iris[0], random_state=0),
    )
    pipeline = make_pipeline(MinMaxScaler(), clone(model)).fit(*iris)
    assert pipeline.score(*iris) > 0.8


# --------------------------------------------------------------------------- errors

SMALL = np.zeros((6, 4))


def fit(X=SMALL, y=(0, 1, 0, 1, 0, 1), **params):
    return MCDropoutClassifier(max_epochs=1, **params).fit(X, y)


def with_value(value):
    X = SMALL.copy()
    X[2, 1] = value
    return X


def images(*shape):
    return np.zeros((6, *shape))


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: fit(with_value(np.nan)), ValueError, "Input X contains NaN"),
        (lambda: fit(with_value(np.inf)), ValueError, "Input X contains infinity"),
        (
            lambda: fit().predict(with_value(np.nan)),
            ValueError,
            "Input X contains NaN",
        ),
        (
            lambda: fit().predict_samples(with_value(np.inf)),
            ValueError,
            "Input X contains infinity",
        ),
        (
            lambda: fit(with_value(1e300)),
            ValueError,
            r"too large for dtype\('float32'\)",
        ),
        (
            lambda: fit().predict(SMALL[:, :3]),
            ValueError,
            "X has 3 features, but MCDropoutClassifier is expecting 4 features",
        ),
        (lambda: fit().predict(SMALL[0]), ValueError, "Expected 2D array, got 1D"),
        (
            lambda: fit(images(1, 9, 9), **CNN).predict(images(1, 9, 8)),
            ValueError,
            r"rows of shape \(1, 9, 8\), but it was fitted on rows of shape "
            r"\(1, 9, 9\)",
        ),
        (
            lambda: fit(images(9, 9)),
            ValueError,
            r"got \(6, 9, 9\). Grey images need a channel axis",
        ),
        (
            lambda: fit(image_shape=(3, 3)),
            ValueError,
            r"image_shape of MCDropoutClassifier is \(1, 3, 3\), which is 9 values "
            r"per row, but X has 4",
        ),
        (lambda: fit(image_shape=4), ValueError, "image_shape .* must be"),
        (
            lambda: fit(image_shape=(2, 2)),
            ValueError,
            r"at least 8x8 pixels, got image_shape \(1, 2, 2\)",
        ),
        (lambda: fit(SMALL[:0], []), ValueError, "Found array with 0 sample"),
        (lambda: fit().predict(SMALL[:0]), ValueError, "Found array with 0 sample"),
        (lambda: fit(y=[0, 1]), ValueError, "inconsistent numbers of samples"),
        (lambda: fit(y=[0.5, 0.1, 2, 3, 4, 5]), ValueError, "Unknown label type"),
        (
            lambda: fit(scipy.sparse.csr_array(SMALL)),
            TypeError,
            "X given to MCDropoutClassifier must be dense, got a sparse matrix",
        ),
        (
            lambda: fit(np.array([["a", "b"]] * 6, dtype=object)),
            ValueError,
            "could not convert string to float",
        ),
        (lambda: fit(n_draws=0), ValueError, "n_draws of MCDropoutClassifier"),
        (lambda: fit(n_draws=2.0), TypeError, r"n_draws .* got 2.0 \(float\)"),
        (lambda: fit().predict_samples(SMALL, 0), ValueError, ">= 1, got 0"),
        (
            lambda: fit().predict_samples(SMALL, random_state="one"),
            TypeError,
            "random_state of predict_samples of MCDropoutClassifier",
        ),
        (
            lambda: fit().predict_samples(SMALL, batch_size=-1),
            ValueError,
            "batch_size of predict_samples of MCDropoutClassifier",
        ),
        (lambda: fit(max_steps=0), ValueError, "max_steps of MCDropoutClassifier"),
        (lambda: fit(lr="fast"), TypeError, "lr of MCDropoutClassifier"),
        (lambda: fit(module="cnn"), ValueError, "must be 'auto', a torch.nn.Module"),
        (lambda: fit(module=3), TypeError, "must be 'auto', a torch.nn.Module"),
        (lambda: fit(module=len), TypeError, "must be 'auto', a torch.nn.Module"),
        (lambda: fit(module=dict), TypeError, "must be 'auto', a torch.nn.Module"),
        (lambda: fit(optimizer="Adm"), ValueError, "name of one in torch.optim"),
        (
            lambda: fit(max_epoch=3),
            TypeError,
            "unexpected parameter 'max_epoch'. Did you mean 'max_epochs'",
        ),
        (
            lambda: MCDropoutClassifier().set_params(max_epoch=3),
            ValueError,
            "Invalid parameter 'max_epoch'",
        ),
        (lambda: fit(n_filters=3), TypeError, "given as 'module__n_filters'"),
        (lambda: fit(device="gpu"), ValueError, "device of MCDropoutClassifier must"),
        (lambda: fit(modul__p=3), TypeError, "Did you mean 'module__'"),
        (
            lambda: fit(prior_length_scale=1.0, optimizer__weight_decay=0.1),
            ValueError,
            "both prior_length_scale=1.0 and optimizer__weight_decay=0.1",
        ),
        (
            lambda: MCDropoutClassifier().predict_samples(SMALL),
            NotFittedError,
            "This MCDropoutClassifier instance is not fitted yet",
        ),
        (
            lambda: RandomShift(1)(torch.zeros(3, 5)),
            ValueError,
            r"changes images.*got a batch of shape \(3, 5\)",
        ),
    ],
)
def test_errors_say_what_was_wrong(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


@pytest.mark.skipif(torch.cuda.is_available(), reason="says what is missing without")
def test_a_device_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="'cuda:0', but torch finds no CUDA here"):
        fit(device="cuda:0")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_draws_on_cuda_are_those_on_the_cpu(digits):
    X, y = digits
    settings = {"image_shape": (8, 8), "n_draws": 10, "random_state": 0}
    model = MCDropoutClassifier(device="cuda", **settings).fit(X, y)
    on_cuda = model.predict_samples(X, random_state=0)
    model.net_.set_params(device="cpu")
    model.net_.module_.to("cpu")
    on_cpu = model.set_params(device="cpu").predict_samples(X, random_state=0)
    np.testing.assert_allclose(on_cuda, on_cpu, atol=1e-4)
    assert model.score(X, y) > 0.5
