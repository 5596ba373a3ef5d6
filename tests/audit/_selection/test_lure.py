"""LURE: unbiased over all orders, by hand, and its interval in simulations."""

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.audit import unbiased_risk
from skbal.audit._selection._lure import running_risk

REAL = st.floats(-5, 5)


def proposal(left, picked, scores):
    """Return probabilities of the rows left that depend on all picks before."""
    shares = np.array([scores[row] + 0.3 * (row in (sum(picked) % 5,)) for row in left])
    return shares / shares.sum()


def all_orders(scores, n_labels):
    """Give each order of picks, the probability of each pick, and of all together."""
    for order in permutations(range(len(scores)), n_labels):
        left, probabilities = list(range(len(scores))), []
        for step, row in enumerate(order):
            shares = proposal(left, order[:step], scores)
            probabilities.append(shares[left.index(row)])
            left.remove(row)
        yield list(order), np.array(probabilities), np.prod(probabilities)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(REAL, min_size=5, max_size=5),
    st.lists(st.floats(0.1, 9), min_size=5, max_size=5),
    st.lists(REAL, min_size=5, max_size=5),
    st.integers(1, 5),
)
def test_over_all_orders_the_expectation_is_the_mean_of_the_pool(
    losses, scores, expected, n_labels
):
    losses, expected = np.array(losses), np.array(expected)
    means = np.zeros(2)
    for order, probabilities, chance in all_orders(scores, n_labels):
        plain = unbiased_risk(losses[order], probabilities, 5)
        differences = unbiased_risk(
            losses[order],
            probabilities,
            5,
            expected=expected[order],
            expected_mean=expected.mean(),
        )
        means += chance * np.array([plain.risk, differences.risk])
    assert means == pytest.approx([losses.mean()] * 2, abs=1e-9)


def test_over_all_orders_the_plain_mean_is_biased():
    losses, scores = np.array([0, 0, 0, 1, 1.0]), [1, 1, 1, 9, 9]
    plain = sum(
        chance * unbiased_risk(losses[order], probabilities, 5).plain_risk
        for order, probabilities, chance in all_orders(scores, 2)
    )
    assert plain > 0.6 > losses.mean()


@settings(max_examples=25)
@given(st.lists(REAL, min_size=1, max_size=20), st.integers(0, 30))
def test_with_equal_probabilities_it_is_the_plain_mean(losses, n_more):
    n_pool = len(losses) + n_more
    probabilities = 1 / (n_pool - np.arange(len(losses)))
    result = unbiased_risk(losses, probabilities, n_pool)
    assert result.weights == pytest.approx(1)
    assert result.risk == pytest.approx(np.mean(losses), abs=1e-12)
    assert result.n_effective == pytest.approx(len(losses))


def test_weights_are_those_of_the_paper_computed_by_hand():
    # N = 10, M = 3: v = 1 + 7/9 (1/(10 q) - 1), 1 + 7/8 (1/(9 q) - 1), 1/(8 q).
    result = unbiased_risk([2.0, 0.0, 1.0], [0.2, 0.5, 0.1], 10)
    by_hand = [1 - 7 / 18, 1 + 7 / 8 * (2 / 9 - 1), 1.25]
    assert result.weights == pytest.approx(by_hand)
    assert result.risk == pytest.approx((2 * by_hand[0] + by_hand[2]) / 3)


@settings(max_examples=25)
@given(st.lists(st.tuples(REAL, st.floats(0.01, 1)), min_size=1, max_size=8))
def test_the_running_estimate_is_that_of_the_first_picks(pairs):
    losses, probabilities = np.array(pairs).T
    alone = [
        unbiased_risk(losses[:n], probabilities[:n], 9).risk
        for n in range(1, len(losses) + 1)
    ]
    assert running_risk(losses, probabilities, 9) == pytest.approx(alone)


def test_when_all_rows_are_known_nothing_is_uncertain():
    result = unbiased_risk([1.0, 0.0, 5.0], [0.9, 0.2, 1.0], 3)
    assert (result.risk, *result.interval) == pytest.approx([2, 2, 2])
    assert result.concern is False or result.n_effective < 10


def picks(scores, n_labels, rng):
    """Return picks in proportion to scores, and their probabilities (Efraimidis)."""
    order = np.argsort(rng.exponential(size=len(scores)) / scores)[:n_labels]
    before = np.concatenate([[0], np.cumsum(scores[order])[:-1]])
    return order, scores[order] / (scores.sum() - before)


@pytest.mark.parametrize("kind", ["zero-one", "log"])
def test_it_is_unbiased_where_the_plain_mean_is_not_and_its_interval_holds(kind):
    rng, n_pool, n_runs = np.random.default_rng(8), 600, 1000
    errors, plain, covered = [], [], 0
    for _ in range(n_runs):
        wrong = rng.beta(0.5, 2.5, n_pool)
        is_wrong = rng.random(n_pool) < wrong
        losses = -np.log(np.clip(np.where(is_wrong, wrong, 1 - wrong), 1e-3, 1))
        losses = is_wrong.astype(float) if kind == "zero-one" else losses
        scores = np.sqrt(wrong) + 0.1 * np.sqrt(wrong).mean()
        order, probabilities = picks(scores, 100, rng)
        result = unbiased_risk(losses[order], probabilities, n_pool)
        errors.append(result.risk - losses.mean())
        plain.append(result.plain_risk - losses.mean())
        covered += result.interval[0] <= losses.mean() <= result.interval[1]
    standard_error = np.std(errors) / np.sqrt(n_runs)
    assert abs(np.mean(errors)) < 4 * standard_error
    assert np.mean(plain) > 10 * standard_error
    assert 0.93 <= covered / n_runs <= 0.97


def test_without_any_error_the_interval_ends_at_the_rule_of_three():
    n_pool = 1000
    result = unbiased_risk(np.zeros(100), 1 / (n_pool - np.arange(100)), n_pool)
    # At most the 900 others can be wrong, and 1 - .025 ** (1 / 100) = 3.6% are.
    assert result.interval == pytest.approx((0, 1 - 0.025**0.01))
    assert result.concern is False


def test_what_is_known_already_bounds_the_interval():
    probabilities = 1 / (10 - np.arange(8))
    result = unbiased_risk([1, 1, 1, 1, 1, 1, 1, 0], probabilities, 10)
    assert result.interval[0] >= 0.7
    assert result.interval[1] <= 0.9


def test_equal_losses_that_are_no_errors_have_no_interval():
    result = unbiased_risk([2.0, 2.0], [0.1, 0.2], 50)
    assert np.isnan(result.interval).all()
    assert result.concern is None
    assert "no interval" in result.verdict
    assert result.to_dict()["interval"] == [None, None]


def test_a_plain_mean_outside_the_interval_is_a_concern():
    rng = np.random.default_rng(0)
    losses = (np.arange(500) < 50).astype(float)
    order, probabilities = picks(0.2 + losses, 80, rng)
    result = unbiased_risk(losses[order], probabilities, 500)
    assert result.concern is True
    assert "Do not report the plain mean" in result.verdict
    assert f"{result.risk:.3g}" in result.verdict
    assert json.loads(json.dumps(result.to_dict()))["n_pool"] == 500
    frame = result.to_frame()
    assert frame["risk"].iloc[-1] == pytest.approx(result.risk)
    assert len(frame) == 80


def test_a_huge_pool_is_like_a_large_one():
    # Shares of picks are products of counts, which must not overflow.
    losses = np.tile([1.0, 0, 0, 0], 500)
    ends = [
        unbiased_risk(losses, np.full(2000, 1 / n), n).interval for n in (10**9, 2**53)
    ]
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-4)
    assert ends[1][0] > 0.2


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"losses": []}, ValueError, "losses of unbiased_risk must have shape"),
        ({"losses": [[1.0, 2.0]]}, ValueError, r"got shape \(1, 2\)"),
        ({"losses": [1.0]}, ValueError, "must have the same length, got 1 and 2"),
        ({"losses": [1.0, np.nan]}, ValueError, "must be finite numbers.* got nan"),
        ({"losses": ["a", "b"]}, ValueError, "losses of unbiased_risk must be finite"),
        ({"probabilities": [0.5, 0.0]}, ValueError, r"must lie in \(0, 1\], got 0:"),
        ({"probabilities": [0.5, 1.5]}, ValueError, r"must lie in \(0, 1\], got 1.5"),
        (
            {"probabilities": [0.5, 1e-310]},
            ValueError,
            "must be at least 1e-100, got 1",
        ),
        ({"n_pool": 1}, ValueError, "n_pool of unbiased_risk must be at least"),
        ({"n_pool": 2}, ValueError, "must end with 1 if all 2 rows were picked"),
        ({"n_pool": 10**30}, ValueError, "n_pool of unbiased_risk must be an integer"),
        ({"n_pool": 9.5}, TypeError, "n_pool of unbiased_risk must be an integer"),
        (
            {"confidence_level": 1.0},
            ValueError,
            "confidence_level of unbiased_risk must lie",
        ),
        ({"bounds": (0, 0.5)}, ValueError, "must contain all losses"),
        ({"bounds": 1}, ValueError, r"tuple \(smallest loss, largest loss\), got 1"),
        ({"expected": [1, 2]}, ValueError, "given together, got only expected"),
        (
            {"expected": [1.0], "expected_mean": 1.0},
            ValueError,
            "losses and expected of unbiased_risk must have the same length",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(changes, error, message):
    given = {"losses": [1.0, 0.0], "probabilities": [0.2, 0.2], "n_pool": 10, **changes}
    losses, probabilities = given.pop("losses"), given.pop("probabilities")
    with pytest.raises(error, match=message):
        unbiased_risk(losses, probabilities, given.pop("n_pool"), **given)


def test_a_lower_confidence_level_gives_a_shorter_interval_and_says_so():
    losses = np.random.default_rng(0).random(60)
    half, usual = (
        unbiased_risk(losses, np.full(60, 1 / 100), 200, confidence_level=level)
        for level in (0.5, 0.95)
    )
    assert usual.interval[0] < half.interval[0] < half.interval[1] < usual.interval[1]
    assert "50% interval" in half.verdict
    assert half.to_dict()["confidence_level"] == 0.5
