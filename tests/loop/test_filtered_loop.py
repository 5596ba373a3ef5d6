"""With a filter the loop asks on until the batch is full, and loses no answer."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.exceptions import RejectedLabelsWarning
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.seeding import BalancedSeed, RandomSeed
from tests.learner.filters import Doubting

X, Y = load_digits(return_X_y=True)
X, Y = X[:300] / 16, Y[:300]


def in_order(learner, X_pool, n_instances=1):
    """Ask for the first rows."""
    return np.arange(n_instances)


def least_certain(learner, X_pool, n_instances=1):
    """Ask for the least certain rows."""
    certainty = learner.predict_proba(X_pool).max(axis=1)
    return np.argsort(certainty, kind="stable")[:n_instances]


def loop(doubted=(7,), **changes):
    learner = ActiveLearner(
        LogisticRegression(max_iter=2000),
        changes.pop("strategy", in_order),
        label_filter=Doubting(doubted),
    )
    parameters = {
        "learner": learner,
        "X_pool": X,
        "oracle": LabelOracle(Y),
        "n_queries": 3,
        "n_instances": 6,
        "initial": np.arange(280, 300),
        "X_test": X[250:280],
        "y_test": Y[250:280],
        **changes,
    }
    return ActiveLearningLoop(**parameters)


def test_rows_whose_labels_are_doubted_are_replaced_by_the_next():
    run = loop().run()
    believed = np.flatnonzero(Y != 7)[:18]
    asked = np.arange(believed[-1] + 1)
    assert [i for r in run.history_[1:] for i in r.indices] == asked.tolist()
    doubted = [i for r in run.history_ for i in r.rejected]
    assert doubted == [i for i in asked if Y[i] == 7]
    np.testing.assert_array_equal(run.learner.y_training[20:], Y[believed])
    np.testing.assert_array_equal(run.learner.X_training[20:], X[believed])
    assert all(len(r.indices) - len(r.rejected) == 6 for r in run.history_[1:])


def test_every_answer_is_counted_as_paid_for():
    run = loop().run()
    for record in run.history_:
        paid = sum(len(r.indices) for r in run.history_[: record.step + 1])
        assert record.n_labels == record.cost == paid
    assert run.oracle.n_asked == run.history_[-1].n_labels
    assert len(run.remaining_) == 300 - run.history_[-1].n_labels
    assert run.learner.label_filter.n_observed_ == run.history_[-1].n_labels - 20


def test_rejected_rows_are_kept_with_their_place_in_the_pool():
    run = loop().run()
    rejected = run.learner.rejected_
    assert rejected.indices.tolist() == [i for r in run.history_ for i in r.rejected]
    np.testing.assert_array_equal(rejected.X, X[rejected.indices])
    assert (rejected.y == 7).all()


def test_the_strategy_is_asked_once_for_the_batch_and_its_spares():
    sizes = []

    def strategy(learner, X_pool, n_instances=1):
        sizes.append(n_instances)
        return np.arange(n_instances)

    loop(strategy=strategy, max_rejected=4).run()
    assert sizes == [10, 10, 10]
    sizes.clear()
    loop(strategy=strategy).run()
    assert sizes == [12, 12, 12]


def test_a_filter_that_rejects_everything_ends_at_the_cap_and_says_so():
    run = loop(doubted=range(10), max_rejected=5, n_queries=2)
    with pytest.warns(RejectedLabelsWarning, match="11 of the 11 answers of step"):
        run.run()
    assert [len(r.rejected) for r in run.history_] == [0, 11, 11]
    assert len(run.learner.y_training) == 20
    assert run.learner.rejected_.indices.tolist() == list(range(22))
    np.testing.assert_array_equal(run.learner.rejected_.y, Y[:22])
    run.learner.accept()
    assert len(run.learner.y_training) == 42


def test_a_cap_of_none_to_replace_leaves_a_smaller_batch():
    run = loop(max_rejected=0, n_queries=2)
    with pytest.warns(RejectedLabelsWarning, match="5 labels were taught and not 6"):
        run.run()
    assert [len(r.indices) for r in run.history_[1:]] == [6, 6]


def test_at_the_end_of_the_pool_there_are_fewer_spares():
    run = loop(doubted=(5, 6, 7), candidates=np.arange(10), initial=[0, 1], n_queries=1)
    with pytest.warns(RejectedLabelsWarning, match="step 1"):
        run.run()
    assert run.history_[-1].indices == tuple(range(2, 10))
    assert len(run.remaining_) == 0


def test_a_filter_that_trusts_all_changes_nothing():
    plain = loop(strategy=least_certain)
    plain.learner.label_filter = None
    filtered = loop(doubted=(), strategy=least_certain)
    assert filtered.run().history_ == plain.run().history_


class Sometimes:
    """An oracle that fails at the calls whose numbers are given."""

    def __init__(self, *numbers):
        self.numbers, self.n_calls, self.asked = numbers, 0, []

    def __call__(self, indices):
        self.n_calls += 1
        if self.n_calls in self.numbers:
            raise OSError("the phone rang")
        self.asked += indices.tolist()
        return Y[indices]


def test_an_oracle_that_fails_in_the_middle_of_a_batch_is_not_asked_twice():
    # Step 2 asks for rows 6 to 11, of which row 7 is a seven: the fourth call asks for
    # the one that replaces it.
    expected = loop().run()
    oracle = Sometimes(4, 5)
    run = loop(oracle=oracle)
    for _ in range(2):
        with pytest.raises(OSError, match="the phone rang"):
            run.run()
        indices, labels = run.pending_
        assert len(indices) == 6
        np.testing.assert_array_equal(labels, Y[indices])
        assert not np.isin(indices, run.remaining_).any()
    history = run.run().history_
    assert [r.indices for r in history] == [r.indices for r in expected.history_]
    assert len(oracle.asked) == len(set(oracle.asked)) == history[-1].n_labels


def test_a_filter_that_fails_loses_no_answer():
    run = loop(n_queries=1)
    run.learner.label_filter.error = OSError("no")
    with pytest.raises(OSError, match="no"):
        run.run()
    assert len(run.pending_[0]) == 6
    run.learner.label_filter.error = None
    assert run.run().history_ == loop(n_queries=1).run().history_


def test_a_seed_object_selects_the_first_rows():
    seed = BalancedSeed(n_per_class=2, random_state=0)
    run = loop(initial=seed, n_queries=0).run()
    assert run.history_[0].indices == tuple(seed.select(X, Y).tolist())
    seed = RandomSeed(n_instances=5, random_state=0)
    run = loop(initial=seed, n_queries=0, oracle=lambda i: Y[i]).run()
    assert run.history_[0].indices == tuple(seed.select(X).tolist())


def test_a_seed_that_needs_labels_says_so_if_the_oracle_has_none():
    with pytest.raises(ValueError, match="y of BalancedSeed"):
        loop(initial=BalancedSeed(), oracle=lambda i: Y[i]).run()


def test_only_candidates_are_asked_about():
    candidates = np.arange(0, 300, 3)[::-1]
    seed = BalancedSeed(n_per_class=1, random_state=0)
    run = loop(initial=seed, candidates=candidates, n_queries=5).run()
    asked = [i for r in run.history_ for i in r.indices]
    assert set(asked) <= set(candidates.tolist())
    assert sorted([*asked, *run.remaining_]) == sorted(candidates.tolist())
    np.testing.assert_array_equal(run.learner.y_training, [
        Y[i] for r in run.history_ for i in r.indices if i not in r.rejected
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        (
            {"max_rejected": -1},
            ValueError,
            "max_rejected of ActiveLearningLoop must be",
        ),
        (
            {"max_rejected": 1.5},
            TypeError,
            "max_rejected of ActiveLearningLoop must be",
        ),
        (
            {"candidates": [300]},
            ValueError,
            "candidates of ActiveLearningLoop must lie",
        ),
        ({"candidates": [0, 0]}, ValueError, "candidates of .* must all differ"),
        (
            {"candidates": range(5)},
            ValueError,
            "n_instances .* is 6, but .* only 5 rows",
        ),
        (
            {"candidates": range(50)},
            ValueError,
            "initial of ActiveLearningLoop must be among its candidates, got row 280",
        ),
    ],
)
def test_wrong_parameters_are_named(changes, error, message):
    with pytest.raises(error, match=message):
        loop(**changes).run()
