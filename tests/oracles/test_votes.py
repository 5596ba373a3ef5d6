"""Volunteers say yes as often as they should, and nobody is counted twice."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.base import BaseEstimator, RegressorMixin, clone

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import VoteOracle
from skbal.query import Random

HALF = np.full(6, 0.5)
TWO = np.random.default_rng(0).random((6, 2))


@pytest.mark.slow
@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.93])
def test_the_votes_are_binomial(fraction):
    oracle = VoteOracle(np.full(4000, fraction), n_volunteers=7, random_state=0)
    votes = oracle(np.arange(4000))
    counts = np.bincount(votes[:, 0], minlength=8)
    expected = 4000 * stats.binom.pmf(np.arange(8), 7, fraction)
    large = expected >= 5  # the others go into one cell
    counts, expected = (
        np.append(each[large], each[~large].sum()) for each in (counts, expected)
    )
    kept = expected > 0
    chance = stats.chisquare(
        counts[kept], expected[kept] * counts.sum() / expected[kept].sum()
    ).pvalue
    assert chance > 1e-4


@pytest.mark.slow
def test_questions_and_rows_are_independent():
    oracle = VoteOracle(np.full((3000, 2), 0.5), n_volunteers=20, random_state=1)
    yes = oracle(np.arange(3000))[..., 0]
    # A correlation of n independent pairs has the standard deviation 1 / sqrt(n).
    assert abs(np.corrcoef(yes.T)[0, 1]) < 5 / np.sqrt(3000)
    assert abs(np.corrcoef(yes[1:, 0], yes[:-1, 0])[0, 1]) < 5 / np.sqrt(3000)


def test_where_the_chance_is_0_nobody_says_yes_and_where_it_is_1_all_do():
    oracle = VoteOracle([0, 1, 0.0, 1.0], n_volunteers=1000, random_state=0)
    assert oracle([0, 1, 2, 3]).tolist() == [[0, 1000], [1000, 1000]] * 2


def test_the_shape_is_that_of_the_vote_fraction():
    one, two = VoteOracle(HALF, 3)([4, 1]), VoteOracle(TWO, 3)([4, 1])
    column = VoteOracle(HALF[:, None], 3)([4, 1])
    assert (one.shape, two.shape, column.shape) == ((2, 2), (2, 2, 2), (2, 1, 2))
    assert one.dtype == two.dtype == np.int64
    assert VoteOracle(HALF)([]).shape == (0, 2)
    assert VoteOracle(TWO)([]).shape == (0, 2, 2)


@settings(max_examples=20)
@given(order=st.permutations(range(6)), cut=st.integers(0, 6), seed=st.integers(0, 99))
def test_what_is_said_of_a_row_depends_on_nothing_else(order, cut, seed):
    whole = VoteOracle(TWO, 9, random_state=seed)(np.arange(6))
    oracle = VoteOracle(TWO, 9, random_state=seed)
    answers = np.concatenate([oracle(order[:cut]), oracle(order[cut:])])
    np.testing.assert_array_equal(answers, whole[order])
    alone = VoteOracle(TWO[:3], 9, random_state=seed)
    np.testing.assert_array_equal(alone([0, 1, 2]), whole[:3])


@settings(max_examples=20)
@given(
    numbers=st.lists(st.integers(0, 30), min_size=1, max_size=5),
    seed=st.integers(0, 99),
)
def test_calls_ask_further_volunteers_who_add_up_to_one_call_for_all(numbers, seed):
    once = VoteOracle(TWO, sum(numbers), random_state=seed)([2, 5])
    oracle = VoteOracle(TWO, random_state=seed)
    answers = [oracle.set_params(n_volunteers=n)([2, 5]) for n in numbers]
    assert [answer[0, 0, 1] for answer in answers] == numbers
    np.testing.assert_array_equal(sum(answers), once)
    np.testing.assert_array_equal(oracle.votes([2, 5]), once)
    assert oracle.cost == 2 * sum(numbers)


def test_a_row_that_comes_twice_in_a_call_is_asked_about_twice():
    oracle = VoteOracle(HALF, 50, random_state=3)
    twice = oracle([1, 1])
    again = VoteOracle(HALF, 50, random_state=3)
    np.testing.assert_array_equal(twice, [again([1])[0], again([1])[0]])
    assert not np.array_equal(twice[0], twice[1])
    assert oracle.votes([1]).tolist() == [twice.sum(axis=0).tolist()]


def test_who_says_yes_still_does_where_the_chance_is_larger():
    fractions = np.linspace(0, 1, 11)
    yes = [VoteOracle([f], 30, random_state=0)([0])[0, 0] for f in fractions]
    assert (np.diff(yes) >= 0).all()


def test_a_campaign_asks_three_of_all_and_forty_more_of_one():
    oracle = VoteOracle(HALF, n_volunteers=3, random_state=0, cost_per_label=0.5)
    oracle(np.arange(6))
    oracle.n_volunteers = 40
    oracle([2])
    assert oracle.votes(np.arange(6))[:, 1].tolist() == [3, 3, 43, 3, 3, 3]
    assert (oracle.n_asked, oracle.cost) == (7, 0.5 * (18 + 40))


def test_each_row_and_question_may_have_its_own_number_of_volunteers():
    by_row = VoteOracle(TWO, np.arange(6))(np.arange(6))
    np.testing.assert_array_equal(by_row[..., 1], np.arange(6)[:, None] * [1, 1])
    volunteers = np.array([[5, 0], [0, 0], [2, 7]] * 2)
    oracle = VoteOracle(TWO, volunteers)
    np.testing.assert_array_equal(oracle(np.arange(6))[..., 1], volunteers)
    # One visit answers all questions: 5, 0 and 7 volunteers for a row.
    assert oracle.cost == 2 * (5 + 0 + 7)


def test_votes_asks_nobody():
    oracle = VoteOracle(HALF, 4)
    assert oracle.votes([3, 0]).tolist() == [[0, 0], [0, 0]]
    assert (oracle.n_asked, oracle.cost) == (0, 0)
    with pytest.raises(ValueError, match="indices of VoteOracle must lie in"):
        oracle.votes([6])


def test_votes_and_answers_are_copies():
    oracle = VoteOracle(HALF, 4, random_state=0)
    answer = oracle([0])
    kept = answer.copy()
    answer[:], oracle.votes([0])[:] = 9, 9
    np.testing.assert_array_equal(oracle.votes([0]), kept)


def test_a_clone_has_asked_nobody_and_a_pickle_goes_on():
    oracle = VoteOracle(HALF, 20)
    oracle([0, 1])
    copy, again = clone(oracle), pickle.loads(pickle.dumps(oracle))
    assert (copy.n_asked, copy.cost, copy.votes([0]).sum()) == (0, 0, 0)
    assert (again.n_asked, again.cost) == (2, 40)
    np.testing.assert_array_equal(again([0, 1]), oracle([0, 1]))


def test_another_seed_hears_other_votes():
    first, other = (
        VoteOracle(np.full(50, 0.5), random_state=seed)(np.arange(50))
        for seed in (0, 1)
    )
    assert (first != other).any()


def test_a_call_that_fails_buys_nothing():
    oracle = VoteOracle(HALF, 4, random_state=0)
    oracle([1])
    for rows in ([0, 6], [1.5]):
        with pytest.raises((ValueError, TypeError)):
            oracle(rows)
    assert (oracle.n_asked, oracle.cost) == (1, 4)
    assert oracle.votes([0]).tolist() == [[0, 0]]


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"vote_fraction": [0.1, 1.5]}, ValueError, r"in \[0, 1\], but row 1 has 1.5"),
        ({"vote_fraction": [-0.1, 1]}, ValueError, r"in \[0, 1\], but row 0 has -0.1"),
        ({"vote_fraction": [0.1, np.nan]}, ValueError, "but row 1 has nan"),
        (
            {"vote_fraction": [[0.1, 0.2], [0.3, 2]]},
            ValueError,
            "row 1, question 1 has 2.0",
        ),
        ({"vote_fraction": 0.5}, ValueError, r"must have the shape .* got \(\)"),
        ({"vote_fraction": np.ones((2, 0))}, ValueError, r"got \(2, 0\)"),
        ({"vote_fraction": np.ones((2, 1, 1))}, ValueError, r"got \(2, 1, 1\)"),
        ({"vote_fraction": ["yes", "no"]}, ValueError, "vote_fraction of VoteOracle"),
        ({"n_volunteers": -1}, ValueError, "n_volunteers of VoteOracle must be an int"),
        ({"n_volunteers": 2.0}, TypeError, "n_volunteers of VoteOracle must be an int"),
        ({"n_volunteers": [2.0] * 6}, TypeError, "must be integers, got dtype fl"),
        ({"n_volunteers": [3] * 5}, ValueError, r"vote_fraction, \(6,\).* got \(5,\)"),
        ({"n_volunteers": [[3]] * 6}, ValueError, r"got \(6, 1\)"),
        ({"n_volunteers": [3, 1, -2, 0, 0, 0]}, ValueError, "but row 2 has -2"),
        ({"cost_per_label": -1}, ValueError, "cost_per_label of VoteOracle"),
        ({"random_state": "a"}, TypeError, "random_state of VoteOracle"),
    ],
    ids=str,
)
def test_bad_requests_are_refused(parameters, error, message):
    oracle = VoteOracle(**{"vote_fraction": HALF, **parameters})
    with pytest.raises(error, match=message):
        oracle([0])
    assert oracle.n_asked == 0


def test_another_pool_after_the_first_question_is_refused():
    oracle = VoteOracle(HALF)
    oracle([0])
    oracle.vote_fraction = TWO
    with pytest.raises(ValueError, match=r"6 rows and 2 questions.* 6 and 1"):
        oracle([0])


class VoteModel(RegressorMixin, BaseEstimator):
    """Learns one chance for all rows; remembers what it was taught."""

    def fit(self, X, y):
        self.votes_ = np.array(y)
        self.rho_ = self.votes_[..., 0].sum(axis=0) / self.votes_[..., 1].sum(axis=0)
        return self

    def predict(self, X):
        return np.broadcast_to(self.rho_, (len(X), *np.shape(self.rho_)))

    def score(self, X, y):
        return -float(np.abs(self.predict(X) - y[..., 0] / y[..., 1]).mean())


@pytest.mark.parametrize("fraction", [np.full(40, 0.3), np.full((40, 2), 0.3)])
def test_a_loop_teaches_what_volunteers_say(fraction):
    X = np.arange(40.0)[:, None]
    oracle = VoteOracle(fraction, 5, random_state=0)
    learner = ActiveLearner(VoteModel(), Random(random_state=0))
    loop = ActiveLearningLoop(
        learner, X, oracle, n_queries=3, n_instances=4, initial=[0, 1]
    )
    loop.run()
    rows = learner.X_training[:, 0].astype(int)
    assert len(rows) == 14
    np.testing.assert_array_equal(learner.estimator.votes_, oracle.votes(rows))
    assert oracle.cost == loop.history_[-1].cost == 5 * 14


def test_a_loop_refuses_an_oracle_of_another_pool():
    learner = ActiveLearner(VoteModel(), Random())
    loop = ActiveLearningLoop(
        learner, np.zeros((5, 1)), VoteOracle(HALF), n_queries=1, initial=[0]
    )
    with pytest.raises(ValueError, match="X_pool has 5 rows, the VoteOracle 6 fract"):
        loop.run()
