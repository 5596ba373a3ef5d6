import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from skbal.information import expected_loss_reduction
from skbal.query import EPIG, CoreLog, CoreMSE, ExpectedErrorReduction
from tests.information.arrays import random_draws
from tests.query.fakes import TableSampler, numbered


@pytest.mark.parametrize(("strategy", "loss"), [(CoreLog, "log"), (CoreMSE, "brier")])
def test_the_score_is_the_fall_of_the_loss(strategy, loss):
    table = random_draws(30, 8, 3)
    model, pool = TableSampler(table), numbered(30)
    given = {"X_target": pool[:7], "random_state": 0}
    scores = strategy(**given).score_pool(model, pool)
    assert_allclose(scores, expected_loss_reduction(table, table[:7], loss))
    one = strategy(**given)(model, pool)
    assert_array_equal(one, ExpectedErrorReduction(loss, **given)(model, pool))


def test_core_log_scores_as_epig():
    model, pool = TableSampler(random_draws(30, 8, 3)), numbered(30)
    scores = CoreLog(n_target=9, random_state=1).score_pool(model, pool)
    expected = EPIG(n_target=9, random_state=1).score_pool(model, pool)
    assert_allclose(scores, expected)


def committees(n_copies):
    """Return draws of rows in two groups that tell about different targets.

    Rows of the first group give away the first bit of the draw, which decides three
    targets; those of the second the second bit, which decides one.
    """
    bits = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    rows = np.stack([bits[:, 0]] * n_copies + [bits[:, 1]] * 2)
    targets = np.stack([bits[:, 0]] * 3 + [bits[:, 1]])
    yes = np.concatenate([rows, targets]).astype(float)
    return np.stack([1 - yes, yes], axis=2)


@pytest.mark.parametrize("strategy", [CoreLog, CoreMSE])
def test_a_batch_helps_in_different_places(strategy):
    table = committees(8)
    model, pool = TableSampler(table), numbered(10)
    given = {"X_target": [[10.0], [11.0], [12.0], [13.0]], "random_state": 0}
    chosen = strategy(top_fraction=1, **given)(model, pool, n_instances=2)
    assert (chosen[0] < 8, chosen[1] >= 8) == (True, True)
    # Those with the highest scores are copies.
    best = strategy(top_fraction=0, **given)(model, pool, n_instances=2)
    assert (best < 8).all()
    single = EPIG(**given)(model, pool, n_instances=2)
    assert (single < 8).all()


def test_only_the_best_rows_are_clustered():
    table = random_draws(40, 8, 3)
    model, pool = TableSampler(table), numbered(40)
    strategy = CoreMSE(X_target=pool, top_fraction=0.25, random_state=0)
    chosen = strategy(model, pool, n_instances=4)
    scores = strategy.score_pool(model, pool)
    assert set(chosen) <= set(np.argsort(scores)[-10:])
    assert (np.diff(scores[chosen]) <= 0).all()


def test_equal_rows_and_whole_pools():
    table = np.repeat(random_draws(1, 8, 3), 6, axis=0)
    model, pool = TableSampler(table), numbered(6)
    strategy = CoreLog(X_target=pool[:2], random_state=0)
    assert sorted(strategy(model, pool, n_instances=6)) == list(range(6))


@pytest.mark.parametrize("batch_size", [3, None])
def test_the_batch_depends_on_the_seed_alone(batch_size):
    table = random_draws(40, 8, 3)
    model, pool = TableSampler(table), numbered(40)
    strategy = CoreMSE(n_target=6, random_state=4)
    expected = strategy(model, pool, n_instances=5)
    other = clone(strategy).set_params(batch_size=batch_size)
    assert_array_equal(other(model, pool, n_instances=5), expected)
    assert len(set(expected.tolist())) == 5


class Rounding(TableSampler):
    """Draws whose last bits depend on the number of rows that are drawn at once."""

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        draws = super().predict_samples(X, n_draws)
        return draws + np.array([1, -1]) * 1e-15 * len(draws)


@pytest.mark.parametrize("strategy", [CoreLog, CoreMSE])
def test_rounding_does_not_decide_between_two_rows_of_a_cluster(strategy):
    model, pool = Rounding(random_draws(30, 8, 2)), numbered(30)
    chosen = [
        strategy(X_target=pool[:9], top_fraction=1, batch_size=size, random_state=seed)(
            model, pool, n_instances=15
        ).tolist()
        for seed in range(5)
        for size in (None, 1, 7)
    ]
    assert chosen[::3] == chosen[1::3] == chosen[2::3]


def test_fractions_that_are_none_are_refused():
    model = TableSampler(random_draws(6, 5, 3))
    for value, error in ((1.5, ValueError), (-0.1, ValueError), ("half", TypeError)):
        with pytest.raises(error, match="top_fraction of CoreMSE must be"):
            CoreMSE(top_fraction=value)(model, numbered(6), n_instances=2)
