"""Noisy oracles: wrong as often and in the way they should, and never otherwise."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from skbal.oracles import NoisyOracle

N = 20_000
CODES = np.random.default_rng(0).integers(4, size=N)
NAMES = np.array(["ant", "bee", "cow", "dog"])
CONFUSION = np.array(
    [[0.7, 0.3, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.25] * 4, [0.0, 0.0, 1.0, 0.0]]
)


def answers(y, **parameters):
    parameters = {"random_state": 0, **parameters}
    return NoisyOracle(y, **parameters)(np.arange(len(y)))


def confusion(true, given):
    """Return how often each class (row) was answered as each (column), in parts."""
    counts = np.zeros((4, 4))
    np.add.at(counts, (true, given), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def assert_rates(rates, expected):
    # Five standard deviations of a rate over the 5,000 rows or so of a class.
    spread = np.sqrt(expected * (1 - expected) / (CODES == 0).sum())
    assert (np.abs(rates - expected) <= 5.5 * spread).all()


@pytest.mark.parametrize("noise", [0.1, 0.6])
def test_uniform_noise_makes_each_other_class_as_likely(noise):
    expected = np.full((4, 4), noise / 3)
    np.fill_diagonal(expected, 1 - noise)
    assert_rates(confusion(CODES, answers(CODES, noise=noise)), expected)


def test_pair_noise_makes_a_class_the_next_one():
    expected = 0.8 * np.eye(4) + 0.2 * np.roll(np.eye(4), 1, axis=1)
    given = answers(CODES, noise=0.2, kind="pair")
    assert_rates(confusion(CODES, given), expected)


@pytest.mark.parametrize("table", [CONFUSION, CONFUSION.tolist()], ids=type)
def test_a_confusion_matrix_is_what_answers_are_drawn_from(table):
    given = answers(CODES, noise=table)
    assert_rates(confusion(CODES, given), CONFUSION)


@pytest.mark.parametrize("std", [0.5, 3])
@pytest.mark.parametrize("shape", [(N,), (N, 2)])
def test_gaussian_noise_has_its_standard_deviation_whatever_the_target(std, shape):
    y = np.random.default_rng(1).normal(size=shape)
    errors = answers(y, noise=std, kind="gaussian") - y
    assert abs(errors.mean()) < 5 * std / np.sqrt(errors.size)
    assert abs(errors.std() - std) < 5 * std / np.sqrt(2 * errors.size)
    assert abs(np.corrcoef(errors.ravel(), y.ravel())[0, 1]) < 5 / np.sqrt(errors.size)


@pytest.mark.parametrize(
    ("kind", "y"),
    [("uniform", CODES), ("pair", NAMES[CODES]), ("gaussian", CODES / 3)],
)
def test_without_noise_every_answer_is_the_label(kind, y):
    oracle = NoisyOracle(y, noise=0, kind=kind, random_state=0)
    given = oracle(np.arange(N))
    np.testing.assert_array_equal(given, y)
    assert given.dtype == y.dtype
    assert not oracle.wrong_.any()


@pytest.mark.parametrize("kind", ["uniform", "pair"])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_with_noise_of_one_no_answer_is_the_label(kind, n_classes):
    y = NAMES[CODES % n_classes]
    oracle = NoisyOracle(y, noise=1, kind=kind)
    assert oracle.wrong_.all()
    assert not (oracle(np.arange(N)) == y).any()


@pytest.mark.parametrize(
    "parameters",
    [{"noise": 0.5}, {"noise": 0.5, "kind": "pair"}, {"noise": CONFUSION}],
    ids=str,
)
@pytest.mark.parametrize("random_state", [None, 3, np.random.default_rng(0)], ids=str)
@settings(max_examples=20)
@given(rows=st.lists(st.integers(0, 99), min_size=1, max_size=20))
def test_it_never_changes_its_mind(parameters, random_state, rows):
    oracle = NoisyOracle(CODES[:100], random_state=random_state, **parameters)
    first = oracle(rows)
    everything = oracle(np.arange(100))
    np.testing.assert_array_equal(first, everything[rows])
    one_by_one = [oracle([row])[0] for row in reversed(rows)]
    np.testing.assert_array_equal(one_by_one[::-1], first)
    again = pickle.loads(pickle.dumps(oracle))
    np.testing.assert_array_equal(again(np.arange(100)), everything)


def test_a_pickle_keeps_answers_and_counts_and_a_clone_starts_anew():
    oracle = NoisyOracle(CODES, noise=0.5, cost_per_label=2)
    given = oracle(np.arange(1000))
    kept = pickle.loads(pickle.dumps(oracle))
    assert (kept.n_asked, kept.cost) == (1000, 2000)
    np.testing.assert_array_equal(kept.wrong_, oracle.wrong_)
    fresh = clone(oracle)
    assert (fresh.n_asked, fresh.cost) == (0, 0)
    assert (fresh(np.arange(1000)) != given).any()


def test_an_integer_gives_the_same_answers_in_every_oracle():
    np.testing.assert_array_equal(answers(CODES), answers(CODES))
    assert (answers(CODES) != answers(CODES, random_state=1)).any()


@pytest.mark.parametrize("kind", ["uniform", "pair"])
def test_what_is_wrong_with_little_noise_is_as_wrong_with_more(kind):
    little = NoisyOracle(CODES, 0.1, kind, random_state=0)
    more = NoisyOracle(CODES, 0.3, kind, random_state=0)
    assert (little.wrong_ <= more.wrong_).all()
    wrong = np.flatnonzero(little.wrong_)
    np.testing.assert_array_equal(little(wrong), more(wrong))


def test_wrong_is_where_answers_differ_from_the_labels():
    oracle = NoisyOracle(NAMES[CODES], noise=0.3, random_state=0)
    assert oracle.wrong_.dtype == bool
    given = oracle(np.arange(N))
    np.testing.assert_array_equal(oracle.wrong_, given != NAMES[CODES])
    several = NoisyOracle(np.zeros((5, 2)), noise=1, kind="gaussian")
    assert several.wrong_.shape == (5,)
    assert oracle.n_asked == N


def test_the_true_labels_stay_as_they_were():
    y = CODES.copy()
    y.flags.writeable = False
    oracle = NoisyOracle(y, noise=1, random_state=0)
    oracle([0, 1])[:] = 9
    assert oracle.y is y
    np.testing.assert_array_equal(y, CODES)
    assert (oracle([0, 1]) != 9).all()


def test_classes_that_the_pool_lacks_may_be_answered():
    oracle = NoisyOracle(
        ["cow"] * 50, noise=1, random_state=0, classes=["cow", "elephant", "ant"]
    )
    assert set(oracle(np.arange(50)).tolist()) == {"elephant", "ant"}


def test_classes_have_the_order_that_they_are_given_in():
    y = ["ant", "bee", "cow"]
    oracle = NoisyOracle(y, 1, "pair", classes=["cow", "ant", "bee"])
    assert oracle([0, 1, 2]).tolist() == ["bee", "cow", "ant"]
    to_cow = [[1, 0, 0], [1, 0, 0], [1, 0, 0]]
    oracle = NoisyOracle(y, to_cow, classes=["cow", "ant", "bee"])
    assert oracle([0, 1, 2]).tolist() == ["cow", "cow", "cow"]


def test_float32_stays_float32():
    y = np.ones(5, dtype=np.float32)
    assert NoisyOracle(y, 0.1, "gaussian")([0, 1]).dtype == np.float32


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"noise": 1.1}, ValueError, r"noise of NoisyOracle must be .* in \[0, 1\]"),
        ({"noise": -0.1}, ValueError, "noise of NoisyOracle must be"),
        ({"noise": None}, TypeError, "must be a number or a confusion matrix"),
        ({"noise": "much"}, TypeError, "must be a number or a confusion matrix"),
        ({"noise": np.eye(3)}, ValueError, r"shape \(4, 4\) for 4 classes, got \(3, 3"),
        ({"noise": 0.9 * np.eye(4)}, ValueError, r"rows that sum to 1, got \[0.9, 0.0"),
        (
            {"noise": [[2, -1, 0, 0]] * 4},
            ValueError,
            r"rows that sum to 1, got \[2.0, -1",
        ),
        (
            {"noise": np.full((4, 4), np.nan)},
            ValueError,
            "noise of NoisyOracle, a confusion matrix, must hold numbers >= 0",
        ),
        (
            {"noise": pd.DataFrame(np.eye(4)).loc[::-1]},
            ValueError,
            r"noise of NoisyOracle must have its rows in the order \[0, 1, 2, 3\], got",
        ),
        (
            {"y": NAMES, "noise": pd.DataFrame(np.eye(4), columns=NAMES[::-1])},
            ValueError,
            "must have its columns in the order .*, got the columns .'dog', 'cow'",
        ),
        ({"noise": np.eye(4), "kind": "pair"}, ValueError, "must be left at 'uniform'"),
        ({"noise": np.eye(4), "kind": "gaussian"}, ValueError, "kind of NoisyOracle"),
        ({"noise": [[1], [0, 1]]}, TypeError, "must be a number or a confusion matrix"),
        ({"kind": "flip"}, ValueError, "must be 'uniform', 'pair' or 'gaussian'"),
        ({"random_state": -1}, ValueError, "random_state of NoisyOracle"),
        ({"cost_per_label": -1}, ValueError, "cost_per_label of NoisyOracle must be"),
        ({"cost_per_label": "1"}, TypeError, "cost_per_label of NoisyOracle must be"),
        ({"classes": [0, 1, 2]}, ValueError, r"but 3 is not among \[0, 1, 2\]"),
        ({"classes": [0, 1, 2, 3, 3]}, ValueError, "must be different labels"),
        ({"classes": "abcd"}, ValueError, "must be different labels, got 'abcd'"),
        ({"y": CODES / 3}, ValueError, "which are not classes: say kind='gaussian'"),
        ({"y": CODES.reshape(-1, 2)}, ValueError, "must hold one class per row"),
        ({"y": [1, 1]}, ValueError, "a single class: no answer can be wrong"),
        ({"y": NAMES, "kind": "gaussian"}, ValueError, "but y holds 'ant'"),
        ({"noise": -1, "kind": "gaussian"}, ValueError, "noise of NoisyOracle must be"),
        ({"y": None}, TypeError, "y of NoisyOracle must be an array of labels"),
    ],
    ids=str,
)
def test_wrong_parameters_are_refused_when_it_is_asked(parameters, error, message):
    oracle = NoisyOracle(**{"y": CODES, **parameters})
    with pytest.raises(error, match=message):
        oracle([0, 1])
    assert oracle.n_asked == 0


def test_a_single_class_needs_no_other_one_without_noise():
    assert NoisyOracle([1, 1], noise=0)([0, 1]).tolist() == [1, 1]
    assert NoisyOracle([1, 1], noise=[[1]])([0, 1]).tolist() == [1, 1]
