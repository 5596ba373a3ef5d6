"""Features: what they are, of which models, and how they are walked through."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal._utils.features import as_features
from skbal._utils.pools import take
from skbal._utils.rows import RowsView
from skbal.models import BayesianLinearRegression
from skbal.query import LCMD, GreedySampling, KCenterGreedy, _features
from skbal.query._features import compute, feature_function, features_to_read
from tests.query.fakes import random_pool


def features_of(estimator, X, features, **walk):
    return compute(feature_function(estimator, features, "KCenterGreedy"), X, **walk)[0]


@pytest.fixture(scope="module")
def data():
    X = random_pool(60, 3)
    return X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)


# What they are


def test_input_is_the_rows_flattened():
    images = np.random.default_rng(0).random((7, 1, 4, 5), dtype=np.float32)
    found = features_of(None, images, "input")
    assert found.dtype == np.float32
    assert_array_equal(found, images.reshape(7, 20))


def test_input_is_what_reaches_the_model_of_a_pipeline(data):
    X, y = data
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(3)).fit(X, y)
    expected = pipeline[0].transform(X)
    assert_allclose(features_of(pipeline, X, "input"), expected)


def test_model_is_what_enters_the_last_layer(data):
    X, y = data
    discriminant = LinearDiscriminantAnalysis().fit(X, y)
    expected = discriminant.transform(X)
    assert_allclose(features_of(discriminant, X, "model"), expected)


@pytest.mark.parametrize("model", [LogisticRegression(), BayesianLinearRegression()])
def test_the_only_layer_of_a_linear_model_sees_the_rows(data, model):
    X, y = data
    pipeline = make_pipeline(PCA(2), model).fit(X, y)
    assert_allclose(features_of(pipeline, X, "model"), pipeline[0].transform(X))


def test_a_function_is_given_the_rows_as_they_are(data):
    X, y = data
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(3)).fit(frame, y)
    found = features_of(pipeline, frame, lambda rows: rows["b"] ** 2)
    assert_allclose(found, X[:, 1:2] ** 2)


def test_searches_learners_and_frozen_estimators_are_looked_into(data):
    X, y = data
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    grid = {"logisticregression__C": [1.0]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y)
    expected = StandardScaler().fit_transform(X)
    for holder in (search, FrozenEstimator(search), ActiveLearner(search)):
        assert_allclose(features_of(holder, X, "model"), expected)


def test_a_network_gives_its_last_hidden_layer(data):
    from skbal.models import LastLayerClassifier, MCDropoutClassifier

    X, y = data
    network = MCDropoutClassifier(
        max_epochs=2, module__hidden_units=(12,), random_state=0
    ).fit(X, y)
    last = LastLayerClassifier(network, refit_network=False).fit(X, y)
    found = features_of(network, X, "model", batch_size=9)
    assert found.shape == (60, 12)
    assert found.dtype == np.float32
    assert_allclose(found, last.transform(X), rtol=1e-5, atol=1e-6)
    assert_allclose(features_of(last, X, "model"), last.transform(X))


# Kinds of rows


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (np.float16, np.float32),
        (np.uint8, np.float32),
        (bool, np.float32),
        (np.float32, np.float32),
        (np.int64, np.float64),
        (np.float64, np.float64),
    ],
)
def test_float32_is_taken_where_it_loses_nothing(dtype, expected):
    X = np.arange(12).reshape(4, 3).astype(dtype)
    found = features_of(None, X, "input")
    assert found.dtype == expected
    assert_array_equal(found, X.astype(float))


@pytest.mark.parametrize("convert", [np.ndarray.tolist, pd.DataFrame, sp.csc_matrix])
def test_lists_frames_and_sparse_matrices_have_rows(convert):
    X = random_pool(30, 3)
    found = features_of(None, convert(X), "input", batch_size=7)
    assert_allclose(found.toarray() if sp.issparse(found) else found, X)


def test_texts_are_rows_of_a_pipeline():
    texts = ["a b", "b c c", "a", "c"] * 5
    pipeline = make_pipeline(
        CountVectorizer(token_pattern=r"\w"), LogisticRegression()
    ).fit(texts, [0, 1, 0, 1] * 5)
    found = features_of(pipeline, texts, "model", batch_size=6)
    expected = pipeline[0].transform(texts)
    assert_array_equal(found.toarray(), expected.toarray())


@pytest.mark.parametrize("walk", [{"batch_size": 1}, {"batch_size": 7}, {"n_jobs": 2}])
def test_pieces_and_workers_change_nothing(data, walk):
    X, y = data
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)
    expected = features_of(model, X, "model", batch_size=1000)
    with parallel_config(backend="threading"):
        found = features_of(model, X, "model", **walk)
    assert_allclose(found, expected, rtol=1e-12)


def test_a_function_sees_only_pieces():
    sizes = []

    def function(rows):
        sizes.append(len(rows))
        return rows

    features_of(None, np.zeros((50_000, 200)), function)
    assert sum(sizes) == 50_000
    assert max(sizes) * 200 * 8 < 2**25


@pytest.mark.parametrize(
    ("memory", "expected"), [(2**26, [100]), (2**15, [32, 32, 32, 4])]
)
def test_rows_of_an_array_need_no_first_ones_alone(memory, expected, monkeypatch):
    X, sizes = random_pool(100, 32), []

    def noted(values, n_samples, *names):
        sizes.append(n_samples)
        return as_features(values, n_samples, *names)

    monkeypatch.setattr(_features, "as_features", noted)
    # A row takes 4 times 32 numbers of 8 bytes: a result, its copies and what it is of.
    monkeypatch.setattr("skbal._utils.walk.MAX_MEMORY", memory)
    backwards = RowsView(X, np.arange(99, -1, -1), take)
    for rows, answer in ((X, X), (backwards, X[::-1])):
        sizes.clear()
        assert_array_equal(features_of(None, rows, "input"), answer)
        assert sizes == expected


@pytest.mark.parametrize(
    ("convert", "shared"),
    [
        (np.asarray, True),
        (np.float32, True),
        (lambda X: X.reshape(-1, 1, 3, 1), True),
        (np.asfortranarray, False),
        (lambda X: np.repeat(X, 2, axis=1)[:, ::2], False),
        (lambda X: X.astype(">f8"), False),
        (lambda X: (X * 8).astype(int), False),
        (sp.csr_array, False),
        (list, False),
    ],
    ids=["f8", "f4", "images", "columns", "parts", "big", "int", "csr", "list"],
)
def test_features_to_read_are_the_rows_where_nothing_is_computed(convert, shared):
    X = convert(random_pool(20, 3))
    function = feature_function(None, "input", "DiversityPenalised")
    found, expected = features_to_read(function, X), compute(function, X)[0]
    assert found.dtype == expected.dtype
    assert (found != expected).sum() == 0
    if isinstance(X, np.ndarray):
        assert np.shares_memory(found, X) == shared


def test_what_is_given_back_may_be_written_to():
    X = random_pool(20)
    X.flags.writeable = False
    found = features_of(None, X, "input", batch_size=100)
    found += 1
    assert_allclose(found, X + 1)


# Errors


def test_a_model_without_features_is_refused_with_what_to_use(data):
    forest = RandomForestClassifier(3).fit(*data)
    message = "features='model' of KCenterGreedy needs .* got RandomForestClassifier"
    with pytest.raises(TypeError, match=message + ".*features='input'"):
        features_of(forest, data[0], "model")


def voting(data, how):
    members = [(str(n), RandomForestClassifier(n, random_state=0)) for n in (2, 3)]
    return VotingClassifier(members, voting=how).fit(*data)


def test_votes_for_classes_are_no_features(data):
    message = "features='model' of KCenterGreedy needs .* got VotingClassifier"
    with pytest.raises(TypeError, match=message):
        features_of(voting(data, "hard"), data[0], "model")


def test_probabilities_of_the_members_are_features(data):
    soft = voting(data, "soft")
    expected = np.hstack([member.predict_proba(data[0]) for member in soft.estimators_])
    assert_allclose(features_of(soft, data[0], "model"), expected)


def test_an_unfitted_model_is_refused(data):
    for model in (LogisticRegression(), RandomForestClassifier()):
        with pytest.raises(NotFittedError):
            features_of(model, data[0], "model")


@pytest.mark.parametrize(("features", "error"), [("rows", ValueError), (3, TypeError)])
def test_other_features_are_refused(features, error):
    message = "features of KCenterGreedy must be 'model', 'input' or a function"
    with pytest.raises(error, match=message):
        features_of(None, random_pool(), features)


def test_features_must_be_a_row_each(data):
    with pytest.raises(ValueError, match=r"one row for each of the 8 rows, got .*\(1,"):
        features_of(None, data[0], lambda rows: rows[:1])


def test_features_must_be_finite(data):
    with pytest.raises(ValueError, match="NaN"):
        features_of(None, data[0], lambda rows: rows * np.nan)


def test_features_must_be_as_many_for_all_rows(data):
    with pytest.raises(ValueError, match=r"Features differ .*\(8,\) .*\(52,\)"):
        features_of(None, data[0], lambda rows: np.zeros((len(rows), len(rows))))


class _Taught:
    def __init__(self, estimator, X_training, y_training):
        self.estimator = estimator
        self.X_training, self.y_training = X_training, y_training

    def predict(self, X):
        return self.estimator.predict(X)


@pytest.mark.parametrize("kind", [LCMD, KCenterGreedy, GreedySampling])
@pytest.mark.parametrize("labelled", [np.asarray, sp.csr_matrix, sp.csr_array])
@pytest.mark.parametrize("pool", [np.asarray, sp.csr_matrix, sp.csr_array])
def test_labelled_rows_and_pool_may_be_sparse_or_not(kind, labelled, pool):
    X = np.maximum(random_pool(60, 4), 0)  # half of the numbers are 0
    model = LinearRegression().fit(X, X[:, 0])
    expected = kind(features="input", random_state=0).score_pool(
        _Taught(model, X[:8], X[:8, 0]), X[8:]
    )
    found = kind(features="input", random_state=0).score_pool(
        _Taught(model, labelled(X[:8]), X[:8, 0]), pool(X[8:])
    )
    assert_allclose(found, expected, atol=1e-6)
