"""The trust set by hand, what is remembered, and what is refused."""

import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skbal import ActiveLearner, predict_samples
from skbal.filters import LabelLikelihoodFilter
from skbal.query import Random
from tests.filters.fakes import (
    DrawsTable,
    Table,
    drawn_labels,
    numbered,
    predictives,
    with_noise,
)

ROWS = np.array([[0.7, 0.2, 0.1], [0.05, 0.9, 0.05], [0.1, 0.5, 0.4]])


def test_a_label_is_trusted_from_the_threshold_on():
    y = [1, 0, 2]
    likelihood = LabelLikelihoodFilter().likelihood(Table(ROWS), numbered(3), y)
    assert likelihood.tolist() == [0.2, 0.05, 0.4]
    for threshold, trusted in [(0.2, [1, 0, 1]), (0.21, [0, 0, 1]), (1, [0, 0, 0])]:
        mask = LabelLikelihoodFilter(threshold).trust(Table(ROWS), numbered(3), y)
        assert mask.dtype == bool
        assert mask.tolist() == [bool(one) for one in trusted]


def test_the_threshold_of_zero_trusts_what_is_impossible():
    certain = Table([[1.0, 0.0]])
    assert LabelLikelihoodFilter(0).trust(certain, numbered(1), [1]).all()


def test_the_likelihood_is_the_mean_over_the_draws():
    draws = np.random.default_rng(0).dirichlet(np.ones(3), (5, 8))
    y = [0, 1, 2, 1, 0]
    model = DrawsTable(draws)
    expected = draws.mean(axis=1)[np.arange(5), y]
    got = LabelLikelihoodFilter().likelihood(model, numbered(5), y)
    assert_allclose(got, expected)
    few = LabelLikelihoodFilter(n_draws=3).likelihood(model, numbered(5), y)
    assert_allclose(few, draws[:, :3].mean(axis=1)[np.arange(5), y])


def test_a_class_that_the_model_does_not_know_is_trusted():
    model = Table([[0.7, 0.3], [0.1, 0.9], [0.1, 0.9]], classes=["cat", "dog"])
    label_filter = LabelLikelihoodFilter(1.0)
    y = np.array(["eel", "dog", "cat"])
    likelihood = label_filter.likelihood(model, numbered(3), y)
    assert_allclose(likelihood, [np.nan, 0.9, 0.1])
    assert label_filter.trust(model, numbered(3), y).tolist() == [True, False, False]


def test_a_model_of_one_class_doubts_nothing():
    label_filter = LabelLikelihoodFilter("dynamic")
    model = Table(np.ones((2, 1)), classes=["cat"])
    assert label_filter.observe(model, numbered(2), ["cat", "dog"]).all()
    assert label_filter.n_observed_ == 1


@pytest.mark.parametrize("threshold", [0.1, "dynamic"])
def test_no_row_is_no_error(threshold):
    label_filter = LabelLikelihoodFilter(threshold)
    nothing = np.empty((0, 1)), np.empty(0)
    assert label_filter.trust(Table(ROWS), *nothing).shape == (0,)
    assert label_filter.observe(Table(ROWS), *nothing).shape == (0,)
    assert label_filter.n_observed_ == 0


@pytest.fixture(scope="module")
def digits():
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return X[:400], y[:400]


@pytest.fixture(scope="module")
def forest(digits):
    X, y = digits
    return RandomForestClassifier(n_estimators=20, random_state=0).fit(X[:200], y[:200])


@pytest.mark.slow
def test_the_posterior_predictive_of_a_forest_is_its_own(digits, forest):
    X, y = digits
    expected = forest.predict_proba(X)[np.arange(len(X)), y]
    for batch_size in (None, 1, 37):
        label_filter = LabelLikelihoodFilter(batch_size=batch_size)
        assert_allclose(label_filter.likelihood(forest, X, y), expected)


def test_one_seed_gives_one_likelihood_whatever_the_pieces(digits, forest):
    X, y = digits
    filters = [
        LabelLikelihoodFilter(n_draws=5, random_state=3, batch_size=size)
        for size in (None, 50)
    ]
    draws = predict_samples(forest, X, 5, random_state=3)
    expected = draws.mean(axis=1)[np.arange(len(X)), y]
    for label_filter in filters:
        assert_allclose(label_filter.likelihood(forest, X, y), expected)


def test_what_stands_around_the_model_does_not_matter(digits):
    X, y = digits
    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    expected = pipeline.predict_proba(X)[np.arange(len(X)), y]
    learner = ActiveLearner(pipeline, Random(), X, y)
    frame = pd.DataFrame(X)
    label_filter = LabelLikelihoodFilter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the scaler saw no names
        for model, rows in [(pipeline, X), (learner, X), (pipeline, frame)]:
            assert_allclose(label_filter.likelihood(model, rows, y), expected)


def answers(noise, n_answers=300, seed=0):
    rng = np.random.default_rng(seed)
    p = predictives(n_answers, 10, rng)
    y = with_noise(drawn_labels(p, rng), noise, 10, rng)
    return Table(p), numbered(n_answers), y


def in_batches(label_filter, model, X, y, size=10):
    return np.concatenate(
        [
            label_filter.observe(model, X[i : i + size], y[i : i + size])
            for i in range(0, len(X), size)
        ]
    )


@pytest.mark.slow
def test_the_dynamic_threshold_moves_with_the_answers():
    noisy, clean = LabelLikelihoodFilter("dynamic"), LabelLikelihoodFilter("dynamic")
    rejected = [~in_batches(noisy, *answers(0.3)), ~in_batches(clean, *answers(0.0))]
    assert noisy.threshold_ > 0
    assert clean.threshold_ == 0
    assert noisy.noise_rate_ > 0.1 > clean.noise_rate_
    assert rejected[0].sum() > 30
    assert rejected[1].sum() < 5
    assert noisy.n_observed_ == clean.n_observed_ == 300


@pytest.mark.slow
def test_trust_changes_nothing_and_uses_the_threshold_in_force():
    label_filter = LabelLikelihoodFilter("dynamic")
    model, X, y = answers(0.3)
    assert label_filter.trust(model, X, y).all()
    assert vars(label_filter) == vars(LabelLikelihoodFilter("dynamic"))
    in_batches(label_filter, model, X, y)
    before = dict(vars(label_filter))
    mask = label_filter.trust(model, X, y)
    likelihood = label_filter.likelihood(model, X, y)
    assert mask.tolist() == (likelihood >= label_filter.threshold_).tolist()
    assert all(vars(label_filter)[name] is value for name, value in before.items())


@pytest.mark.slow
def test_a_copy_of_its_attributes_takes_an_observation_back():
    label_filter = LabelLikelihoodFilter("dynamic")
    model, X, y = answers(0.3)
    in_batches(label_filter, model, X[:200], y[:200])
    before = dict(vars(label_filter))
    first = label_filter.observe(model, X[200:], y[200:])
    state = label_filter.noise_rate_, label_filter.threshold_
    vars(label_filter).update(before)
    assert label_filter.observe(model, X[200:], y[200:]).tolist() == first.tolist()
    assert (label_filter.noise_rate_, label_filter.threshold_) == state


def test_an_error_leaves_nothing_behind():
    label_filter = LabelLikelihoodFilter("dynamic")
    model, X, y = answers(0.3)
    with pytest.raises(ValueError, match="the same number of rows"):
        label_filter.observe(model, X, y[:-1])
    assert vars(label_filter) == vars(LabelLikelihoodFilter("dynamic"))


def test_a_clone_has_seen_nothing():
    label_filter = LabelLikelihoodFilter("dynamic", n_draws=7)
    in_batches(label_filter, *answers(0.3, 50))
    copy = clone(label_filter)
    assert copy.get_params() == label_filter.get_params()
    assert not hasattr(copy, "threshold_")


@pytest.mark.slow
def test_a_learner_is_taught_what_its_filter_trusts(digits):
    X, y = digits
    rng = np.random.default_rng(0)
    wrong = rng.random(200) < 0.2
    others = (y[200:400] + rng.integers(1, 10, 200)) % 10
    answered = np.where(wrong, others, y[200:400])
    learner = ActiveLearner(
        RandomForestClassifier(n_estimators=30, random_state=0),
        Random(random_state=0),
        X[:200],
        y[:200],
        label_filter=LabelLikelihoodFilter("dynamic", random_state=0),
    )
    for i in range(0, 200, 10):
        learner.teach(X[200 + i : 210 + i], answered[i : i + 10])
    assert learner.label_filter.n_observed_ == 200
    n_rejected = len(learner.rejected_)
    assert n_rejected + len(learner.X_training) == 400
    found = np.isin(X[200:400][wrong].sum(axis=1), learner.rejected_.X.sum(axis=1))
    assert 0.4 * wrong.sum() <= n_rejected <= 1.25 * wrong.sum()
    assert found.sum() >= 0.7 * n_rejected


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"threshold": "clever"}, ValueError, "or 'dynamic', got 'clever'"),
        ({"threshold": 1.5}, ValueError, r"in \[0, 1\], got 1.5"),
        ({"threshold": -0.1}, ValueError, r"in \[0, 1\]"),
        ({"threshold": np.nan}, ValueError, r"in \[0, 1\]"),
        ({"threshold": None}, TypeError, "threshold of LabelLikelihoodFilter"),
        ({"n_draws": 0}, ValueError, "n_draws of LabelLikelihoodFilter"),
        ({"batch_size": 2.5}, TypeError, "batch_size of LabelLikelihoodFilter"),
        ({"random_state": -1}, ValueError, "random_state of LabelLikelihoodFilter"),
    ],
)
@pytest.mark.parametrize("method", ["trust", "observe"])
def test_wrong_parameters_are_named(method, kwargs, error, message):
    label_filter = LabelLikelihoodFilter(**kwargs)
    with pytest.raises(error, match=message):
        getattr(label_filter, method)(Table(ROWS), numbered(3), [0, 1, 2])


@pytest.mark.parametrize("method", ["likelihood", "trust", "observe"])
def test_models_that_cannot_tell_are_refused(method, digits):
    X, y = digits
    judge = getattr(LabelLikelihoodFilter(), method)
    with pytest.raises(TypeError, match="LinearRegression is a regressor"):
        judge(LinearRegression().fit(X, y), X, y)
    with pytest.raises(TypeError, match="no predict_proba"):
        judge(LinearSVC().fit(X / 16, y), X, y)
    with pytest.raises(NotFittedError):
        judge(RandomForestClassifier(), X, y)
    with pytest.raises(NotFittedError):
        judge(ActiveLearner(LogisticRegression(), Random()), X, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([0, 1], "given to LabelLikelihoodFilter .* got 3 rows and 2 labels"),
        (None, "y given to LabelLikelihoodFilter must be labels, got None"),
        (["0", "1", "2"], "must be numbers, like the class 0 of the model, got '0'"),
        ([[0, 1], [1, 0], [2, 2]], "must be one label per row"),
        ([0, np.nan, 1], "NaN"),
    ],
)
def test_labels_that_are_none_are_refused(y, message):
    with pytest.raises(ValueError, match=message):
        LabelLikelihoodFilter().trust(Table(ROWS), numbered(3), y)


def test_numbers_are_no_new_classes_beside_texts():
    model = Table(ROWS, classes=["ant", "bee", "cat"])
    with pytest.raises(ValueError, match="must be strings, like the class 'ant'"):
        LabelLikelihoodFilter().trust(model, numbered(3), [0, 1, 2])


@pytest.mark.parametrize("threshold", [0.1, "dynamic"])
@pytest.mark.parametrize("table", [Table, DrawsTable])
def test_a_model_that_diverged_does_not_decide(table, threshold):
    label_filter = LabelLikelihoodFilter(threshold)
    model = table(np.full((3, 2) if table is Table else (3, 5, 2), np.nan))
    with pytest.raises(ValueError, match=f"those of {table.__name__} are NaN"):
        label_filter.observe(model, numbered(3), [0, 1, 0])
    assert vars(label_filter) == vars(LabelLikelihoodFilter(threshold))


@pytest.mark.parametrize(("row", "message"), [
    ([2.0, -1.0], r"those of Table are \[2.0, -1.0\] in row 1"),
    ([0.5, 0.4], r"are \[0.5, 0.4\] in row 1: .* must sum to one"),
    ([-2.3, -0.1], "must not be negative"),
])  # fmt: skip
def test_logits_and_other_numbers_do_not_decide(row, message):
    for model in (Table([[0.5, 0.5], row]), DrawsTable([[[0.5, 0.5]] * 2, [row] * 2])):
        with pytest.raises(ValueError, match=message.replace("Table", ".*Table")):
            LabelLikelihoodFilter().trust(model, numbered(2), [0, 1])


def test_probabilities_of_another_shape_are_refused():
    model = Table([0.5, 0.5], classes=["cat", "dog"])
    with pytest.raises(ValueError, match=r"predict_proba of Table .* got shape \(2,\)"):
        LabelLikelihoodFilter().trust(model, numbered(2), ["cat", "dog"])


def test_a_model_must_say_its_classes():
    class Anonymous:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return np.ones((len(X), 2, 2)) / 2

    with pytest.raises(TypeError, match="has no classes_"):
        LabelLikelihoodFilter().trust(Anonymous(), numbered(2), [0, 1])
