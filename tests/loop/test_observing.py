"""A loop shows its pool to a model that learns from rows without labels."""

import numpy as np
import pytest
from modAL.models import Committee
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skbal import ActiveLearner, ActiveLearningClassifier
from skbal.experiments import compare
from skbal.features import PoolGraph
from skbal.loop import ActiveLearningLoop
from skbal.models import GraphClassifier, GraphRegressor
from skbal.oracles import LabelOracle
from skbal.query import ExpectedVarianceReduction, Margin, Random

RNG = np.random.default_rng(0)
CENTRES = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])
Y = np.repeat([0, 1, 2], 30)
X = CENTRES[Y] + RNG.standard_normal((90, 2))


def graph(**parameters):
    return PoolGraph(n_components=20, random_state=0, **parameters)


def loop_of(learner, X=X, y=Y, **options):
    options = {"n_queries": 2, "initial": [0, 30]} | options
    return ActiveLearningLoop(learner, X, LabelOracle(y), **options)


def test_the_graph_of_a_loop_is_that_of_its_pool():
    unfitted = graph()
    model = GraphClassifier(unfitted, random_state=0)
    loop_of(ActiveLearner(model, ExpectedVarianceReduction(random_state=0))).run()
    by_hand = graph().fit(X)
    assert not unfitted.__sklearn_is_fitted__()  # others may share it
    assert model.graph is clone(model).graph
    assert model.graph_.is_up_to_date()
    np.testing.assert_allclose(
        model.graph.eigenvalues_, by_hand.eigenvalues_, atol=1e-6
    )
    assert model.score(X, Y) == 1.0  # of three clusters, two were named


def test_a_model_without_a_graph_is_given_one():
    model = GraphClassifier(random_state=0)
    loop_of(ActiveLearner(model, Random(random_state=0))).run()
    assert len(model.graph.node_of_row_) == len(X)


def test_a_graph_of_the_user_stays():
    fitted = graph().fit(np.concatenate([X, X + 20]))
    model = GraphClassifier(fitted, random_state=0)
    loop_of(ActiveLearner(model, Random(random_state=0))).run()
    assert model.graph is fitted


def test_only_candidates_are_seen():
    candidates = np.arange(0, 90, 2)
    model = GraphClassifier(graph(), random_state=0)
    learner = ActiveLearner(model, Random(random_state=0))
    loop_of(learner, candidates=candidates).run()
    assert len(model.graph.node_of_row_) == len(candidates)


def test_a_learner_that_was_taught_is_fitted_again():
    model = GraphClassifier(graph(), random_state=0)
    learner = ActiveLearner(model, Margin(random_state=0), X[[0, 30]], Y[[0, 30]])
    assert len(model.graph_.node_of_row_) == 2
    assert learner.observe_pool(X) is learner
    assert len(model.graph_.node_of_row_) == len(X)
    expected = GraphClassifier(graph().fit(X), random_state=0).fit(
        X[[0, 30]], Y[[0, 30]]
    )
    np.testing.assert_allclose(
        learner.predict_proba(X), expected.predict_proba(X), atol=1e-4
    )
    np.testing.assert_array_equal(learner.y_training, Y[[0, 30]])


def test_a_pool_that_cannot_be_seen_changes_nothing():
    model = GraphClassifier(graph(), random_state=0)
    learner = ActiveLearner(model, Margin(random_state=0), X[[0, 30]], Y[[0, 30]])
    before = learner.predict_proba(X)
    with pytest.raises(ValueError, match="X given to PoolGraph"):
        learner.observe_pool(np.full((5, 2), np.nan))
    assert not model.graph.__sklearn_is_fitted__()
    np.testing.assert_array_equal(learner.predict_proba(X), before)


def test_an_error_after_the_look_takes_it_back():
    class Breaks(GraphClassifier):
        def fit(self, X, y, sample_weight=None):
            if not self.observes_pool:
                raise RuntimeError("no more")
            return super().fit(X, y, sample_weight)

    model = Breaks(graph(), random_state=0)
    learner = ActiveLearner(model, Margin(random_state=0), X[[0, 30]], Y[[0, 30]])
    with pytest.raises(RuntimeError, match="no more"):
        learner.observe_pool(X)
    assert not model.graph.__sklearn_is_fitted__()
    assert len(model.graph_.node_of_row_) == 2


def test_members_of_a_committee_see_the_pool():
    members = [
        ActiveLearner(GraphClassifier(graph(), random_state=seed), Margin())
        for seed in range(2)
    ]
    committee = Committee(members, query_strategy=Random(random_state=0))
    loop_of(committee).run()
    for member in members:
        assert len(member.estimator.graph.node_of_row_) == len(X)


def test_a_graph_as_first_step_of_a_pipeline():
    pipeline = make_pipeline(graph(), LogisticRegression())
    loop_of(ActiveLearner(pipeline, Margin(random_state=0))).run()
    assert len(pipeline[0].node_of_row_) == len(X)


def test_regression():
    model = GraphRegressor(graph(), random_state=0)
    learner = ActiveLearner(model, ExpectedVarianceReduction(random_state=0))
    loop_of(learner, y=X[:, 0]).run()
    assert len(model.graph.node_of_row_) == len(X)


def test_a_learner_of_the_users_own_needs_no_such_method():
    class Own:
        estimator = None

        def query(self, X_pool, n_instances=1):
            return np.arange(n_instances), X_pool[:n_instances]

        def teach(self, X, y):
            pass

    assert len(loop_of(Own()).run().history_) == 3


def test_an_estimator_of_the_users_own_sees_the_pool_once():
    class Centred(ClassifierMixin, BaseEstimator):
        looks = 0

        def observe_pool(self, X_pool):
            self.looks, self.middle = self.looks + 1, np.mean(X_pool, axis=0)

        def fit(self, X, y):
            self.inner_ = LogisticRegression().fit(X - self.middle, y)
            self.classes_ = self.inner_.classes_
            return self

        def predict_proba(self, X):
            return self.inner_.predict_proba(X - self.middle)

    loop = loop_of(ActiveLearner(Centred(), Margin(random_state=0)))
    next(iter(loop))
    loop.run()
    assert loop.learner.estimator.looks == 1
    np.testing.assert_allclose(loop.learner.estimator.middle, X.mean(axis=0))


def count_graphs(monkeypatch):
    sizes, build = [], PoolGraph._build
    monkeypatch.setattr(
        PoolGraph, "_build", lambda self, X: sizes.append(len(X)) or build(self, X)
    )
    return sizes


def test_the_strategies_of_a_repeat_share_a_graph(monkeypatch):
    sizes = count_graphs(monkeypatch)
    strategies = {"variance": ExpectedVarianceReduction(), "margin": Margin()}
    options = {"n_repeats": 2, "n_queries": 2, "initial": [0, 30], "test_size": 0.2}
    model = GraphClassifier(graph())
    comparison = compare(strategies, model, X, Y, random_state=0, **options)
    assert sizes == [72, 72]  # one for each repeat, without the test rows
    assert not model.graph.__sklearn_is_fitted__()
    again = compare(strategies, model, X, Y, random_state=0, n_jobs=2, **options)
    for name, histories in comparison.histories.items():
        for one, other in zip(histories, again.histories[name]):
            assert [r.indices for r in one] == [r.indices for r in other]


def test_a_comparison_that_goes_on_builds_no_graph_again(tmp_path, monkeypatch):
    sizes = count_graphs(monkeypatch)
    options = {"n_repeats": 1, "initial": [0, 30], "memory": str(tmp_path)}
    for _ in range(2):
        compare(
            [Margin()],
            GraphClassifier(graph()),
            X,
            Y,
            random_state=0,
            n_queries=2,
            **options,
        )
    assert len(sizes) == 1


def test_the_run_of_an_estimator_sees_its_pool():
    run = ActiveLearningClassifier(
        GraphClassifier(graph()), Margin(), n_queries=3, test_size=0.2, random_state=0
    ).fit(X, Y)
    assert len(run.learner_.estimator.graph.node_of_row_) == 72
