"""Log loss and Brier score are scikit-learn's, and their parts add up."""

import inspect
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss

from skbal.audit import probability_scores
from skbal.audit._calibration._bins import bin_of
from skbal.audit._calibration._brier import brier_parts
from tests.audit._calibration.data import labels, tempered

# Brier scores of more than two classes came with scikit-learn 1.7.
HAS_MULTI_CLASS = "scale_by_half" in inspect.signature(brier_score_loss).parameters


def drawn(n_classes, n_rows=300, power=1.5, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.dirichlet(np.ones(n_classes), size=n_rows)
    return labels(rng, truth), tempered(truth, power)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_scores_are_scikit_learns(n_classes):
    y_true, y_prob = drawn(n_classes)
    y_prob[0] = 0
    y_prob[0, (y_true[0] + 1) % n_classes] = 1  # certain and wrong
    found = probability_scores(y_true, y_prob)
    assert found.log_loss == pytest.approx(log_loss(y_true, y_prob))
    if n_classes == 2:
        expected = brier_score_loss(y_true, y_prob[:, 1])
    elif HAS_MULTI_CLASS:
        expected = brier_score_loss(y_true, y_prob)
    else:
        expected = ((y_prob - np.eye(n_classes)[y_true]) ** 2).sum(axis=1).mean()
    assert found.brier == pytest.approx(expected)
    for column in range(n_classes):
        own = brier_score_loss(y_true == column, y_prob[:, column])
        assert found.class_brier[column] == pytest.approx(own)
        rows = y_true == column
        one = log_loss(y_true[rows], y_prob[rows], labels=range(n_classes))
        assert found.class_log_loss[column] == pytest.approx(one)
    shares = np.bincount(y_true) / len(y_true)
    assert np.dot(shares, found.class_log_loss) == pytest.approx(found.log_loss)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30),
    st.integers(1, 6),
    st.sampled_from(["uniform", "quantile"]),
)
def test_the_parts_add_up_to_the_score_for_any_predictions(rows, n_bins, strategy):
    p, event = np.array(rows, dtype=float).T
    parts = brier_parts(p, event == 1, bin_of(p, n_bins, strategy))
    reliability, resolution, uncertainty = parts.values
    total = reliability - resolution + uncertainty
    assert total == pytest.approx(((p - event) ** 2).mean(), abs=1e-12)
    assert reliability >= 0
    assert uncertainty == pytest.approx(event.var())


def test_with_one_value_in_each_bin_the_parts_are_murphys():
    rng = np.random.default_rng(1)
    p = rng.choice([0.1, 0.4, 0.8], size=200)
    event = rng.random(200) < p
    reliability = resolution = 0.0
    for value in np.unique(p):
        share, weight = event[p == value].mean(), (p == value).mean()
        reliability += weight * (value - share) ** 2
        resolution += weight * (share - event.mean()) ** 2
    found = brier_parts(p, event, bin_of(p, 10, "uniform")).values
    np.testing.assert_allclose(found[:2], [reliability, resolution])


def test_standard_errors_are_the_spread_over_data_sets():
    rng = np.random.default_rng(2)
    values, errors = [], []
    for _ in range(500):
        p = rng.random(400)
        parts = brier_parts(p, rng.random(400) < p**2, bin_of(p, 5, "uniform"))
        values.append(parts.values)
        errors.append(parts.errors)
    spread = np.std(values, axis=0)
    np.testing.assert_allclose(np.mean(errors, axis=0), spread, rtol=0.12)


def test_the_parts_of_a_score_are_those_of_its_classes():
    for n_classes, scale in [(2, 0.5), (3, 1)]:
        found = probability_scores(*drawn(n_classes), n_bins=6)
        total = scale * found.class_parts.sum(axis=0)
        parts = [found.reliability, found.resolution, found.uncertainty]
        np.testing.assert_allclose(total, parts)
        sums = found.reliability - found.resolution + found.uncertainty
        assert sums == pytest.approx(found.brier)
        by_class = found.class_parts @ [1, -1, 1]
        np.testing.assert_allclose(by_class, found.class_brier)


def test_intervals_hold_the_expected_scores():
    rng = np.random.default_rng(3)
    truth = rng.dirichlet([0.5, 0.5, 0.5], size=120)
    y_prob = tempered(truth, 1.3)
    expected_log = -(truth * np.log(y_prob)).sum(axis=1).mean()
    squares = ((y_prob[:, None] - np.eye(3)) ** 2).sum(axis=2)
    expected_brier = (truth * squares).sum(axis=1).mean()
    held = []
    for _ in range(150):
        found = probability_scores(labels(rng, truth), y_prob, n_bins=1)
        (low, high), (lowest, highest) = found.log_loss_interval, found.brier_interval
        held.append((low < expected_log < high, lowest < expected_brier < highest))
    # The rows stay the same, so the intervals are a little too wide, never too narrow.
    assert (np.mean(held, axis=0) > 0.95 - 3 * 0.0178).all()


def test_errors_of_classes_are_those_of_means():
    y_true, y_prob = drawn(3)
    found = probability_scores(y_true, y_prob)
    for column in range(3):
        squares = (y_prob[:, column] - (y_true == column)) ** 2
        assert found.class_brier_error[column] == pytest.approx(stats.sem(squares))
        losses = -np.log(y_prob[y_true == column, column])
        assert found.class_log_loss_error[column] == pytest.approx(stats.sem(losses))


def test_the_verdict_compares_with_the_shares_of_the_classes():
    y_true, y_prob = drawn(3)
    good = probability_scores(y_true, y_prob)
    assert good.concern is False
    assert "better than the 0.66" in good.verdict
    bad = probability_scores(y_true, tempered(np.roll(y_prob, 1, axis=1), 3))
    assert bad.concern is True
    assert "worse than" in bad.verdict
    shares = np.tile(np.bincount(y_true) / len(y_true), (len(y_true), 1))
    shares[::2] += [0.01, -0.01, 0]
    none = probability_scores(y_true, shares)
    assert none.concern is None
    assert json.loads(json.dumps(none.to_dict()))["concern"] is None


def test_a_class_without_rows_has_no_log_loss():
    found = probability_scores([0, 0, 1], [[0.6, 0.3, 0.1]] * 3, classes=[0, 1, 2])
    assert np.isnan(found.class_log_loss[2])
    assert np.isnan(found.class_log_loss_error[[1, 2]]).all()
    assert found.class_brier[2] == pytest.approx(0.01)


def test_the_table_has_a_row_for_each_class():
    pytest.importorskip("pandas")
    y_true, y_prob = drawn(3)
    found = probability_scores(np.array(["a", "b", "c"])[y_true], y_prob)
    frame = found.to_frame().set_index("class")
    assert frame.index.tolist() == ["a", "b", "c"]
    assert frame.loc["b", "brier"] == found.class_brier[1]
    assert frame.loc["c", "resolution_error"] == found.class_parts_error[2, 1]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_bins": 0}, ValueError, "n_bins of probability_scores .* got 0"),
        ({"strategy": None}, ValueError, "strategy of probability_scores must be"),
        ({"level": 1}, ValueError, "level of probability_scores .* got 1"),
        ({"classes": ["a", "b"]}, ValueError, "y_true of probability_scores must hold"),
    ],
)
def test_what_cannot_be_right_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        probability_scores([0, 1], [0.2, 0.4], **options)


def test_few_rows_that_are_all_right_are_no_certainty():
    # None of 2 rows is wrong: by Wilson, a share of at most z^2 / (2 + z^2).
    share = 1.959964**2 / (2 + 1.959964**2)
    found = probability_scores([0, 1], [0.0, 1.0])
    np.testing.assert_allclose(found.brier_interval, (0, share), atol=1e-6)
    worst = -np.log(np.finfo(float).eps)
    np.testing.assert_allclose(found.log_loss_interval, (0, share * worst), atol=1e-5)
    # Against 0.25 for each row: the difference is -0.25, and 0.75 for a wrong row.
    expected = (-0.25, share * 0.75 - (1 - share) * 0.25)
    np.testing.assert_allclose(found.baseline_interval, expected, atol=1e-6)
    assert found.concern is None
    many = probability_scores([0, 1] * 50, [0.0, 1.0] * 50)
    assert many.concern is False


def test_losses_that_cannot_differ_have_no_interval():
    found = probability_scores([0, 1, 1, 1], [0.5] * 4)
    np.testing.assert_allclose(found.log_loss_interval, np.log(2))
    np.testing.assert_allclose(found.brier_interval, 0.25)
