import tracemalloc

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor

from skbal._utils.chunks import MAX_MEMORY
from skbal.sampling import predict_samples
from skbal.sampling._chunks import draw_in_chunks
from tests._utils.pools import KINDS, READ, make


def doubled(X):
    return np.repeat(np.asarray(X)[:, np.newaxis, :1], 2, axis=1)


class Lengths:
    """Counts the rows of each piece it gets."""

    def __init__(self):
        self.seen = []

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        self.seen.append(len(X))
        return np.zeros((len(X), 1, 1), dtype=np.float32)


def test_pieces_are_put_where_their_rows_are():
    X = np.arange(10.0)[:, np.newaxis]
    for batch_size in (1, 3, 10, 11):
        assert_array_equal(draw_in_chunks(doubled, X, batch_size, None), doubled(X))


def test_the_type_of_the_draws_stays():
    X = np.zeros((5, 1), dtype=np.float32)
    assert draw_in_chunks(doubled, X, 2, None).dtype == np.float32


def test_small_rows_come_in_one_piece():
    lengths = Lengths()
    predict_samples(lengths, np.zeros((1000, 3)))
    assert lengths.seen == [1000]


def test_batch_size_is_the_number_of_rows_in_a_piece():
    lengths = Lengths()
    predict_samples(lengths, np.zeros((10, 3)), batch_size=4)
    assert lengths.seen == [4, 4, 2]


def test_two_workers_get_about_eight_pieces():
    import joblib

    lengths = Lengths()
    with joblib.parallel_config(backend="threading"):
        predict_samples(lengths, np.zeros((100, 3)), n_jobs=2)
    assert sum(lengths.seen) == 100
    assert 6 <= len(lengths.seen) <= 9


@pytest.mark.slow
def test_rows_on_disk_are_read_in_pieces(tmp_path):
    path = tmp_path / "pool.dat"
    n_features = 2**15
    n_samples = 5 * MAX_MEMORY // (4 * n_features)
    pool = np.memmap(path, np.float32, "w+", shape=(n_samples, n_features))

    class Means:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            assert isinstance(X, np.memmap)
            return (X + 1).mean(axis=1)[:, np.newaxis, np.newaxis]  # + copies the piece

    tracemalloc.start()
    draws = predict_samples(Means(), pool)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert draws.shape == (n_samples, 1, 1)
    assert peak < 1.2 * MAX_MEMORY < pool.nbytes / 4


@pytest.mark.parametrize("kind", KINDS)
def test_pools_of_any_kind_give_the_draws_of_the_array(kind):
    X = np.abs(np.random.default_rng(0).normal(size=(40, 3)))
    y = X[:, 0] > X[:, 1]
    forest = RandomForestClassifier(5, random_state=0).fit(X, y)
    for batch_size in (None, 7):
        draws = predict_samples(forest, make(kind, X), batch_size=batch_size)
        assert_array_equal(draws, predict_samples(forest, X))


@pytest.mark.parametrize("kind", READ)
def test_a_gaussian_process_takes_pools_of_any_kind(kind):
    X = np.random.default_rng(0).normal(size=(12, 3))
    process = GaussianProcessRegressor().fit(X[:5], X[:5, 0])
    draws = predict_samples(process, make(kind, X), 4, random_state=0, batch_size=5)
    assert_array_equal(draws, predict_samples(process, X, 4, random_state=0))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["in file", "Dataset", "dask"])
def test_large_rows_are_read_in_pieces_whatever_holds_them(kind):
    X = np.zeros((10, MAX_MEMORY // 16), dtype=np.float32)  # a fourth of it each
    lengths = Lengths()
    predict_samples(lengths, make(kind, X))
    assert lengths.seen == [4, 4, 2]


def test_pieces_of_different_shapes_are_refused():
    def growing(X):
        return np.zeros((len(X), len(X), 1))

    with pytest.raises(ValueError, match=r"\(2, 1\) .* \(1, 1\) from row 2 on"):
        draw_in_chunks(growing, np.zeros((3, 1)), 2, None)
