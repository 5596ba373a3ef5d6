"""What holds for every strategy that looks at features."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.query import BADGE, KCenterGreedy, KMeansBatch, ProbCover, TypiClust
from tests.query.fakes import SeededSampler, make, random_pool

EVERY = [KCenterGreedy, BADGE, KMeansBatch, ProbCover, TypiClust]
COMMON = ["features", "n_draws", "random_state", "pool_subsample", "batch_size",
          "n_jobs", "verbose"]  # fmt: skip


@pytest.fixture(scope="module")
def model():
    X = random_pool(80, 2)
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)


# Choices


@pytest.mark.parametrize("kind", EVERY)
@settings(max_examples=20)
@given(data=st.data())
def test_indices_are_distinct_positions_in_the_pool(kind, data):
    n_pool = data.draw(st.integers(1, 12))
    n_instances = data.draw(st.integers(1, n_pool))
    # Few values, so that rows are equal more often than not.
    X = data.draw(st.lists(st.integers(-1, 1), min_size=n_pool, max_size=n_pool))
    strategy = make(kind, random_state=data.draw(st.integers(0, 99)))
    chosen = strategy(SeededSampler(), np.array(X, dtype=float)[:, None], n_instances)
    assert chosen.shape == (n_instances,)
    assert chosen.dtype == np.intp
    assert len(set(chosen.tolist())) == n_instances
    assert set(chosen.tolist()) <= set(range(n_pool))


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("walk", [{"batch_size": 7}, {"n_jobs": 2}, {"verbose": 1}])
def test_pieces_workers_and_bars_change_nothing(kind, walk, model, capsys):
    X = random_pool(60)
    expected = kind(random_state=0)(model, X, 10)
    with parallel_config(backend="threading"):
        assert_array_equal(kind(random_state=0, **walk)(model, X, 10), expected)
    assert bool(capsys.readouterr().err) == ("verbose" in walk)


@pytest.mark.parametrize("kind", EVERY)
def test_equal_rows_do_not_favour_one_end_of_the_pool(kind, model):
    X = np.ones((50, 2))
    chosen = [kind(random_state=seed)(model, X)[0] for seed in range(40)]
    assert len(set(chosen)) > 20
    assert abs(np.mean(chosen) - 24.5) < 4.5 * np.sqrt((50**2 - 1) / 12 / 40)


@pytest.mark.parametrize("kind", EVERY)
def test_a_batch_is_spread_over_the_groups_of_a_pool(kind):
    # Nine copies of each of four rows, with very little noise.
    corners = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    X = np.repeat(corners, 9, axis=0)
    X = X + np.random.default_rng(0).normal(0, 0.01, X.shape)
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    for seed in range(5):
        chosen = kind(random_state=seed)(model, X, n_instances=4)
        assert len(set((chosen // 9).tolist())) >= (3 if kind is BADGE else 4)


@pytest.mark.parametrize("kind", EVERY)
def test_only_a_random_part_of_the_pool_is_looked_at_if_so_wished(kind, model):
    seen = []

    def features(X):
        seen.append(len(X))
        return X

    strategy = kind(features=features, pool_subsample=12, random_state=0)
    chosen = strategy(model, random_pool(50), n_instances=12)
    assert len(set(chosen.tolist())) == 12
    assert sum(seen) == 12


# Pools and estimators


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("convert", [np.ndarray.tolist, pd.DataFrame, sp.csr_matrix])
def test_lists_frames_and_sparse_matrices_are_pools(kind, convert):
    X = random_pool(40) * (random_pool(40)[::-1] > 0)
    dense = LogisticRegression().fit(X, X[:, 0] > 0)
    other = LogisticRegression().fit(convert(X), X[:, 0] > 0)
    found = kind(random_state=0)(other, convert(X), 5)
    assert_array_equal(found, kind(random_state=0)(dense, X, 5))


@pytest.mark.parametrize("kind", EVERY)
def test_a_memory_map_is_a_pool(kind, model, tmp_path):
    X = random_pool(60)
    np.save(tmp_path / "pool.npy", X)
    mapped = np.load(tmp_path / "pool.npy", mmap_mode="r")
    expected = kind(random_state=0)(model, X, 5)
    assert_array_equal(kind(random_state=0)(model, mapped, 5), expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERY)
def test_images_of_a_network_are_pools(kind):
    import torch
    from torch.utils.data import TensorDataset

    from skbal.models import MCDropoutClassifier

    images = np.random.default_rng(0).random((20, 1, 8, 8), dtype=np.float32)
    network = MCDropoutClassifier(max_epochs=1, random_state=0)
    network.fit(images, np.arange(20) % 3)
    dataset = TensorDataset(torch.from_numpy(images), torch.zeros(20))
    for features in ("model", "input"):
        strategy = kind(features=features, random_state=0)
        chosen = strategy(network, images, 5)
        assert len(set(chosen.tolist())) == 5
        assert_array_equal(strategy(network, dataset, 5), chosen)


@pytest.mark.parametrize("kind", EVERY)
def test_a_dask_array_is_a_pool(kind, model):
    dask_array = pytest.importorskip("dask.array")
    X = random_pool(60)
    expected = kind(random_state=0)(model, X, 5)
    lazy = dask_array.from_array(X, chunks=(13, 2))
    assert_array_equal(kind(random_state=0)(model, lazy, 5), expected)


@pytest.mark.parametrize("kind", EVERY)
def test_a_learner_asks_with_it(kind):
    X = random_pool(50)
    learner = ActiveLearner(
        LogisticRegression(), kind(random_state=0), X[:10], X[:10, 0] > 0
    )
    indices, rows = learner.query(X[10:], n_instances=4)
    assert len(set(indices.tolist())) == 4
    assert_array_equal(rows, X[10:][indices])


@pytest.mark.parametrize("kind", EVERY)
def test_nothing_given_is_changed_and_nothing_warned_about(kind, model):
    X = random_pool(30)
    X.flags.writeable = False
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    before = pickle.dumps(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind(random_state=0)(model, X, 3)
        kind(random_state=0)(model, np.ones((10, 2)), 3)
    assert pickle.dumps(model) == before
    assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize("kind", EVERY)
def test_scores_of_single_precision_are_those_of_double(kind):
    X = random_pool(60)
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    scores = kind(random_state=0).score_pool(model, X)
    assert scores.dtype == np.float64
    single = kind(random_state=0).score_pool(model, X.astype(np.float32))
    assert single.dtype == np.float64
    assert_allclose(single, scores, rtol=1e-4, atol=1e-5)


# Parameters and errors


@pytest.mark.parametrize("kind", EVERY)
def test_parameters_are_checked_when_asked_not_before(kind):
    kind(features=3, n_draws=-1, random_state="x", pool_subsample=0, batch_size=0.5)


@pytest.mark.parametrize("kind", EVERY)
def test_wrong_parameters_are_refused(kind, model):
    for parameters, error, message in (
        ({"features": "rows"}, ValueError, "features of {} must be 'model', 'input'"),
        ({"batch_size": 0}, ValueError, "batch_size of {} must be an integer >= 1"),
        ({"n_draws": 2.0}, TypeError, "n_draws of {} must be an integer >= 1"),
        ({"random_state": "seed"}, TypeError, "random_state of {} must be"),
        ({"pool_subsample": 2}, ValueError, "pool_subsample allows only 2 rows"),
    ):
        with pytest.raises(error, match=message.format(kind.__name__)):
            kind(**parameters)(model, random_pool(10), 3)


@pytest.mark.parametrize("kind", EVERY)
def test_an_unfitted_model_is_refused(kind):
    with pytest.raises(NotFittedError):
        kind()(LogisticRegression(), random_pool(10))


@pytest.mark.parametrize("kind", EVERY)
def test_a_model_without_features_is_refused(kind):
    X = random_pool(10)
    forest = RandomForestClassifier(3).fit(X, X[:, 0] > 0)
    with pytest.raises(TypeError, match=f"features='model' of {kind.__name__} needs"):
        kind()(forest, X)
    assert len(kind(features="input")(forest, X, 3)) == 3
