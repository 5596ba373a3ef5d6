"""Expected error reduction against retraining, where the posterior is exact."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.information import expected_loss, expected_loss_reduction
from skbal.query import EPIG, ExpectedErrorReduction, ValueOfInformation
from tests.information.arrays import random_draws
from tests.query.fakes import TableSampler, numbered

COST = [[0.0, 1.0], [2.0, 0.0], [5.0, 0.0]]


class Hypotheses:
    """A few classifiers of two classes, with their posterior weights, exactly.

    Each draw is one of them, drawn once for each hundredth of its weight.
    """

    classes_ = np.array([0, 1])

    def __init__(self, table, counts):
        self.table, self.counts = table, np.asarray(counts)  # (n_hypotheses, n_rows)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        yes = np.repeat(self.table, self.counts, axis=0).T[np.asarray(X)[:, 0]]
        return np.stack([1 - yes, yes], axis=2)

    def predict(self, X):
        return self.predict_samples(X).mean(axis=1)

    def retrained(self, row, label):
        """Return the probability of the label, and yes everywhere once it is known."""
        weights = self.counts / self.counts.sum()
        yes = self.table[:, row]
        likelihood = yes if label else 1 - yes
        joint = weights * likelihood
        return joint.sum(), (joint / joint.sum()) @ self.table


def test_the_score_is_the_loss_after_retraining_on_each_label():
    rng = np.random.default_rng(0)
    model = Hypotheses(rng.uniform(0.05, 0.95, (4, 12)), [10, 20, 30, 40])
    pool = np.arange(12)[:, np.newaxis]
    losses = {
        "log": lambda p: -(p * np.log(p) + (1 - p) * np.log(1 - p)),
        "brier": lambda p: 2 * p * (1 - p),
        "zero-one": lambda p: np.minimum(p, 1 - p),
    }
    for name, loss in losses.items():
        strategy = ExpectedErrorReduction(name, X_target=pool, random_state=0)
        expected = []
        for row in range(12):
            after = 0.0
            for label in (0, 1):
                probability, yes = model.retrained(row, label)
                after += probability * loss(yes).mean()
            expected.append(-after)
        assert_allclose(strategy.score_pool(model, pool), expected, atol=1e-12)


def test_the_value_is_the_fall_of_the_loss():
    table = random_draws(30, 8, 3)
    model, pool = TableSampler(table), numbered(30)
    given = {"X_target": pool[:7], "random_state": 0}
    value = ValueOfInformation(COST, **given).score_pool(model, pool)
    assert_allclose(value, expected_loss_reduction(table, table[:7], COST))
    score = ExpectedErrorReduction(COST, **given).score_pool(model, pool)
    now = expected_loss(table[:7], COST).mean()
    assert_allclose(score, value - now, atol=1e-14)
    default = ValueOfInformation(**given).score_pool(model, pool)
    zero_one = expected_loss_reduction(table, table[:7], "zero-one")
    assert_allclose(default, zero_one)


def test_the_log_loss_orders_rows_as_epig():
    model, pool = TableSampler(random_draws(30, 8, 3)), numbered(30)
    given = {"X_target": pool[:7], "random_state": 0}
    chosen = ExpectedErrorReduction(**given)(model, pool, n_instances=30)
    assert_array_equal(chosen, EPIG(**given)(model, pool, n_instances=30))


def test_costs_of_a_class_without_a_label_are_refused_with_the_classes():
    X = np.arange(12.0)[:, None]
    forest = RandomForestClassifier(5).fit(X, ["early"] * 6 + ["late"] * 6)
    learner = make_pipeline(StandardScaler(), forest).fit(X, forest.predict(X))
    for strategy in (ExpectedErrorReduction(COST), ValueOfInformation(COST)):
        name = type(strategy).__name__
        with pytest.raises(ValueError, match=(
            f"of {name} must have a row for each of 2 classes that the model knows "
            r"\(early, late\), got 3 rows. .* so begin with a label of each."
        )):  # fmt: skip
            strategy(learner, X)


def test_a_frame_of_costs_must_have_the_order_of_the_classes():
    X = np.arange(12.0)[:, None]
    forest = RandomForestClassifier(5, random_state=0)
    forest.fit(X, ["early"] * 6 + ["late"] * 6)
    cost = pd.DataFrame([[0, 1], [5, 0]], index=["early", "late"])
    for kind in (ExpectedErrorReduction, ValueOfInformation):
        expected = kind(cost.to_numpy(), random_state=0).score_pool(forest, X)
        assert_array_equal(kind(cost, random_state=0).score_pool(forest, X), expected)
        numbered_rows = kind(cost.reset_index(drop=True), random_state=0)
        assert_array_equal(numbered_rows.score_pool(forest, X), expected)
        message = rf"of {kind.__name__} .* order \['early', 'late'\], got the rows"
        with pytest.raises(ValueError, match=message):
            kind(cost.loc[["late", "early"]]).score_pool(forest, X)


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        (ExpectedErrorReduction("hinge"), "loss of ExpectedErrorReduction must be"),
        (ExpectedErrorReduction(np.eye(2)), "loss of .* each of 3 classes, got 2 rows"),
        (ValueOfInformation("log"), "cost of ValueOfInformation must be a matrix"),
        (ValueOfInformation(np.eye(4)), "cost of .* each of 3 classes, got 4 rows"),
    ],
)
def test_losses_that_do_not_fit_are_refused_by_name(strategy, message):
    model = TableSampler(random_draws(6, 5, 3))
    with pytest.raises(ValueError, match=message):
        strategy(model, numbered(6))


@pytest.mark.parametrize("spread", [1.0, 0.1, 0.03])
def test_small_falls_beside_a_large_loss_are_told_apart(spread):
    draws = 0.5 + spread * (random_draws(40, 12, 2) - 0.5)
    model, X = TableSampler(draws), numbered(40)
    given = {"X_target": X, "random_state": 0}
    expected = EPIG(**given)(model, X, 10)
    assert_array_equal(ExpectedErrorReduction(**given)(model, X, 10), expected)
    equal = TableSampler(np.repeat(draws[:1], 40, axis=0))
    firsts = {
        int(ExpectedErrorReduction(random_state=seed)(equal, X)[0])
        for seed in range(20)
    }
    assert len(firsts) > 8  # rows that are equal are still drawn at random
