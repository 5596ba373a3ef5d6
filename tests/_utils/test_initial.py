"""First labels are given by indices, or selected by an object."""

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearningClassifier
from skbal._utils.initial import check_initial, initial_rows, selects_rows
from skbal.experiments import compare
from skbal.policy import ActiveLearningEnv
from skbal.query import Margin, Random
from skbal.seeding import BalancedSeed, KMeansSeed, RandomSeed

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 0, 0, 1, 1, 1])


class FirstTwo:
    """Has a method select, and nothing else."""

    def select(self, X, y=None):
        return [0, 1]


@pytest.mark.parametrize(
    "kind", [list, tuple, np.array, torch.tensor, lambda rows: np.array(rows, "uint8")]
)
def test_indices_are_taken_as_they_are_whatever_holds_them(kind):
    assert not selects_rows(kind([4, 1]))
    assert initial_rows(kind([4, 1]), X, Y, "compare").tolist() == [4, 1]


@pytest.mark.parametrize("seed", [FirstTwo(), BalancedSeed(), RandomSeed(2)])
def test_an_object_with_select_selects_from_the_candidates(seed):
    assert selects_rows(seed)
    candidates = np.array([1, 2, 4, 5])
    rows = initial_rows(seed, X, Y, "compare", candidates)
    assert set(rows) <= set(candidates)


def test_labels_and_rows_of_the_candidates_are_what_it_sees():
    class Sees:
        def select(self, X, y=None):
            self.seen = np.asarray(X), y
            return [1]

    sees = Sees()
    assert initial_rows(sees, X, Y, "compare", np.array([3, 4])).tolist() == [4]
    np.testing.assert_array_equal(sees.seen[0], X[[3, 4]])
    np.testing.assert_array_equal(sees.seen[1], [1, 1])


@pytest.mark.parametrize("candidates", [None, np.array([1, 2, 4, 5])])
@pytest.mark.parametrize(
    ("selected", "error", "message"),
    [
        ([-1, 0], ValueError, "must lie in .*, got -1"),
        ([0, 6], ValueError, "must lie in .*, got 6"),
        ([1, 1], ValueError, "must all differ, got"),
        ([True, False, True, False], TypeError, "must be integers, got dtype bool"),
        ([0.0, 1.0], TypeError, "must be integers, got dtype float64"),
        (X[:2], ValueError, r"must be one-dimensional, got shape \(2, 2\)"),
        (None, ValueError, r"must be one-dimensional, got shape \(\)"),
    ],
)
def test_what_an_object_selects_is_checked(selected, error, message, candidates):
    class Selects:
        def select(self, X, y=None):
            return selected

    with pytest.raises(error, match="^initial of compare " + message):
        initial_rows(Selects(), X, Y, "compare", candidates)


def test_none_is_no_row():
    assert initial_rows(None, X, Y, "compare").shape == (0,)


@pytest.mark.parametrize(
    ("initial", "error", "message"),
    [
        ("kmeans", TypeError, "must be rows of X, .* got 'kmeans'"),
        (KMeansSeed, TypeError, "must be rows of X, .* got <class"),
        (np, TypeError, "must be rows of X, .* got <module 'numpy'"),
        (torch, TypeError, "must be rows of X, .* got <module 'torch'"),
        (RandomForestClassifier(), TypeError, "must be rows of X"),
        (3, ValueError, "must be one-dimensional"),
        ([0.5], TypeError, "must be integers"),
        ([2, 6], ValueError, r"must lie in \[0, 6\), got 6"),
        ([2, 2], ValueError, "must all differ"),
        ([0], ValueError, "must be among its candidates, got row 0"),
    ],
)
def test_what_is_neither_is_refused(initial, error, message):
    with pytest.raises(error, match="^initial of compare " + message):
        initial_rows(initial, X, Y, "compare", np.array([1, 2, 3]))


def test_the_rule_of_a_parameter_needs_no_rows():
    check_initial([2, 6], "initial", "compare")
    with pytest.raises(ValueError, match="must all differ"):
        check_initial([2, 2], "initial", "compare")


def rare():
    """Return rows of three classes, of which one has a single row."""
    X = np.random.default_rng(0).normal(size=(41, 2))
    return X, np.array(["a", "b"] * 20 + ["c"])


def in_compare(X, y):
    compare([Margin()], GaussianNB(), X, y, X_test=X[:9], y_test=y[:9])


def in_a_simulation(X, y):
    ActiveLearningClassifier(GaussianNB(), Margin(), test_size=None).fit(X, y)


def in_an_environment(X, y):
    # Of two rows, one is in the test set.
    table = np.concatenate([X, X[-1:]]), np.append(y, "c")
    strategies = [Margin(), Random()]
    ActiveLearningEnv([table], GaussianNB(), strategies, n_queries=2).reset(seed=0)


@pytest.mark.parametrize(("owner", "run"), [
    ("compare", in_compare),
    ("ActiveLearningClassifier", in_a_simulation),
    ("ActiveLearningEnv", in_an_environment),
])  # fmt: skip
def test_an_error_of_the_default_says_whose_it_is(owner, run):
    with pytest.raises(ValueError, match="class 'c' has only 1 row") as caught:
        run(*rare())
    note = f"initial of {owner} is None, which stands for BalancedSeed"
    assert caught.value.__notes__[0].startswith(note)


def test_an_error_of_what_was_given_has_no_note():
    given = ActiveLearningClassifier(GaussianNB(), Margin(), BalancedSeed(30))
    with pytest.raises(ValueError, match="n_per_class of BalancedSeed is 30") as caught:
        given.fit(*rare())
    assert not hasattr(caught.value, "__notes__")
