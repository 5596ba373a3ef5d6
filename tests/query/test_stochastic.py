"""Batches drawn at random: their chances, exactly."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare, gumbel_r, kstest, rankdata
from sklearn.base import clone

from skbal.information import mutual_information
from skbal.query import PowerBALD, SoftmaxBALD, SoftrankBALD
from tests.information.arrays import HAND, random_draws
from tests.query.fakes import TableSampler, numbered

CHANCES = {
    PowerBALD: lambda bald, beta: bald**beta,
    SoftmaxBALD: lambda bald, beta: np.exp(beta * bald),
    SoftrankBALD: lambda bald, beta: rankdata(-bald) ** -beta,
}
BETAS = {PowerBALD: (0, 1, 2.5), SoftmaxBALD: (0, 1, 8), SoftrankBALD: (0, 1, 4)}
N_CALLS = 250
CASES = [(kind, beta) for kind in CHANCES for beta in BETAS[kind]]


def batches(strategy, table, n_instances, n_calls):
    model, X = TableSampler(table), numbered(len(table))
    return [
        tuple(strategy.set_params(random_state=seed)(model, X, n_instances).tolist())
        for seed in range(n_calls)
    ]


@pytest.mark.parametrize("kind", CHANCES)
def test_the_score_is_the_logarithm_of_the_chance_and_gumbel_noise(kind):
    table = random_draws(3000, 5, 3)
    scores = kind(beta=3.0, random_state=0).score_pool(
        TableSampler(table), numbered(3000)
    )
    noise = scores - np.log(CHANCES[kind](mutual_information(table), 3.0))
    assert kstest(noise, gumbel_r.cdf).pvalue > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "beta"), CASES)
def test_the_first_row_has_the_chance_of_the_paper(kind, beta):
    table = random_draws(5, 5, 3, seed=3)
    chances = CHANCES[kind](mutual_information(table), beta)
    firsts = [batch[0] for batch in batches(kind(beta=beta), table, 1, N_CALLS)]
    expected = N_CALLS * chances / chances.sum()
    error = np.sqrt(expected * (1 - expected / N_CALLS))
    assert (np.abs(np.bincount(firsts, minlength=5) - expected) < 4.5 * error + 2).all()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "beta"), [c for c in CASES if c[1] == 1])
def test_pairs_are_drawn_without_replacement(kind, beta):
    table = random_draws(4, 5, 3, seed=3)
    chances = CHANCES[kind](mutual_information(table), beta)
    expected = {
        (first, second): chances[first]
        / chances.sum()
        * chances[second]
        / (chances.sum() - chances[first])
        for first, second in permutations(range(4), 2)
    }
    found = batches(kind(beta=beta), table, 2, 2 * N_CALLS)
    counts = [found.count(pair) for pair in expected]
    assert (
        chisquare(counts, 2 * N_CALLS * np.array(list(expected.values()))).pvalue > 1e-3
    )


@pytest.mark.parametrize("kind", CHANCES)
def test_a_large_beta_is_bald(kind):
    table = random_draws(20, 5, 3)
    order = kind(beta=1e6, random_state=0)(TableSampler(table), numbered(20), 20)
    assert_array_equal(order, np.argsort(-mutual_information(table)))


@pytest.mark.parametrize("kind", [PowerBALD, SoftrankBALD])
def test_rows_without_information_come_last_but_come(kind):
    # 0, 0, ln 3, some. Power has no chance for rows of 0; a rank has, unless steep.
    beta = 1.0 if kind is PowerBALD else 40.0
    for batch in batches(kind(beta=beta), HAND, 4, 20):
        assert set(batch[:2]) == {2, 3}


def test_softmax_leaves_a_chance_to_rows_without_information():
    bald = mutual_information(HAND)
    assert bald[0] == 0
    firsts = [batch[0] for batch in batches(SoftmaxBALD(beta=1), HAND, 1, 1000)]
    chance = 1 / np.exp(bald).sum()
    assert abs(firsts.count(0) / 1000 - chance) < 4.5 * np.sqrt(chance / 1000)


@pytest.mark.slow
def test_equal_rows_share_their_ranks_in_random_order():
    # Three rows alike take the ranks 1, 2 and 3 in any order, so each is as likely.
    table = np.concatenate([np.repeat(HAND[2:3], 3, axis=0), HAND[:1]])
    firsts = [batch[0] for batch in batches(SoftrankBALD(beta=2), table, 1, N_CALLS)]
    chances = np.array([1.0, 1 / 4, 1 / 9, 1 / 16])
    chances[:3] = chances[:3].mean()
    assert (
        chisquare(np.bincount(firsts), N_CALLS * chances / chances.sum()).pvalue > 1e-3
    )


def test_ranks_do_not_depend_on_the_scale_of_bald():
    table = random_draws(30, 5, 3)
    nearer = 0.9 * table.mean(axis=1, keepdims=True) + 0.1 * table
    orders = [np.argsort(mutual_information(t)) for t in (table, nearer)]
    kept = orders[0] == orders[1]  # the same ranks
    assert kept.sum() > 2
    scores = [
        SoftrankBALD(random_state=0).score_pool(TableSampler(t), numbered(30))
        for t in (table, nearer)
    ]
    assert_allclose(scores[0][orders[0][kept]], scores[1][orders[0][kept]])


@pytest.mark.parametrize("kind", CHANCES)
def test_noise_is_fresh_when_the_learner_has_been_taught_more(kind):
    class Learner(TableSampler):
        X_training = numbered(3)

    table = random_draws(20, 5, 3)
    one = kind(random_state=0).score_pool(TableSampler(table), numbered(20))
    other = kind(random_state=0).score_pool(Learner(table), numbered(20))
    assert np.abs(one - other).min() > 1e-9
    again = kind(random_state=0).score_pool(Learner(table), numbered(20))
    assert_allclose(other, again)


@pytest.mark.parametrize("kind", CHANCES)
def test_beta_is_a_parameter(kind):
    assert clone(kind(beta=2.5)).get_params()["beta"] == 2.5


@pytest.mark.parametrize("kind", CHANCES)
@pytest.mark.parametrize(
    ("beta", "error"), [(-0.1, ValueError), (np.nan, ValueError), ("1", TypeError)]
)
def test_a_wrong_beta_is_refused(kind, beta, error):
    message = f"beta of {kind.__name__} must be a real number >= 0"
    with pytest.raises(error, match=message):
        kind(beta=beta)(TableSampler(HAND), numbered(4))
