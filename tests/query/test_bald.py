import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import gumbel_r, kstest

from skbal.information import mutual_information
from skbal.query import BALD, PowerBALD
from tests.information.arrays import HAND, random_draws
from tests.query.fakes import TableSampler, numbered


def test_bald_passes_over_rows_where_the_draws_agree_to_be_unsure():
    assert_array_equal(BALD(random_state=0)(TableSampler(HAND[:3]), numbered(3)), [2])


def test_power_bald_is_the_logarithm_of_bald_to_a_power_and_gumbel_noise():
    table = random_draws(3000, 5, 3)
    scores = PowerBALD(beta=3.0, random_state=0).score_pool(
        TableSampler(table), numbered(3000)
    )
    noise = scores - 3 * np.log(mutual_information(table))
    assert kstest(noise, gumbel_r.cdf).pvalue > 1e-3


@pytest.mark.parametrize("beta", [0, 1, 2.5])
def test_power_bald_chooses_with_chances_proportional_to_bald_to_the_power(beta):
    table = random_draws(5, 5, 3, seed=3)
    weights = mutual_information(table) ** beta
    model, n_calls = TableSampler(table), 600
    chosen = [
        PowerBALD(beta=beta, random_state=seed)(model, numbered(5))[0]
        for seed in range(n_calls)
    ]
    chances = weights / weights.sum()
    error = np.sqrt(chances * (1 - chances) / n_calls)
    found = np.bincount(chosen, minlength=5) / n_calls
    assert (np.abs(found - chances) < 4.5 * error + 1e-3).all()


def test_a_large_power_is_bald():
    table = random_draws(20, 5, 3)
    order = PowerBALD(beta=1e6, random_state=0)(TableSampler(table), numbered(20), 20)
    assert_array_equal(order, np.argsort(-mutual_information(table)))


def test_rows_without_information_come_last_but_come():
    table = np.concatenate([HAND[:2], HAND[2:]])  # 0, 0, ln 3, some
    for seed in range(20):
        order = PowerBALD(random_state=seed)(TableSampler(table), numbered(4), 4)
        assert set(order[:2].tolist()) == {2, 3}


def test_noise_is_fresh_when_the_learner_has_been_taught_more():
    class Learner(TableSampler):
        X_training = numbered(3)

    table = random_draws(20, 5, 3)
    one = PowerBALD(random_state=0).score_pool(TableSampler(table), numbered(20))
    other = PowerBALD(random_state=0).score_pool(Learner(table), numbered(20))
    assert np.abs(one - other).min() > 1e-9
    again = PowerBALD(random_state=0).score_pool(Learner(table), numbered(20))
    assert_allclose(other, again)


@pytest.mark.parametrize(
    ("beta", "error"), [(-0.1, ValueError), (np.nan, ValueError), ("1", TypeError)]
)
def test_a_wrong_power_is_refused(beta, error):
    message = "beta of PowerBALD must be a real number >= 0"
    with pytest.raises(error, match=message):
        PowerBALD(beta=beta)(TableSampler(HAND), numbered(4))
