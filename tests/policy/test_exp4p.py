"""The weights and odds of a bandit, against the formulas of the papers in loops."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.policy._exp4p import smallest_probability, updated, with_floor
from skbal.policy._odds import ANY, odds_of_rows, odds_of_strategies

N_ROUNDS, DELTA = 40, 0.2


def round_of_the_paper(w, advice, arm, reward, p_min, n_rounds=N_ROUNDS):
    """Return probabilities of arms and new weights, by algorithm 1 in plain loops."""
    n, k = len(w), len(advice[0])
    total = sum(w)
    p = []
    for j in range(k):
        share = sum(w[i] * advice[i][j] for i in range(n)) / total
        p.append((1 - k * p_min) * share + p_min)
    new = []
    for i in range(n):
        y = sum(advice[i][j] * (reward / p[j] if j == arm else 0) for j in range(k))
        v = sum(advice[i][j] / p[j] for j in range(k))
        more = v * math.sqrt(math.log(n / DELTA) / (n * n_rounds))
        new.append(w[i] * math.exp(p_min / 2 * (y + more)))
    return p, new


def after(weights, odds, row, reward, floor):
    return updated(
        weights,
        odds.advice(row) * reward / odds.of(row),
        odds.bounds,
        floor=floor,
        failure_probability=DELTA,
        n_rounds=N_ROUNDS,
    )


# Rows that three strategies advise, the row drawn, and the reward, in three rounds.
ROUNDS = [((4, 4, 7), 4, 0.9), ((2, 5, 2), 5, 0.3), ((1, 0, 3), 3, 0.7)]


def test_three_rounds_over_rows_are_those_of_the_paper():
    floor = smallest_probability(3, N_ROUNDS)
    assert floor == pytest.approx(math.sqrt(math.log(3) / (3 * N_ROUNDS)))
    weights, by_loops = np.full(3, 1 / 3), [1.0, 1.0, 1.0]
    for heads, row, reward in ROUNDS:
        rows = sorted(set(heads))
        advice = [[float(head == r) for r in rows] for head in heads]
        p, by_loops = round_of_the_paper(
            by_loops, advice, rows.index(row), reward, floor
        )
        odds = odds_of_rows(np.array(heads), weights, floor, n_left=10)
        assert [odds.of(r) for r in rows] == pytest.approx(p)
        weights = after(weights, odds, row, reward, floor)
        assert weights == pytest.approx(np.array(by_loops) / sum(by_loops))


def test_three_rounds_over_strategies_have_strategies_as_arms():
    floor = smallest_probability(3, N_ROUNDS)
    weights, by_loops = np.full(3, 1 / 3), [1.0, 1.0, 1.0]
    for heads, row, reward in ROUNDS:
        total = sum(by_loops)
        p = [(1 - 3 * floor) * w / total + floor for w in by_loops]
        q = sum(p[k] for k in range(3) if heads[k] == row)
        optimism = math.sqrt(math.log(3 / DELTA) / (3 * N_ROUNDS))
        by_loops = [
            w * math.exp(floor / 2 * ((head == row) * reward / q + optimism / p_k))
            for w, head, p_k in zip(by_loops, heads, p)
        ]
        odds = odds_of_strategies(np.array(heads), weights, floor, n_left=10)
        assert odds.of(row) == pytest.approx(q)
        weights = after(weights, odds, row, reward, floor)
        assert weights == pytest.approx(np.array(by_loops) / sum(by_loops))


@pytest.mark.parametrize("odds_of", [odds_of_strategies, odds_of_rows])
def test_random_advice_is_shared_by_all_rows_that_are_left(odds_of):
    weights, floor = np.array([0.5, 0.3, 0.2]), 0.1
    odds = odds_of(np.array([ANY, 6, 2]), weights, floor, n_left=5)
    p = [0.7 * w + 0.1 for w in weights]  # three arms, so the two ways agree
    assert odds.of_any == pytest.approx(p[0])
    assert odds.of(6) == pytest.approx(p[1] + p[0] / 5)
    assert odds.of(3) == pytest.approx(p[0] / 5)
    assert odds.advice(6).tolist() == [1 / 5, 1, 0]
    assert odds.advice(3).tolist() == [1 / 5, 0, 0]


def test_the_bound_of_random_advice_is_at_least_its_variance():
    heads, n_left = np.array([ANY, 6, 2]), 8
    odds = odds_of_rows(heads, np.array([0.2, 0.5, 0.3]), 0.05, n_left)
    rows = range(n_left)
    second_moment = sum(odds.advice(row)[0] ** 2 / odds.of(row) for row in rows)
    assert second_moment - 1 <= odds.bounds[0]  # of a reward of 1 everywhere
    assert odds.bounds[1] == pytest.approx(1 / odds.of(6))


heads_of_some = st.lists(st.integers(-1, 5), min_size=1, max_size=6)


@pytest.mark.parametrize("odds_of", [odds_of_strategies, odds_of_rows])
@given(heads=heads_of_some, seed=st.integers(0, 100), share=st.floats(0, 1))
def test_probabilities_of_all_rows_sum_to_one_and_keep_the_floor(
    odds_of, heads, seed, share
):
    n = len(heads)
    weights = np.random.default_rng(seed).dirichlet(np.full(n, 0.3))
    floor = share / n
    odds = odds_of(np.array(heads), weights, floor, n_left=6)
    assert sum(odds.of(row) for row in range(6)) == pytest.approx(1)
    for head in set(heads) - {ANY}:
        assert odds.of(head) >= floor - 1e-12
    advice = np.array([odds.advice(row) for row in range(6)])
    np.testing.assert_allclose(advice.sum(axis=0), 1)


def test_rows_are_drawn_with_their_probabilities():
    odds = odds_of_strategies(np.array([ANY, 6, 2]), np.full(3, 1 / 3), 0.1, n_left=8)
    rng, n = np.random.default_rng(0), 20000
    drawn = {8, 9}  # earlier in the batch
    counts = np.bincount([odds.draw(10, drawn, rng) for _ in range(n)], minlength=10)
    expected = np.array([odds.of(row) for row in range(8)] + [0, 0])
    errors = np.sqrt(expected * (1 - expected) / n)
    assert (np.abs(counts / n - expected) <= 5 * errors).all()


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6))
def test_the_expert_that_gains_most_has_the_largest_weight(gains):
    n = len(gains)
    weights = after_equal(np.array(gains), n)
    assert weights.sum() == pytest.approx(1)
    assert weights.argmax() == np.argmax(gains) or np.isclose(
        weights.max(), weights[np.argmax(gains)]
    )


def after_equal(gains, n):
    equal = np.full(n, 1 / n)
    how = {"floor": 0.1, "failure_probability": 0.1, "n_rounds": 10}
    return updated(equal, gains, np.full(n, float(n)), **how)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("odds_of", [odds_of_strategies, odds_of_rows])
def test_the_expert_whose_rows_are_rewarded_is_preferred(odds_of, seed):
    rng, n_rounds = np.random.default_rng(seed), 200
    weights, floor = np.full(2, 0.5), smallest_probability(2, n_rounds)
    for _ in range(n_rounds):
        odds = odds_of(np.array([0, 1]), weights, floor, n_left=2)
        row = odds.draw(2, (), rng)
        gains = odds.advice(row) * (row == 0) / odds.of(row)
        weights = updated(
            weights,
            gains,
            odds.bounds,
            floor=floor,
            failure_probability=0.1,
            n_rounds=n_rounds,
        )
    assert weights[0] > 0.9


def test_the_floor_is_at_most_an_equal_share():
    assert smallest_probability(4, 1) == 0.25
    assert smallest_probability(1, 10) == 0
    assert with_floor(np.array([1.0, 0.0]), 0.5).tolist() == [0.5, 0.5]
