"""scikit-learn's searches choose among runs, whatever the number of processes."""

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skbal import ActiveLearningClassifier
from skbal.filters import LabelLikelihoodFilter
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, DiversityPenalised, Random
from skbal.simulation import LabelsToTarget, final_score, learning_curve_area_score

X, Y = load_digits(return_X_y=True)
X, Y = X[:400], Y[:400]
GRID = {
    "query_strategy__penalty": [0, 0.3],
    "label_filter__threshold": [0, 0.2],
}


def run(estimator=None, **changes):
    return ActiveLearningClassifier(
        estimator or RandomForestClassifier(n_estimators=10),
        DiversityPenalised(BALD()),
        label_filter=LabelLikelihoodFilter(),
        oracle_noise=0.1,
        n_queries=2,
        n_instances=5,
        random_state=0,
        **changes,
    )


def network():
    return MCDropoutClassifier(
        module__hidden_units=(16,), max_steps=10, n_draws=8, lr=0.02
    )


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The label filter rejected")
@pytest.mark.parametrize("estimator", [None, network()], ids=["forest", "network"])
def test_a_grid_of_penalties_and_thresholds_is_searched(estimator):
    search = GridSearchCV(run(estimator), GRID, cv=2).fit(X, Y)
    results = search.cv_results_
    assert len(results["params"]) == 4
    assert np.isfinite(results["mean_test_score"]).all()
    assert len(np.unique(results["mean_test_score"])) > 2
    assert set(search.best_params_) == set(GRID)
    best = search.best_estimator_
    assert best.query_strategy.penalty == search.best_params_["query_strategy__penalty"]
    threshold = best.learner_.label_filter.threshold
    assert threshold == search.best_params_["label_filter__threshold"]
    np.testing.assert_array_equal(search.predict(X), best.predict(X))
    # A threshold of 0 trusts all.
    trusting = run(estimator).set_params(label_filter__threshold=0).fit(X, Y)
    assert len(trusting.learner_.rejected_) == 0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The label filter rejected")
@pytest.mark.parametrize("estimator", [None, network()], ids=["forest", "network"])
def test_one_process_or_two_give_the_same(estimator):
    grid = {"query_strategy__penalty": [0, 0.3]}
    one, two = (
        GridSearchCV(
            run(estimator), grid, cv=2, n_jobs=n_jobs, scoring=learning_curve_area_score
        ).fit(X, Y)
        for n_jobs in (1, 2)
    )
    for fold in range(2):
        name = f"split{fold}_test_score"
        np.testing.assert_array_equal(one.cv_results_[name], two.cv_results_[name])
    assert one.best_estimator_.history_ == two.best_estimator_.history_


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The label filter rejected")
def test_other_searches_work_too():
    random = RandomizedSearchCV(
        run(),
        {"label_filter__threshold": uniform(0, 0.2)},
        n_iter=2,
        cv=2,
        random_state=0,
        scoring=final_score,
    ).fit(X, Y)
    assert np.isfinite(random.cv_results_["mean_test_score"]).all()
    halving = HalvingGridSearchCV(
        run(),
        {"query_strategy__penalty": [0, 0.1, 0.3]},
        resource="n_queries",
        min_resources=1,
        max_resources=3,
        cv=2,
        random_state=0,
    ).fit(X, Y)
    assert halving.n_resources_ == [1, 3]
    assert halving.best_estimator_.n_queries == 3
    rows = HalvingGridSearchCV(
        run(), {"query_strategy__penalty": [0, 0.3]}, cv=2, min_resources=200,
        random_state=0,
    ).fit(X, Y)  # fmt: skip
    assert rows.n_resources_[-1] >= 200


@pytest.mark.slow
@pytest.mark.versions
@pytest.mark.filterwarnings("ignore:The label filter rejected")
def test_a_run_at_the_end_of_a_pipeline_and_a_pipeline_in_a_run():
    around = make_pipeline(MinMaxScaler(), run(keep_stages=True))
    grid = {"activelearningclassifier__query_strategy__penalty": [0, 0.3]}
    search = GridSearchCV(around, grid, cv=2, scoring=learning_curve_area_score)
    search.fit(X, Y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    inside = run(make_pipeline(MinMaxScaler(), network()), keep_stages=True)
    inside.fit(X, Y)
    # The rows reach the models scaled by the whole of X, or by what was labelled.
    best = search.best_estimator_
    area = learning_curve_area_score(best, X, Y)
    scaled = best[:-1].transform(X)
    assert area == learning_curve_area_score(best[-1], scaled, Y)
    assert area == learning_curve_area_score(search, X, Y)


@pytest.mark.slow
@pytest.mark.versions
def test_strategies_themselves_can_be_searched():
    strategies = [BALD(), Random()]
    search = GridSearchCV(run(), {"query_strategy": strategies}, cv=2).fit(X, Y)
    assert search.best_params_["query_strategy"] in strategies


def test_the_area_is_the_mean_of_the_curve_over_labels():
    fitted = run(keep_stages=True).fit(X, Y)
    labels, scores = fitted.history_.n_labels, fitted.staged_score(X, Y)
    area = np.trapezoid(scores, labels) / (labels[-1] - labels[0])
    assert learning_curve_area_score(fitted, X, Y) == pytest.approx(area)
    no_stages = run().fit(X, Y)
    assert learning_curve_area_score(no_stages, X, Y) == no_stages.history_.area()
    single = run().set_params(n_queries=0).fit(X, Y)
    assert learning_curve_area_score(single, X, Y) == single.history_.scores[0]


def test_labels_to_a_target_are_a_score_that_rises():
    fitted = run(keep_stages=True).fit(X, Y)
    scores, labels = fitted.staged_score(X, Y), fitted.history_.n_labels
    assert LabelsToTarget(scores[0])(fitted, X, Y) == -labels[0]
    first = np.flatnonzero(scores >= scores[-1])[0]
    assert LabelsToTarget(scores[-1])(fitted, X, Y) == -labels[first]
    # Never there: as if all of the 400 rows had been paid for.
    assert LabelsToTarget(1.1)(fitted, X, Y) == -400


def test_the_final_score_is_that_of_the_last_model():
    fitted = run().fit(X, Y)
    assert final_score(fitted, X, Y) == fitted.score(X, Y)


@pytest.mark.parametrize(
    "scorer", [final_score, learning_curve_area_score, LabelsToTarget(0.5)]
)
def test_a_scorer_of_runs_says_what_it_needs(scorer):
    forest = RandomForestClassifier(5).fit(X, Y)
    with pytest.raises(
        TypeError, match=r"must be an ActiveLearningClassifier .* got Rand"
    ):
        scorer(forest, X, Y)


def test_a_curve_needs_stages_or_a_held_out_part():
    fitted = run(test_size=None).fit(X, Y)
    with pytest.raises(ValueError, match="no staged scores"):
        learning_curve_area_score(fitted, X, Y)
