import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.cluster import Birch, KMeans, MiniBatchKMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, PredefinedSplit
from sklearn.pipeline import make_pipeline

from skbal import ActiveLearner
from skbal.base import QueryStrategy
from skbal.query import BALD, KMeansBatch, PowerBALD
from tests.query.fakes import random_pool


class FirstColumn(QueryStrategy):
    """Scores a row by its first feature."""

    def score_pool(self, estimator, X_pool):
        return np.asarray(X_pool)[:, 0]


@pytest.fixture(scope="module")
def blobs():
    X, which = make_blobs(
        [60, 40, 20, 5], cluster_std=0.05, centers=np.eye(4)[:, :3] * 5, random_state=0
    )
    return X, which


def chosen_of(X, n_instances, **parameters):
    strategy = KMeansBatch(features="input", random_state=0, **parameters)
    return strategy(None, X, n_instances)


def test_of_each_cluster_the_row_nearest_its_mean_comes_large_ones_first(blobs):
    X, which = blobs
    expected = []
    for blob in range(4):
        rows = np.flatnonzero(which == blob)
        distances = cdist(X[rows], X[rows].mean(axis=0, keepdims=True))[:, 0]
        expected.append(rows[distances.argmin()])
    clusterer = KMeans(n_init=10)
    assert_array_equal(chosen_of(X, 4, clusterer=clusterer), expected)


def test_without_a_strategy_the_score_is_how_near_a_row_is_to_the_mean():
    X = random_pool(30, 3)
    scores = KMeansBatch(features="input").score_pool(None, X)
    assert_allclose(scores, -cdist(X, X.mean(axis=0, keepdims=True))[:, 0])


def test_with_a_strategy_the_score_is_its_score():
    X = random_pool(30, 3)
    scores = KMeansBatch(FirstColumn()).score_pool(None, X)
    assert_array_equal(scores, X[:, 0])


@pytest.mark.parametrize("factor", [1, 2.5, 4])
def test_only_the_best_rows_of_the_strategy_are_clustered(factor):
    X = np.abs(random_pool(100, 3))
    chosen = chosen_of(X, 8, strategy=FirstColumn(), candidate_factor=factor)
    best = set(np.argsort(-X[:, 0])[: int(8 * factor)].tolist())
    assert set(chosen.tolist()) <= best
    assert (np.diff(X[chosen, 0]) <= 0).all()


def test_without_a_factor_all_rows_are_clustered(blobs):
    X, which = blobs
    X = X - X.min()  # all weigh something
    chosen = chosen_of(X, 4, strategy=FirstColumn(), candidate_factor=None,
                       clusterer=KMeans(n_init=10))  # fmt: skip
    assert set(which[chosen].tolist()) == {0, 1, 2, 3}


def test_a_row_weighs_as_much_as_its_score():
    # One cluster: the centre is the weighted mean.
    X = np.abs(random_pool(40, 3))
    for weighted, weights in ((True, X[:, 0]), (False, None)):
        mean = np.average(X, axis=0, weights=weights)
        expected = cdist(X, mean[np.newaxis])[:, 0].argmin()
        found = chosen_of(X, 1, strategy=FirstColumn(), candidate_factor=None,
                          weighted=weighted)  # fmt: skip
        assert_array_equal(found, [expected])


def test_features_are_computed_of_the_candidates_only_and_belong_to_them(blobs):
    X, which = blobs
    scored = np.column_stack([np.random.default_rng(0).random(len(X)), X])
    seen = []

    def features(rows):
        seen.append(rows)
        return rows[:, 1:]

    strategy = KMeansBatch(
        FirstColumn(),
        features=features,
        candidate_factor=20,
        clusterer=KMeans(n_init=10),
        random_state=0,
    )
    chosen = strategy(None, scored, 4)
    best = np.sort(np.argsort(-scored[:, 0])[:80])
    assert_array_equal(np.concatenate(seen), scored[best])
    assert set(chosen.tolist()) <= set(best.tolist())
    # One row of each blob, and near the middle of it.
    assert set(which[chosen].tolist()) == {0, 1, 2, 3}
    middles = np.array([X[which == blob].mean(axis=0) for blob in range(4)])
    assert np.linalg.norm(X[chosen] - middles[which[chosen]], axis=1).max() < 0.08


def test_rows_that_score_nothing_are_clustered_all_the_same():
    X = random_pool(30, 3)
    X[:, 0] = 0
    assert len(set(chosen_of(X, 6, strategy=FirstColumn()).tolist())) == 6
    X[0, 0] = 1
    chosen = chosen_of(X, 6, strategy=FirstColumn())
    assert len(set(chosen.tolist())) == 6
    assert chosen[0] == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_clusters_of_two_rows_do_not_depend_on_the_size_of_chunks(dtype):
    # The mean of two rows is equally far from both. The last bits of a product depend
    # on the number of rows that are multiplied at once.
    X = np.random.default_rng(0).normal(size=(160, 40)).astype(dtype)
    model = make_pipeline(PCA(10, random_state=0), LogisticRegression())
    model.fit(X, X[:, 0] > 0)
    chosen = [
        KMeansBatch(batch_size=size, random_state=seed)(model, X[:40], 20).tolist()
        for seed in range(3)
        for size in (None, 1, 3)
    ]
    assert chosen[0] == chosen[1] == chosen[2]
    assert chosen[3] == chosen[4] == chosen[5]
    assert chosen[6] == chosen[7] == chosen[8]


def test_fewer_different_rows_than_clusters_are_no_error():
    X = np.repeat(random_pool(3, 2), 10, axis=0)
    chosen = chosen_of(X, 7)
    assert len(set(chosen.tolist())) == 7
    assert set((chosen // 10).tolist()) == {0, 1, 2}


def test_mini_batches_are_clustered_where_there_are_many_rows(monkeypatch):
    fitted = []
    for kind in (KMeans, MiniBatchKMeans):
        fit = kind.fit
        monkeypatch.setattr(
            kind,
            "fit",
            lambda self, X, y=None, sample_weight=None, fit=fit: (
                fitted.append(type(self)) or fit(self, X, y, sample_weight)
            ),
        )
    chosen_of(random_pool(20_000, 2), 3)
    chosen_of(random_pool(2_000, 2), 3)
    assert fitted == [MiniBatchKMeans, KMeans]


def test_a_clusterer_keeps_its_parameters_and_its_own_seed():
    X = random_pool(100, 2)
    clusterer = KMeans(3, n_init=2, random_state=5)
    strategy = KMeansBatch(features="input", clusterer=clusterer, random_state=0)
    again = KMeansBatch(features="input", clusterer=clusterer, random_state=1)
    assert set(strategy(None, X, 6).tolist()) != set()
    assert clusterer.n_clusters == 3
    assert not hasattr(clusterer, "cluster_centers_")
    assert clone(strategy).get_params()["clusterer__n_init"] == 2
    assert len(set(again(None, X, 6).tolist())) == 6


# Parameters


def test_parameters_of_the_strategy_can_be_searched():
    X = random_pool(60, 2)
    learner = ActiveLearner(
        RandomForestClassifier(5, random_state=0),
        KMeansBatch(PowerBALD(beta=2), features="input"),
    )
    grid = {"query_strategy__strategy__beta": [1, 4],
            "query_strategy__candidate_factor": [2]}  # fmt: skip
    search = GridSearchCV(learner, grid, cv=PredefinedSplit([0] * 30 + [-1] * 30))
    search.fit(X, X[:, 0] > 0)
    assert search.best_estimator_.query_strategy.strategy.beta in (1, 4)
    assert clone(learner).get_params()["query_strategy__strategy__beta"] == 2


def test_bald_chooses_the_candidates_of_a_forest():
    X = random_pool(200, 2)
    forest = RandomForestClassifier(20, random_state=0).fit(X[:60], X[:60, 0] > 0)
    strategy = KMeansBatch(BALD(random_state=0), features="input", random_state=0)
    chosen = strategy(forest, X, 10)
    bald = BALD(random_state=0).score_pool(forest, X)
    assert bald[chosen].min() >= np.sort(bald)[-100]
    assert cdist(X[chosen], X[chosen])[np.triu_indices(10, 1)].min() > 1e-3


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"strategy": "BALD"}, TypeError, "strategy of KMeansBatch must be"),
        ({"strategy": BALD}, TypeError, "strategy of KMeansBatch must be"),
        ({"clusterer": KMeans}, TypeError, "clusterer of KMeansBatch must be"),
        (
            {"strategy": FirstColumn(), "candidate_factor": 0.5},
            ValueError,
            "candidate_factor of KMeansBatch must be a real number >= 1",
        ),
        (
            {"strategy": FirstColumn(), "candidate_factor": None},
            ValueError,
            "weighted=True of KMeansBatch needs scores .* FirstColumn gave -",
        ),
        ({"clusterer": LogisticRegression()}, TypeError, "clusterer of KMeansBatch"),
    ],
)
def test_wrong_parameters_are_refused(parameters, error, message):
    with pytest.raises(error, match=message):
        chosen_of(random_pool(20), 3, **parameters)


def test_a_clusterer_without_centres_is_refused():
    message = "clusterer of KMeansBatch must find n_clusters=4 cluster_centers_"
    with pytest.raises(TypeError, match=message):
        chosen_of(random_pool(20), 4, clusterer=Birch())
