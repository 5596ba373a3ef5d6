"""Weights go through searches and pipelines, by scikit-learn's metadata routing."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearningClassifier, ActiveLearningRegressor

X, Y = load_iris(return_X_y=True)
WEIGHTS = np.linspace(0.1, 2, len(X))
SHORT = {"n_queries": 2, "n_instances": 5, "random_state": 0}


@pytest.fixture(autouse=True)
def routed():
    with config_context(enable_metadata_routing=True):
        yield


def run(estimator=None, **changes):
    estimator = estimator or RandomForestClassifier(10, random_state=0)
    return ActiveLearningClassifier(estimator, **SHORT, **changes)


def asking():
    asked = run().set_fit_request(sample_weight=True)
    return asked.set_score_request(sample_weight=True)


def weighted_by_hand():
    return run().fit(X, Y, sample_weight=WEIGHTS)


def test_a_pipeline_passes_weights_to_the_run():
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    model = make_pipeline(scaler, asking()).fit(X, Y, sample_weight=WEIGHTS)
    learner = model[-1].learner_
    kept = learner._taught.per_row["sample_weight"]
    np.testing.assert_array_equal(kept, WEIGHTS[learner.indices_training])
    assert model.score(X, Y) == accuracy_score(Y, model.predict(X))


def test_a_search_passes_weights_to_fits_and_scores():
    search = GridSearchCV(asking(), {"n_queries": [1, 2]}, cv=2, error_score="raise")
    search.fit(X, Y, sample_weight=WEIGHTS)
    assert search.best_params_["n_queries"] in (1, 2)
    found = search.best_estimator_
    learner = found.learner_
    np.testing.assert_array_equal(
        learner._taught.per_row["sample_weight"], WEIGHTS[learner.indices_training]
    )


def test_a_pipeline_inside_the_run_routes_them_to_its_last_step():
    forest = RandomForestClassifier(10, random_state=0)
    forest.set_fit_request(sample_weight=True)
    inside = run(make_pipeline("passthrough", forest)).fit(X, Y, sample_weight=WEIGHTS)
    by_hand = weighted_by_hand()
    assert inside.history_ == by_hand.history_
    np.testing.assert_array_equal(inside.predict(X), by_hand.predict(X))


def test_scores_take_weights():
    model = weighted_by_hand()
    expected = accuracy_score(Y, model.predict(X), sample_weight=WEIGHTS)
    assert model.score(X, Y, WEIGHTS) == expected
    model.set_params(scoring="accuracy")
    assert model.score(X, Y, WEIGHTS) == expected
    forest = RandomForestRegressor(10, random_state=0)
    regressor = ActiveLearningRegressor(forest, **SHORT).fit(X[:, 1:], X[:, 0])
    expected = r2_score(X[:, 0], regressor.predict(X[:, 1:]), sample_weight=WEIGHTS)
    assert regressor.score(X[:, 1:], X[:, 0], WEIGHTS) == pytest.approx(expected)
