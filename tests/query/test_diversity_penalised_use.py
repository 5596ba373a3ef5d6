"""What every strategy does: pools of any kind, learners, parameters and errors."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from joblib import parallel_config
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV, PredefinedSplit

from skbal import ActiveLearner
from skbal.query import BALD, DiversityPenalised, MaxEntropy, PowerBALD
from tests.query.fakes import FirstFeature, numbered, random_pool


@pytest.fixture(scope="module")
def forest():
    X = random_pool(80)
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    return RandomForestClassifier(20, random_state=0).fit(X, y)


# Pools and learners


def test_workers_take_nothing_away(forest):
    X = random_pool(60)
    expected = DiversityPenalised(BALD(random_state=0), random_state=0)(forest, X, 10)
    for walk in ({"batch_size": 7}, {"n_jobs": 2}):
        with parallel_config(backend="threading"):
            strategy = DiversityPenalised(
                BALD(random_state=0, **walk), random_state=0, **walk
            )
            assert_array_equal(strategy(forest, X, 10), expected)


def test_a_bar_is_shown_if_so_wished(forest, capsys):
    DiversityPenalised(verbose=1, random_state=0)(forest, random_pool(30), 3)
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "convert", [np.ndarray.tolist, pd.DataFrame, sp.csr_matrix, sp.csr_array]
)
def test_lists_frames_and_sparse_matrices_are_pools(convert):
    X = random_pool(40, 3) * (random_pool(40, 3)[::-1] > 0)
    labels = X[:, 0] > 0
    dense = RandomForestClassifier(10, random_state=0).fit(X, labels)
    other = RandomForestClassifier(10, random_state=0).fit(convert(X), labels)
    for penalty in (-0.3, 0.1, 1):
        strategy = DiversityPenalised(
            BALD(random_state=0), penalty=penalty, random_state=0
        )
        assert_array_equal(strategy(other, convert(X), 5), strategy(dense, X, 5))


def test_what_is_read_late_is_a_pool(forest, tmp_path):
    X = random_pool(60)
    np.save(tmp_path / "pool.npy", X)
    mapped = np.load(tmp_path / "pool.npy", mmap_mode="r")
    for parameters in ({}, {"pool_subsample": 40}):
        strategy = DiversityPenalised(
            BALD(random_state=0), random_state=0, **parameters
        )
        expected = strategy(forest, X, 5)
        assert_array_equal(strategy(forest, mapped, 5), expected)
        dask_array = pytest.importorskip("dask.array")
        lazy = dask_array.from_array(X, chunks=(13, 2))
        assert_array_equal(strategy(forest, lazy, 5), expected)


@pytest.mark.slow
@pytest.mark.parametrize("features", ["model", "input"])
def test_images_of_a_network_are_pools(features):
    import torch
    from torch.utils.data import TensorDataset

    from skbal.models import MCDropoutClassifier

    images = np.random.default_rng(0).random((20, 1, 28, 28), dtype=np.float32)
    network = MCDropoutClassifier(max_epochs=1, n_draws=5, random_state=0)
    network.fit(images, np.arange(20) % 3)
    dataset = TensorDataset(torch.from_numpy(images), torch.zeros(20))
    strategy = DiversityPenalised(
        BALD(random_state=0), features=features, random_state=0
    )
    chosen = strategy(network, images, 5)
    assert len(set(chosen.tolist())) == 5
    assert_array_equal(strategy(network, dataset, 5), chosen)


def test_single_precision_is_kept():
    kinds = []

    def kernel(rows, others):
        kinds.extend([rows.dtype, others.dtype])
        return rbf_kernel(rows, others)

    strategy = DiversityPenalised(
        FirstFeature(), penalty=1, metric=kernel, random_state=0
    )
    strategy(None, random_pool(20).astype(np.float32), 5)
    assert set(kinds) == {np.dtype(np.float32)}


def test_a_learner_asks_with_it():
    X = random_pool(50)
    learner = ActiveLearner(
        RandomForestClassifier(10, random_state=0),
        DiversityPenalised(BALD(random_state=0), random_state=0),
        X[:10],
        X[:10, 0] > 0,
    )
    indices, rows = learner.query(X[10:], n_instances=4)
    assert len(set(indices.tolist())) == 4
    assert_array_equal(rows, X[10:][indices])


def test_nothing_given_is_changed(forest):
    X = random_pool(30) * 1e180  # so large that features are scaled
    X.flags.writeable = False
    before = X.copy()
    strategy = DiversityPenalised(BALD(random_state=0), penalty=0.5, random_state=0)
    parameters = strategy.get_params()
    assert len(strategy(forest, X.clip(-1, 1), 5)) == 5
    DiversityPenalised(FirstFeature(), penalty=0.5, random_state=0)(None, X, 5)
    assert_array_equal(X, before)
    assert strategy.get_params() == parameters


# Parameters and errors


def test_parameters_of_every_level_are_reached():
    learner = ActiveLearner(
        RandomForestClassifier(5, random_state=0),
        DiversityPenalised(PowerBALD(beta=2), penalty=0.2),
    )
    copy = clone(learner)
    copy.set_params(
        query_strategy__penalty=0.5,
        query_strategy__strategy__beta=3,
        estimator__n_estimators=7,
    )
    assert copy.query_strategy.penalty == 0.5
    assert copy.query_strategy.strategy.beta == 3
    assert learner.query_strategy.strategy.beta == 2
    assert learner.query_strategy.penalty == 0.2
    assert DiversityPenalised(BALD()).get_params()["strategy__n_draws"] is None
    copy.set_params(query_strategy__strategy=MaxEntropy())
    assert isinstance(copy.query_strategy.strategy, MaxEntropy)


def test_the_penalty_can_be_searched():
    X = random_pool(60)
    learner = ActiveLearner(
        RandomForestClassifier(5, random_state=0), DiversityPenalised(BALD())
    )
    grid = {"query_strategy__penalty": [0, 0.3], "query_strategy__strategy": [BALD()]}
    search = GridSearchCV(learner, grid, cv=PredefinedSplit([0] * 30 + [-1] * 30))
    search.fit(X, X[:, 0] > 0)
    assert search.best_estimator_.query_strategy.penalty in (0, 0.3)


def test_parameters_are_checked_when_asked_not_before():
    DiversityPenalised(3, penalty="x", metric=1, features=2, normalize=3, n_jobs=0.5)


@pytest.mark.parametrize("n_instances", [1, 3])
@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"strategy": "BALD"}, TypeError, "strategy of .* method score_pool"),
        ({"strategy": BALD}, TypeError, "strategy of .* method score_pool"),
        ({"strategy": lambda learner, X: 0}, TypeError, "function of a learner and a"),
        ({"penalty": "large"}, TypeError, "penalty of .* must be a real number, got"),
        ({"penalty": np.nan}, ValueError, "penalty of .* must be a real number, got"),
        ({"penalty": np.inf}, ValueError, "penalty of .* must be a real number, got"),
        ({"penalty": None}, TypeError, "penalty of .* must be a real number, got"),
        ({"metric": "l1"}, ValueError, "metric of .* must be 'cosine' or a function"),
        ({"metric": 2}, TypeError, "metric of .* must be 'cosine' or a function"),
        ({"features": "rows"}, ValueError, "features of .* must be 'model', 'input'"),
        ({"normalize": "max"}, ValueError, "normalize of .* 'rank', 'std' or None"),
        ({"normalize": True}, ValueError, "normalize of .* 'rank', 'std' or None"),
        ({"similarity": "min"}, ValueError, "similarity of .* 'max' or 'mean'"),
        ({"batch_size": 0}, ValueError, "batch_size of .* must be an integer >= 1"),
        ({"random_state": "s"}, TypeError, "random_state of .* must be"),
        ({"pool_subsample": 0}, ValueError, "pool_subsample of .* an integer >= 1"),
    ],
)
def test_wrong_parameters_are_refused(parameters, error, message, n_instances):
    strategy = DiversityPenalised(**{"strategy": FirstFeature(), **parameters})
    with pytest.raises(error, match=message) as caught:
        strategy(None, numbered(10), n_instances)
    assert "DiversityPenalised" in str(caught.value)


@pytest.mark.parametrize(
    ("metric", "message"),
    [
        (lambda a, b: a @ b.T, r"similarities in \[-1, 1\], got"),
        (lambda a, b: np.full((len(a), len(b)), np.nan), "got nan"),
        (lambda a, b: np.ones(len(a)), r"of shape \(\d+, 1\), got \(\d+,\)"),
    ],
)
def test_a_metric_that_gives_no_similarities_is_refused(metric, message):
    strategy = DiversityPenalised(FirstFeature(), metric=metric, penalty=1)
    with pytest.raises(ValueError, match=f"metric of DiversityPenalised .*{message}"):
        strategy(None, 2 + numbered(10), 3)


def test_a_strategy_that_does_not_score_every_row_is_refused():
    strategy = DiversityPenalised(FirstFeature(lambda first: first[:-1]))
    with pytest.raises(ValueError, match=r"must score each of the 10 rows, .*\(9,\)"):
        strategy(None, numbered(10), 3)


def test_an_unfitted_model_and_one_without_features_are_refused(forest):
    with pytest.raises(NotFittedError):
        DiversityPenalised(features="model")(LogisticRegression(), random_pool(10), 2)
    with pytest.raises(TypeError, match="features='model' of DiversityPenalised needs"):
        DiversityPenalised(features="model")(forest, random_pool(10), 2)
