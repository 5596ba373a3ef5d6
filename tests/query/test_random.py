import numpy as np
from numpy.testing import assert_array_equal
from scipy.stats import kstest

from skbal.query import Random
from tests.query.fakes import numbered


class Learner:
    """A learner that was taught some rows."""

    def __init__(self, n_taught):
        self.X_training = numbered(n_taught)


def test_no_estimator_is_needed():
    assert len(set(Random(random_state=0)(None, numbered(9), 9))) == 9
    assert len(Random()(object(), numbered(9), 3)) == 3


def test_scores_are_uniform():
    scores = Random(random_state=0).score_pool(None, numbered(2000))
    assert kstest(scores, "uniform").pvalue > 1e-3


def test_every_row_is_as_likely_as_any_other():
    chosen = [Random(random_state=seed)(None, numbered(10), 3) for seed in range(300)]
    counts = np.bincount(np.concatenate(chosen), minlength=10)
    # 300 calls choose a row with a chance of 3/10: within 4.5 standard errors.
    assert np.abs(counts - 90).max() < 4.5 * np.sqrt(300 * 0.3 * 0.7)


def test_a_loop_does_not_choose_the_same_positions_at_every_step():
    strategy, steps = Random(random_state=0), range(40)
    chosen = [int(strategy(Learner(n), numbered(60 - n))[0]) for n in steps]
    assert len(set(chosen)) > 15
    again = [int(strategy(Learner(n), numbered(60 - n))[0]) for n in steps]
    assert_array_equal(again, chosen)
