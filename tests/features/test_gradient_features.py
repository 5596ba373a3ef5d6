import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.features import GradientFeatures
from skbal.models import MCDropoutClassifier, MCDropoutRegressor
from skbal.query import (
    BADGE,
    BAIT,
    LCMD,
    DensityWeighted,
    DiversityPenalised,
    GreedySampling,
    KCenterGreedy,
    KMeansBatch,
    ProbCover,
    Random,
    Subsampled,
    TypiClust,
)


class Linear(LinearRegression):
    """A model whose gradients are its rows times a number that says how often."""

    calls = []

    def gradient_features(self, X, *, weights, n_components, random_state):
        self.calls.append((weights, n_components, random_state))
        return np.asarray(X) * (2 if weights == "last" else 1)


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).normal(size=(60, 3))


@pytest.fixture
def learner(rows):
    Linear.calls.clear()
    return ActiveLearner(
        Linear(), X_training=rows[:10], y_training=np.sin(rows[:10, 0])
    )


KINDS = [
    (BAIT, {}),
    (LCMD, {}),
    (KCenterGreedy, {}),
    (KMeansBatch, {"strategy": Random(random_state=0)}),
    (TypiClust, {}),
    (ProbCover, {"delta": 0.8}),
    (GreedySampling, {}),
    (DensityWeighted, {"strategy": Random(random_state=0)}),
    (DiversityPenalised, {"strategy": Random(random_state=0)}),
    (Subsampled, {"strategy": Random(random_state=0), "n_neighbors": 1}),
]


@pytest.mark.parametrize(("kind", "parameters"), KINDS)
def test_every_strategy_with_features_takes_them(kind, parameters, rows, learner):
    features = GradientFeatures("last", n_components=7, random_state=5)
    strategy = kind(features=features, random_state=0, **parameters)
    expected = kind(features=lambda X: 2 * X, random_state=0, **parameters)
    chosen = strategy(learner, rows[10:], 6)
    assert_array_equal(chosen, expected(learner, rows[10:], 6))
    assert set(Linear.calls) == {("last", 7, 5)}
    assert clone(strategy).get_params()["features__n_components"] == 7


def test_a_call_has_one_sketch_whatever_the_random_state(rows, learner):
    for state in (None, np.random.default_rng(0)):
        Linear.calls.clear()
        features = GradientFeatures(random_state=state)
        LCMD(features=features, batch_size=9)(learner, rows[10:], 3)
        seeds = {seed for _, _, seed in Linear.calls}
        assert len(Linear.calls) > 5
        assert len(seeds) == 1
        LCMD(features=features)(learner, rows[10:], 3)
        assert len({seed for _, _, seed in Linear.calls}) == 2


def test_rows_pass_through_the_transformers_of_a_pipeline(rows):
    model = make_pipeline(StandardScaler(), Linear()).fit(rows, rows[:, 0])
    function = GradientFeatures().function_of(model)
    assert_allclose(function(rows), model[0].transform(rows))
    assert_array_equal(pickle.loads(pickle.dumps(function))(rows), function(rows))
    LCMD(features=GradientFeatures(), n_jobs=1)(model, rows, 2)


def test_features_of_a_trained_network(rows):
    y = np.sin(rows[:, 0])
    network = MCDropoutRegressor(max_steps=5, random_state=0)
    learner = ActiveLearner(network, X_training=rows[:30], y_training=y[:30])
    found = GradientFeatures(n_components=40).function_of(learner)(rows)
    expected = learner.estimator.gradient_features(rows, n_components=40)
    assert_array_equal(found, expected)
    # The input of the last layer and a one: the features that BAIT takes without.
    last = BAIT(features=GradientFeatures("last"), random_state=0)
    same = BAIT(features="model", random_state=0)
    assert_array_equal(last(learner, rows[30:], 5), same(learner, rows[30:], 5))
    assert_allclose(last.objective_, same.objective_)


def test_models_without_gradients_are_refused(rows):
    model = LinearRegression().fit(rows, rows[:, 0])
    with pytest.raises(TypeError, match=r"GradientFeatures needs .* got LinearRegr"):
        LCMD(features=GradientFeatures()).score_pool(model, rows)
    with pytest.raises(TypeError, match=r"features of LCMD must be .*, a GradientF"):
        LCMD(features=3)(model, rows)
    with pytest.raises(ValueError, match="weights of GradientFeatures must be 'all'"):
        GradientFeatures("first").function_of(Linear())
    classes = LogisticRegression().fit(rows, rows[:, 0] > 0)
    with pytest.raises(TypeError, match=r"features of BADGE must be .*put' or a fun"):
        BADGE(features=GradientFeatures())(classes, rows)
    with pytest.raises(TypeError, match="BAIT takes GradientFeatures for a regressor"):
        BAIT(features=GradientFeatures())(classes, rows)
    network = MCDropoutClassifier(max_steps=2, random_state=0)
    network.fit(rows, rows[:, 0] > 0)
    assert len(LCMD(features=GradientFeatures())(network, rows, 3)) == 3
