"""GraphClassifier: against a dense Gaussian process on one-hot labels."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, softmax
from scipy.stats import norm
from sklearn.model_selection import GridSearchCV
from sklearn.semi_supervised import LabelSpreading

from skbal import ActiveLearner, ActiveLearningClassifier, predict_samples
from skbal.features import PoolGraph
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.models import GraphClassifier
from skbal.oracles import LabelOracle
from skbal.query import BALD, EPIG, BatchBALD, ExpectedVarianceReduction, Margin
from tests.models._graph.problems import (
    GRAPH,
    NEW,
    ROWS,
    X_LABELLED,
    X,
    Y,
    dense_posterior,
)

LABELS = np.concatenate([Y[ROWS], Y[:4]])
MODEL = GraphClassifier(GRAPH, random_state=0).fit(X_LABELLED, LABELS)
ONE_OF_EACH = np.array([np.flatnonzero(label == Y)[0] for label in range(4)])


def one_hot(labels):
    return np.equal.outer(labels, np.unique(labels)).astype(float)


def moments(model, rows):
    """Return the mean of the field and its covariance, before the scale."""
    factor = model.covariance_factor(rows)
    return model._moments(rows)[0], factor @ factor.T


def test_the_mean_is_that_of_a_dense_gaussian_process():
    share = 1 / 4
    targets = one_hot(LABELS) - share
    mean, covariance = dense_posterior(MODEL, X_LABELLED, targets, NEW)
    found, spread = moments(MODEL, NEW)
    np.testing.assert_allclose(found, mean + share, atol=1e-8)
    np.testing.assert_allclose(spread, covariance, atol=1e-8)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-8)


def test_the_scale_is_the_variance_of_a_label_of_equally_frequent_classes():
    expected = np.var([1, 0, 0, 0]) * np.eye(4)
    np.testing.assert_allclose(MODEL.output_covariance_, expected)


@pytest.mark.slow
def test_draws_are_the_softmax_of_draws_of_the_field():
    rows, n_draws = NEW[:5], 20_000
    draws = predict_samples(MODEL, rows, n_draws=n_draws, random_state=1)
    # Differences of log-probabilities are differences of the field over its noise.
    noise = MODEL.label_variance(rows) * 3 / 16
    slope = 2 / np.sqrt(np.pi * noise)
    with np.errstate(divide="ignore"):
        logs = np.log(draws)
    fields = (logs[..., 0] - logs[..., 1]) / slope[:, np.newaxis]
    mean, covariance = moments(MODEL, rows)
    covariance = 2 * 3 / 16 * covariance
    variance = np.diag(covariance)
    away = fields.mean(axis=1) - (mean[:, 0] - mean[:, 1])
    assert (np.abs(away) < 5 * np.sqrt(variance / n_draws)).all()
    error = np.sqrt((np.outer(variance, variance) + covariance**2) / n_draws)
    assert (np.abs(np.cov(fields) - covariance) < 5 * error).all()


def test_probabilities_are_the_mean_over_the_posterior():
    draws = predict_samples(MODEL, NEW, n_draws=4000, random_state=0)
    found = MODEL.predict_proba(NEW)
    error = draws.std(axis=1) / np.sqrt(4000)
    assert (np.abs(found - draws.mean(axis=1)) < 5 * error + 0.01).all()
    best = MODEL.classes_[found.argmax(axis=1)]
    np.testing.assert_array_equal(MODEL.predict(NEW), best)


def test_two_classes_have_the_probability_of_their_difference():
    labels = LABELS > 1
    model = GraphClassifier(GRAPH).fit(X_LABELLED, labels)
    (mean, spread), noise = moments(model, NEW), model.label_variance(NEW) / 4
    gap, variance = mean[:, 1] - mean[:, 0], 2 * np.diag(spread) / 4
    slope = 2 / np.sqrt(np.pi * noise)

    def probability(row):
        std = np.sqrt(variance[row])
        return quad(
            lambda z: expit(slope[row] * (gap[row] + std * z)) * norm.pdf(z), -9, 9
        )[0]

    expected = [probability(row) for row in range(len(NEW))]
    np.testing.assert_allclose(model.predict_proba(NEW)[:, 1], expected, atol=1e-6)


def test_probabilities_depend_on_no_seed_and_no_number_of_draws():
    again = GraphClassifier(GRAPH, n_draws=3, random_state=7).fit(X_LABELLED, LABELS)
    np.testing.assert_array_equal(again.predict_proba(NEW), MODEL.predict_proba(NEW))


def test_of_two_classes_the_slope_is_that_of_the_normal_distribution():
    # P(f_1 + e_1 > f_0 + e_0) for small differences of f, with noise of variance s.
    step, s = 1e-4, 0.3
    values = np.array([0.5 + step, 0.5])
    found = softmax(2 * values / np.sqrt(np.pi * s))[0] - 0.5
    expected = norm.cdf(step / np.sqrt(2 * s)) - 0.5
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("names", [["a", "b", "c", "d"], [-3, 0, 7, 11]])
@pytest.mark.parametrize("cut", [1, 5, 14])
def test_pieces_equal_the_whole_also_with_new_classes(cut, names):
    labels = np.array(names)[LABELS]
    pieces = GraphClassifier(GRAPH, random_state=0)
    pieces.partial_fit(X_LABELLED[:cut], labels[:cut])
    pieces.partial_fit(X_LABELLED[cut:], labels[cut:])
    whole = GraphClassifier(GRAPH, random_state=0).fit(X_LABELLED, labels)
    assert pieces.classes_.tolist() == whole.classes_.tolist() == names
    for one, two in zip(moments(pieces, NEW), moments(whole, NEW)):
        np.testing.assert_allclose(one, two, atol=1e-9)
    np.testing.assert_allclose(
        pieces.predict_proba(NEW), whole.predict_proba(NEW), atol=1e-7
    )


def test_classes_told_in_advance_come_without_labels():
    model = GraphClassifier(GRAPH, random_state=0)
    model.partial_fit(X[ROWS], Y[ROWS] % 2, classes=[0, 1, 9])
    assert model.classes_.tolist() == [0, 1, 9]
    assert (model.predict_proba(X)[:, 2] < 0.6).all()
    model.partial_fit(X[ROWS], Y[ROWS] % 2)
    assert model.classes_.tolist() == [0, 1, 9]


def test_one_class_is_predicted_everywhere():
    model = GraphClassifier(GRAPH, random_state=0).fit(X[:3], ["only"] * 3)
    assert set(model.predict(NEW)) == {"only"}
    np.testing.assert_array_equal(model.predict_proba(NEW), np.ones((len(NEW), 1)))
    assert np.isfinite(model.covariance_factor(NEW)).all()


def test_one_label_for_each_cluster_names_them_all():
    model = GraphClassifier(GRAPH, random_state=0).fit(X[ONE_OF_EACH], Y[ONE_OF_EACH])
    labels = np.full(len(X), -1)
    labels[ONE_OF_EACH] = Y[ONE_OF_EACH]
    other = LabelSpreading("knn", n_neighbors=10).fit(X, labels)
    assert model.score(X, Y) >= other.score(X, Y) - 0.03
    assert model.score(X, Y) > 0.85


def test_two_clusters_without_an_edge_do_not_tell_of_each_other():
    rng = np.random.default_rng(0)
    far = rng.normal(size=(60, 2)) + 1000 * np.repeat([0, 1], 30)[:, np.newaxis]
    graph = PoolGraph(n_components=20, random_state=0).fit(far)
    model = GraphClassifier(graph, random_state=0).fit(far[:2], [0, 1])
    mean, covariance = moments(model, far)
    np.testing.assert_allclose(mean[30:], 0.5, atol=1e-8)
    np.testing.assert_allclose(covariance[:30, 30:], 0, atol=1e-8)


def test_a_grid_search_over_the_prior_keeps_the_graph():
    grid = {"alpha": [1.0, 3.0], "tau": [None, 0.1]}
    search = GridSearchCV(GraphClassifier(GRAPH), grid, cv=3).fit(X, Y)
    assert search.best_estimator_.graph is GRAPH
    assert search.best_score_ > 0.85


@pytest.mark.parametrize(
    "y", [[0.5, 1.5, 2.5], [[0, 1], [1, 0], [1, 1]], [0, 1, np.nan]]
)
def test_labels_that_are_no_classes_are_an_error(y):
    with pytest.raises(ValueError):
        GraphClassifier(GRAPH).fit(X[:3], y)


# ---------------------------------------------------------------- with other parts

STRATEGIES = [BALD, EPIG, BatchBALD, Margin, ExpectedVarianceReduction]


def learner_with(strategy, **params):
    return ActiveLearner(
        GraphClassifier(GRAPH, random_state=0),
        strategy,
        X_training=X[ONE_OF_EACH],
        y_training=Y[ONE_OF_EACH],
        **params,
    )


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_learner_asks_and_teaches(strategy):
    learner = learner_with(strategy(random_state=0))
    rows, _ = learner.query(X, n_instances=3)
    learner.teach(X[rows], Y[rows])
    both = np.concatenate([ONE_OF_EACH, rows])
    whole = GraphClassifier(GRAPH, random_state=0).fit(X[both], Y[both])
    np.testing.assert_allclose(
        learner.predict_proba(NEW), whole.predict_proba(NEW), atol=1e-7
    )
    assert len(set(rows.tolist())) == 3


def test_a_loop_learns_the_pool():
    loop = ActiveLearningLoop(
        learner_with(BALD(random_state=0)),
        X,
        LabelOracle(Y),
        n_queries=3,
        n_instances=2,
        candidates=np.setdiff1d(np.arange(len(X)), ONE_OF_EACH),
    )
    loop.run()
    assert loop.learner.score(X, Y) > 0.85


def test_a_simulated_run_learns_the_pool():
    run = ActiveLearningClassifier(
        GraphClassifier(GRAPH, random_state=0), n_queries=5, n_instances=2
    )
    assert run.fit(X, Y).score(X, Y) > 0.8


def test_a_label_filter_refuses_what_the_clusters_contradict():
    model = GraphClassifier(GRAPH, random_state=0).fit(X, Y)
    sure = np.flatnonzero(model.predict_proba(X)[np.arange(len(X)), Y] > 0.99)[:6]
    assert len(sure) == 6
    labels = Y[sure].copy()
    labels[:2] = (labels[:2] + 1) % 4
    trusted = LabelLikelihoodFilter().trust(model, X[sure], labels)
    assert trusted.tolist() == [False, False, True, True, True, True]


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        (["0", "1"], None, TypeError, r"y given to .* numbers, as the classes \[0, 1"),
        ([0, "1"], None, TypeError, "strings or numbers, got '1' in row 1 and 0"),
        ([0, 1], ["a"], TypeError, "classes given to partial_fit of GraphClassifier"),
        ([0, 1], [0, "a"], TypeError, "strings or numbers, got 'a' in row 1 and 0"),
        ([0, 1], [0, np.nan], ValueError, "must not contain NaN, but row 1 has it"),
        ([0, 1], 2, ValueError, "must be one label per row"),
    ],
)
def test_classes_of_another_kind_are_refused(labels, classes, error, message):
    model = GraphClassifier(GRAPH).fit(X_LABELLED, LABELS)
    before = model.predict_proba(NEW)
    with pytest.raises(error, match=message):
        model.partial_fit(X_LABELLED[:2], labels, classes=classes)
    np.testing.assert_array_equal(model.predict_proba(NEW), before)


def test_classes_may_be_given_as_labels_with_repeats():
    model = GraphClassifier(GRAPH)
    model.partial_fit(X_LABELLED[:2], ["a", "b"], classes=["c", "b", "b", "a"])
    assert model.classes_.tolist() == ["a", "b", "c"]
