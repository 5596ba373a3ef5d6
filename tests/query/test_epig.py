import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skbal.information import expected_predictive_information_gain, mutual_information
from skbal.query import EPIG
from skbal.sampling import predict_samples
from tests.information.arrays import random_draws
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool


@pytest.mark.parametrize("batch_size", [7, None])
def test_the_score_is_the_gain_about_the_targets_given(batch_size):
    model, X, X_target = SeededSampler(), random_pool(), random_pool(9)[::-1]
    strategy = EPIG(X_target, random_state=3, batch_size=batch_size)
    pool, target = (
        predict_samples(model, rows, random_state=3) for rows in (X, X_target)
    )
    expected = expected_predictive_information_gain(pool, target)
    assert_allclose(strategy.score_pool(model, X), expected, atol=1e-12)


def test_targets_are_random_rows_of_the_pool_if_none_are_given():
    table = random_draws(30, 5, 3)
    model = TableSampler(table)
    scores = EPIG(n_target=4, random_state=0).score_pool(model, numbered(30))
    assert model.calls[0] == (4, None, 0)
    gains = expected_predictive_information_gain(table, table)
    assert np.abs(scores - gains).max() > 1e-6
    assert (scores <= mutual_information(table) + 1e-12).all()


def test_all_of_a_small_pool_are_targets():
    table = random_draws(30, 5, 3)
    scores = EPIG(random_state=0).score_pool(TableSampler(table), numbered(30))
    gains = expected_predictive_information_gain(table, table)
    assert_allclose(scores, gains, atol=1e-14)


def test_targets_are_drawn_for_once_and_by_the_seed_of_the_pool():
    model = TableSampler(random_draws(30, 5, 3))
    EPIG(n_target=6, batch_size=10, random_state=2).score_pool(model, numbered(30))
    assert model.calls == [(6, None, 2), *[(10, None, 2)] * 3]
    model.calls.clear()
    EPIG(n_target=6, batch_size=10).score_pool(model, numbered(30))
    assert len({seed for _, _, seed in model.calls}) == 1


def test_a_row_that_tells_nothing_about_the_targets_is_passed_over():
    # BALD is ln 2 for both rows; only the first moves with the target.
    moves = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    other = [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    model = TableSampler([moves, other, moves])
    assert_array_equal(EPIG([[2]], random_state=0)(model, numbered(2)), [0])


def test_the_same_seed_gives_the_same_targets():
    model, X = SeededSampler(), random_pool()
    one, two = (EPIG(n_target=5, random_state=0).score_pool(model, X) for _ in range(2))
    assert_array_equal(one, two)
    other = EPIG(n_target=5, random_state=1).score_pool(model, X)
    assert np.abs(one - other).max() > 1e-9


def test_targets_are_cloned_with_the_strategy():
    strategy = EPIG(random_pool(4))
    assert_array_equal(clone(strategy).X_target, strategy.X_target)


def test_empty_targets_and_wrong_counts_are_refused():
    model, X = SeededSampler(), random_pool(10)
    with pytest.raises(ValueError, match="X_target of EPIG is empty"):
        EPIG(X_target=random_pool(0))(model, X)
    for n_target, error in ((0, ValueError), (2.0, TypeError), (True, TypeError)):
        with pytest.raises(error, match="n_target of EPIG must be an integer >= 1"):
            EPIG(n_target=n_target)(model, X)
