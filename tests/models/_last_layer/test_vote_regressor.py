"""Votes on features, against the head fitted on them by hand."""

import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbal import ActiveLearner
from skbal.features import PoolGraph
from skbal.loop import ActiveLearningLoop
from skbal.models import (
    BayesianVoteRegression,
    DeepEnsembleVoteRegressor,
    LastLayerVoteRegressor,
    MCDropoutClassifier,
    MCDropoutVoteRegressor,
)
from skbal.oracles import LabelOracle
from skbal.query import VoteBALD

RNG = np.random.default_rng(0)
X = make_blobs(90, centers=4, cluster_std=1.8, n_features=3, random_state=1)[0]
RHO = 1 / (1 + np.exp(-np.stack([np.sin(X[:, 0]), 0.2 * X[:, 1]], axis=1)))
VOTES = np.stack([RNG.binomial(20, RHO), np.full(RHO.shape, 20)], axis=2)
NEW = X[:9] + 0.05
GRAPH = PoolGraph(n_components=15, random_state=0).fit(X)
SMALL = {"module__hidden_units": (8,), "max_epochs": 3}


def network(**changes):
    return MCDropoutVoteRegressor(**{**SMALL, **changes})


def of_each_kind():
    head = BayesianVoteRegression(n_draws=30)
    spread = BayesianVoteRegression("beta-binomial", n_draws=30, optimize=None)
    return {
        "network": LastLayerVoteRegressor(network(), head, random_state=0),
        "graph": LastLayerVoteRegressor(GRAPH, head, random_state=0),
        "scaler": LastLayerVoteRegressor(StandardScaler(), spread, random_state=0),
    }


@pytest.mark.parametrize("y", [VOTES, VOTES[:, 0]], ids=["two", "one"])
@pytest.mark.parametrize("kind", ["network", "graph", "scaler"])
def test_all_predictions_are_those_of_the_head_fitted_on_the_features(kind, y):
    model = of_each_kind()[kind].fit(X, y)
    head, new = clone(model.head), model.transform(NEW)
    head.set_params(random_state=model.head_.random_state).fit(model.transform(X), y)
    pairs = [
        (model.predict(NEW), head.predict(new)),
        (model.predict_votes(NEW, 5), head.predict_votes(new, 5)),
        (model.predict_votes(NEW, range(9)), head.predict_votes(new, range(9))),
        (model.predict_interval(NEW, 20, 0.5), head.predict_interval(new, 20, 0.5)),
        (model.predict_interval(NEW), head.predict_interval(new)),
        (model.predict_concentration(NEW), head.predict_concentration(new)),
        (
            model.predict_samples(NEW, 7, random_state=1),
            head.predict_samples(new, 7, random_state=1),
        ),
        (model.score(NEW, y[:9]), head.score(new, y[:9])),
        (
            model.score(NEW, y[:9], sample_weight=np.arange(9)),
            head.score(new, y[:9], np.arange(9)),
        ),
        (model.log_marginal_likelihood(), head.log_marginal_likelihood()),
    ]
    for found, expected in pairs:
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert model.n_questions_ == head.n_questions_
    assert model.predict_samples(NEW).shape[1] == 30


def test_the_same_seed_trains_the_same_network_and_draws_the_same_intervals():
    twice = [of_each_kind()["network"].fit(X, VOTES) for _ in range(2)]
    first, second = (m.predict_interval(NEW, 20) for m in twice)
    np.testing.assert_array_equal(first, second)


# ---------------------------------------------------------------------- the features


def test_a_network_is_trained_on_the_votes_and_cut_before_its_last_layer():
    given = network()
    model = LastLayerVoteRegressor(given, random_state=0).fit(X, VOTES)
    assert not hasattr(given, "net_")
    assert model.features_.n_questions_ == 2
    last = model.features_.net_.module_[-1]
    features = model.transform(X).astype(np.float32)
    logits = features @ last.weight.detach().numpy().T + last.bias.detach().numpy()
    found = model.features_.set_params(deterministic=True).predict(X)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=1e-5)


def test_members_of_an_ensemble_give_columns_side_by_side():
    ensemble = DeepEnsembleVoteRegressor(n_members=3, **SMALL)
    model = LastLayerVoteRegressor(ensemble, random_state=0).fit(X, VOTES)
    assert model.transform(NEW).shape == (9, 24)
    first = FrozenEstimator(model.features_.members_[0].module_)
    alone = LastLayerVoteRegressor(first).fit(model.features_._scaled(X), VOTES)
    scaled = model.features_._scaled(NEW)
    expected = model.transform(NEW)[:, :8]
    np.testing.assert_allclose(alone.transform(scaled), expected, atol=1e-5)


def test_columns_of_a_graph_are_scaled_by_the_prior_of_its_field():
    model = LastLayerVoteRegressor(GRAPH, tau=0.3, alpha=1.5).fit(X, VOTES)
    variances = (0.3 / (0.3 + 1 - GRAPH.eigenvalues_)) ** 1.5
    variances /= (GRAPH.embedding_**2 @ variances).mean()
    expected = GRAPH.transform(NEW) * np.sqrt(variances)
    np.testing.assert_allclose(model.transform(NEW), expected, rtol=1e-5)
    # The prior variance of the logit is 1 in the mean over the pool.
    assert (model.transform(X) ** 2).sum(axis=1).mean() == pytest.approx(1, rel=1e-5)


def test_other_columns_are_used_as_they_are():
    head = BayesianVoteRegression(random_state=3)
    model = LastLayerVoteRegressor(StandardScaler(), head).fit(X, VOTES)
    pipeline = make_pipeline(StandardScaler(), head).fit(X, VOTES)
    np.testing.assert_array_equal(model.predict(NEW), pipeline.predict(NEW))


def test_a_fitted_graph_is_used_as_it_is_and_others_are_built_of_the_rows():
    model = LastLayerVoteRegressor(GRAPH).fit(X[:20], VOTES[:20])
    assert clone(model).features is GRAPH
    assert model.features_.affinity_ is GRAPH.affinity_
    built = LastLayerVoteRegressor(PoolGraph(n_components=5)).fit(X[:20], VOTES[:20])
    assert len(built.features_.node_of_row_) == 20
    assert not built.features.__sklearn_is_fitted__()


def test_a_graph_whose_parameters_were_changed_is_refused():
    graph = PoolGraph(n_components=5, random_state=0).fit(X)
    model = LastLayerVoteRegressor(graph.set_params(n_neighbors=4))
    message = "features of LastLayerVoteRegressor was fitted with other parameters"
    with pytest.raises(NotFittedError, match=message):
        model.fit(X, VOTES)


def test_a_loop_shows_the_pool_to_a_graph_that_is_not_fitted():
    model = LastLayerVoteRegressor(PoolGraph(n_components=8, random_state=0))
    loop = ActiveLearningLoop(
        ActiveLearner(model, VoteBALD(random_state=0)),
        X,
        LabelOracle(VOTES),
        n_queries=2,
        n_instances=3,
        initial=np.arange(10),
    )
    learner = loop.run().learner
    assert len(learner.estimator.features_.node_of_row_) == len(X)
    assert not model.observe_pool(X).observes_pool
    assert not LastLayerVoteRegressor(GRAPH).observes_pool
    assert not LastLayerVoteRegressor(network()).observes_pool
    assert LastLayerVoteRegressor(make_pipeline(PoolGraph())).observes_pool


def test_a_pipeline_of_transformers_keeps_the_pool_it_was_shown():
    model = LastLayerVoteRegressor(make_pipeline(PoolGraph(n_components=8)))
    given = model.features
    model.observe_pool(X).fit(X[:10], VOTES[:10])
    assert len(model.features_[0].node_of_row_) == len(X)
    assert not given[0].__sklearn_is_fitted__()


def test_other_features_may_follow():
    model = LastLayerVoteRegressor(network(), random_state=0).fit(X, VOTES)
    model.set_params(features=FunctionTransformer()).fit([[0.5], [1.0]], [[1, 2]] * 2)
    assert not hasattr(model, "network_")
    assert not hasattr(model, "row_shape_")
    np.testing.assert_array_equal(model.transform([[3.0]]), [[3.0]])
    model.set_params(features=network()).fit(X, VOTES)
    assert model.transform(X).shape == (90, 8)


def test_the_seed_reaches_a_transformer_but_no_fitted_graph():
    pca = PCA(2, svd_solver="randomized")
    first = LastLayerVoteRegressor(pca, random_state=0).fit(X, VOTES)
    assert isinstance(first.features_.random_state, int)
    assert pca.random_state is None
    assert LastLayerVoteRegressor(pca).fit(X, VOTES).features_.random_state is None
    LastLayerVoteRegressor(GRAPH, random_state=5).fit(X, VOTES)
    assert GRAPH.random_state == 0


# ------------------------------------------------------------- learners and searches


def test_a_lesson_may_leave_the_network_as_it_is():
    model = LastLayerVoteRegressor(network(), random_state=0)
    learner = ActiveLearner(model, VoteBALD(), X[:40], VOTES[:40])
    trained = learner.estimator.features_
    before = learner.predict(NEW)
    learner.teach(X[40:], VOTES[40:], refit_network=False)
    assert learner.estimator.features_ is trained
    assert np.abs(learner.predict(NEW) - before).max() > 1e-3
    learner.teach(X[:5], VOTES[:5])
    assert learner.estimator.features_ is not trained


def test_a_search_goes_over_the_prior_of_graph_and_head():
    model = LastLayerVoteRegressor(GRAPH, BayesianVoteRegression(optimize=None))
    grid = {"alpha": [1.0, 3.0], "head__prior_variance": [0.1, 10.0]}
    search = GridSearchCV(model, grid, cv=2).fit(X, VOTES)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(set(search.cv_results_["mean_test_score"])) == 4


def test_parameters_of_default_parts_are_known():
    model = LastLayerVoteRegressor().set_params(
        head__likelihood="beta-binomial", features__max_epochs=2
    )
    assert model.head.likelihood == "beta-binomial"
    assert model.features.max_epochs == 2


def test_a_pickle_predicts_the_same():
    for model in of_each_kind().values():
        model.fit(X[:30], VOTES[:30])
        again = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(again.predict(NEW), model.predict(NEW))


# -------------------------------------------------------------------------- the head


def test_a_learner_takes_the_counts_of_answers_that_the_head_learns():
    head = BayesianVoteRegression("multinomial", optimize=None, n_draws=5)
    model = LastLayerVoteRegressor(GRAPH, head, random_state=0)
    counts = RNG.multinomial(20, [0.5, 0.3, 0.2], len(X))
    learner = ActiveLearner(clone(model), VoteBALD(random_state=0))
    learner.teach(X[:40], counts[:40])
    by_hand = model.fit(X[:40], counts[:40])
    np.testing.assert_array_equal(learner.predict(NEW), by_hand.predict(NEW))
    with pytest.raises(ValueError, match=r"counts .* got shape \(3, 2, 2\)"):
        learner.teach(X[:3], VOTES[:3])
    k_of_n = ActiveLearner(LastLayerVoteRegressor(GRAPH), VoteBALD())
    with pytest.raises(ValueError, match="columns k and N"):
        k_of_n.teach(X[:3], counts[:3])


class Keeps(RegressorMixin, BaseEstimator):
    """A head of another kind, without intervals or a concentration."""

    def fit(self, X, y):
        self.y_ = y
        return self

    def predict(self, X):
        return np.zeros(len(X))

    predict_samples = predict_votes = predict


def test_the_head_is_given_y_as_it_is():
    counts = RNG.integers(0, 9, (90, 4)).tolist()
    model = LastLayerVoteRegressor(StandardScaler(), Keeps()).fit(X, counts)
    assert model.head_.y_ is counts
    assert not hasattr(model, "predict_interval")
    assert not hasattr(model, "predict_concentration")
    assert not hasattr(model, "log_marginal_likelihood")


# ---------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (3, r"features of .* must be a network of votes such as .* got 3"),
        (PoolGraph, "features of LastLayerVoteRegressor must be .* got <class"),
        (BayesianVoteRegression(), "must be a network of votes .* got BayesianVote"),
        (MCDropoutClassifier(), "must be a network of votes to be trained, got MCDrop"),
    ],
)
def test_features_of_another_kind_are_refused(features, message):
    with pytest.raises(TypeError, match=message):
        LastLayerVoteRegressor(features).fit(X, VOTES)


def test_a_frozen_network_of_any_kind_is_used_as_it_is():
    trained = MCDropoutClassifier(**SMALL, random_state=0).fit(X, X[:, 0] > 0)
    model = LastLayerVoteRegressor(FrozenEstimator(trained)).fit(X, VOTES)
    assert model.features_ is trained


@pytest.mark.parametrize("features", [network(), GRAPH])
def test_wrong_rows_and_votes_are_named(features):
    model = LastLayerVoteRegressor(features)
    with pytest.raises(ValueError, match=r"90|inconsistent"):
        model.fit(X, VOTES[:50])
    with pytest.raises(ValueError, match="requires y to be passed"):
        model.fit(X, None)
    with pytest.raises(ValueError, match=r"row 0 has k = 20 yes votes of N = "):
        model.fit(X, VOTES[:, :, ::-1] - [[[0, 1]]])
    with pytest.raises(NotFittedError):
        model.predict(X)
