"""One table of what goes wrong in practice: each message says what, whose and why.

The parts have tables of their own; this one goes the way a user goes, through a learner
with a network and a strategy.
"""

import numpy as np
import pytest
import scipy.sparse
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from torch import nn

from skbal import ActiveLearner, models, predict_samples
from skbal.audit import VoteCoverageDisplay
from skbal.exceptions import NoDrawsError, NoDropoutError
from skbal.loop import ActiveLearningLoop
from skbal.models import (
    BayesianLinearRegression,
    BayesianVoteRegression,
    LaplaceRegressor,
    LastLayerRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.oracles import LabelOracle
from skbal.query import BALD, EPIG, MaxEntropy, VariationRatios, VoteBALD

MODELS = [name for name in models.__all__ if hasattr(getattr(models, name), "fit")]
X = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
Y = np.tile(["cat", "dog", "owl"], 4)
VOTES = np.stack([np.arange(12), np.full(12, 12)], axis=1)


def network(**params):
    return MCDropoutClassifier(max_epochs=1, n_draws=4, random_state=0, **params)


def regression_of_votes(y=VOTES):
    return BayesianVoteRegression(random_state=0).fit(X, y)


@pytest.fixture(scope="module")
def learner():
    return ActiveLearner(network(), BALD(random_state=0), X, Y)


def with_value(value):
    rows = X.copy()
    rows[3, 2] = value
    return rows


def objects():
    rows = X.astype(object)
    rows[0, 0] = "many"
    return rows


@pytest.mark.parametrize(
    ("pool", "n_instances", "error", "message"),
    [
        (with_value(np.nan), 1, ValueError, "Input X contains NaN"),
        (with_value(np.inf), 1, ValueError, "Input X contains infinity"),
        (X[:, :4], 1, ValueError, r"X_pool .* rows of shape \(5,\), .* got \(4,\)"),
        (X[0], 1, ValueError, r"X_pool .* rows of shape \(5,\), .* got \(\)"),
        (X[:, :, None], 1, ValueError, r"X_pool .* of shape \(5,\), .* got \(5, 1\)"),
        (X[:0], 1, ValueError, "X_pool given to BALD is empty"),
        (X, 0, ValueError, "n_instances of BALD must be an integer >= 1, got 0"),
        (X, 13, ValueError, "n_instances of BALD is 13, but X_pool holds only 12 rows"),
        (X, 2.0, TypeError, r"n_instances of BALD .* got 2.0 \(float\)"),
        (scipy.sparse.csr_array(X), 1, TypeError, "must be dense, got a sparse"),
        (objects(), 1, ValueError, "could not convert string to float"),
    ],
    ids=[
        "nan", "inf", "features", "one row", "three axes", "empty", "none wanted",
        "too many", "a float", "sparse", "objects",
    ],
)  # fmt: skip
def test_a_wrong_query_is_named(learner, pool, n_instances, error, message):
    with pytest.raises(error, match=message):
        learner.query(pool, n_instances=n_instances)


@pytest.mark.parametrize(
    ("rows", "labels", "error", "message"),
    [
        (with_value(np.nan), Y, ValueError, "contains NaN"),
        (with_value(np.inf), Y, ValueError, "contains infinity"),
        (X[:, :4], Y, ValueError, "4"),
        (X, Y[:5], ValueError, "must have the same number of rows, got 12 rows and 5"),
        (objects(), Y, ValueError, "could not convert string to float"),
        (X[:0], Y[:0], ValueError, "0 sample"),
    ],
    ids=["nan", "inf", "features", "labels", "objects", "empty"],
)
def test_a_wrong_lesson_changes_nothing(learner, rows, labels, error, message):
    before = learner.predict_proba(X)
    taught = learner.X_training.copy(), learner.y_training.copy()
    with pytest.raises(error, match=message):
        learner.teach(rows, labels)
    np.testing.assert_array_equal(learner.predict_proba(X), before)
    np.testing.assert_array_equal(learner.X_training, taught[0])
    np.testing.assert_array_equal(learner.y_training, taught[1])


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            lambda: BALD()(network(), X),
            NotFittedError,
            "This MCDropoutClassifier instance is not fitted yet",
        ),
        (
            lambda: BALD()(LogisticRegression().fit(X, Y), X),
            NoDrawsError,
            "LogisticRegression makes no posterior draws. Wrap it in a Bagging",
        ),
        (
            lambda: predict_samples(LinearRegression().fit(X, X[:, 0]), X),
            NoDrawsError,
            "LinearRegression makes no posterior draws",
        ),
        (
            lambda: BALD()(MCDropoutRegressor(max_epochs=1).fit(X, X[:, 0]), X),
            TypeError,
            "BALD needs draws of class probabilities, but MCDropoutRegressor is a "
            "regressor. Try PredictiveVariance",
        ),
        (
            lambda: ActiveLearner(network(module=nn.Linear(5, 3)), BALD(), X, Y),
            NoDropoutError,
            "module of MCDropoutClassifier must have dropout",
        ),
        (
            lambda: ActiveLearner(network(image_shape=(2, 2)), BALD(), X, Y),
            ValueError,
            r"image_shape of MCDropoutClassifier is \(1, 2, 2\), which is 4 values per "
            "row, but X has 5",
        ),
        (
            lambda: BALD(n_draws=7)(
                network(deterministic=True).fit(X, Y), X
            ),
            ValueError,
            "n_draws of MCDropoutClassifier must be None or 1 with deterministic=True",
        ),
        (
            lambda: MaxEntropy(random_state=-1)(network().fit(X, Y), X),
            ValueError,
            "random_state of MaxEntropy",
        ),
        (
            lambda: VariationRatios(n_draw=3),
            TypeError,
            "VariationRatios has no parameter 'n_draw'",
        ),
        (
            lambda: EPIG(n_target=0)(network().fit(X, Y), X),
            ValueError,
            "n_target of EPIG must be an integer >= 1, got 0",
        ),
        (
            lambda: ActiveLearningLoop(
                ActiveLearner(network(), BALD()), X, LabelOracle(Y), n_queries=1
            ).run(),
            NotFittedError,
            "initial",
        ),
        (
            lambda: regression_of_votes(VOTES[:, ::-1]),
            ValueError,
            "y given to BayesianVoteRegression: row 0 has k = 12 yes votes of N = 0, "
            "but must have 0 <= k <= N",
        ),
        (
            lambda: regression_of_votes(VOTES[:, 0]),
            ValueError,
            r"y given to BayesianVoteRegression must be votes of shape \(n_samples, 2\)"
            r", columns k and N, .* got shape \(12,\)",
        ),
        (
            lambda: regression_of_votes().score(X, np.stack([VOTES] * 3, axis=1)),
            ValueError,
            "y given to BayesianVoteRegression has votes on 3 questions, but "
            "BayesianVoteRegression was fitted on 1",
        ),
        (
            lambda: ActiveLearner(regression_of_votes(), VoteBALD(), X, VOTES).teach(
                X, VOTES - 1
            ),
            ValueError,
            "y given to ActiveLearner: row 0 has k = -1 yes votes of N = 11",
        ),
        (
            lambda: BALD()(regression_of_votes(), X),
            TypeError,
            "BALD needs draws of class probabilities, but BayesianVoteRegression is a "
            "model of votes. Try VoteBALD",
        ),
        (
            lambda: VoteBALD()(network().fit(X, Y), X),
            TypeError,
            "VoteBALD needs draws of the probability that a volunteer says yes, .* but "
            "MCDropoutClassifier is a classifier, whose columns are classes. Use BALD",
        ),
        (
            lambda: regression_of_votes().predict_votes(X, [3, 4]),
            ValueError,
            r"n_votes of predict_votes of BayesianVoteRegression must be one integer "
            r"or have the shape \(12,\) or \(12, 1\), .* got shape \(2,\)",
        ),
        (
            lambda: VoteCoverageDisplay.from_estimator(network().fit(X, Y), X, VOTES),
            TypeError,
            "VoteCoverageDisplay needs a model of votes, one with predict_votes",
        ),
    ],
)  # fmt: skip
def test_a_wrong_model_or_parameter_is_named(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()


def test_a_class_that_was_never_taught_is_wrong_but_no_error(learner):
    # As in scikit-learn: it cannot be predicted, and a score counts it as missed.
    strange = np.where(Y == "owl", "yak", Y)
    missed = learner.score(X, Y) - learner.score(X, strange)
    assert missed == np.mean((learner.predict(X) == Y) & (Y == "owl"))
    assert "yak" not in learner.predict(X)


def test_a_class_that_comes_later_gets_its_column(learner):
    taught = ActiveLearner(network(), BALD(), X[:8], np.where(Y == "owl", "cat", Y)[:8])
    taught.teach(X[8:], Y[8:])
    assert taught.classes_.tolist() == ["cat", "dog", "owl"]
    assert taught.predict_proba(X).shape == (12, 3)


@pytest.mark.parametrize(
    "kind",
    [
        BayesianLinearRegression,
        LaplaceRegressor,
        LastLayerRegressor,
        MCDropoutRegressor,
        MeanFieldLinearRegression,
    ],
)
def test_labels_given_to_a_regressor_are_named(kind):
    message = f"y given to {kind.__name__} must be numbers, got 'cat': labels of"
    with pytest.raises(ValueError, match=message):
        kind().fit(X, Y)


ASKED_OF_ROWS = ["predict", "predict_proba", "decision_function", "predict_samples",
                 "predict_interval", "predict_concentration", "transform",
                 "covariance_factor"]  # fmt: skip
ASKED_OF_ROWS_AND_VOTES = ["predict_votes", "score"]
ASKED_OF_ITSELF = ["log_marginal_likelihood", "elbo"]


@pytest.mark.parametrize(
    ("name", "method", "rows"),
    [
        (name, method, rows)
        for name in MODELS
        for methods, rows in (
            (ASKED_OF_ROWS, (X,)),
            (ASKED_OF_ROWS_AND_VOTES, (X, VOTES)),
            (ASKED_OF_ITSELF, ()),
        )
        for method in methods
        if hasattr(getattr(models, name)(), method)
    ],
)
def test_an_unfitted_model_says_so_whatever_is_asked(name, method, rows):
    model = getattr(models, name)()
    with pytest.raises(NotFittedError, match=f"This {name} instance is not fitted"):
        getattr(model, method)(*rows)


CLASSIFIERS = [
    name for name in MODELS if hasattr(getattr(models, name), "predict_proba")
]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_score_of_sparse_labels_names_y(name):
    column = scipy.sparse.csr_array(np.ones((12, 1)))
    model = getattr(models, name)
    with pytest.raises(TypeError, match=f"y of {name}.score must be dense"):
        model.score(object.__new__(model), X, column)
