"""Temperature scaling makes probabilities right, keeps draws, and goes anywhere."""

import inspect
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, ShuffleSplit, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbal import ActiveLearner, ActiveLearningClassifier, predict_samples
from skbal.audit import calibration_error
from skbal.exceptions import NoDrawsError, NumericalWarning
from skbal.models import (
    BayesianLogisticRegression,
    MCDropoutClassifier,
    TemperatureScaling,
)
from skbal.query import BALD, MaxEntropy

X, Y = make_classification(600, 6, n_informative=4, n_classes=3, flip_y=0.2,
                           random_state=0)  # fmt: skip
TRAIN, TEST = np.split(np.random.default_rng(0).permutation(600), [300])
FOREST = RandomForestClassifier(20, random_state=0)
DIGITS = load_digits(return_X_y=True)


@pytest.mark.skipif(
    "temperature" not in inspect.getdoc(CalibratedClassifierCV),
    reason="scikit-learn 1.8 brought it",
)
@pytest.mark.parametrize(
    "model", [LogisticRegression(C=100), GaussianNB(), FOREST, KNeighborsClassifier()]
)
def test_the_probabilities_are_scikit_learns(model):
    cv = StratifiedKFold(4)
    own = TemperatureScaling(model, cv=cv).fit(X[TRAIN], Y[TRAIN])
    other = CalibratedClassifierCV(
        model, method="temperature", cv=cv, ensemble=False
    ).fit(X[TRAIN], Y[TRAIN])
    np.testing.assert_allclose(
        own.predict_proba(X[TEST]), other.predict_proba(X[TEST]), atol=1e-6
    )


@pytest.mark.parametrize(("model", "is_sure"), [(GaussianNB(), True), (FOREST, False)])
def test_what_is_too_sure_or_too_cautious_becomes_right(model, is_sure):
    digits, labels = DIGITS
    order = np.random.default_rng(1).permutation(len(labels))
    digits, labels = digits[order], labels[order]
    scaled = TemperatureScaling(model, cv=3).fit(digits[:600], labels[:600])
    assert (scaled.temperature_ > 1) == is_sure
    errors = [
        calibration_error(labels[600:], each.predict_proba(digits[600:]),
                          n_simulations=1).error
        for each in (scaled.estimator_, scaled)
    ]  # fmt: skip
    assert errors[1] < errors[0] / 2
    losses = [
        log_loss(labels[600:], each.predict_proba(digits[600:]))
        for each in (scaled.estimator_, scaled)
    ]
    assert losses[1] < losses[0]
    np.testing.assert_array_equal(
        scaled.predict(digits[600:]), scaled.estimator_.predict(digits[600:])
    )


def test_a_frozen_network_learns_only_its_temperature():
    network = MCDropoutClassifier(max_epochs=30, lr=0.01, n_draws=10, random_state=0)
    network.fit(X[TRAIN[:60]], Y[TRAIN[:60]])
    before = network.predict_proba(X[TEST])
    for scale in ("mean", "draws"):
        model = TemperatureScaling(FrozenEstimator(network), scale=scale)
        model.fit(X[TRAIN[60:]], Y[TRAIN[60:]])
        assert model.n_held_out_ == 240
        assert model.temperature_ > 1  # a network of sixty noisy rows is too sure
        np.testing.assert_array_equal(network.predict_proba(X[TEST]), before)
        draws = predict_samples(model, X[TEST], n_draws=200, random_state=0)
        mean = model.predict_proba(X[TEST])
        assert abs(draws.mean(axis=1) - mean).max() < 0.15
    # The logits of each draw are divided.
    raw = network.predict_samples(X[TEST], 5, random_state=3)
    found = model.predict_samples(X[TEST], 5, random_state=3)
    logits = np.log(raw.astype(float) + 1e-12) / model.temperature_
    np.testing.assert_allclose(
        np.log(found), logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)),
        rtol=1e-4,
    )  # fmt: skip


@pytest.mark.parametrize("scale", ["mean", "draws"])
def test_the_prediction_is_the_mean_of_all_draws(scale):
    model = TemperatureScaling(
        FOREST if scale == "mean" else BayesianLogisticRegression(random_state=0),
        scale=scale,
        cv=2,
    ).fit(X[TRAIN], Y[TRAIN])
    draws = model.predict_samples(X[TEST], random_state=0)
    np.testing.assert_allclose(
        draws.mean(axis=1), model.predict_proba(X[TEST]), atol=1e-6
    )


def test_held_out_rows_choose_the_temperature_and_all_rows_the_model():
    cv = ShuffleSplit(1, test_size=0.25, random_state=0)
    model = TemperatureScaling(FOREST, cv=cv).fit(X[TRAIN], Y[TRAIN])
    assert model.n_held_out_ == 75
    np.testing.assert_array_equal(
        model.estimator_.predict_proba(X[TEST]),
        clone(FOREST).fit(X[TRAIN], Y[TRAIN]).predict_proba(X[TEST]),
    )
    ((fitted, held_out),) = cv.split(X[TRAIN])
    part = clone(FOREST).fit(X[TRAIN][fitted], Y[TRAIN][fitted])
    alone = TemperatureScaling(FrozenEstimator(part))
    alone.fit(X[TRAIN][held_out], Y[TRAIN][held_out])
    assert alone.temperature_ == pytest.approx(model.temperature_)


def test_weights_reach_the_model_and_the_temperature():
    weights = np.where(Y[TRAIN] == 0, 5.0, 1.0)
    model = TemperatureScaling(LogisticRegression(), cv=2)
    plain = clone(model).fit(X[TRAIN], Y[TRAIN])
    weighted = clone(model).fit(X[TRAIN], Y[TRAIN], weights)
    expected = LogisticRegression().fit(X[TRAIN], Y[TRAIN], weights)
    np.testing.assert_allclose(weighted.estimator_.coef_, expected.coef_)
    assert weighted.temperature_ != plain.temperature_
    inside = clone(model).set_params(estimator=make_pipeline(LogisticRegression()))
    inside.fit(X[TRAIN], Y[TRAIN], weights)
    assert inside.temperature_ == pytest.approx(weighted.temperature_)
    with pytest.raises(TypeError, match="sample_weight of TemperatureScaling"):
        TemperatureScaling(KNeighborsClassifier()).fit(X[TRAIN], Y[TRAIN], weights)


@pytest.mark.parametrize("scale", ["mean", "draws"])
def test_a_learner_asks_by_it_and_a_run_is_made_of_it(scale):
    model = TemperatureScaling(FOREST, cv=2, scale=scale)
    names = np.array(["cat", "dog", "eel"])[Y]
    learner = ActiveLearner(model, BALD(random_state=0), X[:40], names[:40])
    chosen = learner.query(X[40:], n_instances=3)
    indices = chosen[0] if isinstance(chosen, tuple) else chosen
    learner.teach(X[40:][indices], names[40:][indices])
    assert len(learner.y_training) == 43
    run = ActiveLearningClassifier(model, BALD(), n_queries=2, random_state=0)
    assert len(run.fit(X[:100], Y[:100]).history_) == 3


def test_it_works_around_and_inside_of_others():
    inside = make_pipeline(StandardScaler(), TemperatureScaling(FOREST, cv=2))
    around = TemperatureScaling(make_pipeline(StandardScaler(), clone(FOREST)), cv=2)
    search = GridSearchCV(
        TemperatureScaling(clone(FOREST), cv=2),
        {"estimator__max_depth": [2, None]},
        cv=2,
    )
    for model in (inside, around, search):
        model.fit(X[TRAIN], Y[TRAIN])
        draws = predict_samples(model, X[TEST], random_state=0)
        assert draws.shape == (300, 20, 3)
        copy = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(
            copy.predict_proba(X[TEST]), model.predict_proba(X[TEST])
        )


def test_a_model_without_draws_serves_strategies_that_need_none():
    learner = ActiveLearner(
        TemperatureScaling(GaussianNB(), cv=2), MaxEntropy(random_state=0),
        X[:60], Y[:60],
    )  # fmt: skip
    learner.query(X[60:], n_instances=2)
    with pytest.raises(NoDrawsError, match="GaussianNB makes no posterior draws"):
        learner.estimator.predict_samples(X)


def test_labels_that_say_nothing_of_the_temperature_leave_it_at_one():
    with pytest.warns(
        NumericalWarning, match="left at 1, because there are no held-out"
    ):
        model = TemperatureScaling(FOREST).fit(X[:3], ["a", "b", "c"])
    assert model.temperature_ == 1
    assert model.n_held_out_ == 0
    far = np.r_[np.zeros((20, 1)), np.full((20, 1), 9.0)]
    far += np.random.default_rng(0).normal(0, 0.1, far.shape)
    labels = [0] * 20 + [1] * 20
    with pytest.warns(NumericalWarning, match="all held-out rows are right"):
        model = TemperatureScaling(LogisticRegression()).fit(far, labels)
    assert model.temperature_ == 1
    assert model.n_held_out_ == 40


def test_a_model_that_is_always_wrong_gets_the_largest_temperature():
    model = FrozenEstimator(LogisticRegression().fit(X[TRAIN], Y[TRAIN] == 0))
    with pytest.warns(NumericalWarning, match="is 20, as far as it may go"):
        scaled = TemperatureScaling(model).fit(X[TRAIN], Y[TRAIN] != 0)
    assert scaled.temperature_ == pytest.approx(20, rel=1e-2)


def test_an_error_leaves_what_was_fitted():
    model = TemperatureScaling(FOREST, cv=2).fit(X[TRAIN], Y[TRAIN])
    before = model.predict_proba(X[TEST])
    with pytest.raises(ValueError, match="number of rows"):
        model.fit(X[TRAIN], Y[TRAIN[:5]])
    model.set_params(estimator=FrozenEstimator(model.estimator_))
    with pytest.raises(ValueError, match="the frozen estimator knows, got 7"):
        model.fit(X[:2], [0, 7])
    np.testing.assert_array_equal(model.predict_proba(X[TEST]), before)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"estimator": Ridge()},
            TypeError,
            "estimator of TemperatureScaling must be a",
        ),
        ({"estimator": SVC()}, TypeError, "with predict_proba, .* got SVC"),
        ({"estimator": GaussianNB}, TypeError, "got the class GaussianNB"),
        (
            {"estimator": FrozenEstimator(GaussianNB())},
            NotFittedError,
            "not fitted yet",
        ),
        ({"cv": [1, 2]}, TypeError, "cv of TemperatureScaling must give pairs of rows"),
        ({"cv": 1}, ValueError, "cv of TemperatureScaling must be an integer >= 2"),
        (
            {"cv": "five"},
            TypeError,
            "cv of TemperatureScaling must be a number of folds",
        ),
        ({"cv": 0.5}, TypeError, "cv of TemperatureScaling must be a number of folds"),
        (
            {"scale": "both"},
            ValueError,
            "scale of TemperatureScaling must be 'mean' or",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        TemperatureScaling(**options).fit(X[:20], Y[:20])
