"""Crowds: whose answers are bought, what they cost, and what they add up to."""

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

import skbal
from skbal.oracles import CrowdOracle
from skbal.votes import DawidSkene

TABLE = Path(skbal.__file__).parents[2] / "shared" / "data" / "crowd_labels.npz"

ITEMS = [0, 0, 0, 2, 2, 0, 0, 3]
LABELS = ["yes", "yes", "yes", "no", "yes", "no", "no", "no"]


def test_the_answer_is_the_label_of_most():
    oracle = CrowdOracle(ITEMS, LABELS, n_answers=5)
    assert oracle([3, 0]).tolist() == ["no", "yes"]
    assert oracle.votes([0, 3, 2]).tolist() == [[2, 3], [1, 0], [0, 0]]


def test_answers_bought_are_counted_and_never_bought_twice():
    oracle = CrowdOracle(ITEMS, LABELS, n_answers=2, cost_per_label=0.5, random_state=0)
    assert (oracle.n_asked, oracle.cost) == (0, 0.0)
    oracle([0, 3])
    assert (oracle.n_asked, oracle.cost) == (2, 1.5)
    assert oracle.votes([0, 3]).sum(axis=1).tolist() == [2, 1]
    oracle([0, 0])
    assert (oracle.n_asked, oracle.cost) == (4, 3.0)
    assert oracle.votes([0]).tolist() == [[2, 3]]
    assert oracle([0]).tolist() == ["yes"]  # nobody is left to be asked
    assert (oracle.n_asked, oracle.cost) == (5, 3.0)


@settings(max_examples=30)
@given(
    table=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 4), st.sampled_from("abc")),
        min_size=1,
        max_size=60,
    ),
    n_answers=st.integers(1, 4),
    seed=st.integers(0, 100),
)
def test_each_person_counts_once_at_a_row(table, n_answers, seed):
    items, workers, labels = zip(*table)
    oracle = CrowdOracle(items, labels, workers, n_answers, random_state=seed)
    said = {}
    for item, worker, label in table:
        said.setdefault(item, {}).setdefault(worker, set()).add(label)
    rows = sorted(said)
    answers = oracle(rows)
    votes = oracle.votes(rows)
    for row, answer, counts in zip(rows, answers, votes):
        assert counts.sum() == min(n_answers, len(said[row]))
        assert counts[list(oracle.classes_).index(answer)] == counts.max()
        for label, count in zip(oracle.classes_, counts):
            assert count <= sum(label in labels for labels in said[row].values())
    assert oracle.cost == votes.sum()


@settings(max_examples=20)
@given(order=st.permutations([0, 2, 3]))
def test_what_is_said_of_a_row_does_not_depend_on_the_others(order):
    whole = dict(zip([0, 2, 3], CrowdOracle(ITEMS, LABELS, random_state=1)([0, 2, 3])))
    oracle = CrowdOracle(ITEMS, LABELS, random_state=1)
    assert [oracle([row])[0] for row in order] == [whole[row] for row in order]


def test_answers_are_bought_in_random_order():
    firsts = Counter(
        CrowdOracle([0] * 4, list("abcd"), n_answers=1, random_state=seed)([0])[0]
        for seed in range(400)
    )
    # Each count is binomial with p = .25: mean 100, standard deviation 8.7.
    assert len(firsts) == 4
    assert max(abs(count - 100) for count in firsts.values()) < 5 * 8.7


def test_among_equal_votes_each_is_as_likely_but_of_one_row_always_the_same():
    items, labels = np.repeat(np.arange(400), 2), np.tile(["no", "yes"], 400)
    oracle = CrowdOracle(items, labels, n_answers=2, random_state=0)
    answers = oracle(np.arange(400))
    assert abs((answers == "yes").sum() - 200) < 5 * 10
    np.testing.assert_array_equal(oracle(np.arange(400)), answers)


def test_votes_may_be_the_answer():
    oracle = CrowdOracle(ITEMS, LABELS, n_answers=9, aggregate="votes")
    assert oracle([0, 3, 2]).tolist() == [[2, 3], [1, 0], [1, 1]]
    assert oracle.classes_.tolist() == ["no", "yes"]


def test_a_function_may_make_the_answer_of_the_labels():
    oracle = CrowdOracle([0, 0, 1], [1.0, 2.0, 5.0], aggregate=np.mean)
    assert oracle([0, 1]).tolist() == [1.5, 5.0]


def test_a_function_may_answer_texts_and_numbers():
    def aggregate(labels):
        return 3 if labels[0] == "a" else "b"

    oracle = CrowdOracle([0, 1], ["a", "b"], aggregate=aggregate)
    assert oracle([0, 1]).tolist() == [3, "b"]


def test_a_function_that_raises_has_bought_nothing():
    def fail(labels):
        if "no" in labels:
            raise RuntimeError("No idea")
        return labels[0]

    oracle = CrowdOracle([0, 1], ["yes", "no"], aggregate=fail)
    with pytest.raises(RuntimeError, match="No idea"):
        oracle([0, 1])
    assert (oracle.n_asked, oracle.cost) == (0, 0)


def test_a_clone_has_bought_nothing_and_a_pickle_what_was_bought():
    oracle = CrowdOracle(ITEMS, LABELS, n_answers=1)
    answers = oracle([0, 2, 0])
    again = pickle.loads(pickle.dumps(oracle))
    assert (again.n_asked, again.cost) == (3, 3)
    np.testing.assert_array_equal(again.votes([0, 2]), oracle.votes([0, 2]))
    assert len(answers) == 3
    assert clone(oracle).cost == 0


def test_no_question_has_no_answer_and_no_price():
    oracle = CrowdOracle(ITEMS, LABELS)
    assert oracle([]).shape == (0,)
    assert oracle.votes([]).shape == (0, 2)
    assert oracle.cost == 0


@pytest.mark.parametrize(
    ("parameters", "rows", "error", "message"),
    [
        ({}, [4], ValueError, r"indices of CrowdOracle must lie in \[0, 4\), .* got 4"),
        ({}, [-1], ValueError, "indices of CrowdOracle must lie in"),
        ({"items": []}, [0], ValueError, "as many as the 0 items, got 8"),
        ({"items": [], "labels": []}, [0], ValueError, "there are no answers"),
        ({"items": [-1] * 8}, [0], ValueError, r"items of CrowdOracle must lie in \[0"),
        ({"items": [0.5] * 8}, [0], TypeError, "items of CrowdOracle must be integers"),
        ({"workers": [1]}, [0], ValueError, "workers of CrowdOracle must be as many"),
        (
            {"workers": [1, np.nan] * 4},
            [0],
            ValueError,
            "workers of CrowdOracle must not contain NaN",
        ),
        (
            {"labels": [1, np.nan] * 4},
            [0],
            ValueError,
            "labels of CrowdOracle must not contain NaN",
        ),
        (
            {"labels": np.array(["a", None] * 4)},
            [0],
            ValueError,
            "labels of CrowdOracle",
        ),
        ({"n_answers": 0}, [0], ValueError, "n_answers of CrowdOracle must be"),
        ({"aggregate": "mean"}, [0], ValueError, "'votes', 'dawid-skene' or a"),
        ({"cost_per_label": -1}, [0], ValueError, "cost_per_label of CrowdOracle"),
        ({"random_state": "a"}, [0], TypeError, "random_state of CrowdOracle"),
    ],
    ids=str,
)
def test_bad_requests_are_refused(parameters, rows, error, message):
    oracle = CrowdOracle(**{"items": ITEMS, "labels": LABELS, **parameters})
    with pytest.raises(error, match=message):
        oracle(rows)
    assert oracle.n_asked == 0


def two_good_people_and_three_who_guess(n_rows=40):
    """Return a table of five people, and the classes."""
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=n_rows)
    said = rng.integers(3, size=(n_rows, 5))
    said[:, :2] = truth[:, np.newaxis]
    names = np.array(["ann", "bob", "cyd", "dan", "eve"])
    items = np.repeat(np.arange(n_rows), 5)
    return items, np.array(list("xyz"))[said.ravel()], np.tile(names, n_rows), truth


def test_skill_makes_labels_right_where_the_majority_is_wrong():
    *table, truth = two_good_people_and_three_who_guess()
    truth = np.array(list("xyz"))[truth]
    skill = CrowdOracle(*table, n_answers=5, aggregate="dawid-skene")
    majority = CrowdOracle(*table, n_answers=5, random_state=0)
    rows = np.arange(40)
    assert np.mean(skill(rows) == truth) > 0.95 > 0.9 > np.mean(majority(rows) == truth)
    assert (skill.n_asked, skill.cost) == (40, 200)
    accuracy = dict(zip(skill.crowd().annotators_, skill.crowd().accuracy_))
    assert min(accuracy["ann"], accuracy["bob"]) > 0.9 > 0.6 > accuracy["cyd"]


def test_skill_is_found_from_the_answers_that_were_bought_and_no_others():
    *table, _ = two_good_people_and_three_who_guess()
    oracle = CrowdOracle(*table, n_answers=2, aggregate="dawid-skene", random_state=0)
    with pytest.raises(ValueError, match="CrowdOracle has bought no answer yet"):
        oracle.crowd()
    answers = oracle([3, 5, 3])
    items, labels, people = oracle.answers()
    assert items.tolist() == [3] * 4 + [5] * 2
    said = set(zip(*(column.tolist() for column in table)))
    assert said.issuperset(zip(items.tolist(), labels.tolist(), people.tolist()))
    assert len(set(zip(items.tolist(), people.tolist()))) == 6
    model = DawidSkene(list("xyz"), tol=1e-5).fit(items, labels, people)
    assert answers.tolist() == model.predict([3, 5, 3]).tolist()
    np.testing.assert_array_equal(oracle.crowd().posterior_, model.posterior_)
    votes = oracle.votes([3, 5])
    expected = [[np.sum(labels[items == row] == c) for c in "xyz"] for row in (3, 5)]
    np.testing.assert_array_equal(votes, expected)


def test_skill_needs_people_and_leaves_rows_without_answers_unanswered():
    with pytest.raises(ValueError, match="workers of CrowdOracle must be the person"):
        CrowdOracle(ITEMS, LABELS, aggregate="dawid-skene")([0])
    people = list("abcabdec")
    oracle = CrowdOracle(ITEMS, LABELS, people, aggregate="dawid-skene")
    assert oracle([1]).tolist() == [None]
    assert oracle([1, 0]).tolist()[0] is None
    one_class = CrowdOracle([0, 1], [7, 7], [0, 0], aggregate="dawid-skene")
    assert one_class([1, 0]).tolist() == [7, 7]


@pytest.mark.skipif(not TABLE.exists(), reason="crowd_labels.npz is not there")
def test_more_people_are_right_more_often_on_real_answers():
    data = np.load(TABLE)
    columns = [data[f"mozafari__{name}"] for name in ("item", "label", "worker")]
    gold = data["mozafari__gold"]
    rows = np.unique(columns[0])
    rows = rows[gold[rows] >= 0]
    right, costs = [], []
    for n_answers in (1, 5):
        oracle = CrowdOracle(*columns, n_answers=n_answers, random_state=0)
        right.append((oracle(rows) == gold[rows]).mean())
        costs.append(oracle.cost)
    assert costs[0] == len(rows) < costs[1] <= 5 * len(rows)
    assert right[1] > right[0] > 0.5
