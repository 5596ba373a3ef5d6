"""A student learns what a teacher says about a pool."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skbal import ActiveLearner, predict_samples
from skbal.exceptions import NoDrawsError
from skbal.features import GradientHistograms, PoolGraph
from skbal.loop import ActiveLearningLoop
from skbal.models import (
    BayesianLogisticRegression,
    DistilledClassifier,
    GraphClassifier,
    MCDropoutClassifier,
)
from skbal.oracles import LabelOracle
from skbal.query import Margin
from skbal.seeding import ClusterSeed

RNG = np.random.default_rng(0)
CENTRES = np.array([[0.0, 0.0], [7.0, 0.0], [0.0, 7.0]])
NAMES = np.array(["owl", "cat", "dog"])
SIDE = np.repeat([0, 1, 2], 40)
POOL = CENTRES[SIDE] + RNG.standard_normal((120, 2))
Y = NAMES[SIDE]
FIRST = [0, 40, 80]
STUDENT = BayesianLogisticRegression(random_state=0)


def graph(**options):
    return PoolGraph(n_components=20, random_state=0, **options)


def field(**options):
    return GraphClassifier(graph().fit(POOL), random_state=0, **options)


def distilled(student=STUDENT, **options):
    return DistilledClassifier(field(), student, X_pool=POOL, **options)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    X_pool, X_test, y_pool, y_test = train_test_split(
        X / 16, y, test_size=0.5, random_state=0
    )
    strokes = GradientHistograms(n_cells=4, image_shape=(8, 8))
    graph = PoolGraph(strokes, n_components=100, random_state=0).fit(X_pool)
    rows = ClusterSeed(12, features=graph, random_state=0).select(X_pool)
    return graph, rows, X_pool, y_pool, X_test, y_test


@pytest.mark.slow
def test_a_network_learns_digits_from_twelve_labels(digits):
    graph, rows, X_pool, y_pool, X_test, y_test = digits
    network = MCDropoutClassifier(max_epochs=40, n_draws=50, random_state=0)
    model = DistilledClassifier(
        GraphClassifier(graph, random_state=0), network, X_pool=X_pool
    ).fit(X_pool[rows], y_pool[rows])
    alone = clone(network).fit(X_pool[rows], y_pool[rows])
    assert model.teacher_.score(X_test, y_test) > 0.93
    assert model.score(X_test, y_test) > 0.88
    assert alone.score(X_test, y_test) < model.score(X_test, y_test) - 0.2
    draws = model.predict_samples(
        X_test, n_draws=50, random_state=model.student_.draw_seed_
    )
    np.testing.assert_allclose(draws.mean(1), model.predict_proba(X_test), atol=1e-5)


@pytest.mark.slow
def test_the_student_is_the_network_taught_by_hand(digits):
    graph, rows, X_pool, y_pool, X_test, _ = digits
    network = MCDropoutClassifier(max_epochs=2, n_draws=5, random_state=0)
    names = np.array(list("zyxwvutsrq"))[y_pool]
    teacher = GraphClassifier(graph, random_state=0).fit(X_pool[rows], names[rows])
    by_hand = clone(network).fit(X_pool, teacher.predict_proba(X_pool))
    model = DistilledClassifier(FrozenEstimator(teacher), network, X_pool=X_pool)
    model.fit(X_pool[rows], names[rows])
    np.testing.assert_array_equal(
        model.predict_proba(X_test), by_hand.predict_proba(X_test)
    )
    best = by_hand.predict(X_test)
    assert model.predict(X_test).tolist() == teacher.classes_[best].tolist()


@pytest.mark.slow
def test_the_student_may_be_a_pipeline_that_ends_in_a_network():
    network = MCDropoutClassifier(max_epochs=40, n_draws=20, random_state=0)
    model = distilled(make_pipeline(MinMaxScaler(), network))
    assert model.fit(POOL[FIRST], Y[FIRST]).score(POOL, Y) > 0.95
    assert predict_samples(model, POOL, 7, random_state=0).shape == (120, 7, 3)


@pytest.mark.slow
def test_all_parts_have_defaults():
    model = DistilledClassifier(X_pool=POOL).fit(POOL[FIRST], Y[FIRST])
    assert model.score(POOL, Y) > 0.9
    assert isinstance(model.student_, MCDropoutClassifier)
    assert len(model.teacher_.graph_.node_of_row_) == len(POOL)


def test_three_labels_are_enough_with_a_pool():
    model = distilled().fit(POOL[FIRST], Y[FIRST])
    assert model.classes_.tolist() == sorted(NAMES)
    assert model.score(POOL, Y) > 0.95
    new = CENTRES + 0.5
    assert model.predict(new).tolist() == NAMES.tolist()
    draws = model.predict_samples(new, n_draws=9, random_state=0)
    assert draws.shape == (3, 9, 3)
    np.testing.assert_allclose(draws.sum(axis=2), 1)
    assert (model.n_features_in_, model.student_.classes_.tolist()) == (2, [0, 1, 2])


def test_the_teacher_learns_the_labels_and_their_weights():
    weights = np.array([1.0, 2.0, 0.5])
    model = distilled().fit(POOL[FIRST], Y[FIRST], sample_weight=weights)
    teacher = field().fit(POOL[FIRST], Y[FIRST], sample_weight=weights)
    np.testing.assert_array_equal(
        model.teacher_.predict_proba(POOL), teacher.predict_proba(POOL)
    )


def test_without_a_pool_it_learns_on_the_rows_of_fit():
    teacher = LogisticRegression()
    model = DistilledClassifier(teacher, LogisticRegression(C=np.inf, tol=1e-8))
    known = model.fit(POOL, Y).teacher_.predict_proba(POOL)
    np.testing.assert_allclose(model.predict_proba(POOL), known, atol=1e-3)
    assert not hasattr(teacher, "coef_")


def test_a_frozen_teacher_is_used_as_it_is():
    teacher = field().fit(POOL[FIRST], Y[FIRST])
    model = DistilledClassifier(FrozenEstimator(teacher), STUDENT, X_pool=POOL)
    model.fit(POOL[:4], ["other"] * 4)
    assert model.score(POOL, Y) > 0.95


def test_an_unfitted_graph_is_that_of_the_pool():
    teacher = GraphClassifier(graph(), random_state=0)
    model = DistilledClassifier(teacher, STUDENT, X_pool=POOL)
    model.fit(POOL[FIRST], Y[FIRST])
    assert len(model.teacher_.graph_.node_of_row_) == len(POOL)
    assert not teacher.graph.__sklearn_is_fitted__()


def test_a_loop_gives_it_the_pool():
    teacher = GraphClassifier(graph(), random_state=0)
    model = DistilledClassifier(teacher, STUDENT)
    learner = ActiveLearner(model, Margin(random_state=0))
    candidates = np.arange(0, 120, 2)
    ActiveLearningLoop(
        learner,
        POOL,
        LabelOracle(Y),
        n_queries=1,
        initial=FIRST,
        candidates=candidates,
    ).run()
    assert len(model.X_pool) == len(candidates)
    assert len(model.teacher.graph.node_of_row_) == len(candidates)
    assert not teacher.graph.__sklearn_is_fitted__()
    assert learner.score(POOL, Y) > 0.95


def test_a_pool_of_the_user_stays():
    model = distilled()
    assert not model.observes_pool
    assert model.observe_pool(POOL[:50]) is model
    assert model.X_pool is POOL


@pytest.mark.slow
def test_it_is_an_estimator_like_others():
    model = distilled().fit(POOL[FIRST], Y[FIRST])
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict_proba(POOL), model.predict_proba(POOL))
    copy = clone(model)
    assert not hasattr(copy, "student_")
    assert copy.teacher.graph is model.teacher.graph
    copy.set_params(student__prior_variance=2.0, teacher__noise_variance=0.1)
    assert (copy.student.prior_variance, STUDENT.prior_variance != 2.0) == (2.0, True)
    search = GridSearchCV(distilled(), {"teacher__noise_variance": [0.02, 0.5]}, cv=2)
    rows = np.arange(0, 120, 8)
    assert search.fit(POOL[rows], Y[rows]).score(POOL, Y) > 0.9


def test_teacher_and_student_may_be_ensembles_that_have_a_length():
    forest = RandomForestClassifier(10, random_state=0)
    model = distilled(forest).fit(POOL[FIRST], Y[FIRST])
    assert model.score(POOL, Y) > 0.9
    assert model.predict_samples(POOL).shape == (120, 10, 3)
    model = DistilledClassifier(forest, STUDENT).fit(POOL, Y)
    assert clone(model).fit(POOL, Y).score(POOL, Y) > 0.9


def test_a_student_without_draws_is_named():
    model = distilled(LogisticRegression()).fit(POOL[FIRST], Y[FIRST])
    with pytest.raises(NoDrawsError, match="LogisticRegression makes no posterior"):
        model.predict_samples(POOL)
    assert len(Margin(random_state=0)(model, POOL, 3)) == 3


def test_a_fit_that_fails_changes_nothing():
    model = distilled().fit(POOL[FIRST], Y[FIRST])
    before = model.predict_proba(POOL)
    with pytest.raises(ValueError, match="NaN"):
        model.fit(np.full((3, 2), np.nan), Y[FIRST])
    np.testing.assert_array_equal(model.predict_proba(POOL), before)


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"teacher": 3}, TypeError, "teacher of D.* must be a classifier .* got 3"),
        ({"teacher": GraphClassifier}, TypeError, "got the class GraphClassifier"),
        (
            {"student": KNeighborsClassifier()},
            TypeError,
            "student of D.* sample_weight",
        ),
        ({"X_pool": POOL[:0]}, ValueError, "X_pool of D.* at least one row, got none"),
        ({"X_pool": 3}, TypeError, "X_pool of DistilledClassifier must be"),
    ],
)
def test_a_wrong_parameter_is_named(parameters, error, message):
    model = DistilledClassifier(**parameters)
    with pytest.raises(error, match=message):
        model.fit(POOL[FIRST], Y[FIRST])
    with pytest.raises(error, match=message):
        model.observe_pool(POOL)


def test_it_must_be_fitted():
    for method in ("predict", "predict_proba", "predict_samples"):
        with pytest.raises(NotFittedError, match="DistilledClassifier"):
            getattr(distilled(), method)(POOL)


def test_an_empty_pool_is_not_kept():
    model = DistilledClassifier()
    with pytest.raises(ValueError, match="X_pool given to observe_pool of Distilled"):
        model.observe_pool(POOL[:0])
    assert model.X_pool is None
