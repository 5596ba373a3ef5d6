import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from skbal.base import QueryStrategy
from skbal.experiments._benchmark._episode import episode
from skbal.experiments._benchmark._tables import MADE, as_table
from skbal.query import Random

SIZE = {
    "n_queries": 3,
    "n_instances": 5,
    "n_first": 2,
    "most_rows": 100,
    "scoring": "accuracy",
    "random_state": 0,
}
SEEN = []


class Watching(QueryStrategy):
    """Chooses the first rows, and notes what it was shown."""

    def score_pool(self, estimator, X_pool):
        return -np.arange(len(X_pool), dtype=float)

    def select_batch(self, learner, X_pool, n_instances, rng):
        SEEN.append((np.array(X_pool), np.array(learner.X_training)))
        return np.arange(n_instances)


@pytest.fixture
def table():
    X, y = make_blobs(300, centers=3, cluster_std=4.0, random_state=0)
    return as_table(10 * X + 7, y, "classification", MADE)


def played(table, strategy, number=0, **size):
    model = LogisticRegression()
    return episode(table, model, strategy, number, {**SIZE, **size}, regression=False)


def test_a_run_asks_in_one_half_and_never_twice(table):
    SEEN.clear()
    result = played(table, Watching())
    assert [len(pool) for pool, _ in SEEN] == [44, 39, 34]  # 50 rows, 6 first labels
    assert [len(known) for _, known in SEEN] == [6, 11, 16]
    first_pool, known = SEEN[0]
    np.testing.assert_array_equal(SEEN[1][0], first_pool[5:])
    half = np.vstack([first_pool, known])
    np.testing.assert_allclose(half.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(half.std(axis=0), 1)
    assert result["n_labels"] == 6
    assert len(result["score"]) == 4


def test_a_small_pool_is_asked_for_as_long_as_it_lasts(table):
    SEEN.clear()
    result = played(table, Watching(), n_queries=50)
    assert len(SEEN) == len(result["score"]) - 1 == 8  # 44 rows, 5 at a time
    assert len(SEEN[-1][0]) == 9


def test_repeats_differ_and_the_same_one_does_not(table):
    first, again, other = (played(table, Random(), number) for number in (0, 0, 1))
    assert first["score"] == again["score"]
    assert first["score"] != other["score"]


def test_classes_have_their_shares_among_the_drawn_rows():
    X = np.arange(400.0)[:, np.newaxis]
    table = as_table(X, X[:, 0] < 40, "classification", MADE)
    SEEN.clear()
    played(table, Watching(), n_queries=8)
    rows = np.vstack(SEEN[0])
    # A tenth of the 50 rows of the pool is of the class, which has the lowest values.
    assert len(rows) == 50
    order = np.sort(rows[:, 0])
    gaps = np.diff(order)
    assert np.argmax(gaps[:10]) == 4 or order[4] < order[5]


def test_too_few_rows_are_an_error_of_the_benchmark():
    table = as_table(np.arange(12.0)[:, np.newaxis], [0, 1] * 6, "classification", MADE)
    with pytest.raises(ValueError, match="n_instances of benchmark is 5, but besides"):
        played(table, Random())
